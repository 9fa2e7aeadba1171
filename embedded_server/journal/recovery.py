"""From a journal to the engine that wrote it: the last good snapshot, then a replay that must agree.

Every mark's digest and every stored event is compared on the way; the first difference is an error that says
where. Market time stands while no server runs: the engine comes back at the last instant that was kept.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence, Set
from pathlib import Path

import msgspec

from embedded_server.engine.engine import Engine, Input
from embedded_server.journal import snapshots
from embedded_server.journal.chain import Chain
from embedded_server.journal.errors import JournalError
from embedded_server.journal.identity import engine_digest, settings_digest
from embedded_server.journal.records import MARKET_DATA, Mark, Run, stored
from embedded_server.journal.store import Store
from embedded_server.model.commands import Refused
from embedded_server.model.events import Event

_log = logging.getLogger(__name__)


class FatalInput(Exception):
    """The engine fails on the input of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"the engine fails on input {number}")
        self.number = number


class Replay:
    """Runs an engine through a journal; as its recorder it compares instead of keeping."""

    def __init__(self, store: Store, engine: Engine, mark: Mark, left_out: Set[int]) -> None:
        """`left_out` are the numbers of inputs that are not carried out."""
        self.mark = mark
        self._left_out = left_out
        self._store = store
        self._engine = engine
        self._chain = Chain(mark.digest)
        self._events = store.events(after=mark.events)
        self._number = mark.events

    def accept(self, entry: Input) -> Refused | None:
        """A recorded command is kept already."""
        return None

    def store(self, sequence: int, events: Sequence[Event]) -> bool:
        """Compare what happens with what was kept."""
        self._chain.add(events)
        for place, event in enumerate(events):
            if not isinstance(event, MARKET_DATA):
                self._number += 1
                kept = next(self._events, None)
                if kept != stored(event, self._number, sequence + place):
                    raise self._differs(f"event {self._number}")
        return True

    def run(self) -> None:
        """Replay everything. Raises `JournalError` where it differs and `FatalInput` where it fails."""
        inputs = self._inputs()
        entry = next(inputs, None)
        self._engine.recorder = self
        for mark in self._store.marks(after=self.mark.id):
            while entry is not None and entry.sequence <= mark.inputs:
                self._submit(entry)
                entry = next(inputs, None)
            self._engine.advance(mark.time)
            self._engine.publish()
            self._compare(mark)
        self._engine.recorder = None
        while entry is not None:  # carried out by a server that ended before it could say so
            self._submit(entry)
            entry = next(inputs, None)

    def _submit(self, entry: Input) -> None:
        if entry.sequence != self._engine.inputs + 1 or entry.time < self._engine.now:
            raise JournalError(f"{self._store.path} has a gap before input {entry.sequence}")
        self._engine.advance(entry.time)
        if entry.sequence in self._left_out:
            self._engine.pass_over()
            return
        try:
            self._engine.submit(entry.command)
        except JournalError:
            raise
        except Exception as error:  # as it did then: nothing that it caused was told
            raise FatalInput(entry.sequence) from error

    def _inputs(self) -> Iterator[Input]:
        try:
            yield from self._store.inputs(after=self.mark.inputs)
        except msgspec.MsgspecError as error:
            raise JournalError(f"{self._store.path} holds an input that cannot be read: {error}") from None

    def _compare(self, mark: Mark) -> None:
        reached = Mark(
            id=self.mark.id + 1,
            time=self._engine.now,
            inputs=self._engine.inputs,
            events=self._number,
            published=self._engine.bus.sequence,
            digest=self._chain.cut(),
        )
        if reached != mark:
            raise self._differs(f"mark {mark.id}")
        self.mark = mark

    def _differs(self, where: str) -> JournalError:
        return JournalError(
            f"replaying {self._store.path} differs from what was recorded at {where}; the journal is damaged"
        )


def check_origin(run: Run, path: Path) -> None:
    """Refuse a run that this code would not repeat."""
    if run.engine != engine_digest():
        raise JournalError(
            f"{path} was written by another build of this program (version {run.program}); "
            "use that one, or name another folder"
        )
    if run.settings != settings_digest(run.engine_settings()):
        raise JournalError(f"{path} was written with other settings or instruments; name another folder")


def begin(run: Run) -> tuple[Engine, Mark]:
    """The engine of a run before anything happened."""
    engine = Engine(run.engine_settings())
    return engine, Mark(0, engine.now, 0, 0, 0, b"")


def recover(store: Store, *, from_the_start: bool = False) -> tuple[Engine, Mark]:
    """The engine as it was, and the last mark. Raises `JournalError`."""
    run = store.run()
    check_origin(run, store.path)
    left_out: set[int] = set()
    while True:
        engine, mark = begin(run) if from_the_start else _restored(store, run)
        replay = Replay(store, engine, mark, left_out)
        try:
            replay.run()
        except FatalInput as fatal:
            _log.warning("input %d of %s made the market stop, and is left out", fatal.number, store.path)
            left_out.add(fatal.number)
        else:
            return engine, replay.mark


def _restored(store: Store, run: Run) -> tuple[Engine, Mark]:
    for snapshot in store.snapshots():
        engine = snapshots.read(store.path.parent, snapshot)
        if engine is not None and _fits(engine, snapshot.mark):
            return engine, snapshot.mark
    return begin(run)


def _fits(engine: Engine, mark: Mark) -> bool:
    return (engine.now, engine.inputs, engine.bus.sequence) == (mark.time, mark.inputs, mark.published)
