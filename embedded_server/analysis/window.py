"""The last closed bars of one instrument as arrays in ticks: what every indicator and rule looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embedded_server.analysis.indicators import RSI_PERIOD, FloatArray
from embedded_server.model.states import Bar

WARM_UP = 250
"""Bars before an indicator is believed: recursive averages have forgotten their seed to better than 1e-7."""
LENGTH = 300
"""Bars a window holds. Fixed: a value depends on the bars alone, not on when somebody first asked."""


@dataclass(frozen=True, slots=True)
class Window:
    """Closed bars, oldest first. Prices in ticks as exact floats, volumes in lots."""

    time: int
    """Opening time of the newest bar, ns."""
    opens: FloatArray
    highs: FloatArray
    lows: FloatArray
    closes: FloatArray
    volumes: FloatArray

    def __len__(self) -> int:
        return len(self.closes)

    @property
    def close(self) -> float:
        """The newest close, in ticks."""
        return float(self.closes[-1])

    @property
    def warm(self) -> bool:
        """True once there are enough bars to believe an indicator."""
        return len(self) >= WARM_UP

    @property
    def flat(self) -> bool:
        """True when the newest closes are all one price: a halted market, in which nobody signals."""
        recent = self.closes[-(RSI_PERIOD + 1) :]
        return bool(recent.max() == recent.min())


def window_of(bars: Sequence[Bar]) -> Window:
    """Arrays of `bars`, which must not be empty."""
    table = np.array(
        [(bar.open, bar.high, bar.low, bar.close, bar.lots) for bar in bars], dtype=np.float64
    ).T.copy()
    return Window(bars[-1].time, table[0], table[1], table[2], table[3], table[4])
