"""The snapshots of a running engine: taken aside while it runs, at once when it ends."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

from embedded_server.engine.engine import Engine
from embedded_server.journal import snapshots
from embedded_server.journal.errors import Unwritable
from embedded_server.journal.freezer import FrozenStateError
from embedded_server.journal.records import Mark
from embedded_server.journal.side_process import POSSIBLE, SideProcess
from embedded_server.journal.store import Store

_log = logging.getLogger(__name__)


class Album:
    """Writes files, and their rows once they are whole; a failure costs a longer replay and nothing else."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folder: Path = store.path.parent
        self._process: SideProcess | None = None
        self._mark: Mark | None = None

    def begin(self, engine: Engine, mark: Mark) -> None:
        """Take one of this very instant; `poll` finishes it."""
        if not POSSIBLE:
            self.take(engine, mark)
            return
        self.stop()
        self._mark = mark
        try:
            self._process = SideProcess(partial(snapshots.write, self._folder, engine, mark))
        except OSError as error:
            _failed(error)

    def poll(self) -> None:
        """Enter the one that was begun, if it is done."""
        if self._process is None or self._mark is None:
            return
        ended = self._process.ended()
        if ended is None:
            return
        self._process = None
        if ended:
            self._enter(self._mark)
        else:
            _failed("the process that took it failed")

    def take(self, engine: Engine, mark: Mark) -> None:
        """Take one now."""
        self.stop()
        try:
            snapshots.write(self._folder, engine, mark)
        except (OSError, FrozenStateError) as error:
            _failed(error)
            return
        self._enter(mark)

    def stop(self) -> None:
        """Give up the one that was begun."""
        if self._process is not None:
            self._process.stop()
            self._process = None

    def _enter(self, mark: Mark) -> None:
        try:
            snapshot = snapshots.found(self._folder, mark)
            for file in self._store.add_snapshot(snapshot, snapshots.KEPT):
                (self._folder / file).unlink(missing_ok=True)
        except (OSError, Unwritable) as error:
            _failed(error)


def _failed(why: object) -> None:
    _log.error("no snapshot was taken; recovery will replay from the last: %s", why)
