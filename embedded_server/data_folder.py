"""Where a server keeps its credentials and its run: the folder it was given, or one that ends with it."""

from __future__ import annotations

import time
from pathlib import Path

from embedded_server import temporary_folders
from embedded_server.engine.engine import DEFAULT_START, EngineSettings
from embedded_server.journal.adoption import adopt
from embedded_server.journal.journal import Journal
from embedded_server.settings import ServerSettings


class DataFolder:
    """Opened first of all: it claims the run. `close` keeps its end."""

    def __init__(self, settings: ServerSettings) -> None:
        """Claim the folder. Raises `JournalError`, unless `settings.adopt` says to run in any case."""
        self.journal: Journal | None = None
        """The record of the run, unless it is ephemeral."""
        self.notices: tuple[str, ...] = ()
        """What became of the run that was kept, in sentences for the user."""
        self._temporary = False
        self.engine_settings = _engine_settings(settings)
        insisted = frozenset(settings.model_fields_set & {"seed", "start", "sessions"})
        if settings.ephemeral or settings.data is None:
            self.path = self._private()
        elif settings.adopt:
            self.path = _markets_own(settings.data.expanduser(), self.engine_settings)
            adoption = adopt(self.path, self.engine_settings, insisted)
            self.journal, self.notices = adoption.journal, adoption.notices
            if self.journal is None:
                self.path = self._private()
        else:
            self.path = settings.data.expanduser()
            self.journal = Journal(self.path, self.engine_settings, insisted=insisted)

    @property
    def run(self) -> str:
        """What tells the kept run from every other; empty where nothing is kept."""
        return "" if self.journal is None else str(self.journal.store.run().created)

    @property
    def resumed_at(self) -> int | None:
        """Virtual time, ns since the epoch, at which a kept run goes on; None for a new one."""
        return self.journal.resumed_at if self.journal is not None else None

    def close(self) -> None:
        """Keep the end of the run; safe to repeat."""
        if self.journal is not None:
            self.journal.close()

    def remove(self) -> None:
        """Remove what is not to be kept."""
        if self._temporary:
            temporary_folders.remove(self.path)

    def _private(self) -> Path:
        self._temporary = True
        return temporary_folders.make()


def _markets_own(folder: Path, settings: EngineSettings) -> Path:
    """Each market has its own accounts: another seed does not end the run of this one."""
    return folder / (f"seed-{settings.seed}" + ("-sessions" if settings.sessions else ""))


def _engine_settings(settings: ServerSettings) -> EngineSettings:
    start = settings.start
    if start is None:
        start = time.time_ns() if settings.clock == "real" else DEFAULT_START
    return EngineSettings(seed=settings.seed, start=start, sessions=settings.sessions)
