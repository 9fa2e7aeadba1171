"""How far a trailing stop stays away, as typed: a difference of prices, `50pt` points, `0.5%` of the price.

A plain figure is never points: a distance taken for a hundredth of what was meant would stop out at once.
"""

from __future__ import annotations

from decimal import Decimal

from tui_trader.commands.figures import read_figure
from tui_trader.formatting import numbers


def read_distance(text: str, tick: Decimal, price: Decimal | None) -> tuple[Decimal | None, str]:
    """The distance in whole ticks, or what is wrong with it; a share of the price is rounded to ticks."""
    words = numbers.ungrouped(text.lower())
    unit = next((one for one in ("%", "pt") if words.endswith(one)), "")
    figure, complaint = read_figure(words.removesuffix(unit))
    if figure is None:
        return None, "not a distance" if complaint == "not a number" else complaint
    if unit == "%" and price is None:
        return None, "needs a price"
    distance = figure * {"": Decimal(1), "pt": tick, "%": (price or tick) / 100}[unit]
    if unit == "%":
        distance = max(tick, round(distance / tick) * tick)
    if price is not None and distance >= price:
        return None, f"beyond the price; {words}pt?" if not unit else "beyond the price"
    if distance % tick:
        return None, "whole points" if unit else f"steps of {numbers.quantity(float(tick), 10)}"
    return distance.normalize(), ""
