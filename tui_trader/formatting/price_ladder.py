"""A price axis of equal steps: which step a price falls on, what stands on each. Prices are whole ticks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

from tui_trader.model.values import Side

GROUPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
"""Ticks that one step may gather."""
_REACH = 5
"""Best levels of each side that an unasked-for grouping brings into sight."""
_ROUND = (Decimal(1), Decimal(2), Decimal(5))
_NOTIONALS = (100, 500, 1_000, 5_000, 10_000)
_LOTS = (1, 5, 10, 50, 100)


class PriceLadder(Struct, frozen=True):
    """Steps of `group` ticks, counted from zero; `tick` is exact."""

    tick: Decimal
    group: int = 1

    def ticks(self, price: float) -> int:
        """A wire price in ticks."""
        return round(price / float(self.tick))

    def step(self, price: float, side: Side) -> int:
        """The step of a price; gathered prices stand on the step that is no better for who takes them."""
        ticks = self.ticks(price)
        return ticks // self.group if side is Side.BUY else -(-ticks // self.group)

    def nearest(self, price: float) -> int:
        """The step next to a price."""
        return round(self.ticks(price) / self.group)

    def price(self, step: int) -> Decimal:
        """The price of a step."""
        return self.tick * self.group * step

    def sums(self, levels: Iterable[tuple[float, float]], side: Side) -> dict[int, float]:
        """Size on each step, from the best price on."""
        found: dict[int, float] = {}
        for price, size in levels:
            step = self.step(price, side)
            found[step] = found.get(step, 0.0) + size
        return found


def running(sums: Mapping[int, float]) -> dict[int, float]:
    """Size from the first step to each."""
    total, found = 0.0, {}
    for step, size in sums.items():
        total += size
        found[step] = total
    return found


def fitting_group(bids: Sequence[tuple[float, float]], asks: Sequence[tuple[float, float]], tick: float,
                  rows: int) -> int:  # fmt: skip
    """The finest grouping that shows the best levels of both sides in so many rows."""
    if not bids or not asks or rows < 1:
        return GROUPS[0]
    ticks = (asks[:_REACH][-1][0] - bids[:_REACH][-1][0]) / tick
    return next((group for group in GROUPS if ticks / group < rows), GROUPS[-1])


def size_presets(kind: str, step: Decimal, least: Decimal, price: float | None) -> tuple[Decimal, ...]:
    """Five sizes to trade with: lots where those are the custom, otherwise round sums of money."""
    if kind == "forex" or not price:
        return tuple(least * times for times in _LOTS)
    sizes = [max(least, _round_down(Decimal(worth) / Decimal(repr(price)), step)) for worth in _NOTIONALS]
    return tuple(sizes)


def _round_down(size: Decimal, step: Decimal) -> Decimal:
    """The largest 1, 2 or 5 times a power of ten that is no more, in whole steps."""
    power = Decimal(1).scaleb(size.adjusted())
    rounded = max(digit * power for digit in _ROUND if digit * power <= size)
    return (rounded // step) * step
