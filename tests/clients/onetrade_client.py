"""A client written from onetrade.md alone, with the login, REST and binary frames of CLARIFICATIONS.md."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from datetime import datetime
from enum import Enum, IntEnum, StrEnum
from typing import Any, Self

import aiohttp
from inbox import Inbox


class EventMessageType(StrEnum):
    """The document's enum, with the types its chapters add."""

    INFO = "info"
    ERROR = "error"
    PING = "ping"
    PONG = "pong"
    SESSION_LOGOUT = "session_logout"
    MARKET_SUBSCRIBE_SYMBOL = "market_subscribe_symbol"
    MARKET_UNSUBSCRIBE_SYMBOL = "market_unsubscribe_symbol"
    START_ACCOUNT_ALL = "start_account_all"
    STOP_ACCOUNT_ALL = "stop_account_all"
    ORDERS_PLACE = "orders_place"
    ORDERS_UPDATE = "orders_update"
    ORDERS_CANCEL = "orders_cancel"
    ORDERS_EXPIRED = "orders_expired"
    ORDERS_REJECTED = "orders_rejected"
    ORDERS_REQUOTED = "dealing_order_requote"
    POSITIONS_OPEN = "positions_open"
    POSITIONS_UPDATE = "positions_update"
    POSITIONS_CLOSE = "positions_close"
    DEALS_CREATE = "deals_create"
    DEALS_UPDATE = "deals_update"
    JOURNAL_CREATE = "journal_create"
    REPORT_CREATE = "report_create"


class Symbol(Enum):
    """Marks a field whose value is a symbol object."""

    FIELD = "symbol"


class OrderType(IntEnum):
    """CLARIFICATIONS.md, onetrade."""

    MARKET = 0
    BUY_LIMIT = 1
    BUY_STOP = 2
    SELL_LIMIT = 3
    SELL_STOP = 4
    BUY_STOP_LIMIT = 5
    SELL_STOP_LIMIT = 6


class OrderStatus(IntEnum):
    """CLARIFICATIONS.md, onetrade."""

    PLACED = 0
    STARTED = 1
    PARTIALLY_FILLED = 2
    FILLED = 3
    CANCELED = 4
    REJECTED = 5
    EXPIRED = 6
    REQUOTED = 7


class SideType(IntEnum):
    """CLARIFICATIONS.md, onetrade."""

    BUY = 0
    SELL = 1
    BALANCE = 2
    CREDIT = 3


class PositionStatus(IntEnum):
    """CLARIFICATIONS.md, onetrade."""

    OPEN = 0
    CLOSING = 1
    CLOSED = 2


class DirectionType(IntEnum):
    """CLARIFICATIONS.md, onetrade."""

    IN = 0
    OUT = 1


ReasonType = IntEnum(
    "ReasonType",
    "CLIENT SCRIPT DEALER STOP_LOSS TAKE_PROFIT TAKE_PROFIT_STOP_LOSS STOP_OUT ROLLOVER EXTERNAL_CLIENT "
    "VARIATION_MARGIN GATEWAY SIGNAL SETTLEMENT TRANSFER SYNCHRONIZATION EXTERNAL_SERVICE MOBILE WEB SPLIT "
    "MIGRATION",
    start=0,
)
ChannelType = IntEnum("ChannelType", "MOBILE WEB DESKTOP API SCRIPT SYSTEM SDK", start=0)
ReportType = IntEnum("ReportType", "STATEMENT TRADES ORDERS", start=0)
ReportStatus = IntEnum("ReportStatus", "REQUESTED READY FAILED", start=0)

# The document's dataclasses, field by field; a tuple with None is Optional.
ORDER: dict[str, Any] = {
    "id": int,
    "account_id": int,
    "symbol_id": int,
    "symbol": Symbol.FIELD,
    "type": OrderType,
    "side": SideType,
    "volume_initial": float,
    "volume_current": float,
    "price_order": float,
    "price_current": float,
    "price_sl": (float, None),
    "price_tp": (float, None),
    "status": OrderStatus,
    "reason": (ReasonType, None),
    "comment": (str, None),
    "external_id": (str, None),
    "created_at": datetime,
    "updated_at": datetime,
    "time_setup": datetime,
    "time_expiration": (datetime, None),
    "time_done": (datetime, None),
}
POSITION: dict[str, Any] = {
    "id": int,
    "account_id": int,
    "symbol_id": int,
    "symbol": Symbol.FIELD,
    "side": SideType,
    "volume_initial": float,
    "volume_current": float,
    "price_open": float,
    "price_current": float,
    "price_sl": (float, None),
    "price_tp": (float, None),
    "profit": float,
    "total_profit": float,
    "swaps": float,
    "storage": float,
    "status": PositionStatus,
    "reason": (ReasonType, None),
    "comment": (str, None),
    "external_id": (str, None),
    "created_at": datetime,
    "updated_at": datetime,
}
DEAL: dict[str, Any] = {
    "id": int,
    "account_id": int,
    "order_id": int,
    "position_id": int,
    "symbol_id": int,
    "symbol": Symbol.FIELD,
    "side": SideType,
    "direction": DirectionType,
    "volume": float,
    "price": float,
    "entry": float,
    "profit": float,
    "profit_raw": float,
    "commission": float,
    "swap": float,
    "fee": float,
    "storage": float,
    "market_bid": float,
    "market_ask": float,
    "market_last": float,
    "reason": ReasonType,
    "channel": ChannelType,
    "comment": (str, None),
    "external_id": (str, None),
    "created_at": datetime,
    "updated_at": datetime,
}
JOURNAL: dict[str, Any] = {
    "id": int,
    "user_id": int,
    "desc": str,
    "ip": str,
    "device": str,
    "os": str,
    "channel": ChannelType,
    "created_at": datetime,
}
REPORT: dict[str, Any] = {
    "id": int,
    "user_id": int,
    "type": ReportType,
    "status": ReportStatus,
    "kind": str,
    "desc": str,
    "query": str,
    "url": str,
}
SYMBOL = [
    "id",
    "symbol",
    "desc",
    "base_currency",
    "quote_currency",
    "digits",
    "contract_size",
    "tick_size",
    "tick_value",
    "min_value",
    "max_value",
    "step",
]
SHAPES: dict[str, dict[str, Any]] = {
    "orders": ORDER,
    "dealing": ORDER,
    "positions": POSITION,
    "deals": DEAL,
    "journal": JOURNAL,
    "report": REPORT,
    "info": {"message": str},
    "error": {"message": str},
    "session": {"session_id": str},
}


class SessionAlreadyUsedError(Exception):
    """The document's two-tabs detection."""


class OneTradeClient:
    """Validate the session, connect, beat every 30 s, restore subscriptions, send what was queued."""

    def __init__(
        self,
        http_url: str,
        ws_url: str,
        api_key: str,
        *,
        heartbeat_seconds: float = 30.0,
        reconnect_seconds: float = 1.0,
    ) -> None:
        self.http_url, self.ws_url, self.api_key = http_url, ws_url, api_key
        self.inbox = Inbox()
        self.prices: dict[int, list[float]] = {}
        self.profits: dict[int, tuple[float, float]] = {}
        self.pongs = 0
        self.surprises: list[str] = []
        self.connected = False
        self.connections = 0
        self.session_id = ""
        self.access_token = ""
        self.session_logged_out = False
        self.close_code: int | None = None
        self._heartbeat_seconds = heartbeat_seconds
        self._reconnect_seconds = reconnect_seconds
        self._event_queue: list[str] = []
        self._account_all = False
        self._session = aiohttp.ClientSession()
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._task: asyncio.Task[None] | None = None
        self._opened = asyncio.Event()
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Log in; connect yourself."""
        url = f"{self.http_url}/api/v1/oauth2/login?remember_me=false&grant_type=api_key"
        async with self._session.post(url, headers={"API-Key": self.api_key}) as response:
            body = await response.json()
            if not body["success"]:
                raise PermissionError(body)
            self.access_token = body["data"]["access_token"]
            self.session_id = body["data"]["session_id"]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        await self.disconnect()
        await self._session.close()

    async def validate_session(self) -> None:
        """Step 1 of the connection flow. Raises `SessionAlreadyUsedError`."""
        async with self._session.post(f"{self.http_url}/ws/v1/{self.session_id}") as response:
            if response.status != 200:
                message = (await response.json())["message"]
                if message == "session is already used":
                    raise SessionAlreadyUsedError(message)
                raise ConnectionError(message)

    async def connect(self) -> None:
        """The document's `await ws.connect()`."""
        await self.validate_session()
        self._task = asyncio.create_task(self._stay_connected())
        await self.opened()

    async def opened(self) -> None:
        """Wait for a connection."""
        async with asyncio.timeout(10):
            await self._opened.wait()

    async def disconnect(self) -> None:
        """The document's `await ws.disconnect()`."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def drop(self) -> None:
        """Lose the connection."""
        assert self._socket is not None
        self._opened.clear()
        await self._socket.close()

    async def start_account_all(self) -> None:
        """Begin receiving all account updates."""
        self._account_all = True
        await self.event(EventMessageType.START_ACCOUNT_ALL, None)

    async def stop_account_all(self) -> None:
        """Stop account updates."""
        self._account_all = False
        await self.event(EventMessageType.STOP_ACCOUNT_ALL, None)

    async def subscribe_market(self, symbol_id: int) -> None:
        """Subscribe to a symbol's prices."""
        await self.event(EventMessageType.MARKET_SUBSCRIBE_SYMBOL, symbol_id)

    async def unsubscribe_market(self, symbol_id: int) -> None:
        """The document's `unsubscribe2marketBySymbol`."""
        await self.event(EventMessageType.MARKET_UNSUBSCRIBE_SYMBOL, symbol_id)

    async def event(self, kind: EventMessageType, data: Any) -> None:
        """Send an event, or queue it while there is no connection."""
        await self.raw(json.dumps({"type": kind.value, "data": data}))

    async def raw(self, text: str | bytes) -> None:
        """Send text or bytes as they are; text waits for a connection."""
        if isinstance(text, bytes):
            assert self._socket is not None
            await self._socket.send_bytes(text)
        elif self._socket is None or self._socket.closed:
            self._event_queue.append(text)
        else:
            await self._socket.send_str(text)

    async def rest(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """A call under `/api/v1/trader/`: status and parsed body (text where it is no JSON)."""
        async with self._session.request(
            method,
            f"{self.http_url}/api/v1/trader/{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.access_token}"},
        ) as response:
            text = await response.text()
            try:
                return response.status, json.loads(text)
            except ValueError:
                return response.status, text

    async def download(self, url: str) -> tuple[int, bytes]:
        """What a report's link gives."""
        target = url if url.startswith("http") else self.http_url + url
        headers = {"Authorization": f"Bearer {self.access_token}"}
        async with self._session.get(target, headers=headers) as response:
            return response.status, await response.read()

    async def next(self, kind: EventMessageType, **data: Any) -> Any:
        """The `data` of the next event of a type with these values."""
        message = await self.inbox.take(
            lambda message: (
                message["type"] == kind.value
                and all(message["data"].get(name) == value for name, value in data.items())
            )
        )
        return message["data"]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for something received to make the condition true."""
        async with asyncio.timeout(10):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def _stay_connected(self) -> None:
        while not self.session_logged_out:
            with contextlib.suppress(aiohttp.ClientError):
                url = f"{self.ws_url}?session_id={self.session_id}&access_token={self.access_token}"
                async with self._session.ws_connect(url) as self._socket:
                    await self._converse(self._socket)
            if self.session_logged_out:
                return
            await asyncio.sleep(self._reconnect_seconds)
            with contextlib.suppress(ConnectionError):
                await self.validate_session()

    async def _converse(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.connected = True
        self.connections += 1
        heartbeat = asyncio.create_task(self._send_heartbeat(socket))
        if self.connections > 1 and self._account_all:
            await self.event(EventMessageType.START_ACCOUNT_ALL, None)
        queued, self._event_queue = self._event_queue, []
        for text in queued:
            await socket.send_str(text)
        self._opened.set()
        try:
            async for frame in socket:
                if frame.type is aiohttp.WSMsgType.BINARY:
                    self._market(frame.data.decode())
                else:
                    self._message(frame.data)
                self._changed.set()
        finally:
            self.connected = False
            self._opened.clear()
            self.close_code = socket.close_code
            heartbeat.cancel()

    async def _send_heartbeat(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while self.connected:
            await socket.send_str("9")
            await asyncio.sleep(self._heartbeat_seconds)

    def _market(self, text: str) -> None:
        parts = text.split(",")
        try:
            if parts[0] == "s":
                _, position, profit, total = parts
                self.profits[int(position)] = (float(profit), float(total))
            else:
                symbol, *numbers = parts
                bid, ask, last, volume, high, low = map(float, numbers)
                if not (bid < ask and low <= high and volume >= 0 and last > 0):
                    self.surprises.append(f"impossible price {text!r}")
                self.prices[int(symbol)] = [bid, ask, last, volume, high, low]
        except ValueError:
            self.surprises.append(f"binary frame {text!r:.100}")

    def _message(self, text: str) -> None:
        if text == "10":
            self.pongs += 1
            return
        try:
            message = json.loads(text)
            kind = EventMessageType(message["type"])
        except (ValueError, KeyError) as error:
            self.surprises.append(f"unsupported message {text!r:.100}: {error}")
            return
        if list(message) != ["type", "data"]:
            self.surprises.append(f"{kind.value}: keys {list(message)}")
        self.surprises += mistakes(kind.value, message["data"], SHAPES[kind.value.split("_", maxsplit=1)[0]])
        if kind is EventMessageType.SESSION_LOGOUT and message["data"]["session_id"] == self.session_id:
            self.session_logged_out = True
        self.inbox.put(message)


def mistakes(name: str, data: Any, shape: dict[str, Any]) -> list[str]:
    """What in an object differs from the document's dataclass."""
    if not isinstance(data, dict):
        return [f"{name}: {data!r} is no object"]
    given = list(data)[: len(shape)]  # what follows is an extension: "unknown keys are ignored by clients"
    found = [] if given == list(shape) else [f"{name}: fields {list(data)}"]
    for field, kind in shape.items():
        if field in data and (problem := _problem(data[field], kind)):
            found.append(f"{name}.{field}: {problem}")
    return found


def _problem(value: Any, kind: Any) -> str:
    if isinstance(kind, tuple):
        return "" if value is None else _problem(value, kind[0])
    if kind is Symbol.FIELD:
        given = list(value) if isinstance(value, dict) else value
        return "" if given[: len(SYMBOL)] == SYMBOL else f"symbol has {given}"
    if kind is datetime:
        return _not_a_moment(value)
    if issubclass(kind, IntEnum):
        return "" if type(value) is int and value in set(kind) else f"{value!r} is no {kind.__name__}"
    allowed = (int, float) if kind is float else (kind,)
    return "" if type(value) in allowed else f"{value!r} is no {kind.__name__}"


def _not_a_moment(value: Any) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        return f"{value!r}: {error}"
    return "" if moment.tzinfo else f"{value!r} has no zone"
