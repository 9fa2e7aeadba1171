"""Files of engine states: written beside their name and renamed, so that a named one is whole."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from embedded_server.engine.engine import Engine
from embedded_server.journal.chain import digest_of
from embedded_server.journal.freezer import FrozenStateError, freeze, thaw
from embedded_server.journal.records import Mark, Snapshot

PATTERN = "snapshot-*.bin*"
KEPT = 2
"""The newest, and one more should that be damaged."""


def write(folder: Path, engine: Engine, mark: Mark) -> None:
    """Put the state at `mark` into a synced file. Raises `OSError` and `FrozenStateError`."""
    data = freeze(engine)
    name = _name(mark)
    temporary = folder / f"{name}.part"
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / name)


def found(folder: Path, mark: Mark) -> Snapshot:
    """The snapshot that was written at `mark`. Raises `OSError`."""
    name = _name(mark)
    return Snapshot(mark, name, digest_of((folder / name).read_bytes()))


def read(folder: Path, snapshot: Snapshot) -> Engine | None:
    """The engine of a snapshot; None if its file is gone, damaged or another one."""
    if Path(snapshot.file).name != snapshot.file:
        return None
    try:
        data = (folder / snapshot.file).read_bytes()
        return thaw(data) if digest_of(data) == snapshot.digest else None
    except (OSError, FrozenStateError):
        return None


def _name(mark: Mark) -> str:
    return f"snapshot-{mark.id:012}.bin"


def sweep(folder: Path, known: list[Snapshot]) -> None:
    """Remove files that no snapshot names: of a write that was interrupted."""
    names = {snapshot.file for snapshot in known}
    for file in folder.glob(PATTERN):
        if file.name not in names:
            file.unlink(missing_ok=True)
