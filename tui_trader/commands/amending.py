"""Changes to what already works: typed levels of orders and positions, and steps by which keys move them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from tui_trader.commands.sizing import exact
from tui_trader.formatting import numbers
from tui_trader.model.commands import ModifyOrder, ModifyPosition
from tui_trader.model.values import Instrument, Order, OrderKind, Position

Fields = tuple[tuple[str, str, str], ...]
"""Name, label and present text of each field."""
REMOVABLE = ("stop_loss", "take_profit")
_POINTS_A_STEP = 10
_SHARE_A_STEP = Decimal("0.0005")
_ROUND = (Decimal(1), Decimal(2), Decimal(5))


def order_fields(order: Order) -> Fields:
    """What of a working order can be changed."""
    triggered = order.kind in (OrderKind.STOP, OrderKind.STOP_LIMIT)
    limited = order.kind in (OrderKind.LIMIT, OrderKind.STOP_LIMIT)
    fields = [("quantity", "Quantity", _text(order.quantity))]
    if triggered:
        fields.append(("stop_price", "Trigger", _text(order.stop_price)))
    if limited:
        fields.insert(0, ("price", "Price", _text(order.price)))
    return (*fields, *_protection(order.stop_loss, order.take_profit))


def position_fields(position: Position) -> Fields:
    """What of a position can be changed."""
    return _protection(position.stop_loss, position.take_profit)


def _protection(stop_loss: float | None, take_profit: float | None) -> Fields:
    return (("stop_loss", "Stop loss", _text(stop_loss)), ("take_profit", "Take profit", _text(take_profit)))


def _text(value: float | None) -> str:
    return "" if value is None else f"{exact(value):f}"


def read(
    fields: Fields, typed: Mapping[str, str], instrument: Instrument
) -> tuple[dict[str, Decimal], dict[str, str]]:
    """Changed fields, zero where protection is taken away; and complaints by field."""
    changes: dict[str, Decimal] = {}
    complaints: dict[str, str] = {}
    for name, _, before in fields:
        text = typed.get(name, before).strip().replace(",", "").replace("_", "")
        if text == before:
            continue
        if not text and name in REMOVABLE:
            changes[name] = Decimal(0)
            continue
        try:
            value = Decimal(text)
        except InvalidOperation:
            complaints[name] = "not a number" if text else "cannot be empty"
            continue
        step = instrument.quantity_step if name == "quantity" else instrument.tick_size
        if not value.is_finite() or value <= 0:
            complaints[name] = "must be more than 0"
        elif value % exact(step):
            complaints[name] = f"steps of {numbers.quantity(step, 10)}"
        else:
            changes[name] = value
    return changes, complaints


def order_change(order: Order, reference: str, changes: Mapping[str, Decimal]) -> ModifyOrder:
    """The command of changed fields."""
    return ModifyOrder(
        link=order.link,
        order_id=order.id,
        reference=reference,
        quantity=changes.get("quantity"),
        price=changes.get("price"),
        stop_price=changes.get("stop_price"),
        stop_loss=changes.get("stop_loss"),
        take_profit=changes.get("take_profit"),
    )


def position_change(position: Position, reference: str, changes: Mapping[str, Decimal]) -> ModifyPosition:
    """The command of changed protection."""
    return ModifyPosition(
        link=position.link,
        position_id=position.id,
        reference=reference,
        stop_loss=changes.get("stop_loss"),
        take_profit=changes.get("take_profit"),
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
