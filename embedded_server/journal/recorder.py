"""Keeps a running engine's inputs and events; what cannot be kept is refused, or waits.

A command is committed before it is carried out, and synced before anybody is answered: one sync for all
commands of a tick. Whatever is not market data is synced before anybody is told. Market data is a function of
settings and inputs: a mark with its digest is written about once a second, and is not synced.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from embedded_server.engine.engine import Engine, Input
from embedded_server.journal.album import Album
from embedded_server.journal.chain import Chain
from embedded_server.journal.errors import Unwritable
from embedded_server.journal.latency import Latency
from embedded_server.journal.records import MARKET_DATA, Mark, stored
from embedded_server.journal.store import Store
from embedded_server.kernel.time import MINUTE
from embedded_server.model.commands import Refused
from embedded_server.model.enums import RefusalCode
from embedded_server.model.events import Event

MARK_SECONDS = 1.0
RETRY_SECONDS = 0.2
"""After a failure the disk is left alone for so long."""
SNAPSHOT_SECONDS = 10.0
SNAPSHOT_TIME = 5 * MINUTE
"""A snapshot when so much of both kinds of time has passed: recovery replays little more than that."""

_log = logging.getLogger(__name__)
_REFUSAL = Refused(RefusalCode.UNAVAILABLE, "the journal cannot be written, so nothing was done; try later")


class Recorder:
    """The engine's `recorder`, from a mark on."""

    def __init__(
        self, store: Store, engine: Engine, mark: Mark, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.failing: str | None = None
        """Why nothing can be written, while that is so."""
        self.frozen = Latency()
        """What snapshots took of the loop's time."""
        self._store = store
        self._engine = engine
        self._mark = mark
        self._chain = Chain(mark.digest)
        self.album = Album(store)
        """Its snapshots."""
        self._monotonic = monotonic
        self._failed = float("-inf")
        self._marked = self._pictured = monotonic()
        self._picture_time = engine.now
        engine.recorder = self
        engine.bus.subscribe(self._told)

    def accept(self, entry: Input) -> Refused | None:
        """Keep a command before it is carried out; `settle` before it is acknowledged."""
        if not self._try(lambda: self._store.add_input(entry)):
            return _REFUSAL
        return None

    def settle(self) -> bool:
        """Sync the commands that were accepted; False if that is not possible now."""
        if not self._store.unsynced:
            return True
        try:
            self._store.sync()
        except Unwritable as error:
            self._fails(error)
            return False
        return True

    def store(self, sequence: int, events: Sequence[Event]) -> bool:
        """Keep events before they are told; market data goes into the digest alone."""
        now = self._monotonic()
        number = self._mark.events
        rows = [
            stored(event, number + index, sequence + place)
            for index, (place, event) in enumerate(
                ((place, event) for place, event in enumerate(events) if not isinstance(event, MARKET_DATA)),
                start=1,
            )
        ]
        if not rows and now - self._marked < MARK_SECONDS:
            self._chain.add(events)
            return True
        chain = self._chain.copy()
        chain.add(events)
        mark = self._next_mark(len(rows), sequence + len(events), chain)
        if self._try(lambda: self._store.add_events(rows, mark, sync=bool(rows))):
            self._mark, self._chain, self._marked = mark, chain, now
            return True
        if not rows:
            self._chain.add(events)
        return not rows

    def close(self) -> None:
        """Keep the end: a synced mark and a snapshot. The engine runs no further."""
        self._engine.publish()
        self._engine.recorder = None
        self.album.stop()
        if not self._engine.halted:
            self.picture()

    def picture(self) -> None:
        """Take a snapshot between two batches, after a synced mark."""
        if self._add_mark(sync=True):
            self.album.take(self._engine, self._mark)

    def _told(self, sequence: int, batch: Sequence[Event]) -> None:
        """Between two batches: the moment for a snapshot."""
        if self._engine.recorder is not self:
            return
        self.album.poll()
        now = self._monotonic()
        if self._engine.now - self._picture_time < SNAPSHOT_TIME or now - self._pictured < SNAPSHOT_SECONDS:
            return
        if self._add_mark(sync=False):
            self._pictured, self._picture_time = now, self._engine.now
            started = time.perf_counter()
            self.album.begin(self._engine, self._mark)
            self.frozen.add(time.perf_counter() - started)

    def _add_mark(self, *, sync: bool) -> bool:
        chain = self._chain.copy()
        mark = self._next_mark(0, self._engine.bus.sequence, chain)
        if not self._try(lambda: self._store.add_events((), mark, sync=sync)):
            return False
        self._mark, self._chain = mark, chain
        return True

    def _next_mark(self, events: int, published: int, chain: Chain) -> Mark:
        return Mark(
            id=self._mark.id + 1,
            time=self._engine.now,
            inputs=self._engine.inputs,
            events=self._mark.events + events,
            published=published,
            digest=chain.cut(),
        )

    def _try(self, write: Callable[[], None]) -> bool:
        """Write; after a failure not again for a moment. Says so once, and once when it works again."""
        if self._monotonic() - self._failed < RETRY_SECONDS:
            return False
        try:
            if self.failing is not None and self._store.unsynced:
                self._store.sync()  # what was accepted before comes first
            write()
        except Unwritable as error:
            self._fails(error)
            return False
        if self.failing is not None:
            _log.warning("the journal can be written again")
        self.failing = None
        self._failed = float("-inf")
        return True

    def _fails(self, error: Unwritable) -> None:
        if self.failing is None:
            _log.error("the journal cannot be written; orders are refused: %s", error)
        self.failing = str(error)
        self._failed = self._monotonic()
