"""The channels API's REST surface, all ours (CLARIFICATIONS.md), one entry a method and path."""

from __future__ import annotations

from typing import Unpack

from msgspec import Struct

from embedded_server.protocols.channels import messages as m
from embedded_server.protocols.channels.order_entry import ChangeOrder, CreateOcoOrders, CreateOrder, Stops
from embedded_server.protocols.channels.rest import PREFIX
from embedded_server.protocols.operation import Form, HttpOperation, Origin, Parameter, Terms


class Account(Struct, frozen=True):
    """The spot account's totals, in its currency."""

    currency: str
    balance: float
    equity: float
    available: float
    unrealized_pnl: float
    realized_pnl: float
    fees: float


SIGNED = (
    Parameter("X-Timestamp", "epoch milliseconds, at most 5 s from server time", required=True, form=int),
    Parameter(
        "X-Signature",
        "lower-case hex HMAC-SHA256 of `METHOD\\nPATH\\nTIMESTAMP\\nBODY` with the API secret; PATH as "
        "sent, with its query",
        required=True,
    ),
)


def _signed(method: str, path: str, summary: str, answer: Form, **terms: Unpack[Terms]) -> HttpOperation:
    terms.setdefault("refusals", (401, 404))
    if method != "DELETE":
        terms["refusals"] += (429,)
    terms.setdefault("origin", Origin.EXTENSION)
    return HttpOperation(
        method,
        PREFIX + path,
        summary,
        answer,
        headers=SIGNED,
        security="signature",
        tag=path.split("/")[1],
        **terms,
    )


WRITE = (400, 401, 403, 404)

HTTP_OPERATIONS = (
    _signed("GET", "/account", "The account's totals.", Account, refusals=(401,)),
    _signed(
        "GET",
        "/orders",
        "Working orders; with `client_order_id` the one of this name, ended ones too.",
        list[m.Order],
        query=(
            Parameter("symbol", "only of this symbol"),
            Parameter("client_order_id", "only the order that was placed under it"),
        ),
        refusals=(401,),
    ),
    _signed("POST", "/orders", "Place an order.", m.Order, body=CreateOrder, status=201, refusals=WRITE),
    _signed(
        "POST",
        "/orders/oco",
        "Place two orders of which the first that fills or ends cancels the other: both are taken, or none.",
        list[m.Order],
        body=CreateOcoOrders,
        status=201,
        refusals=WRITE,
    ),
    _signed("GET", "/orders/{id}", "One order, ended ones too.", m.Order),
    _signed(
        "PATCH",
        "/orders/{id}",
        "Change a working order; it keeps its id.",
        m.Order,
        body=ChangeOrder,
        refusals=WRITE,
    ),
    _signed("DELETE", "/orders/{id}", "Cancel a working order.", m.Order, refusals=WRITE),
    _signed("GET", "/positions", "Open positions.", list[m.Position], refusals=(401,)),
    _signed("GET", "/positions/{symbol}", "The position in one symbol.", m.Position),
    _signed(
        "DELETE", "/positions/{symbol}", "Sell what is held, at market; the order.", m.Order, refusals=WRITE
    ),
    _signed(
        "POST",
        "/positions/{symbol}/stops",
        "Set or remove stop, target and trailing stop.",
        m.Position,
        body=Stops,
        refusals=WRITE,
    ),
)
