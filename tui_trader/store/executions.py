"""Which executions opened and which closed, first in first out. What was held before is deduced."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

if TYPE_CHECKING:
    from tui_trader.store.store import Store

LEAST = 1e-9
"""A quantity below this is nothing: sums of floats leave dust."""


class Execution(NamedTuple):
    """One fill, `quantity` negative for a sale; or all of an order where they are not told singly."""

    order_id: str
    time_ms: int
    quantity: float
    price: float
    fee: float = 0.0


class Tally(Struct):
    """What became of an order's fills: how much is still open, and what the rest earned.

    `realised` is after fees, in units of price x quantity.
    """

    opened: float = 0.0
    remaining: float = 0.0
    cost: float = 0.0
    """Of what remains: price x quantity, without sign."""
    fees: float = 0.0
    realised: float = 0.0
    closed_at: float = 0.0
    """Value of what was closed: price x quantity."""
    unwound: float = 0.0
    """How much of it closed something that was held before."""
    earned: float | None = 0.0
    """What that earned, after all fees; None where nobody saw it opened."""
    last_ms: int = 0

    @property
    def closed(self) -> float:
        """How much of what it opened is closed again."""
        return self.opened - self.remaining

    @property
    def entry(self) -> float | None:
        """Mean price of what remains."""
        return self.cost / self.remaining if self.remaining > LEAST else None

    @property
    def exit(self) -> float | None:
        """Mean price at which it was closed."""
        return self.closed_at / self.closed if self.closed > LEAST else None


class _Lot(Struct):
    order_id: str
    quantity: float
    price: float | None


def executions_of(store: Store, link: str, symbol: str, strategy: str | None = None) -> list[Execution]:
    """Everything known to have been done in an instrument over a link, oldest first.

    Fills are told one by one where the link does that; elsewhere an order's own figures stand for them.
    """
    found = []
    told = set()
    for deal in store.deals:
        if deal.link != link or deal.symbol != symbol or strategy not in (None, deal.strategy):
            continue
        told.add(deal.order_id)
        signed = deal.side.sign * deal.quantity
        found.append(Execution(deal.order_id, deal.time_ms or 0, signed, deal.price, deal.fee or 0.0))
    for order in (*store.orders.closed, *store.orders.active):
        mine = order.link == link and order.symbol == symbol and strategy in (None, order.strategy)
        if mine and order.filled > 0 and order.average_price and order.id not in told:
            signed = order.side.sign * order.filled
            time = order.updated_ms or 0
            found.append(Execution(order.id, time, signed, order.average_price, order.fee or 0.0))
    return sorted(found, key=lambda one: one.time_ms)


def held(store: Store, link: str, symbol: str, strategy: str | None = None) -> float:
    """What is held in an instrument now, negative when short."""
    return sum(
        one.side.sign * one.quantity
        for one in store.positions
        if one.link == link and one.symbol == symbol and strategy in (None, one.strategy)
    )


def tally(executions: Sequence[Execution], held_now: float) -> dict[str, Tally]:
    """Tell by order what its executions opened and closed; what is held now says what was held before."""
    before = held_now - sum(one.quantity for one in executions)
    lots: deque[_Lot] = deque([_Lot("", before, None)] if abs(before) > LEAST else [])
    tallies: dict[str, Tally] = {}
    for one in executions:
        own = tallies.setdefault(one.order_id, Tally())
        left, fee = one.quantity, one.fee / abs(one.quantity) if one.quantity else 0.0
        while lots and abs(left) > LEAST and lots[0].quantity * left < 0:
            amount = min(abs(left), abs(lots[0].quantity))
            left -= amount if left > 0 else -amount
            own.unwound += amount
            _close(lots, amount, one, fee, tallies)
        if abs(left) > LEAST:
            lots.append(_Lot(one.order_id, left, one.price))
            _open(own, abs(left), one, fee)
    return tallies


def _open(own: Tally, amount: float, one: Execution, fee: float) -> None:
    own.opened += amount
    own.remaining += amount
    own.cost += amount * one.price
    own.fees += amount * fee
    own.last_ms = max(own.last_ms, one.time_ms)


def _close(lots: deque[_Lot], amount: float, one: Execution, fee: float, tallies: dict[str, Tally]) -> None:
    lot = lots[0]
    sign = 1 if lot.quantity > 0 else -1
    lot.quantity -= sign * amount
    if abs(lot.quantity) <= LEAST:
        lots.popleft()
    closer = tallies[one.order_id]
    if lot.price is None:
        closer.earned = None
        return
    opener = tallies[lot.order_id]
    paid = opener.fees * amount / opener.remaining
    opener.fees -= paid
    opener.remaining = max(0.0, opener.remaining - amount)
    opener.cost -= amount * lot.price
    opener.closed_at += amount * one.price
    opener.last_ms = max(opener.last_ms, one.time_ms)
    result = sign * amount * (one.price - lot.price) - paid - amount * fee
    opener.realised += result
    closer.earned = None if closer.earned is None else closer.earned + result
