"""Round labels for price and time axes."""

from __future__ import annotations

from math import ceil, floor, log10

from tui_trader.formatting.times import moment

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def round_step(span: float, most: int) -> float:
    """The smallest step of 1, 2, 2.5 or 5 times a power of ten that marks `span` at most `most` times."""
    rough = span / max(1, most)
    power = 10.0 ** floor(log10(rough))
    return next((step * power for step in _STEPS if step * power >= rough * 0.999), 10 * power)


def price_marks(low: float, high: float, most: int, *, tick: float) -> list[float]:
    """Round prices inside [low, high], lowest first, no finer than the tick."""
    if high <= low:
        return []
    step = max(round_step(high - low, most), tick)
    first = ceil(low / step)
    return [index * step for index in range(first, floor(high / step) + 1)]


def time_label(time_ms: int, previous_ms: int | None, timeframe: str) -> str:
    """What a time axis says under a candle: the date where the day turns, else the time."""
    now = moment(time_ms)
    if timeframe in ("1d", "1w", "1M"):
        return now.strftime("%b %y") if timeframe == "1M" else now.strftime("%d %b")
    turned = previous_ms is None or moment(previous_ms).date() != now.date()
    return now.strftime("%d %b") if turned and previous_ms is not None else now.strftime("%H:%M")
