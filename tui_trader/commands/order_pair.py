"""Two orders of one side and size, of which one cancels the other: a limit beyond the market, a stop behind.

For a seller who holds something these are target and stop; for one who waits they are pullback and breakout.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tui_trader.model.commands import PlaceOcoOrders, PlaceOrder
from tui_trader.model.values import Order, OrderKind

if TYPE_CHECKING:
    from tui_trader.desk import Desk

KIND = "oco"
"""What the pair is called where a type of order is chosen."""


def one_of_each(orders: Iterable[Order]) -> list[Order]:
    """Orders to cancel so that all of these end: one of those that wait together takes the others along."""
    groups = {(order.link, order.oco, "" if order.oco else order.id): order for order in orders if order.id}
    return list(groups.values())


def pair_of(order: PlaceOrder, desk: Desk) -> PlaceOcoOrders:
    """The two orders of one with both prices. What trails is the stop: a limit has nothing to move."""
    limit = replace(order, kind=OrderKind.LIMIT, stop_price=None, trailing=None)
    stop = replace(order, kind=OrderKind.STOP, price=None, reference=desk.reference())
    return PlaceOcoOrders(link=order.link, symbol=order.symbol, orders=(limit, stop))
