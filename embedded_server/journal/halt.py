"""Where a run's market stopped because of an internal error, noted beside its journal for the next start.

A run is a function of what is kept: an error that no command caused comes again at its instant, and the run
cannot be gone on with. One that a command caused, or the telling of events, does not.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path

from embedded_server.engine.engine import Engine
from embedded_server.journal.errors import JournalError
from embedded_server.kernel.time import DAY, SECOND

NAME = "stopped-at"
FURTHEST = DAY
"""No run stops later than that after what was kept of it: what says so was not written here."""


def note(folder: Path, engine: Engine) -> None:
    """Remember the present instant; a folder that cannot be written remembers nothing."""
    with contextlib.suppress(OSError):
        (folder / NAME).write_text(str(engine.now))


def pass_by(folder: Path, engine: Engine, journal: Path) -> None:
    """Bring a run that came back past where it stopped, if it did. Raises `JournalError` if it cannot."""
    file = folder / NAME
    try:
        instant = int(file.read_text())
    except (OSError, ValueError):
        return
    if instant > engine.now + FURTHEST:
        return
    try:
        engine.advance(instant)
    except Exception as error:  # whatever it was then
        moment = datetime.fromtimestamp(engine.now // SECOND, UTC)
        raise JournalError(
            f"{journal} leads to an internal error of the market ({type(error).__name__} at "
            f"{moment:%Y-%m-%d %H:%M:%S} market time) at every start; name another folder to begin anew "
            "(`tui-trader journal export` still prints what is in this one)"
        ) from error
    with contextlib.suppress(OSError):
        file.unlink()
