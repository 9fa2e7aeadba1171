"""Two orders of one side and size, of which one cancels the other: a limit beyond the market, a stop behind.

For a seller who holds something these are target and stop; for one who waits they are pullback and breakout.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tui_trader.model.commands import CancelOrder, PlaceOcoOrders, PlaceOrder
from tui_trader.model.values import Order, OrderKind

if TYPE_CHECKING:
    from tui_trader.desk import Desk

KIND = "oco"
"""What the pair is called where a type of order is chosen."""


def one_of_each(orders: Iterable[Order]) -> list[Order]:
    """Orders to cancel so that all of these end: one of those that wait together takes the others along."""
    return list({_together(order): order for order in orders if order.id}.values())


def ended_by(cancels: Iterable[CancelOrder], orders: Iterable[Order]) -> list[Order]:
    """Those of these orders that end when some are canceled: these, and what waits together with them."""
    known = [order for order in orders if order.id]
    canceled = {(cancel.link, cancel.order_id) for cancel in cancels}
    groups = {_together(order) for order in known if (order.link, order.id) in canceled}
    return [order for order in known if _together(order) in groups]


def _together(order: Order) -> tuple[str, str | None, str]:
    return (order.link, order.oco, "" if order.oco else order.id)


def pair_of(order: PlaceOrder, desk: Desk) -> PlaceOcoOrders:
    """The two orders of one with both prices. What trails is the stop: a limit has nothing to move."""
    limit = replace(order, kind=OrderKind.LIMIT, stop_price=None, trailing=None)
    stop = replace(order, kind=OrderKind.STOP, price=None, reference=desk.reference())
    return PlaceOcoOrders(link=order.link, symbol=order.symbol, orders=(limit, stop))
