"""TradeExecuted from the futures account's order events (bot-core.md, 5. TradeExecuted)."""

from __future__ import annotations

from embedded_server.model.enums import OrderStatus
from embedded_server.model.events import OrderFilled
from embedded_server.model.states import OrderState
from embedded_server.protocols.bot_core import messages as m
from embedded_server.protocols.wire_numbers import Precision, fee
from embedded_server.protocols.wire_time import epoch_ms

CANCELED = "CANCELED"
REJECTED = "REJECTED"


def filled(event: OrderFilled, precision: Precision) -> m.TradeExecuted:
    """One fill: `executed_quantity` and `commission` are its own; a market order's `price` is what it got."""
    order, deal = event.order, event.deal
    executed_price = precision.price(deal.price)
    data = m.TradeData(
        trade_id=f"trade_{deal.id}",
        order_id=_order_id(order),
        symbol=precision.instrument.symbol,
        side=order.side.value.upper(),
        type=order.kind.value.upper(),
        quantity=precision.quantity(order.lots),
        price=_asked(order, precision) or executed_price,
        executed_quantity=precision.quantity(deal.lots),
        executed_price=executed_price,
        commission=fee(deal.fee_micros),
        commission_asset=precision.instrument.quote,
        status="FILLED" if order.status is OrderStatus.FILLED else "PARTIALLY_FILLED",
        timestamp=epoch_ms(deal.time),
        strategy=order.strategy,
        ai_signal_id=order.signal_id,
    )
    return m.TradeExecuted(data=data, timestamp=epoch_ms(event.time))


def ended(time: int, status: str, order: OrderState, precision: Precision) -> m.TradeExecuted:
    """The end of an order that was not filled to the last lot, with what it filled before and what that cost.

    There is no fill to name, so the trade id is made of the order's and the status.
    """
    average = precision.average(order.filled_value / order.filled_lots) if order.filled_lots else 0.0
    data = m.TradeData(
        trade_id=f"trade_{order.id}_{status.lower()}",
        order_id=_order_id(order),
        symbol=precision.instrument.symbol,
        side=order.side.value.upper(),
        type=order.kind.value.upper(),
        quantity=precision.quantity(order.lots),
        price=_asked(order, precision) or average,
        executed_quantity=precision.quantity(order.filled_lots),
        executed_price=average,
        commission=fee(order.fees_micros),
        commission_asset=precision.instrument.quote,
        status=status,
        timestamp=epoch_ms(time),
        strategy=order.strategy,
        ai_signal_id=order.signal_id,
    )
    return m.TradeExecuted(data=data, timestamp=epoch_ms(time))


def _order_id(order: OrderState) -> str:
    return f"binance_order_{order.id}"


def _asked(order: OrderState, precision: Precision) -> float | None:
    return precision.price_or_none(order.price) or precision.price_or_none(order.stop_price)
