"""A price path in braille: two samples wide and four levels high per cell."""

from __future__ import annotations

from collections.abc import Sequence

_LEFT = (0x40, 0x04, 0x02, 0x01)
_RIGHT = (0x80, 0x20, 0x10, 0x08)
"""The dot of each level, lowest first."""
_BLANK = 0x2800


def sparkline(values: Sequence[float], width: int) -> str:
    """Draw the latest values as a line in `width` cells; shorter paths stand at the right."""
    points = list(values)[-width * 2 :]
    if not points:
        return " " * width
    low, high = min(points), max(points)
    scale = 3 / (high - low) if high > low else 0.0
    levels: list[int | None] = [None] * (width * 2 - len(points))
    levels += [round((value - low) * scale) for value in points]
    cells = []
    before: int | None = None
    for left, right in zip(levels[::2], levels[1::2], strict=True):
        dots = _stroke(_LEFT, before, left) | _stroke(_RIGHT, left, right)
        before = right
        cells.append(chr(_BLANK | dots) if dots else " ")
    return "".join(cells)


def _stroke(column: Sequence[int], start: int | None, end: int | None) -> int:
    """Dots from next to the level before up or down to this one, so that the line has no gaps."""
    if end is None:
        return 0
    if start is None or start == end:
        return column[end]
    step = 1 if end > start else -1
    dots = 0
    for level in range(start + step, end + step, step):
        dots |= column[level]
    return dots
