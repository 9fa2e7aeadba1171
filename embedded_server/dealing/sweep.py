"""What a taker of a given size would meet on the book now. Looks only; nothing is filled here."""

from __future__ import annotations

from msgspec import Struct

from embedded_server.market.market import Market
from embedded_server.model.enums import Side

NEAR, ALL = 10, 100_000


class Sweep(Struct, frozen=True):
    """How far a taker would get: lots, their value (ticks x lots) and the price of the last one."""

    lots: int
    value: int
    worst: int


def sweep(market: Market, instrument: str, side: Side, lots: int) -> Sweep:
    """Walk the book for up to `lots`; `worst` is 0 when the book's side is empty."""
    met = _walk(market, instrument, side, lots, NEAR)
    return met if met.lots == lots else _walk(market, instrument, side, lots, ALL)


def _walk(market: Market, instrument: str, side: Side, lots: int, levels: int) -> Sweep:
    bids, asks = market.depth(instrument, levels)
    left, value, worst = lots, 0, 0
    for level in asks if side is Side.BUY else bids:
        taken = min(left, level.lots)
        value += taken * level.price
        worst = level.price
        left -= taken
        if not left:
            break
    return Sweep(lots - left, value, worst)
