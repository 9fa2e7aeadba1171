"""A line in braille over columns of candles: two dots wide and four high a cell, without gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import floor

Dots = dict[tuple[int, int], int]
"""(row, column) -> bits of the braille pattern."""
_LEFT = (0x01, 0x02, 0x04, 0x40)
_RIGHT = (0x08, 0x10, 0x20, 0x80)
_BLANK = 0x2800


def glyph(bits: int) -> str:
    """The character of these dots."""
    return chr(_BLANK | bits)


def trace(
    values: Sequence[float | None], places: Sequence[int], rows: int, *, low: float, high: float
) -> Dots:
    """Draw values at these columns, joined where neighbours are known, clipped to [low, high]."""
    dots: Dots = {}
    if high <= low or not rows:
        return dots
    before: int | None = None
    for column, value in _points(values, places):
        if value is None:
            before = None
            continue
        level = floor((high - value) / (high - low) * rows * 4)
        start = level if before is None else before
        step = 1 if level >= start else -1
        for stroke in range(start + (step if start != level else 0), level + step, step):
            if 0 <= stroke < rows * 4:
                bits = (_RIGHT if column % 2 else _LEFT)[stroke % 4]
                spot = (stroke // 4, column // 2)
                dots[spot] = dots.get(spot, 0) | bits
        before = level
    return dots


def _points(values: Sequence[float | None], places: Sequence[int]) -> Iterator[tuple[int, float | None]]:
    """Dot columns with their values, between candles on a straight line; None ends a line."""
    known = list(zip(places, values, strict=True))
    if known:
        yield known[0][0] * 2, known[0][1]
    for (left, first), (right, second) in pairwise(known):
        if first is None or second is None:
            yield right * 2, None
            if second is not None:
                yield right * 2, second
            continue
        span = (right - left) * 2
        for step in range(1, span + 1):
            yield left * 2 + step, first + (second - first) * step / span
