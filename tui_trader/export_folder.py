"""Where files for the user go: base names only, readable by the user alone, nothing overwritten."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from tui_trader.model.errors import CommandError

FOLDER = "tui-trader-console"
VARIABLE = "TUI_TRADER_EXPORTS"
_MOST = 1_000


def export_folder() -> Path:
    """Return the folder: the variable `TUI_TRADER_EXPORTS`, or the platform's place for a program's data."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_path(FOLDER, appauthor=False)) / "exports"


def save(name: str, content: bytes, folder: Path | None = None) -> Path:
    """Write a new file and return where it is; a name that is taken gets a number.

    Raises `CommandError` for a name that is more than a base name, and when the disk refuses.
    """
    path, stream = create(name, folder)
    try:
        with stream:
            stream.write(content)
    except OSError as error:
        raise CommandError(f"cannot save {name}: {error.strerror or error}") from error
    return path


def create(name: str, folder: Path | None = None) -> tuple[Path, IO[bytes]]:
    """Open a new file to write; a name that is taken gets a number. Raises `CommandError` as `save` does."""
    if name != Path(name).name or name.startswith(".") or "\\" in name or not name:
        raise CommandError(f"{name!r:.80} is not a file name")
    folder = folder or export_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _create(folder, name)
    except OSError as error:
        raise CommandError(f"cannot save {name}: {error.strerror or error}") from error


def _create(folder: Path, name: str) -> tuple[Path, IO[bytes]]:
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in range(1, _MOST):
        path = folder / (name if number == 1 else f"{stem}-{number}{suffix}")
        try:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        return path, os.fdopen(file, "wb")
    raise OSError(f"{_MOST} files of this name are there already")


def shown(path: Path) -> str:
    """The path as a person reads it, with `~` for the home folder."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
