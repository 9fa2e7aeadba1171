"""OneTrade's REST requests (CLARIFICATIONS.md, onetrade). What cannot be sent is a `CommandError`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from msgspec import Struct

from tui_trader.model.commands import (
    AnswerRequote,
    CancelOrder,
    ClosePosition,
    ModifyOrder,
    ModifyPosition,
    PlaceOcoOrders,
    PlaceOrder,
)
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Instrument, OrderKind, TimeInForce
from tui_trader.protocols.codec import HttpRequest
from tui_trader.protocols.onetrade.enums import SIDE_CODES, type_code
from tui_trader.protocols.rest_answers import PAIR, heeded

TRADER = "/api/v1/trader"
_EXPIRATION_POLICIES = {TimeInForce.GTC: 0, TimeInForce.DAY: 1, TimeInForce.GTD: 2}
"""`expiration_police` of the create body (CLARIFICATIONS.md, onetrade)."""


class Owner(Struct, frozen=True):
    """Whose orders they are; every create and approval names both."""

    account_id: int
    user_id: int


def place(
    command: PlaceOrder, instrument: Instrument | None, owner: Owner, headers: Mapping[str, str]
) -> HttpRequest:
    """`POST orders`."""
    instrument = _listed(command.symbol, instrument)
    body = _owned(instrument, owner) | _terms(command, instrument)
    purpose = heeded("place", trailing=command.trailing is not None)
    return _request("POST", "/orders", purpose, headers, reference=command.reference, body=body)


def place_together(
    command: PlaceOcoOrders, instrument: Instrument | None, owner: Owner, headers: Mapping[str, str]
) -> HttpRequest:
    """`POST orders/oco` (*extension*): both orders are taken, or none."""
    instrument = _listed(command.symbol, instrument)
    terms = [_terms(order, instrument) for order in command.orders]
    body = _owned(instrument, owner) | {"orders": terms}
    references = (order.reference for order in command.orders)
    return replace(
        _request("POST", "/orders/oco", PAIR, headers, reference=next(references), body=body),
        with_it=tuple(references),
    )


def _listed(symbol: str, instrument: Instrument | None) -> Instrument:
    if instrument is None or instrument.symbol_id is None:
        raise CommandError(f"the broker does not list {symbol}", field="symbol")
    return instrument


def _owned(instrument: Instrument, owner: Owner) -> dict[str, object]:
    return {
        "account_id": owner.account_id,
        "user_id": owner.user_id,
        "symbol_id": instrument.symbol_id,
    }


def _terms(command: PlaceOrder, instrument: Instrument) -> dict[str, object]:
    """`external_id`, `deviation`, `trailing_stop` (points) and `price_stop_limit` are extensions."""
    _check_quantity(command.quantity, instrument)
    _check_prices(command)
    stop_limit = command.kind is OrderKind.STOP_LIMIT
    triggered = command.kind in (OrderKind.STOP, OrderKind.STOP_LIMIT)
    body: dict[str, object] = {
        "volume": command.quantity,
        "order_price": command.stop_price if triggered else command.price,
        "side": SIDE_CODES[command.side],
        "type": type_code(command.kind, command.side),
        "price_sl": command.stop_loss,
        "price_tp": command.take_profit,
        "comment": command.comment,
        "time_expiration": _expiration(command),
        "expiration_police": _expiration_policy(command),
        "external_id": command.reference,
    }
    if stop_limit:
        body["price_stop_limit"] = command.price
    if command.deviation_points is not None:
        body["deviation"] = command.deviation_points
    if command.trailing is not None:
        body["trailing_stop"] = _points(command.trailing, instrument)
    return body


def modify(
    command: ModifyOrder, headers: Mapping[str, str], instrument: Instrument | None, *, stop_limit: bool
) -> HttpRequest:
    """`PUT orders/{id}`; only what changes is sent."""
    triggered = command.stop_price is not None
    body = {
        "volume": command.quantity,
        "order_price": command.stop_price if triggered else None if stop_limit else command.price,
        "price_stop_limit": command.price if stop_limit or triggered else None,
        "price_sl": command.stop_loss,
        "price_tp": command.take_profit,
        "trailing_stop": _moved_points(command.trailing, instrument),
    }
    if all(value is None for value in body.values()):
        raise CommandError("nothing to change was given")
    path = f"/orders/{_number(command.order_id, 'order')}"
    purpose = heeded("modify", trailing=bool(command.trailing))
    return _request("PUT", path, purpose, headers, reference=command.reference, body=_given(body))


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


def protect(
    command: ModifyPosition, headers: Mapping[str, str], instrument: Instrument | None
) -> HttpRequest:
    """`PUT positions/{id}`: stop loss and take profit; `trailing_stop` (points) is an extension."""
    body = _given(
        {
            "price_sl": command.stop_loss,
            "price_tp": command.take_profit,
            "trailing_stop": _moved_points(command.trailing, instrument),
        }
    )
    if not body:
        raise CommandError("nothing to change was given")
    path = f"/positions/{_number(command.position_id, 'position')}"
    purpose = heeded("protect", trailing=bool(command.trailing))
    return _request("PUT", path, purpose, headers, reference=command.reference, body=body)


def get(what: str, headers: Mapping[str, str]) -> HttpRequest:
    """`GET account`, `orders`, `positions` or `symbols`."""
    return _request("GET", f"/{what}", what, headers)


def history(purpose: str, references: Sequence[str], headers: Mapping[str, str]) -> HttpRequest:
    """`GET orders/history`, to look for orders by their `external_id`."""
    return _request("GET", "/orders/history", f"{purpose}:{','.join(references)}", headers)


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
        text = "this broker's orders last until canceled, for the day or until a time"
        raise CommandError(text, field="time_in_force")
    return policy


def _expiration(command: PlaceOrder) -> str | None:
    if (command.expires_ms is None) == (command.time_in_force is TimeInForce.GTD):
        raise CommandError("an order that ends at a time needs that time", field="expires_ms")
    if command.expires_ms is None:
        return None
    return datetime.fromtimestamp(command.expires_ms / 1_000, UTC).isoformat().replace("+00:00", "Z")


def _points(distance: Decimal, instrument: Instrument) -> int:
    points, rest = divmod(distance, Decimal(str(instrument.tick_size)))
    if not distance.is_finite() or distance <= 0 or rest:
        raise CommandError(f"the trailing distance is in steps of {instrument.tick_size:g}", field="trailing")
    return int(points)


def _moved_points(distance: Decimal | None, instrument: Instrument | None) -> int | None:
    """Points of a change: None leaves what there is, zero takes it away."""
    if not distance:
        return None if distance is None else 0
    if instrument is None:
        raise CommandError("the instrument is not known yet; try again in a moment", field="trailing")
    return _points(distance, instrument)


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


def _given(body: Mapping[str, Decimal | int | None]) -> dict[str, Decimal | int]:
    return {name: value for name, value in body.items() if value is not None}


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise CommandError(f"{text[:20]!r} is not the number of an {what}")
    return int(text)
