"""A OneTrade codec without a broker: answers from a script, messages of the document with changes."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from tui_trader.model import commands as c
from tui_trader.model.values import OrderKind, Side
from tui_trader.protocols.codec import Decoded, Frame, HttpCall, HttpRequest, Outgoing
from tui_trader.protocols.onetrade.codec import OneTradeCodec

WIRE = Path(__file__).parents[2] / "wire" / "onetrade"
NOW = 1_700_000_000_000
LATER = NOW + 60_000
LOGIN = '{"success":true,"data":{"access_token":"t&1","session_id":"s/1"}}'
IN_USE = '{"message":"session is already used"}'


class Broker(HttpCall):
    """Answers REST calls from a script of (status, body), and keeps what was asked."""

    def __init__(self, *answers: tuple[int, str]) -> None:
        self.answers = list(answers)
        self.asked: list[HttpRequest] = []

    async def __call__(self, request: HttpRequest) -> tuple[int, bytes]:
        self.asked.append(request)
        status, body = self.answers.pop(0)
        return status, body.encode()


def wire(kind: str, **changes: object) -> str:
    """The example of an event, its data changed."""
    message = json.loads((WIRE / f"server.{kind}.json").read_text())
    message["data"].update(changes)
    return json.dumps(message)


def symbol_row() -> dict[str, Any]:
    """EURUSD as the broker lists it."""
    row: dict[str, Any] = json.loads(wire("orders_place"))["data"]["symbol"]
    return row


def answer(codec: OneTradeCodec, purpose: str, body: object, status: int = 200) -> Decoded:
    """Let a request of this purpose be answered."""
    request = next(
        one
        for one in codec.encode(c.RefreshAccount(link="fx"), NOW) + codec.opened(NOW)
        if isinstance(one, HttpRequest) and one.purpose == purpose
    )
    return codec.decode_response(request, status, json.dumps(body).encode())


def sent(outgoing: list[Outgoing] | tuple[Outgoing, ...] | Any) -> list[str]:
    """Frames as they are, requests as method and path."""
    return [one.data if isinstance(one, Frame) else f"{one.method} {one.path}" for one in outgoing]


def place(**changes: Any) -> c.PlaceOrder:
    """A market order to buy 0.10 EURUSD, unless `changes` say otherwise."""
    order: dict[str, Any] = {
        "link": "fx",
        "symbol": "EURUSD",
        "side": Side.BUY,
        "kind": OrderKind.MARKET,
        "quantity": Decimal("0.10"),
        "reference": "ref-1",
    }
    return c.PlaceOrder(**{**order, **changes})


def body(codec: OneTradeCodec, command: c.Command) -> dict[str, Any]:
    """The body of the one request that a command becomes."""
    (request,) = codec.encode(command, NOW)
    assert isinstance(request, HttpRequest)
    assert isinstance(request.body, dict)
    return request.body


def ask_report(codec: OneTradeCodec, kind: str = "statement", form: str = "html") -> HttpRequest:
    """The request for a report, answered by nobody yet."""
    (request,) = codec.encode(c.RequestReport(link="fx", kind=kind, format=form, reference="r-1"), NOW)
    assert isinstance(request, HttpRequest)
    return request
