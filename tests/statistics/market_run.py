"""Runs the real market of one instrument, records its minutes and checks what must always hold."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import DAY, HOUR, MINUTE, SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.market import Market
from embedded_server.model.enums import Resolution
from embedded_server.model.events import BarClosed, Event, QuoteChanged, TradePrinted
from tests.statistics.measures import Minutes

MONDAY = 1_767_571_200 * SECOND
"""2026-01-05 00:00 UTC."""
FEWEST_LEVELS = 10


class Recorder:
    """Collects closed minutes out of a market's events."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int, float]] = []
        self._spreads: dict[int, list[int]] = defaultdict(list)
        self._fills: dict[int, int] = defaultdict(int)
        self._spread = 0.0

    def take(self, events: list[Event]) -> None:
        """Check and record what was emitted; raises `AssertionError` for what a market never does."""
        for event in events:
            if type(event) is QuoteChanged:
                quote = event.quote
                assert 0 < quote.bid < quote.ask, quote
                self._spreads[event.time // MINUTE].append(quote.ask - quote.bid)
            elif type(event) is TradePrinted:
                assert event.price > 0 and event.lots > 0, event
                self._fills[event.time // MINUTE] += event.lots
            elif type(event) is BarClosed and event.resolution is Resolution.M1:
                self._close(event)

    def minutes(self) -> Minutes:
        """What was recorded, as arrays."""
        times, closes, lots, spreads = (np.array(column) for column in zip(*self.rows, strict=True))
        session = np.cumsum(np.append(False, np.diff(times) > MINUTE))
        return Minutes(
            closes.astype(float), lots.astype(float), spreads.astype(float), session, times // MINUTE % 1440
        )

    def _close(self, event: BarClosed) -> None:
        bar = event.bar
        assert 0 < bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high, bar
        minute = bar.time // MINUTE
        assert bar.lots == self._fills.pop(minute, 0), bar
        spreads = self._spreads.pop(minute, None)
        if spreads:
            self._spread = sum(spreads) / len(spreads)
        self.rows.append((bar.time, bar.close, bar.lots, self._spread))


def record(key: str, seed: int, days: int, *, sessions: bool) -> Minutes:
    """Minutes of `days` calendar days of the instrument, alone on its market."""
    simulation = Simulation(seed=seed, start=MONDAY)
    market = Market(simulation, [item for item in CATALOGUE if item.key == key], sessions=sessions)
    recorder = Recorder()
    market.start()
    for hour in range(1, days * DAY // HOUR + 1):
        simulation.run_until(MONDAY + hour * HOUR)
        recorder.take(simulation.take_emitted())
        bids, asks = market.depth(key, FEWEST_LEVELS)
        assert len(bids) == len(asks) == FEWEST_LEVELS, (bids, asks)
    return recorder.minutes()
