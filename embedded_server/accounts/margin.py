"""Margin and liquidation of isolated linear contracts, exact integers (SIMULATION.md, Golden arithmetic)."""

from __future__ import annotations

from msgspec import Struct

from embedded_server.accounts.rounding import MILLION, ceiling
from embedded_server.model.enums import Side


class Tier(Struct, frozen=True, kw_only=True):
    """Maintenance margin rate of notionals up to a bound (None: without bound), in parts per million."""

    up_to_micros: int | None
    rate_ppm: int
    deduction_micros: int = 0


FLAT = (Tier(up_to_micros=None, rate_ppm=0),)
"""No maintenance margin: liquidation when the margin is used up."""


def initial_margin(notional_micros: int, leverage: int) -> int:
    """Margin that a notional binds, rounded up to a micro-unit (bot-core.md: 67000 x 0.001 / 10 = 6.70)."""
    return ceiling(notional_micros, leverage)


def tier_of(tiers: tuple[Tier, ...], notional_micros: int) -> Tier:
    """The tier a notional falls into."""
    for tier in tiers:
        if tier.up_to_micros is None or notional_micros <= tier.up_to_micros:
            return tier
    return tiers[-1]


def liquidation_price(
    side: Side, *, lots: int, cost_micros: int, margin_micros: int, tick_value: int, tier: Tier
) -> int | None:
    """The mark (ticks) at which an isolated position is liquidated, None when no price above zero does it.

    LP = (margin + deduction - side x cost) / (quantity x (rate - side)); the tick on the cautious side of it.
    """
    sign = side.sign
    numerator = (margin_micros + tier.deduction_micros - sign * cost_micros) * MILLION
    denominator = lots * tick_value * (tier.rate_ppm - sign * MILLION)
    price = ceiling(numerator, denominator) if sign > 0 else numerator // denominator
    return price if price > 0 else None
