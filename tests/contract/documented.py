"""Everything the five documents and CLARIFICATIONS.md name on the wire, copied from them, not from the code.

An `Item` has an id (`bot_core/value/PositionUpdate.action=OPENED`) and says how to recognise it on a socket.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Fields = Mapping[str, object]

CLIENT, SERVER, ERROR, CLOSE, VALUE = "client", "server", "error", "close", "value"


@dataclass(frozen=True)
class Item:
    """One thing a document names."""

    endpoint: str
    kind: str
    name: str
    fields: Fields = field(default_factory=dict)
    """Dotted path -> value in the message; for a close `code` and `reason` (how it begins)."""
    text: str | None = None
    """A text frame that is no JSON."""
    binary: str | None = None
    """How a binary frame begins: `s,`, or `1` for a price."""

    @property
    def id(self) -> str:
        """Endpoint, kind and name."""
        return f"{self.endpoint}/{self.kind}/{self.name}"


def _messages(endpoint: str, kind: str, key: str, names: str) -> Iterator[Item]:
    for name in names.split():
        yield Item(endpoint, kind, name, {key: name})


def _values(endpoint: str, path: str, values: str, **message: object) -> Iterator[Item]:
    """Values of a field; `message` says in which message."""
    kind = next(iter(message.values()))
    for value in values.split():
        given: object = int(value) if value.isdecimal() and "resolution" not in path else value
        name = f"{kind}.{path.rpartition('.')[2]}={value}"
        yield Item(endpoint, VALUE, name, {**message, path: given})


def _errors(endpoint: str, path: str, codes: str, **message: object) -> Iterator[Item]:
    for code in codes.split():
        given: object = int(code) if code.isdecimal() else code
        yield Item(endpoint, ERROR, code, {**message, path: given})


def _close(endpoint: str, code: int, reason: str = "") -> Item:
    return Item(endpoint, CLOSE, f"{code} {reason}".strip(), {"code": code, "reason": reason})


def _orchestrator() -> Iterator[Item]:
    name = "orchestrator"
    yield from _messages(
        name, CLIENT, "type", "get_active_strategies start_strategy stop_strategy pause_strategy"
    )
    yield from _messages(
        name,
        SERVER,
        "type",
        "strategy_status_list strategy_started strategy_stopped strategy_paused strategy_signal"
        " strategy_trade execution_service_status error",
    )
    yield from _errors(
        name,
        "data.code",
        "UNKNOWN_STRATEGY INVALID_STATE INVALID_CONFIG INVALID_MESSAGE",
        type="error",
    )
    yield from _values(name, "data.status", "ACTIVE PAUSED STOPPED ERROR", type="strategy_status_list")
    yield from _values(name, "data.status", "RUNNING STOPPED", type="execution_service_status")
    yield from _values(name, "data.action", "BUY SELL", type="strategy_signal")
    yield from _values(name, "data.side", "BUY SELL", type="strategy_trade")
    yield from _values(name, "data.status", "FILLED", type="strategy_trade")


def _envelope_only() -> Iterator[Item]:
    name = "market_data_gateway"
    yield from _messages(name, CLIENT, "type", "subscribe unsubscribe")
    yield from _messages(name, SERVER, "type", "subscribed unsubscribed quote trade bar error")
    name = "risk_guardian"
    yield from _messages(
        name, CLIENT, "type", "get_risk_status set_risk_limits engage_kill_switch release_kill_switch"
    )
    yield from _messages(name, SERVER, "type", "risk_status risk_limits risk_alert kill_switch")


def _bot_core() -> Iterator[Item]:
    name = "bot_core"
    yield from _messages(name, CLIENT, "type", "Ping Authenticate BotCommand RequestSignal")
    yield from _messages(
        name,
        SERVER,
        "type",
        "Connected MarketData ChartUpdate PositionUpdate TradeExecuted AISignalReceived BotStatusUpdate Error"
        " Pong Authenticated",
    )
    yield from _errors(
        name,
        "data.code",
        "TRADE_EXECUTION_FAILED INSUFFICIENT_BALANCE INVALID_POSITION MARKET_DATA_ERROR AI_SERVICE_ERROR"
        " WEBSOCKET_ERROR AUTHENTICATION_FAILED",
        type="Error",
    )
    yield from _values(name, "data.severity", "INFO WARNING ERROR CRITICAL", type="Error")
    yield from _values(name, "data.action", "OPENED UPDATED CLOSED", type="PositionUpdate")
    yield from _values(name, "data.position.side", "LONG SHORT", type="PositionUpdate")
    yield from _values(name, "data.status", "FILLED PARTIALLY_FILLED CANCELED REJECTED", type="TradeExecuted")
    yield from _values(name, "data.side", "BUY SELL", type="TradeExecuted")
    yield from _values(name, "data.timeframe", "1m 5m 15m 1h 4h 1d", type="ChartUpdate")
    yield from _values(name, "data.signal", "long short neutral", type="AISignalReceived")
    yield from _values(name, "data.status", "RUNNING PAUSED STOPPED ERROR", type="BotStatusUpdate")
    yield from _values(name, "data.mode", "PAPER_TRADING LIVE_TRADING", type="BotStatusUpdate")
    yield _close(name, 1008)


def _ai_service() -> Iterator[Item]:
    name = "ai_service"
    yield from _messages(name, CLIENT, "type", "Ping RequestSignal")
    yield from _messages(name, SERVER, "type", "connection AISignalReceived Error Pong")
    yield from _values(name, "data.signal", "long short neutral", type="AISignalReceived")
    yield from _values(name, "data.signal", "Long Short Neutral", type="AISignalReceived")


def _onetrade() -> Iterator[Item]:
    name = "onetrade"
    yield Item(name, CLIENT, "heartbeat", text="9")
    yield from _messages(
        name,
        CLIENT,
        "type",
        "market_subscribe_symbol market_unsubscribe_symbol start_account_all stop_account_all",
    )
    yield Item(name, SERVER, "heartbeat_response", text="10")
    yield from _messages(
        name,
        SERVER,
        "type",
        "session_logout info error orders_place orders_update orders_cancel orders_expired orders_rejected"
        " dealing_order_requote positions_open positions_update positions_close deals_create deals_update"
        " journal_create report_create",
    )
    yield Item(name, SERVER, "price", binary="1")
    yield Item(name, SERVER, "profit", binary="s,")
    orders = {
        "orders_place": "0 1",
        "orders_update": "0 2 3",
        "orders_cancel": "4",
        "orders_rejected": "5",
        "orders_expired": "6",
        "dealing_order_requote": "7",
    }
    for kind, statuses in orders.items():
        yield from _values(name, "data.status", statuses, type=kind)
    yield from _values(name, "data.type", "0 1 2 3 4 5 6", type="orders_place")
    yield from _values(name, "data.side", "0 1", type="orders_place")
    yield from _values(name, "data.status", "0", type="positions_open")
    yield from _values(name, "data.status", "1", type="positions_update")
    yield from _values(name, "data.status", "2", type="positions_close")
    yield from _values(name, "data.direction", "0 1", type="deals_create")
    for reason in range(20):
        kind = {5: "orders_cancel", 7: "positions_update"}.get(reason, "deals_create")
        yield from _values(name, "data.reason", str(reason), type=kind)
    yield from _values(name, "data.type", "0 1 2", type="report_create")
    yield from _values(name, "data.status", "1", type="report_create")
    yield _close(name, 1000)


def _channels() -> Iterator[Item]:
    name = "channels"
    yield from _messages(name, CLIENT, "action", "authenticate subscribe unsubscribe pong")
    yield from _messages(name, SERVER, "event", "authenticated subscribed unsubscribed error ping close")
    yield from _messages(
        name, SERVER, "channel", "market_data orderbook trades orders positions system_events"
    )
    yield from _errors(name, "code", "400 401 403 404 429 500", event="error")
    for code in (1000, 1001, 1008, 1011):
        yield _close(name, code)
    yield from _values(name, "event", "snapshot update", channel="orders")
    yield from _values(name, "event", "snapshot update", channel="positions")
    yield from _values(
        name,
        "data.status",
        "open partially_filled filled canceled rejected expired",
        channel="orders",
    )
    yield from _values(name, "data.side", "buy sell", channel="trades")


def _bars() -> Iterator[Item]:
    name = "bars"
    yield from _messages(name, CLIENT, "type", "bars.subscribe bars.unsubscribe")
    yield from _messages(
        name, SERVER, "type", "bars.subscribe.response bars.unsubscribe.response bars.update"
    )
    for resolution in ("1", "5", "15", "30", "60", "D", "W", "M"):
        topic = f"bars:MSFT:{resolution}"
        fields = {"type": "bars.subscribe.response", "payload.status": "ok", "payload.topic": topic}
        yield Item(name, VALUE, f"bars.subscribe.response.resolution={resolution}", fields)
    for reply in ("bars.subscribe.response", "bars.unsubscribe.response"):
        yield from _values(name, "payload.status", "ok error", type=reply)
    yield _close(name, 1003, "Could not validate payload")
    yield _close(name, 1003, "No matching type")
    yield _close(name, 1003, "Connection timed out")


ITEMS: dict[str, Item] = {
    item.id: item
    for part in (
        _orchestrator(),
        _envelope_only(),
        _bot_core(),
        _ai_service(),
        _onetrade(),
        _channels(),
        _bars(),
    )
    for item in part
}

_NO_CAUSE = {
    8: "an external client: nobody else trades this account",
    9: "variation margin: the forex account is margined continuously",
    10: "a gateway: orders are dealt here, none is passed on",
    12: "settlement: spot forex positions roll over (reason 7)",
    13: "a transfer: money does not move between accounts",
    14: "synchronization: there is no second book to agree with",
    15: "an external service: the engine uses it for orders that run out, and those make no deal",
    16: "mobile: REST does not say what it is called from; it is the channel `api`",
    17: "web: see mobile",
    18: "a split: no forex symbol splits",
    19: "migration: accounts are not moved",
}
NOT_PROVOKED: dict[str, str] = {
    f"onetrade/value/deals_create.reason={number}": f"no cause of it is simulated: {why}"
    for number, why in _NO_CAUSE.items()
}
"""Item -> why no test shows it on a socket. Served and consumed it is all the same."""


def found(message: Any, path: str, value: object) -> bool:
    """Whether a message has a value at a dotted path; an array on the way matches with any of its items."""
    if isinstance(message, list):
        return any(found(one, path, value) for one in message)
    if not path:
        return type(message) is type(value) and message == value
    head, _, rest = path.partition(".")
    return isinstance(message, dict) and head in message and found(message[head], rest, value)
