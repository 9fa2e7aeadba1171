"""A client written from bars.md alone: its JavaScript snippets, one by one."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any, Self

import aiohttp
from document_shapes import differences
from inbox import Inbox

SUBSCRIBED = json.loads("""{
  "type": "bars.subscribe.response",
  "payload": {
    "status": "ok",
    "symbol": "AAPL",
    "message": "Subscribed to AAPL",
    "topic": "bars:AAPL:1"
  }
}""")
UNSUBSCRIBED = json.loads("""{
  "type": "bars.unsubscribe.response",
  "payload": {
    "status": "ok",
    "symbol": "AAPL",
    "message": "Unsubscribed from AAPL",
    "topic": "bars:AAPL:1"
  }
}""")
UPDATE = json.loads("""{
  "type": "bars.update",
  "payload": {
    "time": 1697097600000,
    "open": 150.0,
    "high": 151.0,
    "low": 149.5,
    "close": 150.5,
    "volume": 1000000
  }
}""")
EXAMPLES = {message["type"]: message for message in (SUBSCRIBED, UNSUBSCRIBED, UPDATE)}
RESOLUTIONS = ("1", "5", "15", "30", "60", "D", "W", "M")


class BarsClient:
    """One socket; reconnects after 5 seconds, re-subscribes every 25 as heartbeat."""

    def __init__(
        self,
        url: str = "ws://localhost:8000/api/v1/ws",
        *,
        heartbeat_seconds: float = 25.0,
        reconnect_seconds: float = 5.0,
    ) -> None:
        self.url = url
        self.inbox = Inbox()
        self.surprises: list[str] = []
        self.closes: list[tuple[int | None, str]] = []
        self.connections = 0
        self._heartbeat_seconds = heartbeat_seconds
        self._reconnect_seconds = reconnect_seconds
        self._subscriptions: dict[tuple[str, str | None], None] = {}
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._opened = asyncio.Event()
        self._closed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Connect."""
        self._task = asyncio.create_task(self._stay_connected())
        await self.opened()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect for good."""
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def opened(self) -> None:
        """Wait for a connection."""
        async with asyncio.timeout(10):
            await self._opened.wait()

    async def closed(self) -> tuple[int | None, str]:
        """Wait until the server closes: code and reason."""
        async with asyncio.timeout(10):
            await self._closed.wait()
        return self.closes[-1]

    async def send(self, message: Any) -> None:
        """Send an object as JSON; text and bytes go as they are."""
        assert self._ws is not None
        if isinstance(message, bytes):
            await self._ws.send_bytes(message)
        else:
            await self._ws.send_str(message if isinstance(message, str) else json.dumps(message))

    async def subscribe(self, symbol: str, resolution: str | None = "1") -> Any:
        """Subscribe and wait for the reply's payload."""
        self._subscriptions[symbol, resolution] = None
        await self.send(_request("bars.subscribe", symbol, resolution))
        reply = await self.inbox.take(lambda message: message["type"] == "bars.subscribe.response")
        return reply["payload"]

    async def unsubscribe(self, symbol: str, resolution: str | None = "1") -> Any:
        """Unsubscribe and wait for the reply's payload."""
        self._subscriptions.pop((symbol, resolution), None)
        await self.send(_request("bars.unsubscribe", symbol, resolution))
        reply = await self.inbox.take(lambda message: message["type"] == "bars.unsubscribe.response")
        return reply["payload"]

    async def heartbeat(self) -> None:
        """Re-subscribe to an existing subscription."""
        symbol, resolution = next(iter(self._subscriptions))
        await self.subscribe(symbol, resolution)

    async def update(self) -> Any:
        """The next bar."""
        message = await self.inbox.take(lambda message: message["type"] == "bars.update")
        return message["payload"]

    async def _stay_connected(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.ws_connect(self.url, autoping=True) as self._ws:
                        await self._converse(self._ws)
                await asyncio.sleep(self._reconnect_seconds)

    async def _converse(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.connections += 1
        self._closed.clear()
        for symbol, resolution in self._subscriptions:
            await ws.send_json(_request("bars.subscribe", symbol, resolution))
        heartbeat = asyncio.create_task(self._keep_alive())
        self._opened.set()
        reason = ""
        try:
            while True:
                frame = await ws.receive()
                if frame.type is aiohttp.WSMsgType.CLOSE:
                    reason = frame.extra or ""
                elif frame.type is aiohttp.WSMsgType.TEXT:
                    self._receive(frame.data)
                    continue
                return
        finally:
            heartbeat.cancel()
            self._opened.clear()
            self.closes.append((ws.close_code, reason))
            self._closed.set()

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat_seconds)
            if self._subscriptions:
                await self.heartbeat()

    def _receive(self, text: str) -> None:
        try:
            message = json.loads(text)
            example = EXAMPLES[message["type"]]
        except (TypeError, ValueError, KeyError) as error:
            self.surprises.append(f"{text!r:.200}: {error!r}")
            return
        self.surprises += [f"{message['type']}{found}" for found in differences(message, example)]
        self.inbox.put(message)


def _request(kind: str, symbol: str, resolution: str | None) -> dict[str, Any]:
    payload: dict[str, Any] = {"symbol": symbol}
    if resolution is not None:
        payload["params"] = {"resolution": resolution}
    return {"type": kind, "payload": payload}
