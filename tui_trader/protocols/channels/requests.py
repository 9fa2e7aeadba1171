"""Order entry by signed REST (*extension*; CLARIFICATIONS.md). What cannot be sent is a `CommandError`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from urllib.parse import quote

from tui_trader.model.commands import (
    CancelOrder,
    ClosePosition,
    Command,
    ModifyOrder,
    ModifyPosition,
    PlaceOcoOrders,
    PlaceOrder,
)
from tui_trader.model.errors import CommandError
from tui_trader.model.values import OrderKind, TimeInForce
from tui_trader.protocols.channels.signing import signature
from tui_trader.protocols.codec import HttpRequest
from tui_trader.protocols.json_reading import write
from tui_trader.protocols.rest_answers import PAIR, heeded
from tui_trader.protocols.sanitising import symbol

PREFIX = "/api/v1"
FIND = "find"


class SignedRequests:
    """Makes requests signed `METHOD\\nPATH\\nTIMESTAMP\\nBODY`; each is good once and for seconds."""

    def __init__(self, credentials: Mapping[str, str], now_ms: int) -> None:
        self._key = credentials.get("api_key", "")
        self._secret = credentials.get("api_secret", "")
        self._now_ms = now_ms

    def get(self, what: str) -> HttpRequest:
        """`GET account`, `orders` or `positions`."""
        return self._request("GET", f"/{what}", what)

    def find(self, reference: str) -> HttpRequest:
        """`GET orders` by its `client_order_id`, ended ones too."""
        path = f"/orders?client_order_id={quote(reference, safe='')}"
        return self._request("GET", path, f"{FIND}:{reference}")

    def command(self, command: Command) -> HttpRequest:
        """Encode a command. Raises `CommandError`."""
        match command:
            case PlaceOrder():
                body: dict[str, object] = {"symbol": command.symbol, **_order(command)}
                purpose = heeded("place", trailing=command.trailing is not None)
                return self._request("POST", "/orders", purpose, command.reference, body)
            case PlaceOcoOrders():
                body = {"symbol": command.symbol, "orders": list(map(_order, command.orders))}
                references = (order.reference for order in command.orders)
                request = self._request("POST", "/orders/oco", PAIR, next(references), body)
                return replace(request, with_it=tuple(references))
            case ModifyOrder():
                path = f"/orders/{_path_part(command.order_id)}"
                purpose = heeded("modify", trailing=bool(command.trailing))
                return self._request("PATCH", path, purpose, command.reference, _change(command))
            case CancelOrder():
                path = f"/orders/{_path_part(command.order_id)}"
                return self._request("DELETE", path, "cancel", command.reference)
            case ClosePosition():
                if command.quantity is not None:
                    raise CommandError("this exchange closes a position only as a whole", field="quantity")
                path = f"/positions/{symbol(command.position_id)}"
                return self._request("DELETE", path, "close", command.reference)
            case ModifyPosition():
                path = f"/positions/{symbol(command.position_id)}/stops"
                purpose = heeded("protect", trailing=bool(command.trailing))
                return self._request("POST", path, purpose, command.reference, _given(_protection(command)))
            case _:
                raise CommandError(f"channels cannot carry {type(command).__name__}")

    def again(self, question: HttpRequest) -> HttpRequest:
        """Sign a question anew."""
        return replace(question, headers=self._headers(question.method, question.path, ""))

    def _request(
        self, method: str, path: str, purpose: str, reference: str = "", body: object | None = None
    ) -> HttpRequest:
        text = "" if body is None else write(body)
        headers = self._headers(method, PREFIX + path, text)
        content = text.encode() if text else None  # the very bytes that were signed
        return HttpRequest(method, PREFIX + path, purpose, body=content, headers=headers, reference=reference)

    def _headers(self, method: str, path: str, text: str) -> dict[str, str]:
        return {
            "X-API-Key": self._key,
            "X-Timestamp": str(self._now_ms),
            "X-Signature": signature(self._secret, method, path, self._now_ms, text),
        }


def _protection(command: ModifyOrder | ModifyPosition) -> dict[str, Decimal | None]:
    return {
        "stop_loss": command.stop_loss,
        "take_profit": command.take_profit,
        "trailing_distance": command.trailing,
    }


def _change(command: ModifyOrder) -> dict[str, object]:
    figures = {"amount": command.quantity, "price": command.price, "stop_price": command.stop_price}
    return _given({**figures, **_protection(command)})


def _given(changes: Mapping[str, Decimal | None]) -> dict[str, object]:
    """What changes; zero is sent as null, which removes."""
    body: dict[str, object] = {name: value or None for name, value in changes.items() if value is not None}
    if not body:
        raise CommandError("nothing to change was given")
    return body


def _order(command: PlaceOrder) -> dict[str, object]:
    """All of an order but its symbol."""
    if not command.quantity.is_finite() or command.quantity <= 0:
        raise CommandError("the quantity must be more than zero", field="quantity")
    limited = command.kind in (OrderKind.LIMIT, OrderKind.STOP_LIMIT)
    triggered = command.kind in (OrderKind.STOP, OrderKind.STOP_LIMIT)
    prices: dict[str, Decimal | None] = {
        "price": command.price if limited else None,
        "stop_price": command.stop_price if triggered else None,
        "stop_loss": command.stop_loss,
        "take_profit": command.take_profit,
        "trailing_distance": command.trailing,
    }
    needed = (("price", limited), ("stop_price", triggered))
    for name, wanted in needed:
        if wanted and prices[name] is None:
            raise CommandError(f"this order needs a {name.replace('_', ' ')}", field=name)
    for name, price in prices.items():
        if price is not None and not (price.is_finite() and price > 0):
            raise CommandError(f"the {name.replace('_', ' ')} must be more than zero", field=name)
    if command.time_in_force is TimeInForce.DAY:
        raise CommandError("this exchange has no orders for the day", field="time_in_force")
    if (command.expires_ms is None) == (command.time_in_force is TimeInForce.GTD):
        raise CommandError("an order that ends at a time needs that time", field="expires_ms")
    lasting = {} if command.time_in_force is None else {"time_in_force": command.time_in_force.value}
    ends = {} if command.expires_ms is None else {"expires_at": command.expires_ms}
    return {
        "side": command.side.value,
        "type": command.kind.value,
        "amount": command.quantity,
        **{name: price for name, price in prices.items() if price is not None},
        **lasting,
        **ends,
        "client_order_id": command.reference,
    }


def _path_part(text: str) -> str:
    if not (text.isascii() and text.isalnum()):
        raise CommandError(f"{text[:20]!r} is not the id of an order")
    return text
