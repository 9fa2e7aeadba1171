"""Anonymous market orders: their number follows volatility, their size is Pareto, their side the price."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embedded_server.market.price_process import Block, Dynamics, Floats, Streams
from embedded_server.model.instruments import Instrument

TAIL = 2.2
"""Pareto exponent of order sizes."""
LARGEST = 40.0
"""Largest order over the median."""
INTENSITY = 1.0
"""Power of relative volatility that the arrival rate follows."""
MOST_A_STEP = 10.0
LEAN = 0.25
"""How far the share of buyers moves from one half when the price rises."""
_SMALLEST = 0.5 ** (1.0 / TAIL)
"""Scale of the Pareto law with median 1."""


class Takers:
    """The flow of market orders of one instrument."""

    def __init__(self, instrument: Instrument, dynamics: Dynamics, streams: Streams) -> None:
        self._stream = streams(f"market/{instrument.key}/takers")
        self._sigma = dynamics.sigma
        self._rate = instrument.trades_per_minute / 60.0
        self._typical = instrument.typical_lots

    def block(self, block: Block) -> tuple[list[int], list[int]]:
        """Orders in each step, and the signed lots of all of them in sequence."""
        stream = self._stream
        counts = stream.poisson(arrival_rates(self._rate, block.deviations / self._sigma))
        lots = order_lots(stream, self._typical, int(counts.sum()))
        rising = np.repeat(np.sign(block.returns), counts)
        buying = stream.random(len(lots)) < 0.5 + LEAN * rising
        return counts.tolist(), np.where(buying, lots, -lots).tolist()


def arrival_rates(rate: float, relative_volatility: Floats) -> Floats:
    """Expected orders in each step, given `rate` at the usual volatility."""
    return np.asarray(np.minimum(rate * relative_volatility**INTENSITY, MOST_A_STEP))


def order_lots(stream: np.random.Generator, typical: float, count: int) -> NDArray[np.int64]:
    """Sizes of `count` orders in lots."""
    sizes = _SMALLEST * (1.0 - stream.random(count)) ** (-1.0 / TAIL)
    lots: NDArray[np.int64] = np.maximum(1, np.rint(typical * np.minimum(sizes, LARGEST))).astype(np.int64)
    return lots


def volumes(
    stream: np.random.Generator, rate: float, typical: float, relative_volatility: Floats, steps_in_one: float
) -> NDArray[np.int64]:
    """Lots traded in long steps of `steps_in_one` market steps each, without drawing order by order."""
    expected = np.minimum(rate * relative_volatility**INTENSITY, MOST_A_STEP) * steps_in_one
    counts = stream.poisson(expected)
    mean = typical * _SMALLEST * TAIL / (TAIL - 1.0)
    noise = stream.gamma(np.maximum(counts, 1) * 0.7) / (np.maximum(counts, 1) * 0.7)
    lots: NDArray[np.int64] = np.rint(counts * mean * noise).astype(np.int64)
    return lots
