"""OneTrade's REST requests (CLARIFICATIONS.md, onetrade). What cannot be sent is a `CommandError`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from tui_trader.model.commands import (
    AnswerRequote,
    CancelOrder,
    ClosePosition,
    ModifyOrder,
    ModifyPosition,
    PlaceOrder,
)
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Instrument, OrderKind, TimeInForce
from tui_trader.protocols.codec import HttpRequest
from tui_trader.protocols.onetrade.enums import SIDE_CODES, type_code

TRADER = "/api/v1/trader"
_EXPIRATION_POLICIES = {TimeInForce.GTC: 0, TimeInForce.DAY: 1}
"""`expiration_police` of the create body (CLARIFICATIONS.md, onetrade)."""


class Owner(Struct, frozen=True):
    """Whose orders they are; every create and approval names both."""

    account_id: int
    user_id: int


def place(
    command: PlaceOrder, instrument: Instrument | None, owner: Owner, headers: Mapping[str, str]
) -> HttpRequest:
    """`POST orders`. `external_id`, `deviation` (points) and `price_stop_limit` are extensions."""
    if instrument is None or instrument.symbol_id is None:
        raise CommandError(f"the broker does not list {command.symbol}", field="symbol")
    _check_quantity(command.quantity, instrument)
    _check_prices(command)
    stop_limit = command.kind is OrderKind.STOP_LIMIT
    triggered = command.kind in (OrderKind.STOP, OrderKind.STOP_LIMIT)
    body: dict[str, object] = {
        "account_id": owner.account_id,
        "user_id": owner.user_id,
        "symbol_id": instrument.symbol_id,
        "volume": command.quantity,
        "order_price": command.stop_price if triggered else command.price,
        "side": SIDE_CODES[command.side],
        "type": type_code(command.kind, command.side),
        "price_sl": command.stop_loss,
        "price_tp": command.take_profit,
        "comment": command.comment,
        "time_expiration": None,
        "expiration_police": _expiration_policy(command),
        "external_id": command.reference,
    }
    if stop_limit:
        body["price_stop_limit"] = command.price
    if command.deviation_points is not None:
        body["deviation"] = command.deviation_points
    return _request("POST", "/orders", "place", headers, reference=command.reference, body=body)


def modify(command: ModifyOrder, headers: Mapping[str, str], *, stop_limit: bool) -> HttpRequest:
    """`PUT orders/{id}`; only what changes is sent."""
    triggered = command.stop_price is not None
    body = {
        "volume": command.quantity,
        "order_price": command.stop_price if triggered else None if stop_limit else command.price,
        "price_stop_limit": command.price if stop_limit or triggered else None,
        "price_sl": command.stop_loss,
        "price_tp": command.take_profit,
    }
    if all(value is None for value in body.values()):
        raise CommandError("nothing to change was given")
    path = f"/orders/{_number(command.order_id, 'order')}"
    return _request("PUT", path, "modify", headers, reference=command.reference, body=_given(body))


def cancel(command: CancelOrder, headers: Mapping[str, str]) -> HttpRequest:
    """`DELETE orders/{id}`."""
    path = f"/orders/{_number(command.order_id, 'order')}"
    return _request("DELETE", path, "cancel", headers, reference=command.reference)


def approve(command: AnswerRequote, owner: Owner, headers: Mapping[str, str]) -> HttpRequest:
    """`POST orders/{id}/approval`: the answer to a requote."""
    number = _number(command.order_id, "order")
    body = {
        "account_id": owner.account_id,
        "approved": command.accepted,
        "id": number,
        "user_id": owner.user_id,
    }
    path, purpose = f"/orders/{number}/approval", f"approve:{number}"
    return _request("POST", path, purpose, headers, reference=command.reference, body=body)


def close(command: ClosePosition, headers: Mapping[str, str]) -> HttpRequest:
    """`POST positions/{id}`; without `volume` all of it."""
    if command.quantity is not None and not (command.quantity.is_finite() and command.quantity > 0):
        raise CommandError("the quantity to close must be more than zero", field="quantity")
    path, body = (
        f"/positions/{_number(command.position_id, 'position')}",
        _given({"volume": command.quantity}),
    )
    return _request("POST", path, "close", headers, reference=command.reference, body=body)


def protect(command: ModifyPosition, headers: Mapping[str, str]) -> HttpRequest:
    """`PUT positions/{id}`: stop loss and take profit."""
    body = _given({"price_sl": command.stop_loss, "price_tp": command.take_profit})
    if not body:
        raise CommandError("nothing to change was given")
    path = f"/positions/{_number(command.position_id, 'position')}"
    return _request("PUT", path, "protect", headers, reference=command.reference, body=body)


def get(what: str, headers: Mapping[str, str]) -> HttpRequest:
    """`GET account`, `orders`, `positions` or `symbols`."""
    return _request("GET", f"/{what}", what, headers)


def _request(
    method: str,
    path: str,
    purpose: str,
    headers: Mapping[str, str],
    *,
    reference: str = "",
    body: object | None = None,
) -> HttpRequest:
    return HttpRequest(method, TRADER + path, purpose, body=body, headers=headers, reference=reference)


def _expiration_policy(command: PlaceOrder) -> int:
    policy = _EXPIRATION_POLICIES.get(command.time_in_force or TimeInForce.GTC)
    if policy is None:
        raise CommandError("this broker's orders last until canceled or for the day", field="time_in_force")
    return policy


def _check_quantity(quantity: Decimal, instrument: Instrument) -> None:
    if not quantity.is_finite() or quantity <= 0:
        raise CommandError("the quantity must be more than zero", field="quantity")
    step = Decimal(str(instrument.quantity_step))
    if quantity % step:
        raise CommandError(f"the quantity must be a multiple of {step}", field="quantity")
    if instrument.minimum_quantity is not None and quantity < Decimal(str(instrument.minimum_quantity)):
        raise CommandError(f"the quantity must be at least {instrument.minimum_quantity}", field="quantity")
    if instrument.maximum_quantity is not None and quantity > Decimal(str(instrument.maximum_quantity)):
        raise CommandError(f"the quantity must be at most {instrument.maximum_quantity}", field="quantity")


def _check_prices(command: PlaceOrder) -> None:
    needed = {
        OrderKind.MARKET: (),
        OrderKind.LIMIT: ("price",),
        OrderKind.STOP: ("stop_price",),
        OrderKind.STOP_LIMIT: ("price", "stop_price"),
    }[command.kind]
    for name in needed:
        if getattr(command, name) is None:
            raise CommandError(
                f"a {command.kind.value.replace('_', '-')} order needs a {name.replace('_', ' ')}", field=name
            )
    for name in ("price", "stop_price", "stop_loss", "take_profit"):
        value: Decimal | None = getattr(command, name)
        if value is not None and not (value.is_finite() and value > 0):
            raise CommandError(f"the {name.replace('_', ' ')} must be more than zero", field=name)


def _given(body: dict[str, Decimal | None]) -> dict[str, Decimal]:
    return {name: value for name, value in body.items() if value is not None}


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise CommandError(f"{text[:20]!r} is not the number of an {what}")
    return int(text)
