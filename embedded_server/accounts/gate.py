"""What stands before every order: asked when one is sent, and when one that works is to grow."""

from __future__ import annotations

from collections.abc import Callable

from embedded_server.model.commands import PlaceOrder, Refused
from embedded_server.model.states import OrderState

Gate = Callable[[PlaceOrder], Refused | None]


def order_again(order: OrderState) -> PlaceOrder:
    """The command that would send an order with its present terms."""
    return PlaceOrder(
        account=order.account,
        instrument=order.instrument,
        side=order.side,
        kind=order.kind,
        lots=order.lots,
        price=order.price,
        stop_price=order.stop_price,
        reduce_only=order.reduce_only,
        position_id=order.position_id,
        reason=order.reason,
        strategy=order.strategy,
    )
