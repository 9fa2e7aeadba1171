"""Changes to what already works: typed levels of orders and positions, and steps by which keys move them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from tui_trader.commands.distances import read_distance
from tui_trader.commands.figures import read_figure
from tui_trader.commands.sizing import exact
from tui_trader.formatting import numbers
from tui_trader.model.commands import ModifyOrder, ModifyPosition
from tui_trader.model.order_terms import OrderTerms
from tui_trader.model.values import Instrument, Order, OrderKind, Position

if TYPE_CHECKING:
    from tui_trader.desk import Desk

Fields = tuple[tuple[str, str, str], ...]
"""Name, label and present text of each field."""
REMOVABLE = ("stop_loss", "take_profit", "trailing")
_POINTS_A_STEP = 10
_SHARE_A_STEP = Decimal("0.0005")
_ROUND = (Decimal(1), Decimal(2), Decimal(5))


def order_fields(order: Order, terms: OrderTerms, instrument: Instrument) -> Fields:
    """What of a working order can be changed."""
    triggered = order.kind in (OrderKind.STOP, OrderKind.STOP_LIMIT)
    limited = order.kind in (OrderKind.LIMIT, OrderKind.STOP_LIMIT)
    fields = [("quantity", "Quantity", _text(order.quantity))]
    if triggered:
        fields.append(("stop_price", "Trigger", _price(order.stop_price, instrument)))
    if limited:
        fields.insert(0, ("price", "Price", _price(order.price, instrument)))
    return (*fields, *_protection(order, terms, instrument))


def position_fields(position: Position, terms: OrderTerms, instrument: Instrument) -> Fields:
    """What of a position can be changed."""
    return _protection(position, terms, instrument)


def _protection(held: Order | Position, terms: OrderTerms, instrument: Instrument) -> Fields:
    levels = (
        ("stop_loss", "Stop loss", _price(held.stop_loss, instrument)),
        ("take_profit", "Take profit", _price(held.take_profit, instrument)),
    )
    if not terms.trailing:
        return levels
    return (*levels, ("trailing", "Trailing", _text(whole_ticks(held.trailing, instrument))))


def whole_ticks(distance: float | None, instrument: Instrument) -> float | None:
    """A distance told as a percentage, as the ticks that were meant."""
    if distance is None:
        return None
    tick = exact(instrument.tick_size)
    return float(round(exact(distance) / tick) * tick)


def _price(value: float | None, instrument: Instrument) -> str:
    """A price to type over: with the instrument's decimals, and every digit that it has."""
    return "" if value is None else numbers.exact(exact(value), instrument.price_digits).replace(",", "")


def _text(value: float | None) -> str:
    return "" if value is None else f"{exact(value):f}"


def read(
    fields: Fields, typed: Mapping[str, str], instrument: Instrument, price: float | None = None
) -> tuple[dict[str, Decimal], dict[str, str]]:
    """Changed fields, zero where protection is taken away; and complaints by field.

    `price` is what a trailing distance may be a share of.
    """
    changes: dict[str, Decimal] = {}
    complaints: dict[str, str] = {}
    for name, _, before in fields:
        text = numbers.ungrouped(typed.get(name, before))
        if text == before:
            continue
        if not text and name in REMOVABLE:
            changes[name] = Decimal(0)
            continue
        if name == "trailing":
            reference = None if price is None else exact(price)
            distance, complaint = read_distance(text, exact(instrument.tick_size), reference)
            if distance is None or complaint:
                complaints[name] = complaint
            else:
                changes[name] = distance
            continue
        value, complaint = read_figure(text)
        step = instrument.quantity_step if name == "quantity" else instrument.tick_size
        if value is None:
            complaints[name] = complaint if text else "cannot be empty"
        elif value % exact(step) and not instrument.inferred:
            complaints[name] = f"steps of {numbers.quantity(step, 10)}"
        elif not before or value != Decimal(before):
            changes[name] = value
    return changes, complaints


def amend(
    desk: Desk,
    title: str,
    fields: Fields,
    instrument: Instrument,
    price: float | None,
    *,
    command: Callable[[Mapping[str, Decimal]], ModifyOrder | ModifyPosition],
) -> None:
    """Let the user type over fields, as `read` takes them; what changed leaves as a command."""

    def check(typed: Mapping[str, str]) -> Mapping[str, str]:
        return read(fields, typed, instrument, price)[1]

    def done(typed: Mapping[str, str]) -> None:
        changes = read(fields, typed, instrument, price)[0]
        if changes:
            desk.console.submit(command(changes))

    desk.console.amend(title, fields, check, done)


def order_change(order: Order, reference: str, changes: Mapping[str, Decimal]) -> ModifyOrder:
    """The command of changed fields."""
    return ModifyOrder(
        link=order.link,
        order_id=order.id,
        reference=reference,
        symbol=order.symbol,
        quantity=changes.get("quantity"),
        price=changes.get("price"),
        stop_price=changes.get("stop_price"),
        stop_loss=changes.get("stop_loss"),
        take_profit=changes.get("take_profit"),
        trailing=changes.get("trailing"),
    )


def position_change(position: Position, reference: str, changes: Mapping[str, Decimal]) -> ModifyPosition:
    """The command of changed protection."""
    return ModifyPosition(
        link=position.link,
        position_id=position.id,
        reference=reference,
        symbol=position.symbol,
        stop_loss=changes.get("stop_loss"),
        take_profit=changes.get("take_profit"),
        trailing=changes.get("trailing"),
    )


def step_of(instrument: Instrument, price: float) -> Decimal:
    """How far a key moves protection: a pip in forex, else a round share of the price in whole ticks."""
    tick = exact(instrument.tick_size)
    if instrument.kind == "forex":
        return tick * _POINTS_A_STEP
    rough = exact(price) * _SHARE_A_STEP
    power = Decimal(1).scaleb(rough.adjusted())
    rounded = max(digit * power for digit in _ROUND if digit * power <= rough)
    return max(tick, (rounded // tick) * tick)


def part_of(position: Position, percent: int, instrument: Instrument) -> Decimal | None:
    """A share of a position in whole steps; None where that is less than the least."""
    step = exact(instrument.quantity_step)
    part = (exact(position.quantity) * percent / 100 // step) * step
    least = exact(instrument.minimum_quantity or instrument.quantity_step)
    return part if part >= least else None
