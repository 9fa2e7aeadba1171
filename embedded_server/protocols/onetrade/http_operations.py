"""OneTrade's REST surface (CLARIFICATIONS.md, onetrade): one entry a method and path, held to the routes."""

from __future__ import annotations

from typing import Unpack

from embedded_server.protocols.onetrade import messages as m
from embedded_server.protocols.onetrade import requests as r
from embedded_server.protocols.onetrade.reference import MAX_BARS
from embedded_server.protocols.onetrade.report_files import FORMATS
from embedded_server.protocols.onetrade.reports import PREFIX
from embedded_server.protocols.operation import Form, HttpOperation, Origin, Parameter, Terms

OBSERVED = Origin.OBSERVED
EXTENSION = Origin.EXTENSION

SPAN = (
    Parameter("from", "ISO-8601, or an epoch in seconds or milliseconds; included"),
    Parameter("to", "ISO-8601, or an epoch in seconds or milliseconds; excluded"),
)


def _trader(method: str, path: str, summary: str, answer: Form, **terms: Unpack[Terms]) -> HttpOperation:
    terms.setdefault("refusals", (401,))
    terms.setdefault("origin", OBSERVED)
    return HttpOperation(
        method, PREFIX + path, summary, answer, security="bearer", tag=path.split("/")[1], **terms
    )


READ = (401, 404)
WRITE = (400, 401, 403, 404, 409)

SESSION = (
    HttpOperation(
        "POST",
        "/api/v1/oauth2/login",
        "Log in with an API key; no body.",
        m.LoginReply,
        query=(
            Parameter("grant_type", "`api_key`"),
            Parameter("remember_me", "`true` for a token that lives 30 days instead of one", form=bool),
        ),
        security="api_key",
        refusals=(400, 401, 429),
        origin=OBSERVED,
        tag="session",
    ),
    HttpOperation(
        "POST",
        "/api/v1/oauth2/logout",
        "End the session of the token; its socket gets `session_logout`.",
        m.Done,
        security="bearer",
        refusals=(401,),
        origin=EXTENSION,
        tag="session",
    ),
    HttpOperation(
        "POST",
        "/ws/v1/{session_id}",
        "Validate a session before opening its WebSocket; only 200 is success.",
        m.Done,
        query=(
            Parameter(
                "takeover", "`true`, with the bearer token, displaces the open socket (extension)", form=bool
            ),
        ),
        refusals=(400, 404),
        refusal=m.Text,
        tag="session",
    ),
)

ORDERS = (
    _trader("GET", "/orders", "Working orders.", list[m.Order]),
    _trader(
        "POST",
        "/orders",
        "Place an order. A market order that states `order_price` may be requoted.",
        m.Order,
        body=r.CreateOrder,
        status=201,
        refusals=WRITE,
    ),
    _trader(
        "POST",
        "/orders/oco",
        "Place two orders of which the first that fills or ends cancels the other: both are taken, or none.",
        list[m.Order],
        body=r.CreateOcoOrders,
        status=201,
        refusals=WRITE,
        origin=EXTENSION,
    ),
    _trader("GET", "/orders/history", "Orders that ended.", list[m.Order], query=SPAN, refusals=(400, 401)),
    _trader("GET", "/orders/{id}", "One order, ended ones too.", m.Order, refusals=READ),
    _trader("PUT", "/orders/{id}", "Change a working order.", m.Order, body=r.ChangeOrder, refusals=WRITE),
    _trader("DELETE", "/orders/{id}", "Cancel a working order.", m.Order, refusals=(401, 404, 409)),
    _trader(
        "POST",
        "/orders/{id}/approval",
        "Answer a requote; a second answer to the same offer is 409.",
        m.Order,
        body=r.Approval,
        refusals=WRITE,
    ),
)

POSITIONS = (
    _trader("GET", "/positions", "Open positions.", list[m.Position]),
    _trader(
        "GET", "/positions/history", "Closed positions.", list[m.Position], query=SPAN, refusals=(400, 401)
    ),
    _trader("GET", "/positions/{id}", "One position, closed ones too.", m.Position, refusals=READ),
    _trader(
        "PUT",
        "/positions/{id}",
        "Set or remove stop, target and trailing stop.",
        m.Position,
        body=r.ChangePosition,
        refusals=WRITE,
    ),
    _trader(
        "POST",
        "/positions/{id}",
        "Close at market, wholly or in part.",
        m.Position,
        body=r.ClosePositionBody,
        body_optional=True,
        refusals=WRITE,
    ),
    _trader("GET", "/deals", "Deals, oldest first.", list[m.Deal], query=SPAN, refusals=(400, 401)),
    _trader("GET", "/deals/{id}", "One deal.", m.Deal, refusals=READ),
)

REFERENCE = (
    _trader("GET", "/account", "The account's totals.", m.Account),
    _trader("GET", "/journal", "The activity log.", list[m.Journal], origin=EXTENSION),
    _trader("GET", "/symbols", "Every symbol.", list[m.Symbol]),
    _trader("GET", "/symbols/{id}", "One symbol.", m.Symbol, refusals=READ),
    _trader(
        "GET",
        "/symbols/ticks/history/{id}",
        "Bars of [from, to), oldest first.",
        list[m.HistoryBar],
        query=(
            *SPAN,
            Parameter("resolution", f"one of {', '.join(r.RESOLUTIONS)}"),
            Parameter("count_back", f"the last so many before `to`, up to {MAX_BARS}", form=int),
        ),
        refusals=(400, 401, 404),
    ),
)

REPORTS = (
    _trader("GET", "/reports", "Every report asked for.", list[m.Report], origin=EXTENSION),
    _trader(
        "POST",
        "/reports",
        "Ask for a report; `report_create` announces it.",
        m.Report,
        body=r.CreateReport,
        status=201,
        refusals=(400, 401),
        origin=EXTENSION,
    ),
    _trader("GET", "/reports/{id}", "One report.", m.Report, refusals=READ, origin=EXTENSION),
    HttpOperation(
        "GET",
        f"{PREFIX}/reports/{{id}}/download",
        "The file: the `url` of a report as it stands, or with the bearer token.",
        str,
        query=(
            Parameter("key", "the report's own key, part of its `url`"),
            Parameter("format", f"one of {', '.join(FORMATS)}"),
        ),
        refusals=(400, 401, 404, 409),
        content_type="*/*",
        origin=EXTENSION,
        tag="reports",
    ),
)

HTTP_OPERATIONS = (*SESSION, *ORDERS, *POSITIONS, *REFERENCE, *REPORTS)
