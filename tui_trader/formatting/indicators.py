"""Moving average, Bollinger bands, RSI and MACD over closes; None until there are enough of them.

Definitions are the usual ones: Wilder's smoothing in RSI, exponential averages seeded by a simple one,
bands by the deviation of the whole population.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

Line = list[float | None]


def sma(values: Sequence[float], period: int) -> Line:
    """The mean of the last `period` values."""
    line: Line = [None] * min(period - 1, len(values))
    total = 0.0
    for place, value in enumerate(values):
        total += value - (values[place - period] if place >= period else 0.0)
        if place >= period - 1:
            line.append(total / period)
    return line


def bollinger(values: Sequence[float], period: int = 20, width: float = 2.0) -> tuple[Line, Line, Line]:
    """Upper, middle and lower band."""
    middle = sma(values, period)
    upper: Line = []
    lower: Line = []
    for place, mean in enumerate(middle):
        reach = None
        if mean is not None:
            window = values[place - period + 1 : place + 1]
            reach = width * sqrt(sum((value - mean) ** 2 for value in window) / period)
        upper.append(None if mean is None or reach is None else mean + reach)
        lower.append(None if mean is None or reach is None else mean - reach)
    return upper, middle, lower


def rsi(values: Sequence[float], period: int = 14) -> Line:
    """Relative strength, 0 to 100."""
    changes = [after - before for before, after in pairwise(values)]
    if len(changes) < period:
        return [None] * len(values)
    gain = sum(max(change, 0.0) for change in changes[:period]) / period
    loss = sum(max(-change, 0.0) for change in changes[:period]) / period
    line: Line = [None] * period + [_strength(gain, loss)]
    for change in changes[period:]:
        gain = (gain * (period - 1) + max(change, 0.0)) / period
        loss = (loss * (period - 1) + max(-change, 0.0)) / period
        line.append(_strength(gain, loss))
    return line


def _strength(gain: float, loss: float) -> float:
    return 100 - 100 / (1 + gain / loss) if loss else 100.0


def ema(values: Sequence[float], period: int) -> Line:
    """The exponential average, seeded by the mean of the first `period` values."""
    if len(values) < period:
        return [None] * len(values)
    average = sum(values[:period]) / period
    line: Line = [None] * (period - 1) + [average]
    share = 2 / (period + 1)
    for value in values[period:]:
        average += (value - average) * share
        line.append(average)
    return line


def macd(values: Sequence[float], fast: int = 12, slow: int = 26, signal: int = 9) -> tuple[Line, Line]:
    """The difference of two exponential averages, and its own average."""
    pairs = zip(ema(values, fast), ema(values, slow), strict=True)
    line: Line = [None if a is None or b is None else a - b for a, b in pairs]
    known = [value for value in line if value is not None]
    return line, [None] * (len(line) - len(known)) + ema(known, signal)
