"""The recent events of the engine, for looking back: a ring for market data, one for everything else."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from heapq import merge
from itertools import islice

from embedded_server.model import events as e

MARKET_DATA = (e.QuoteChanged, e.DepthChanged, e.TradePrinted, e.BarClosed)
KEPT_MARKET_DATA = 20_000
KEPT = 20_000

Entry = tuple[int, e.Event]


class EventLog:
    """Subscribe `append` to the bus. What orders and strategies did is not washed away by ticks."""

    def __init__(self) -> None:
        self._market: deque[Entry] = deque(maxlen=KEPT_MARKET_DATA)
        self._rest: deque[Entry] = deque(maxlen=KEPT)
        self._forgotten = {True: -1, False: -1}
        """Sequence of the newest event dropped from the ring of market data (True), and of the rest."""

    def append(self, sequence: int, batch: Sequence[e.Event]) -> None:
        """Keep a batch."""
        market, rest = self._market, self._rest
        for number, event in enumerate(batch, sequence):
            if isinstance(event, MARKET_DATA):
                if len(market) == KEPT_MARKET_DATA:
                    self._forgotten[True] = market[0][0]
                market.append((number, event))
            else:
                if len(rest) == KEPT:
                    self._forgotten[False] = rest[0][0]
                rest.append((number, event))

    def after(self, sequence: int, types: Collection[type[e.Event]], limit: int) -> list[Entry]:
        """At most `limit` kept events later than `sequence`, oldest first; no types means all."""
        rings = (_later(ring, sequence) for ring in (self._market, self._rest))
        entries = merge(*rings, key=lambda entry: entry[0])
        wanted = tuple(types)
        return list(islice((one for one in entries if not wanted or isinstance(one[1], wanted)), limit))

    def lost(self, sequence: int, types: Collection[type[e.Event]]) -> bool:
        """Whether events later than `sequence` that could be of these types are forgotten."""
        asked = {issubclass(kind, MARKET_DATA) for kind in types} or {True, False}
        return any(self._forgotten[ring] > sequence for ring in asked)


def _later(ring: deque[Entry], sequence: int) -> Iterator[Entry]:
    """Found from the new end: most who ask have read nearly all."""
    count = 0
    for number, _ in reversed(ring):
        if number <= sequence:
            break
        count += 1
    return islice(ring, len(ring) - count, None)
