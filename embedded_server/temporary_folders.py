"""Folders of servers that keep nothing: private, locked while in use, swept when their server was killed.

A folder is swept only if it is ours by prefix, mark and owner, is old, and nobody holds its lock.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import tempfile
import time
from pathlib import Path

if sys.platform != "win32":  # where there are no such locks, nothing is swept
    import fcntl

PREFIX = "tui-trader-"
MARK = ".tui-trader-server"
MIN_AGE_SECONDS = 600.0
"""Younger ones may belong to a server that is just starting."""


def make() -> Path:
    """Make a folder of our own and hold its lock until the process ends."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    descriptor = os.open(folder / MARK, os.O_RDWR | os.O_CREAT, 0o600)
    if sys.platform != "win32":
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    _HELD[folder] = descriptor
    return folder


def remove(folder: Path) -> None:
    """Remove a folder that `make` made."""
    shutil.rmtree(folder, ignore_errors=True)
    descriptor = _HELD.pop(folder, None)
    if descriptor is not None:
        os.close(descriptor)


def sweep(place: Path | None = None, now: float | None = None) -> list[Path]:
    """Remove what killed servers left; returns what was removed. What it cannot judge stays."""
    if sys.platform == "win32":
        return []
    place = place or Path(tempfile.gettempdir())
    now = time.time() if now is None else now
    removed = []
    with contextlib.suppress(OSError):
        for folder in place.glob(f"{PREFIX}*"):
            with contextlib.suppress(OSError):
                if _abandoned(folder, now):
                    shutil.rmtree(folder)
                    removed.append(folder)
    return removed


def _abandoned(folder: Path, now: float) -> bool:
    if sys.platform == "win32":
        return False
    status = folder.lstat()
    if (
        not stat.S_ISDIR(status.st_mode)
        or status.st_uid != os.getuid()
        or now - status.st_mtime < MIN_AGE_SECONDS
    ):
        return False
    descriptor = os.open(folder / MARK, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


_HELD: dict[Path, int] = {}
