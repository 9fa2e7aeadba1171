"""TradeExecuted as an order and, where something filled, a deal. An unknown state is an error."""

from __future__ import annotations

from tui_trader.model.errors import ProtocolError
from tui_trader.model.events import DealDone, Event, OrderUpdated
from tui_trader.model.values import Deal, Order, OrderKind, OrderStatus, Side
from tui_trader.protocols.bot_core.messages import TradeExecutedBody, read_trade_executed
from tui_trader.protocols.bot_core.signals import perpetual
from tui_trader.protocols.json_reading import milliseconds
from tui_trader.protocols.sanitising import SHORT, clean, clean_optional
from tui_trader.protocols.typed_frames import TypedFrame, required

_SIDES = {"BUY": Side.BUY, "SELL": Side.SELL}
_STATUSES = {
    "FILLED": OrderStatus.FILLED,
    "PARTIALLY_FILLED": OrderStatus.PARTIALLY_FILLED,
    "CANCELED": OrderStatus.CANCELED,
    "REJECTED": OrderStatus.REJECTED,
}
_KINDS = {
    "MARKET": OrderKind.MARKET,
    "LIMIT": OrderKind.LIMIT,
    "STOP": OrderKind.STOP,
    "STOP_MARKET": OrderKind.STOP,
    "STOP_LOSS": OrderKind.STOP,
    "TAKE_PROFIT": OrderKind.LIMIT,
    "STOP_LIMIT": OrderKind.STOP_LIMIT,
}


def read_trade(link: str, frame: TypedFrame) -> tuple[Event, ...]:
    """Read bot-core.md, 5. TradeExecuted: an order as it now is, and its deal if it filled."""
    body = read_trade_executed(frame.data)
    side, status = _SIDES.get(body.side.upper()), _STATUSES.get(body.status.upper())
    kind = _KINDS.get(body.type.upper())
    if side is None or status is None or kind is None:
        words = (
            f"side {clean(body.side, 20)!r}, type {clean(body.type, 20)!r}, status {clean(body.status, 20)!r}"
        )
        raise ProtocolError(f"TradeExecuted with {words}")
    time_ms = milliseconds(body.timestamp) or milliseconds(frame.timestamp)
    order = Order(
        link=link,
        id=required(body.order_id, "order id"),
        symbol=perpetual(body.symbol),
        side=side,
        kind=kind,
        status=status,
        quantity=body.quantity,
        filled=body.executed_quantity or 0.0,
        price=body.price if kind is not OrderKind.MARKET else None,
        average_price=body.executed_price if body.executed_quantity else None,
        strategy=clean_optional(body.strategy, SHORT) or None,
        fee=body.commission,
        updated_ms=time_ms,
    )
    if status not in {OrderStatus.FILLED, OrderStatus.PARTIALLY_FILLED}:
        return (OrderUpdated(order),)
    return (OrderUpdated(order), DealDone(_deal(order, body)))


def _deal(order: Order, body: TradeExecutedBody) -> Deal:
    if not body.executed_quantity or body.executed_quantity < 0 or body.executed_price is None:
        raise ProtocolError(f"TradeExecuted {order.status} without executed quantity and price")
    return Deal(
        link=order.link,
        id=required(body.trade_id, "trade id"),
        order_id=order.id,
        symbol=order.symbol,
        side=order.side,
        quantity=body.executed_quantity,
        price=body.executed_price,
        fee=body.commission,
        strategy=order.strategy,
        signal_id=clean_optional(body.ai_signal_id, SHORT) or None,
        time_ms=order.updated_ms,
    )
