"""What the market has to satisfy: the table of SIMULATION.md, "The price process must look like a market"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

SEEDS_REQUIRED = 10 / 12
"""Share of the seeds that must be inside the range, besides the median."""


@dataclass(frozen=True)
class Criterion:
    """An accepted range of one statistic."""

    statistic: str
    low: float
    high: float

    def accepts(self, value: float) -> bool:
        """Whether one seed's value is inside."""
        return self.low <= value <= self.high

    def judge(self, values: Sequence[float]) -> tuple[float, int, bool]:
        """(median, seeds inside, passed)."""
        middle = median(values)
        inside = sum(map(self.accepts, values))
        return middle, inside, self.accepts(middle) and inside >= SEEDS_REQUIRED * len(values)

    @property
    def range(self) -> str:
        """As printed."""
        return f"[{self.low:g}, {self.high:g}]" if math.isfinite(self.high) else f"> {self.low:g}"


CRITERIA = (
    Criterion("return autocorrelation 1", -0.10, 0.05),
    Criterion("return autocorrelation 2", -0.05, 0.05),
    Criterion("return autocorrelation 5", -0.035, 0.035),
    Criterion("return autocorrelation 10", -0.035, 0.035),
    Criterion("variance ratio 10", 0.80, 1.15),
    Criterion("variance ratio 60", 0.70, 1.35),
    Criterion("kurtosis 1", 5.0, 400.0),
    Criterion("kurtosis 15", 0.0, math.inf),
    Criterion("kurtosis 15 / kurtosis 1", 0.0, 1.0),
    Criterion("kurtosis 240 / kurtosis 1", -math.inf, 0.7),
    Criterion("Hill index, top 1 %", 2.3, 5.0),
    Criterion("Hill index, top 5 %", 2.0, 4.0),
    Criterion("|return| autocorrelation 1", 0.15, 0.50),
    Criterion("|return| autocorrelation 10", 0.10, 0.45),
    Criterion("|return| autocorrelation 60", 0.04, 0.40),
    Criterion("|return| autocorrelation 240", 0.005, 0.35),
    Criterion("|return| autocorrelation exponent", 0.10, 0.65),
    Criterion("corr(volume, |return|)", 0.20, 0.75),
    Criterion("Spearman(spread, |return|)", 0.20, 0.80),
    Criterion("volume at the ends over midday", 1.3, 4.0),
)
