"""Whether an order makes sense, before anyone asks what it costs. Pure: terms against quote."""

from __future__ import annotations

from collections.abc import Callable

from embedded_server.accounts.order import awaits_trigger
from embedded_server.model.commands import PlaceOcoOrders, PlaceOrder, Refused
from embedded_server.model.enums import OrderKind, RefusalCode, Side, TimeInForce
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import OrderState, Quote

OCO_ORDERS = 2


def check_order(order: OrderState, instrument: Instrument, quote: Quote, now: int) -> Refused | None:
    """The first thing wrong with an order's terms, naming the field; None when they are sound."""
    checks: tuple[Callable[[], Refused | None], ...] = (
        lambda: _check_lots(order, instrument),
        lambda: _check_prices(order),
        lambda: _check_time(order, now),
        lambda: _check_instant(order),
        lambda: _check_trigger(order, quote),
        lambda: check_protection(
            order.side, order.stop_loss, order.take_profit, order.trailing_ticks, _reference(order, quote)
        ),
    )
    for check in checks:
        refused = check()
        if refused is not None:
            return refused
    return None


def check_together(command: PlaceOcoOrders) -> Refused | None:
    """Whether orders can wait together: two in one instrument, each until it is canceled or expires."""
    first = command.orders[0].instrument if command.orders else ""
    if len(command.orders) != OCO_ORDERS:
        return invalid(f"one cancels the other takes {OCO_ORDERS} orders", "orders")
    if any(order.instrument != first for order in command.orders):
        return invalid("the orders are in one instrument", "instrument")
    if any(order.kind is OrderKind.MARKET for order in command.orders):
        return invalid("a market order does not wait", "kind")
    if any(order.time_in_force in (TimeInForce.IOC, TimeInForce.FOK) for order in command.orders):
        return invalid("an order that is for at once does not wait", "time_in_force")
    return _check_apart(*command.orders)


def check_protection(
    side: Side, stop_loss: int | None, take_profit: int | None, trailing_ticks: int | None, reference: int
) -> Refused | None:
    """Whether a stop loss is on the losing and a take profit on the winning side of a price (ticks)."""
    if stop_loss is not None and (stop_loss <= 0 or (reference - stop_loss) * side.sign <= 0):
        where = "below" if side is Side.BUY else "above"
        return invalid(f"the stop loss of a {_word(side)} position is {where} the price", "stop_loss")
    if take_profit is not None and (take_profit <= 0 or (take_profit - reference) * side.sign <= 0):
        where = "above" if side is Side.BUY else "below"
        return invalid(f"the take profit of a {_word(side)} position is {where} the price", "take_profit")
    if trailing_ticks is not None and trailing_ticks <= 0:
        return invalid("a trailing distance is above zero", "trailing_ticks")
    return None


def invalid(message: str, field: str) -> Refused:
    """A refusal of a field's value."""
    return Refused(RefusalCode.INVALID, message, field)


def _check_apart(one: PlaceOrder, other: PlaceOrder) -> Refused | None:
    """Whether two orders are told apart by their references, and do not fill one another."""
    if one.reference is not None and one.reference == other.reference:
        return invalid(f"the reference {one.reference} is of both orders", "reference")
    limits = {order.side: order.price for order in (one, other) if order.kind is OrderKind.LIMIT}
    bid, ask = limits.get(Side.BUY), limits.get(Side.SELL)
    if bid is not None and ask is not None and bid >= ask:
        return invalid("the orders would fill one another", "price")
    return None


def _check_lots(order: OrderState, instrument: Instrument) -> Refused | None:
    if order.lots <= 0:
        return invalid("the quantity is not above zero", "lots")
    if order.lots > instrument.max_lots:
        return invalid(
            f"the quantity is above the maximum of {instrument.quantity(instrument.max_lots)}", "lots"
        )
    return None


def _check_prices(order: OrderState) -> Refused | None:
    if order.price is not None and order.price <= 0:
        return invalid("the price is not above zero", "price")
    if order.stop_price is not None and order.stop_price <= 0:
        return invalid("the stop price is not above zero", "stop_price")
    has_limit = order.kind in (OrderKind.LIMIT, OrderKind.STOP_LIMIT)
    has_stop = order.kind in (OrderKind.STOP, OrderKind.STOP_LIMIT)
    if has_limit and order.price is None:
        return invalid(f"a {order.kind} order needs a price", "price")
    if order.kind is OrderKind.STOP and order.price is not None:
        return invalid("a stop order has no limit price; send a stop_limit order", "price")
    if has_stop != (order.stop_price is not None):
        return invalid(f"a {order.kind} order {'needs a' if has_stop else 'has no'} stop price", "stop_price")
    return None


def _check_time(order: OrderState, now: int) -> Refused | None:
    if order.time_in_force is TimeInForce.GTD:
        if order.kind is OrderKind.MARKET:
            return invalid("a market order does not wait", "time_in_force")
        if order.expires_at is None or order.expires_at <= now:
            return invalid("the expiry is not in the future", "expires_at")
    elif order.expires_at is not None:
        return invalid("only a GTD order has an expiry", "expires_at")
    return None


def _check_instant(order: OrderState) -> Refused | None:
    if order.deviation_ticks is None:
        return None
    if order.kind is not OrderKind.MARKET:
        return invalid("only a market order has a deviation", "deviation_ticks")
    if order.deviation_ticks < 0:
        return invalid("the deviation is below zero", "deviation_ticks")
    if order.price is None:
        return invalid("a deviation needs the price it is measured from", "price")
    return None


def _check_trigger(order: OrderState, quote: Quote) -> Refused | None:
    if not awaits_trigger(order) or order.stop_price is None:
        return None
    price = (quote.ask if order.side is Side.BUY else quote.bid) or quote.last
    if (order.stop_price - price) * order.side.sign <= 0:
        where = "above the ask" if order.side is Side.BUY else "below the bid"
        return invalid(f"the stop price of a {order.side} order is {where}", "stop_price")
    return None


def _reference(order: OrderState, quote: Quote) -> int:
    if order.kind is OrderKind.STOP:
        return order.stop_price or 0
    if order.kind is not OrderKind.MARKET:
        return order.price or 0
    return (quote.bid if order.side is Side.BUY else quote.ask) or quote.last


def _word(side: Side) -> str:
    return "long" if side is Side.BUY else "short"
