"""A client written from channels.md alone (and the signature CLARIFICATIONS.md settles)."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any, Self

import aiohttp
from document_shapes import differences
from inbox import Inbox

EVENTS: dict[str, Any] = {
    "authenticated": {"event": "authenticated", "success": True, "timestamp": 1647356789124},
    "subscribed": json.loads("""{
  "event": "subscribed",
  "channels": ["market_data", "orders", "positions"],
  "params": {
    "exchange": "binance",
    "symbols": ["BTCUSDT", "ETHUSDT"]
  },
  "timestamp": 1647356789125
}"""),
    "unsubscribed": json.loads("""{
  "event": "unsubscribed",
  "channels": ["positions"],
  "params": {
    "exchange": "binance",
    "symbols": ["BTCUSDT"]
  },
  "timestamp": 1647356789126
}"""),
    "error": json.loads("""{
  "event": "error",
  "message": "Invalid symbol format",
  "code": 400,
  "timestamp": 1647356789125
}"""),
    "ping": {"event": "ping", "timestamp": 1647356789125},
    "close": json.loads("""{
  "event": "close",
  "message": "Session timeout",
  "code": 1000,
  "timestamp": 1647356789125
}"""),
}
CHANNELS: dict[str, Any] = {
    "market_data": json.loads("""{
  "channel": "market_data",
  "type": "ticker",
  "exchange": "binance",
  "symbol": "BTCUSDT",
  "data": {
    "price": 42650.5,
    "volume": 2541.34,
    "timestamp": 1647356789123,
    "bid": 42650.0,
    "ask": 42651.0,
    "high": 43100.0,
    "low": 42500.0
  },
  "timestamp": 1647356789123
}"""),
    "orderbook": json.loads("""{
  "channel": "orderbook",
  "exchange": "binance",
  "symbol": "BTCUSDT",
  "data": {
    "bids": [
      [42650.0, 1.5],
      [42649.5, 2.3]
    ],
    "asks": [
      [42651.0, 0.8],
      [42652.5, 1.2]
    ],
    "timestamp": 1647356789123
  },
  "timestamp": 1647356789123
}"""),
    "trades": json.loads("""{
  "channel": "trades",
  "exchange": "binance",
  "symbol": "BTCUSDT",
  "data": {
    "id": "123456789",
    "price": 42650.5,
    "amount": 0.1,
    "side": "buy",
    "timestamp": 1647356789123
  },
  "timestamp": 1647356789123
}"""),
    "orders": json.loads("""{
  "channel": "orders",
  "exchange": "binance",
  "symbol": "BTCUSDT",
  "event": "update",
  "data": {
    "id": "123456789",
    "symbol": "BTCUSDT",
    "exchange": "binance",
    "timestamp": 1647356789123,
    "type": "limit",
    "side": "buy",
    "amount": 0.1,
    "price": 42500.0,
    "cost": 4250.0,
    "filled": 0.05,
    "remaining": 0.05,
    "status": "partially_filled",
    "fee": {
      "cost": 2.125,
      "currency": "USDT",
      "rate": 0.001
    }
  },
  "timestamp": 1647356789123
}"""),
    "positions": json.loads("""{
  "channel": "positions",
  "exchange": "binance",
  "symbol": "BTCUSDT",
  "event": "update",
  "data": {
    "symbol": "BTCUSDT",
    "exchange": "binance",
    "timestamp": 1647356789123,
    "type": "spot",
    "side": "long",
    "amount": 0.5,
    "cost": 21325.0,
    "average_price": 42650.0,
    "unrealized_pnl": 125.0,
    "unrealized_pnl_percentage": 0.58,
    "liquidation_price": null,
    "stop_loss": 41000.0,
    "take_profit": 45000.0,
    "trailing_stop": 2.5
  },
  "timestamp": 1647356789123
}"""),
    "system_events": json.loads("""{
  "channel": "system_events",
  "event": "exchange_connection_status",
  "data": {
    "exchange": "binance",
    "status": "connected",
    "timestamp": 1647356789123
  },
  "timestamp": 1647356789123
}"""),
}
NULLABLE = frozenset({"price", "stop_loss", "take_profit", "trailing_stop", "liquidation_price"})
CODES = (400, 401, 403, 404, 429, 500)
CLOSES = (1000, 1001, 1008, 1011)


class ChannelsClient:
    """Authenticates, subscribes, answers pings."""

    def __init__(
        self,
        url: str,
        api_key: str,
        api_secret: str,
        *,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self.url = url
        self.inbox = Inbox()
        self.surprises: list[str] = []
        self.answer_pings = True
        self.close: tuple[int | None, str] | None = None
        self._key, self._secret = api_key, api_secret
        self._now_ms = now_ms
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Connect; authenticate yourself."""
        self._session = aiohttp.ClientSession()
        self._socket = await self._session.ws_connect(self.url)
        self._task = asyncio.create_task(self._read(self._socket))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        assert self._session is not None
        assert self._socket is not None
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await self._socket.close()
        await self._session.close()

    async def send(self, message: Any) -> None:
        """Send an object as JSON; text and bytes go as they are."""
        assert self._socket is not None
        if isinstance(message, bytes):
            await self._socket.send_bytes(message)
        else:
            await self._socket.send_str(message if isinstance(message, str) else json.dumps(message))

    def login(self, **changes: Any) -> dict[str, Any]:
        """The `authenticate` message; keywords replace its fields."""
        timestamp = changes.get("timestamp", self._now_ms())
        signature = hmac.new(
            self._secret.encode(), f"GET\n/ws\n{timestamp}\n".encode(), hashlib.sha256
        ).hexdigest()
        return {
            "action": "authenticate",
            "api_key": self._key,
            "timestamp": timestamp,
            "signature": signature,
            **changes,
        }

    async def authenticate(self) -> Any:
        """Sign in and wait for the answer."""
        await self.send(self.login())
        return await self.event("authenticated")

    async def subscribe(self, *channels: str, **params: Any) -> Any:
        """Subscribe and wait for the answer."""
        await self.send(_request("subscribe", channels, params))
        return await self.event("subscribed")

    async def unsubscribe(self, *channels: str, **params: Any) -> Any:
        """Unsubscribe and wait for the answer."""
        await self.send(_request("unsubscribe", channels, params))
        return await self.event("unsubscribed")

    async def event(self, name: str) -> Any:
        """The next message without a channel of this name."""
        return await self.inbox.take(lambda message: "channel" not in message and message["event"] == name)

    async def error(self) -> int:
        """The next error's code."""
        return int((await self.event("error"))["code"])

    async def data(self, channel: str, symbol: str | None = None) -> Any:
        """The next message of a channel."""
        return await self.inbox.take(
            lambda message: message.get("channel") == channel and message.get("symbol") == symbol
        )

    async def closed(self) -> tuple[int | None, str]:
        """Wait until the server closes."""
        assert self._task is not None
        async with asyncio.timeout(10):
            await self._task
        assert self.close is not None
        return self.close

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            frame = await socket.receive()
            if frame.type is aiohttp.WSMsgType.TEXT:
                await self._receive(json.loads(frame.data))
                continue
            self.close = (socket.close_code, frame.extra or "")
            return

    async def _receive(self, message: Any) -> None:
        if "channel" in message:
            kind, example = message["channel"], CHANNELS[message["channel"]]
        else:
            kind, example = message["event"], EVENTS[message["event"]]
        if kind == "subscribed" and message["channels"] == ["system_events"]:
            example = {name: value for name, value in example.items() if name != "params"}  # none were sent
        found = differences(message, example, nullable=NULLABLE, loose={"params"})
        self.surprises += [f"{kind}{text}" for text in found]
        if kind == "ping" and self.answer_pings:
            await self.send({"action": "pong", "timestamp": self._now_ms()})
        self.inbox.put(message)


def _request(action: str, channels: tuple[str, ...], params: dict[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"action": action, "channels": list(channels)}
    if params:
        message["params"] = params
    return message
