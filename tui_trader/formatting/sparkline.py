"""A price path in braille: two samples wide and four levels high per cell."""

from __future__ import annotations

from collections.abc import Sequence

_LEFT = (0x40, 0x44, 0x46, 0x47)
_RIGHT = (0x80, 0xA0, 0xB0, 0xB8)
_BLANK = 0x2800


def sparkline(values: Sequence[float], width: int) -> str:
    """Draw the latest values in `width` cells, filled below the line; shorter paths stand at the right."""
    points = list(values)[-width * 2 :]
    if not points:
        return " " * width
    low, high = min(points), max(points)
    scale = 3 / (high - low) if high > low else 0.0
    levels: list[int | None] = [None] * (width * 2 - len(points))
    levels += [round((value - low) * scale) for value in points]
    cells = []
    for left, right in zip(levels[::2], levels[1::2], strict=True):
        dots = (0 if left is None else _LEFT[left]) | (0 if right is None else _RIGHT[right])
        cells.append(chr(_BLANK | dots) if dots else " ")
    return "".join(cells)
