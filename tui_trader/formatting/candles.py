"""Candles and volume as glyphs: two levels a row, thin wicks and heavy bodies, one column a candle."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from math import floor

from msgspec import Struct

from tui_trader.model.values import Bar

_NOTHING, _WICK, _BODY = 0, 1, 2
_GLYPHS = {
    (_NOTHING, _NOTHING): " ",
    (_NOTHING, _WICK): "╷",
    (_WICK, _NOTHING): "╵",
    (_WICK, _WICK): "│",
    (_NOTHING, _BODY): "╻",
    (_BODY, _NOTHING): "╹",
    (_BODY, _BODY): "┃",
    (_WICK, _BODY): "╽",
    (_BODY, _WICK): "╿",
}
"""(upper half, lower half) of a cell."""
NEAR = 0.35
"""Levels so far outside the wicks, as a share of their reach, still move the scale."""
_EIGHTHS = " ▁▂▃▄▅▆▇█"


class PriceScale(Struct, frozen=True):
    """Maps prices to half rows: `low` is the bottom edge of the last row, `high` the top of the first."""

    low: float
    high: float
    rows: int

    def half_row(self, price: float) -> int:
        """Half row of a price, 0 at the top; outside the scale it lands outside [0, 2 * rows)."""
        return floor((self.high - price) / (self.high - self.low) * self.rows * 2)

    def row(self, price: float) -> int:
        """Row of a price, 0 at the top."""
        return self.half_row(price) // 2

    def price(self, row: int) -> float:
        """The price at the middle of a row."""
        return self.high - (row + 0.5) * (self.high - self.low) / self.rows


def fit(
    bars: Sequence[Bar], rows: int, *, tick: float, margin: float = 0.04, levels: Sequence[float] = ()
) -> PriceScale:
    """A scale that shows every wick, with a little air; a flat series gets a few ticks of room.

    Levels that are not far off are brought into sight too.
    """
    low = min(bar.low for bar in bars)
    high = max(bar.high for bar in bars)
    reach = (high - low) * NEAR
    near = [level for level in levels if low - reach <= level <= high + reach]
    low, high = min((low, *near)), max((high, *near))
    air = max((high - low) * margin, tick)
    return PriceScale(low - air, high + air, rows)


def gather(bars: Sequence[Bar], count: int) -> list[Bar]:
    """Join candles by `count`, cut by the clock so that they stay the same while new ones come."""
    if count < 2 or len(bars) < 2:
        return list(bars)
    length = min(after.time - before.time for before, after in pairwise(bars[-50:])) * count
    groups = (list(group) for _, group in groupby(bars, key=lambda bar: bar.time // length))
    return [
        Bar(
            group[0].time,
            group[0].open,
            max(bar.high for bar in group),
            min(bar.low for bar in group),
            group[-1].close,
            sum(bar.volume for bar in group),
        )
        for group in groups
    ]


def candle(bar: Bar, scale: PriceScale) -> list[tuple[int, str]]:
    """The (row, glyph) cells of one candle, top to bottom, clipped to the scale."""
    half = scale.half_row
    wick_top, wick_end = half(bar.high), half(bar.low)
    body_top, body_end = half(max(bar.open, bar.close)), half(min(bar.open, bar.close))

    def part(level: int) -> int:
        if body_top <= level <= body_end:
            return _BODY
        return _WICK if wick_top <= level <= wick_end else _NOTHING

    first, last = max(0, wick_top // 2), min(scale.rows - 1, wick_end // 2)
    return [(row, _GLYPHS[part(2 * row), part(2 * row + 1)]) for row in range(first, last + 1)]


def column(value: float, highest: float, rows: int) -> list[str]:
    """A bar of `rows` cells in eighths, top to bottom; anything above zero shows at least one eighth."""
    eighths = 0
    if highest > 0 and value > 0:
        eighths = max(1, min(rows * 8, round(value / highest * rows * 8)))
    return [_EIGHTHS[max(0, min(8, eighths - 8 * (rows - 1 - row)))] for row in range(rows)]
