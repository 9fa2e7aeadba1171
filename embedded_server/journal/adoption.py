"""A folder that a run must start from somehow: gone on with, or set aside and begun anew, or left alone.

For the market behind a console: it opens in any case, and what became of the paper account is a sentence.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from embedded_server.engine.engine import EngineSettings
from embedded_server.journal.errors import FolderInUse, FolderUnwritable, JournalError
from embedded_server.journal.journal import Journal
from embedded_server.journal.store import NAME, Store

KEPT_ASIDE = 3
"""Former runs beside a folder; when there is one more, the oldest goes, and that is said."""
LEAVING_SECONDS = 10.0
"""A server whose console is gone already has this long to finish its folder."""
LARGEST = 500_000_000
"""Bytes of a journal that is still gone on with; about 0.3 MB an hour."""
IN_USE = "another console is using the paper account; this one has a market of its own that ends with it"
_HOLDER = "holder"
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Adoption:
    """What came of it: a journal, or None where nothing can be kept, and what to tell the user."""

    journal: Journal | None
    notices: tuple[str, ...] = ()


def adopt(folder: Path, settings: EngineSettings, insisted: frozenset[str] = frozenset()) -> Adoption:
    """Open a folder's run; `insisted` as in `Journal`. Nothing here raises `JournalError`."""
    adoption = _adopted(folder, settings, insisted)
    if adoption.journal is not None:
        with contextlib.suppress(OSError):
            file = os.open(folder / _HOLDER, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(file, "w") as holder:
                holder.write(str(os.getppid()))
    return adoption


def _adopted(folder: Path, settings: EngineSettings, insisted: frozenset[str]) -> Adoption:
    try:
        return Adoption(_opened(folder, settings, insisted))
    except FolderInUse:
        return Adoption(None, (IN_USE,))
    except FolderUnwritable as error:
        return Adoption(None, (f"the paper account is not kept this time: {error}",))
    except JournalError as error:
        why = str(error).partition(";")[0].replace(str(folder / NAME), "its journal")
    return _begun_anew(folder, settings, why)


def _begun_anew(folder: Path, settings: EngineSettings, why: str) -> Adoption:
    try:
        aside, notes = _set_aside(folder)
    except FolderInUse:
        return Adoption(None, (IN_USE,))
    except (OSError, JournalError) as error:
        return Adoption(None, (f"the paper account cannot be used ({why}) nor set aside ({error})",))
    told = (f"a new paper account was begun, because {why}; the one before is kept in {aside}", *notes)
    try:
        return Adoption(Journal(folder, settings), told)
    except FolderInUse:  # begun by another console that found the same
        return Adoption(None, (*told, IN_USE))
    except JournalError as error:
        return Adoption(None, (*told, f"it is not kept: {error}"))


def _opened(folder: Path, settings: EngineSettings, insisted: frozenset[str]) -> Journal:
    with contextlib.suppress(OSError):
        if (folder / NAME).stat().st_size > LARGEST:
            raise JournalError(f"its journal has grown to {LARGEST // 1_000_000} MB")
    deadline = time.monotonic() + LEAVING_SECONDS
    while True:
        try:
            return Journal(folder, settings, insisted=insisted)
        except FolderInUse:
            if time.monotonic() > deadline or not _abandoned(folder):
                raise
        time.sleep(_PAUSE_SECONDS)


def _abandoned(folder: Path) -> bool:
    """Whether the folder's server was started by a process that is gone, so that it is about to end too."""
    if os.name != "posix":  # elsewhere asking for a process may end it
        return False
    try:
        os.kill(int((folder / _HOLDER).read_text()), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError):
        return False
    return False


def _set_aside(folder: Path) -> tuple[Path, list[str]]:
    """Move a folder out of the way, while nobody else has it. Raises `OSError` and `JournalError`."""
    moment = datetime.fromtimestamp(time.time(), UTC)
    aside = folder.with_name(f"{folder.name}-until-{moment:%Y%m%d-%H%M%S}")
    store: Store | None = None
    try:
        if os.name == "posix":  # elsewhere an open file cannot be moved
            store = Store(folder / NAME)
    except FolderInUse:
        raise
    except JournalError:
        pass  # damaged or another program's: nobody runs on it
    try:
        folder.rename(aside)
    finally:
        if store is not None:
            store.close()
    notes = []
    for old in sorted(folder.parent.glob(f"{folder.name}-until-*"))[:-KEPT_ASIDE]:
        shutil.rmtree(old, ignore_errors=True)
        notes.append(f"{KEPT_ASIDE} former paper accounts are kept; the oldest, {old.name}, was removed")
    return aside, notes
