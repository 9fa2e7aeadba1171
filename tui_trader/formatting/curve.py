"""A path in braille over several rows: two samples wide and four levels high per cell."""

from __future__ import annotations

from collections.abc import Sequence

_BLANK = 0x2800
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""Dots of the left and the right half of a cell, highest first."""


def resample(values: Sequence[float], count: int) -> list[float]:
    """Take `count` values spread evenly over the path, the first and the last among them."""
    if not values or count <= 0:
        return []
    if count == 1 or len(values) == 1:
        return [values[-1]] * count
    last = len(values) - 1
    return [values[round(place * last / (count - 1))] for place in range(count)]


def curve(values: Sequence[float], width: int, height: int) -> list[str]:
    """Draw the whole path in `width` x `height` cells, top row first; a flat one runs along the middle."""
    points = resample(values, width * 2)
    if not points or height <= 0:
        return [" " * width] * max(0, height)
    low, high = min(points), max(points)
    levels = height * 4
    if high > low:
        rows = [round((high - value) / (high - low) * (levels - 1)) for value in points]
    else:
        rows = [levels // 2] * len(points)
    grid = [[0] * width for _ in range(height)]
    before = rows[0]
    for x, row in enumerate(rows):
        step = 1 if row > before else -1
        for level in range(before + step, row, step) if row != before else ():
            grid[level // 4][x // 2] |= _DOTS[x % 2][level % 4]
        grid[row // 4][x // 2] |= _DOTS[x % 2][row % 4]
        before = row
    return ["".join(chr(_BLANK | dots) if dots else " " for dots in line) for line in grid]
