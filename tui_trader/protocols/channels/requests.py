"""Order entry by signed REST (*extension*; CLARIFICATIONS.md). What cannot be sent is a `CommandError`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tui_trader.model.commands import CancelOrder, ClosePosition, Command, ModifyPosition, PlaceOrder
from tui_trader.model.errors import CommandError
from tui_trader.model.values import OrderKind, TimeInForce
from tui_trader.protocols.channels.signing import signature
from tui_trader.protocols.codec import HttpRequest
from tui_trader.protocols.json_reading import write
from tui_trader.protocols.sanitising import symbol

PREFIX = "/api/v1"


class SignedRequests:
    """Makes requests signed `METHOD\\nPATH\\nTIMESTAMP\\nBODY`; each is good once and for seconds."""

    def __init__(self, credentials: Mapping[str, str], now_ms: int) -> None:
        self._key = credentials.get("api_key", "")
        self._secret = credentials.get("api_secret", "")
        self._now_ms = now_ms

    def get(self, what: str) -> HttpRequest:
        """`GET account`, `orders` or `positions`."""
        return self._request("GET", f"/{what}", what)

    def command(self, command: Command) -> HttpRequest:
        """Encode a command. Raises `CommandError`."""
        match command:
            case PlaceOrder():
                return self._request("POST", "/orders", "place", command.reference, _order(command))
            case CancelOrder():
                path = f"/orders/{_path_part(command.order_id)}"
                return self._request("DELETE", path, "cancel", command.reference)
            case ClosePosition():
                if command.quantity is not None:
                    raise CommandError("this exchange closes a position only as a whole", field="quantity")
                path = f"/positions/{symbol(command.position_id)}"
                return self._request("DELETE", path, "close", command.reference)
            case ModifyPosition():
                levels = {"stop_loss": command.stop_loss, "take_profit": command.take_profit}
                body = {name: level or None for name, level in levels.items() if level is not None}
                if not body:
                    raise CommandError("nothing to change was given")
                path = f"/positions/{symbol(command.position_id)}/stops"
                return self._request("POST", path, "protect", command.reference, body)
            case _:
                raise CommandError(f"channels cannot carry {type(command).__name__}")

    def _request(
        self, method: str, path: str, purpose: str, reference: str = "", body: object | None = None
    ) -> HttpRequest:
        text = "" if body is None else write(body)
        headers = {
            "X-API-Key": self._key,
            "X-Timestamp": str(self._now_ms),
            "X-Signature": signature(self._secret, method, PREFIX + path, self._now_ms, text),
        }
        content = text.encode() if text else None  # the very bytes that were signed
        return HttpRequest(method, PREFIX + path, purpose, body=content, headers=headers, reference=reference)


def _order(command: PlaceOrder) -> dict[str, object]:
    if not command.quantity.is_finite() or command.quantity <= 0:
        raise CommandError("the quantity must be more than zero", field="quantity")
    limited = command.kind in (OrderKind.LIMIT, OrderKind.STOP_LIMIT)
    triggered = command.kind in (OrderKind.STOP, OrderKind.STOP_LIMIT)
    prices: dict[str, Decimal | None] = {
        "price": command.price if limited else None,
        "stop_price": command.stop_price if triggered else None,
        "stop_loss": command.stop_loss,
        "take_profit": command.take_profit,
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
    lasting = {} if command.time_in_force is None else {"time_in_force": command.time_in_force.value}
    return {
        "symbol": command.symbol,
        "side": command.side.value,
        "type": command.kind.value,
        "amount": command.quantity,
        **{name: price for name, price in prices.items() if price is not None},
        **lasting,
        "client_order_id": command.reference,
    }


def _path_part(text: str) -> str:
    if not (text.isascii() and text.isalnum()):
        raise CommandError(f"{text[:20]!r} is not the id of an order")
    return text
