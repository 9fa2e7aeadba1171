"""Orders and positions of the channels API. Unknown states, sides and kinds are errors."""

from __future__ import annotations

from tui_trader.model.errors import ProtocolError
from tui_trader.model.values import Order, OrderKind, OrderStatus, Position, Side, TimeInForce
from tui_trader.protocols.channels.messages import OrderBody, PositionBody
from tui_trader.protocols.json_reading import milliseconds
from tui_trader.protocols.sanitising import SHORT, clean, clean_optional, symbol
from tui_trader.protocols.typed_frames import required

SIDES = {"buy": Side.BUY, "sell": Side.SELL}
_POSITION_SIDES = {"long": Side.BUY, "buy": Side.BUY, "short": Side.SELL, "sell": Side.SELL}
_STATUSES = {
    "open": OrderStatus.WORKING,
    "partially_filled": OrderStatus.PARTIALLY_FILLED,
    "filled": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELED,
    "rejected": OrderStatus.REJECTED,
    "expired": OrderStatus.EXPIRED,
}
_KINDS = {
    "market": OrderKind.MARKET,
    "limit": OrderKind.LIMIT,
    "stop": OrderKind.STOP,
    "stop_loss": OrderKind.STOP,
    "stop_market": OrderKind.STOP,
    "stop_limit": OrderKind.STOP_LIMIT,
}
_PLACES = 8
_LASTING = {one.value: one for one in TimeInForce}


def order(link: str, body: OrderBody) -> Order:
    """Read an order (channels.md, Orders Channel)."""
    side, status = SIDES.get(body.side.lower()), _STATUSES.get(body.status.lower())
    kind = _KINDS.get(body.type.lower())
    if side is None or status is None or kind is None:
        words = (
            f"side {clean(body.side, 20)!r}, type {clean(body.type, 20)!r}, status {clean(body.status, 20)!r}"
        )
        raise ProtocolError(f"order with {words}")
    return Order(
        link=link,
        id=required(str(body.id), "order id"),
        symbol=symbol(body.symbol),
        side=side,
        kind=kind,
        status=status,
        quantity=body.amount,
        filled=_filled(body, status),
        price=body.price if kind in (OrderKind.LIMIT, OrderKind.STOP_LIMIT) else None,
        stop_price=body.stop_price,
        average_price=body.average,
        stop_loss=body.stop_loss,
        take_profit=body.take_profit,
        trailing=body.trailing_distance,
        oco=clean_optional(body.oco_group, SHORT) or None,
        time_in_force=_LASTING.get(body.time_in_force or ""),
        expires_ms=milliseconds(body.expires_at),
        reason=clean_optional(body.reason),
        reference=clean_optional(body.client_order_id, SHORT) or None,
        fee=None if body.fee is None else body.fee.cost,
        updated_ms=milliseconds(body.timestamp),
    )


def _filled(body: OrderBody, status: OrderStatus) -> float:
    """What is filled; where that is not told, what does not remain."""
    if body.filled is not None:
        return body.filled
    if body.remaining is not None:
        return round(body.amount - body.remaining, _PLACES)
    return body.amount if status is OrderStatus.FILLED else 0.0


def position(link: str, body: PositionBody) -> Position:
    """Read a position (channels.md, Positions Channel); one a symbol, so the symbol is its id."""
    side = _POSITION_SIDES.get(body.side.lower())
    if side is None:
        raise ProtocolError(f"position with side {clean(body.side, 20)!r}")
    entry = body.average_price
    if entry is None and body.cost is not None and body.amount:
        entry = body.cost / body.amount
    known = entry is not None and body.unrealized_pnl is not None and body.amount
    entry = entry or 0.0
    return Position(
        link=link,
        id=symbol(body.symbol),
        symbol=body.symbol,
        side=side,
        quantity=body.amount,
        entry_price=entry,
        mark_price=entry + side.sign * (body.unrealized_pnl or 0.0) / body.amount if known else None,
        unrealised=body.unrealized_pnl,
        unrealised_percent=body.unrealized_pnl_percentage,
        liquidation_price=body.liquidation_price,
        stop_loss=body.stop_loss,
        take_profit=body.take_profit,
        trailing=_distance(body, entry),
        currency="USDT",
    )


def _distance(body: PositionBody, entry: float) -> float | None:
    """`trailing_stop`, a percentage of the average price, as a difference of prices."""
    return round(body.trailing_stop * entry / 100, _PLACES) if body.trailing_stop and entry else None
