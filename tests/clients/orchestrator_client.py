"""A client written from orchestrator.md alone: the `WebSocketService` of its "Frontend Integration"."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any, Self

import aiohttp
from document_shapes import differences
from inbox import Inbox

EXAMPLES: dict[str, Any] = {
    message["type"]: message
    for message in map(
        json.loads,
        (
            '{ "type": "strategy_status_list", "timestamp": "2023-07-10T12:34:56Z", "data": [ { "id": "strategy-123", "name": "Moving Average Crossover", "status": "ACTIVE", "symbols": ["AAPL", "MSFT"], "positions": [ { "symbol": "AAPL", "quantity": 10, "entryPrice": 150.25, "currentValue": 1550.50 } ] } ] }',  # noqa: E501 - as printed
            '{ "type": "strategy_started", "timestamp": "2023-07-10T12:34:56Z", "data": { "strategyId": "strategy-123", "name": "Moving Average Crossover", "symbols": ["AAPL", "MSFT"] } }',  # noqa: E501 - as printed
            '{ "type": "strategy_stopped", "timestamp": "2023-07-10T12:34:56Z", "data": { "strategyId": "strategy-123", "name": "Moving Average Crossover" } }',  # noqa: E501 - as printed
            '{ "type": "strategy_paused", "timestamp": "2023-07-10T12:34:56Z", "data": { "strategyId": "strategy-123", "name": "Moving Average Crossover" } }',  # noqa: E501 - as printed
            '{ "type": "strategy_signal", "timestamp": "2023-07-10T12:34:56Z", "data": { "id": "sig_123456789", "strategyId": "strategy-123", "name": "Moving Average Crossover", "symbol": "AAPL", "price": 152.75, "action": "BUY", "quantity": 10, "metadata": { "orderType": "MARKET" }, "timestamp": "2023-07-10T12:34:56Z", "confidence": 0.9 } }',  # noqa: E501 - as printed
            '{ "type": "strategy_trade", "timestamp": "2023-07-10T12:34:56Z", "data": { "id": "trade_123456789", "strategyId": "strategy-123", "orderId": "order-123", "symbol": "AAPL", "side": "BUY", "quantity": 10, "entryPrice": 152.75, "entryTime": "2023-07-10T12:34:56Z", "status": "FILLED", "timestamp": "2023-07-10T12:34:56Z" } }',  # noqa: E501 - as printed
            '{ "type": "execution_service_status", "timestamp": "2023-07-10T12:34:56Z", "data": { "status": "RUNNING" } }',  # noqa: E501 - as printed
            # CLARIFICATIONS.md, orchestrator (extension)
            '{"type":"error","timestamp":"2023-07-10T12:34:56Z","data":{"code":"UNKNOWN_STRATEGY","message":"no such strategy","request":"start_strategy"}}',  # noqa: E501 - as printed
        ),
    )
}
STATUSES = ("ACTIVE", "PAUSED", "STOPPED", "ERROR")
ERROR_CODES = ("UNKNOWN_STRATEGY", "INVALID_STATE", "INVALID_CONFIG", "INVALID_MESSAGE")
RECONNECT_SECONDS = 1.0


class WebSocketService:
    """Signals, trades and status updates of strategies. Reconnects by itself."""

    def __init__(
        self, url: str = "ws://localhost:8082", reconnect_seconds: float = RECONNECT_SECONDS
    ) -> None:
        self.url = url
        self.inbox = Inbox()
        self.surprises: list[str] = []
        self.connections = 0
        self._reconnect_seconds = reconnect_seconds
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._opened = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Connect."""
        self._task = asyncio.create_task(self._stay_connected())
        async with asyncio.timeout(10):
            await self._opened.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect for good."""
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    def is_connected(self) -> bool:
        """The document's `webSocketService.isConnected()`."""
        return self._opened.is_set()

    async def send(self, message: Any) -> None:
        """Send an object as JSON; text and bytes go as they are."""
        assert self._socket is not None
        if isinstance(message, bytes):
            await self._socket.send_bytes(message)
        else:
            await self._socket.send_str(message if isinstance(message, str) else json.dumps(message))

    async def drop(self) -> None:
        """Lose the connection, as a network does."""
        assert self._socket is not None
        self._opened.clear()
        await self._socket.close()

    async def opened(self) -> None:
        """Wait for a connection."""
        async with asyncio.timeout(10):
            await self._opened.wait()

    async def get_active_strategies(self) -> list[Any]:
        """Ask for all strategies and wait for the list."""
        await self.send({"type": "get_active_strategies"})
        reply = await self.next("strategy_status_list")
        return list(reply["data"])

    async def start_strategy(self, strategy: str, config: dict[str, Any] | None = None) -> None:
        """Start a strategy."""
        message: dict[str, Any] = {"type": "start_strategy", "id": strategy}
        if config is not None:
            message["config"] = config
        await self.send(message)

    async def stop_strategy(self, strategy: str) -> None:
        """Stop a strategy."""
        await self.send({"type": "stop_strategy", "id": strategy})

    async def pause_strategy(self, strategy: str) -> None:
        """Pause a strategy."""
        await self.send({"type": "pause_strategy", "id": strategy})

    async def next(self, kind: str, **data: Any) -> Any:
        """The next message of a type with these values in its `data`."""
        return await self.inbox.take(
            lambda message: (
                message["type"] == kind
                and all(message["data"].get(name) == value for name, value in data.items())
            )
        )

    async def _stay_connected(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.ws_connect(self.url) as socket:
                        self._socket = socket
                        self.connections += 1
                        self._opened.set()
                        async for frame in socket:
                            self._receive(frame)
                self._opened.clear()
                await asyncio.sleep(self._reconnect_seconds)

    def _receive(self, frame: aiohttp.WSMessage) -> None:
        try:
            message = json.loads(frame.data)
            example = EXAMPLES[message["type"]]
        except (TypeError, ValueError, KeyError) as error:
            self.surprises.append(f"{frame.data!r:.200}: {error!r}")
            return
        self.surprises += [
            f"{message['type']}{text}" for text in differences(message, example, numbers={"quantity"})
        ]
        self.inbox.put(message)
