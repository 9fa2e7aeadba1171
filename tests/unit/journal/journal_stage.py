"""A journal on a hand-driven clock: run it, leave it as a killed process does, open it again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded_server.engine.engine import DEFAULT_START, EngineSettings
from embedded_server.journal.journal import Journal
from embedded_server.journal.recorder import SNAPSHOT_SECONDS, SNAPSHOT_TIME
from embedded_server.journal.store import NAME
from embedded_server.kernel.time import MILLISECOND, SECOND
from embedded_server.model.commands import Outcome, PlaceOrder
from embedded_server.model.enums import OrderKind, Side
from embedded_server.model.events import Event

SETTINGS = EngineSettings(seed=5, start=DEFAULT_START)
STEP = 100 * MILLISECOND


class Stage:
    """One process's life with a journal; what was told to clients is in `told`."""

    def __init__(self, folder: Path, settings: EngineSettings = SETTINGS) -> None:
        self.seconds = 1_000.0
        self.told: list[Event] = []
        self.journal = Journal(folder, settings, monotonic=lambda: self.seconds)
        self.engine = self.journal.engine
        self.engine.bus.subscribe(lambda sequence, batch: self.told.extend(batch))
        self.engine.publish()

    def run(self, seconds: float, *, seldom: bool = False) -> None:
        """Let both kinds of time pass, publishing ten times a second, or once in all."""
        if seldom:
            self.engine.step(round(seconds * SECOND))
            self.seconds += seconds
            self.engine.publish()
            return
        for _ in range(round(seconds * 10)):
            self.engine.step(STEP)
            self.seconds += 0.1
            self.engine.publish()

    def picture(self) -> None:
        """Let a snapshot fall due and be taken."""
        before = self.journal.store.snapshots()
        self.run(max(SNAPSHOT_SECONDS, SNAPSHOT_TIME / SECOND), seldom=True)
        while self.journal.store.snapshots() == before:
            self.journal.recorder.album.poll()

    def picture_now(self) -> None:
        """Take one here."""
        self.journal.recorder.picture()

    def place(self, lots: int = 3, reference: str | None = None, **changes: object) -> Outcome:
        """Buy bitcoin at market, or whatever else is said."""
        order = {
            "account": "spot",
            "instrument": "BTCUSDT",
            "side": Side.BUY,
            "kind": OrderKind.MARKET,
            "lots": lots,
            "reference": reference,
        }
        return self.engine.submit(PlaceOrder(**{**order, **changes}))  # type: ignore[arg-type]


@contextmanager
def opened(folder: Path, settings: EngineSettings = SETTINGS) -> Iterator[Stage]:
    """A stage that ends in an orderly way, unless it was abandoned."""
    stage = Stage(folder, settings)
    try:
        yield stage
    finally:
        stage.journal.close()


@contextmanager
def killed(folder: Path, settings: EngineSettings = SETTINGS) -> Iterator[Stage]:
    """A stage that ends as if its process had been killed: nothing is written at the end."""
    stage = Stage(folder, settings)
    try:
        yield stage
    finally:
        stage.engine.recorder = None
        stage.journal.close()


def copy_of(folder: Path, name: str) -> Path:
    """What a kill at this very instant would leave behind."""
    other = folder.with_name(name)
    shutil.copytree(folder, other)
    return other


def file_of(folder: Path) -> Path:
    """The database."""
    return folder / NAME
