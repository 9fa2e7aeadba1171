"""Reads tables of TOML into types; an error is one sentence that tells file, line and key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from tui_trader.model.errors import SettingsError

T = TypeVar("T")


class Source(Struct, frozen=True):
    """A settings file as it was read: makes an error tell the line of its key."""

    file: Path
    text: str = ""

    def error(self, path: Sequence[str], what: str) -> SettingsError:
        """Say what is wrong with a key."""
        from tui_trader.toml_lines import line_of

        line = line_of(self.text, path)
        where = str(self.file) if line is None else f"{self.file}, line {line}"
        return SettingsError(": ".join(part for part in (where, ".".join(path), what) if part))

    def table(self) -> dict[str, object]:
        """The file's contents. Raises `SettingsError`."""
        if not self.text:
            return {}
        import tomllib

        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{self.file}: {error}") from error

    def convert(self, value: object, kind: type[T], path: tuple[str, ...] = ()) -> T:
        """Give a table its type. Raises `SettingsError`."""
        try:
            return msgspec.convert(value, kind, dec_hook=to_path)
        except msgspec.ValidationError as error:
            key, what = explained(error)
            raise self.error((*path, *key), what) from None

    def section(self, raw: dict[str, object], name: str, kind: type[T]) -> dict[str, T]:
        """Take the tables `[name.*]` out of the contents, each with its type. Raises `SettingsError`."""
        tables = raw.pop(name, {})
        if not isinstance(tables, dict):
            raise self.error((name,), f"expected tables such as [{name}.broker]")
        return {key: self.convert(table, kind, (name, key)) for key, table in tables.items()}


def read(file: Path, *, required: bool) -> Source:
    """Read a file; one that need not be there counts as empty. Raises `SettingsError`."""
    try:
        return Source(file, file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if required:
            raise SettingsError(f"there is no settings file {file}") from None
        return Source(file)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot read the settings file {file}: {error}") from error


def explained(error: msgspec.ValidationError) -> tuple[tuple[str, ...], str]:
    """The key that msgspec complains of, and what it says."""
    problem, _, place = str(error).replace("`", "").partition(" - at ")
    key = tuple(part for part in re.split(r"[.\[\]]+", place.removeprefix("$")) if part and part != "...")
    unknown = re.fullmatch(r"Object contains unknown field (.+)", problem)
    if unknown:
        return (*key, unknown[1]), "there is no such setting"
    return key, problem[:1].lower() + problem[1:]


def to_path(kind: type, value: object) -> object:
    """Read a path, the home folder's `~` included; msgspec's `dec_hook`."""
    if kind is Path and isinstance(value, str | Path):
        return Path(value).expanduser()
    raise ValueError(f"expected text, got {type(value).__name__}")
