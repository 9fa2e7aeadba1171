"""What OneTrade's WebSocket speaks (onetrade.md); its REST half is in http_operations.py."""

from __future__ import annotations

from typing import Literal

from embedded_server.protocols.onetrade import messages as m
from embedded_server.protocols.onetrade.http_operations import HTTP_OPERATIONS
from embedded_server.protocols.operation import Code, Description, Form, Operation, Origin, Parameter

EXTENSION = Origin.EXTENSION
OBSERVED = Origin.OBSERVED


def _command(name: str, model: Form, title: str, summary: str, *, replies: tuple[str, ...] = ()) -> Operation:
    constants = {"type": name} if model is not m.ClientEvent else {"type": name, "data": None}
    return Operation(name, "client", model, title, summary, constants=constants, replies=replies)


def _event(name: str, model: Form, title: str, summary: str) -> Operation:
    return Operation(name, "server", model, title, summary, constants={"type": name}, when=_when(name))


def _when(name: str) -> str:
    if name in {"info", "error", "session_logout", "pong"}:
        return ""
    return "When it happens, after `start_account_all`"


ORDER = m.Envelope[m.Order]
POSITION = m.Envelope[m.Position]
DEAL = m.Envelope[m.Deal]
TEXT = m.Envelope[m.Text]

OPERATIONS = (
    Operation(
        "heartbeat",
        "client",
        Literal["9"],
        "Heartbeat (Ping)",
        "Raw text, no JSON. Maintain connection alive and detect disconnections.",
        when="Every 30 seconds",
        replies=("heartbeat_response",),
        content_type="text/plain",
        example="9",
    ),
    _command(
        "market_subscribe_symbol",
        m.Envelope[int],
        "Subscribe to Symbol Market Data",
        "Real-time price updates of the symbol with this id.",
        replies=("price", "error"),
    ),
    _command(
        "market_unsubscribe_symbol",
        m.Envelope[int],
        "Unsubscribe from Symbol Market Data",
        "Stop receiving price updates of the symbol with this id.",
    ),
    _command(
        "start_account_all",
        m.ClientEvent,
        "Start Account-Wide Updates",
        "Begin receiving all account-related updates (orders, positions, deals, etc.).",
    ),
    _command(
        "stop_account_all",
        m.ClientEvent,
        "Stop Account-Wide Updates",
        "Stop receiving account-related updates.",
    ),
    Operation(
        "ping",
        "client",
        m.ClientEvent,
        "Ping",
        "A ping in the message format (Message Types).",
        replies=("pong",),
        constants={"type": "ping", "data": None},
        example={"type": "ping", "data": None},
    ),
    Operation(
        "heartbeat_response",
        "server",
        Literal["10"],
        "Heartbeat Response (Pong)",
        "Raw text, no JSON. Ignore it: the connection is confirmed alive.",
        when="In response to the heartbeat",
        content_type="text/plain",
        example="10",
    ),
    Operation(
        "pong",
        "server",
        m.ClientEvent,
        "Pong",
        "Answer to `ping` (Message Types).",
        constants={"type": "pong", "data": None},
        example={"type": "pong", "data": None},
    ),
    _event(
        "session_logout",
        m.Envelope[m.Logout],
        "Session Logout",
        "The session was displaced; its socket closes.",
    ),
    _event("info", TEXT, "Information Message", "Informational message for the user."),
    _event("error", TEXT, "Error Message", "Error message for the user; the connection is kept."),
    _event("orders_place", ORDER, "Order Placed", "A new order has been placed."),
    _event("orders_update", ORDER, "Order Updated", "An existing order has been modified or filled."),
    _event("orders_cancel", ORDER, "Order Cancelled", "An order has been cancelled."),
    _event("orders_expired", ORDER, "Order Expired", "An order has expired."),
    _event("orders_rejected", ORDER, "Order Rejected", "An order has been rejected by the server."),
    _event(
        "dealing_order_requote",
        ORDER,
        "Order Requoted",
        "A new price is offered, in `price_current`. Answer by REST, `POST orders/{id}/approval`.",
    ),
    _event("positions_open", POSITION, "Position Opened", "A new position has been opened."),
    _event("positions_update", POSITION, "Position Updated", "An existing position has been modified."),
    _event("positions_close", POSITION, "Position Closed", "A position has been closed."),
    _event("deals_create", DEAL, "Deal Created", "A new deal (trade execution) has been created."),
    _event("deals_update", DEAL, "Deal Updated", "An existing deal has been modified."),
    _event("journal_create", m.Envelope[m.Journal], "Journal Entry Created", "New activity log entry."),
    _event("report_create", m.Envelope[m.Report], "Report Created", "A requested report has been generated."),
    Operation(
        "price",
        "server",
        str,
        "Price Data",
        "A binary frame, UTF-8, one record, no newline: `symbolId,bid,ask,last,volume,high,low`. Volume, "
        "high and "
        "low are of the last 24 hours, volume in lots.",
        when="On subscribing and on every price change",
        origin=OBSERVED,
        content_type="text/csv",
        binary=True,
        example="1,1.08499,1.08501,1.085,15234.5,1.0893,1.0812",
    ),
    Operation(
        "profit",
        "server",
        str,
        "Profit Updates",
        "A binary frame, UTF-8, one record, no newline: `s,positionId,profit,totalProfit`, in the "
        "account's currency.",
        when="On start_account_all and on every price change, for each open position",
        origin=OBSERVED,
        content_type="text/csv",
        binary=True,
        example="s,7,1.5,1.15",
    ),
)

DESCRIPTION = Description(
    title="OneTrade WebSocket",
    source="onetrade.md",
    summary="The forex account as OneTrade's web trader sees it, from prices to reports.",
    connecting=(
        "Log in by REST, `POST /api/v1/oauth2/login?grant_type=api_key` with the header `API-Key`: the "
        "answer has "
        "`access_token` and `session_id`.",
        "Validate the session, `POST /ws/v1/{session_id}`: only 200 is success; 400 means that another "
        "socket is open.",
        "Open the WebSocket with both as query parameters, send the text `9` every 30 seconds, then "
        "`start_account_all`.",
        "Orders are entered by REST; what becomes of them arrives here.",
        "Enums are integers, volumes are lots, times are ISO-8601 strings.",
    ),
    query=(
        Parameter("session_id", "from the login", required=True),
        Parameter("access_token", "from the login", required=True),
    ),
    operations=OPERATIONS,
    errors=(
        Code(
            "session is already used", "the session has an open socket (HTTP 400, on validation or upgrade)"
        ),
        Code("unknown message type: ...", "`error`, the connection is kept", EXTENSION),
    ),
    closes=(
        Code(1000, "`session logged out`, after `session_logout`"),
        Code(1001, "the server ends", EXTENSION),
        Code(1008, "the session ended; more than 100 messages, or 20 unusable ones, a minute", EXTENSION),
    ),
    extension_fields={
        "Order": (
            "price_stop_limit",
            "deviation",
            "time_offer_expiration",
            "trailing_stop",
            "oco_group",
        ),
        "Position": ("trailing_stop",),
        "CreateOrder": ("deviation", "price_stop_limit", "external_id", "trailing_stop", "oco_group"),
        "ChangeOrder": ("price_stop_limit", "trailing_stop"),
        "ChangePosition": ("trailing_stop",),
    },
    http=HTTP_OPERATIONS,
    refusal=m.ErrorReply,
)
