"""An order in words: one sentence, its terms, and what it may cost as far as that is known."""

from __future__ import annotations

from decimal import Decimal

from tui_trader.commands.sizing import Estimate, estimate
from tui_trader.desk import Desk
from tui_trader.formatting import numbers
from tui_trader.formatting.times import moment
from tui_trader.model.commands import PlaceOcoOrders, PlaceOrder, orders_of
from tui_trader.model.values import OrderKind


def summary(command: PlaceOrder | PlaceOcoOrders, desk: Desk) -> tuple[str, list[str]]:
    """One sentence of an order or a pair, and its terms line by line."""
    *others, order = orders_of(command)
    digits = desk.store.instruments.describe(order.symbol).price_digits
    how = " or ".join(_how(one, digits) for one in (*others, order))
    sentence = f"{order.side.value.upper()} {numbers.exact(order.quantity)} {order.symbol} {how}"
    details = [f"{'together':<12} the first to fill or end cancels the other"] if others else []
    levels = (("stop loss", order.stop_loss), ("take profit", order.take_profit))
    details += [f"{name:<12} {numbers.exact(level, digits)}" for name, level in levels if level is not None]
    if order.trailing is not None:
        details.append(f"{'trailing':<12} {trailing_text(order)}")
    if order.deviation_points is not None:
        details.append(f"{'deviation':<12} {order.deviation_points} points from {_at(order.price, digits)}")
    if order.time_in_force is not None:
        until = "" if order.expires_ms is None else f" {moment(order.expires_ms):%Y-%m-%d %H:%M} UTC"
        details.append(f"{'lasts':<12} {order.time_in_force}{until}")
    if desk.store.instruments.describe(order.symbol).inferred:
        details.append(f"{'steps':<12} not told by any link: it may refuse so fine a figure")
    expected = estimate(command, desk)
    lines = (
        ("margin", margin_text(expected)),
        ("fee", fee_text(expected)),
        ("at worst", worst_text(expected)),
    )
    return sentence, [*details, *(f"{name:<12} {text}" for name, text in lines if text)]


def _how(order: PlaceOrder, digits: int) -> str:
    match order.kind:
        case OrderKind.MARKET:
            return "at the market"
        case OrderKind.LIMIT:
            return f"limit at {_at(order.price, digits)}"
        case OrderKind.STOP:
            return f"stop at {_at(order.stop_price, digits)}"
        case OrderKind.STOP_LIMIT:
            return f"stop at {_at(order.stop_price, digits)}, limit {_at(order.price, digits)}"


def _at(price: Decimal | None, digits: int) -> str:
    return numbers.NONE if price is None else numbers.exact(price, digits)


def trailing_text(order: PlaceOrder) -> str:
    """What follows the price, and at which distance."""
    what = "trigger" if order.kind in (OrderKind.STOP, OrderKind.STOP_LIMIT) else "stop loss"
    return f"the {what} follows the price at {order.trailing:f}"


def margin_text(expected: Estimate) -> str:
    """Margin that the order would bind."""
    if expected.lacking:
        return f"none, but it sells more than the {numbers.quantity(expected.held)} held"
    if expected.reduces:
        return "none: it sells what is held"
    if expected.margin is None:
        return ""
    text = f"about {numbers.fixed(expected.margin)} {expected.currency}"
    if expected.free is None:
        return text
    return f"{text} of {numbers.fixed(expected.free)} free{'' if expected.affordable else ': too little'}"


def fee_text(expected: Estimate) -> str:
    """Fee of the fill."""
    if expected.fee is None:
        return ""
    return f"about {numbers.fixed(expected.fee)} {expected.currency}, by the last fill"


def worst_text(expected: Estimate) -> str:
    """What is lost at the stop loss, and of how much equity; and what is won at the target."""
    if expected.reduces:
        return "nothing more is risked"
    if expected.margin is None:
        return ""
    if expected.worst is None:
        return "not limited: no stop loss"
    text = f"{numbers.signed(expected.worst)} {expected.currency}"
    if expected.equity:
        text += f", {abs(expected.worst) / expected.equity * 100:.2f}% of equity"
    return text if expected.best is None else f"{text}; at best {numbers.signed(expected.best)}"
