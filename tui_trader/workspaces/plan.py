"""A layout as a pure function of the size: slots of the screen and the panes that share each."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from textual.geometry import Region, Size


class Slot(Struct, frozen=True):
    """A place on the screen. Several panes share it as tabs; the first is shown until another is chosen."""

    region: Region
    panes: tuple[str, ...]


Plan = Callable[[Size], tuple[Slot, ...]]


class Workspace(Struct, frozen=True):
    """A title for the status line, and where panes stand at each size."""

    title: str
    plan: Plan


LOW = 14
"""Below so many rows a workspace is one slot."""
SMALL = 104
LARGE = 176
TALL = 44


def is_large(size: Size) -> bool:
    """Whether there is room for everything at once."""
    return size.width >= LARGE and size.height >= TALL


def columns(region: Region, widths: tuple[int, ...], gap: int = 1) -> tuple[Region, ...]:
    """Cut a region into columns; a width of 0 takes what the others leave."""
    spare = region.width - sum(widths) - gap * (len(widths) - 1)
    cut: list[Region] = []
    x = region.x
    for width in widths:
        actual = width or max(0, spare)
        cut.append(Region(x, region.y, actual, region.height))
        x += actual + gap
    return tuple(cut)


def rows(region: Region, heights: tuple[int, ...], gap: int = 0) -> tuple[Region, ...]:
    """Cut a region into rows; a height of 0 takes what the others leave."""
    spare = region.height - sum(heights) - gap * (len(heights) - 1)
    cut: list[Region] = []
    y = region.y
    for height in heights:
        actual = height or max(0, spare)
        cut.append(Region(region.x, y, region.width, actual))
        y += actual + gap
    return tuple(cut)
