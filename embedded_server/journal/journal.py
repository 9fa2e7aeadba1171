"""A folder's journal and its engine: begun, or found and brought back."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from embedded_server.engine.engine import EngineSettings
from embedded_server.journal import halt, snapshots
from embedded_server.journal.errors import FolderUnwritable, JournalError, Unwritable
from embedded_server.journal.identity import engine_digest, program_version, settings_digest
from embedded_server.journal.recorder import Recorder
from embedded_server.journal.records import Run
from embedded_server.journal.recovery import begin, recover
from embedded_server.journal.store import NAME, Store


class Journal:
    """An engine whose run is kept in a folder. Close it, or the last second may be replayed differently."""

    def __init__(
        self,
        folder: Path,
        settings: EngineSettings,
        *,
        insisted: frozenset[str] = frozenset(),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Bring back the folder's run, or begin one with `settings`.

        `insisted` names fields that must be those of a run that is found (`seed`, `start`, `sessions`); the
        others are taken from it. Raises `JournalError`.
        """
        _make(folder)
        self.folder = folder
        self._store = Store(folder / NAME)
        try:
            self.recovered = not self._store.empty
            """Whether there was a run."""
            if self.recovered:
                _check_settings(self._store.run(), settings, insisted)
                engine, mark = recover(self._store)
                halt.pass_by(folder, engine, self._store.path)
            else:
                run = _run(settings)
                self._store.begin_run(run)
                engine, mark = begin(run)
            snapshots.sweep(folder, self._store.snapshots())
        except Unwritable as error:
            self._store.close()
            raise FolderUnwritable(f"cannot write the journal {error}") from None
        except BaseException:
            self._store.close()
            raise
        self.engine = engine
        self.resumed_at = engine.now if self.recovered else None
        """Virtual time at which a run that was found goes on."""
        self.recorder = Recorder(self._store, engine, mark, monotonic=monotonic)

    @property
    def store(self) -> Store:
        """The file."""
        return self._store

    def note_failure(self) -> None:
        """Remember where the engine failed: the next start finds out whether the run can go on."""
        halt.note(self.folder, self.engine)

    def close(self) -> None:
        """Keep the end and give the folder free; safe to repeat."""
        if self.engine.recorder is not None:
            self.recorder.close()
        self._store.close()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise FolderUnwritable(f"cannot make the folder {folder}: {error.strerror}") from None


def _run(settings: EngineSettings) -> Run:
    return Run(
        program=program_version(),
        engine=engine_digest(),
        settings=settings_digest(settings),
        seed=settings.seed,
        start=settings.start,
        sessions=settings.sessions,
        created=time.time_ns(),
    )


def _check_settings(run: Run, settings: EngineSettings, insisted: frozenset[str]) -> None:
    for name in sorted(insisted):
        kept, wanted = getattr(run, name), getattr(settings, name)
        if kept != wanted:
            raise JournalError(
                f"the journal's run has {name} {kept}, not {wanted}; leave it out or name another folder"
            )
