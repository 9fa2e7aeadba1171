"""Clients written from bot-core.md alone: its `WebSocketManager`, and its example for the AI service."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from typing import Any, Self

import websockets
from document_shapes import differences
from inbox import Inbox

EXAMPLES: dict[str, Any] = {
    "connection": json.loads("""{
  "type": "connection",
  "message": "Connected to AI Trading Service",
  "timestamp": "2025-10-10T10:30:00.000000+00:00"
}"""),
    "Connected": json.loads("""{
  "type": "Connected",
  "data": {
    "client_id": "client_123456",
    "server_time": 1697234567000,
    "version": "1.0.0"
  },
  "timestamp": 1697234567000
}"""),
    "MarketData": json.loads("""{
  "type": "MarketData",
  "data": {
    "symbol": "BTCUSDT",
    "price": 67500.50,
    "change_24h": 2.5,
    "volume_24h": 50000000000.0,
    "high_24h": 68000.00,
    "low_24h": 66500.00,
    "bid": 67500.25,
    "ask": 67500.75,
    "last_update": 1697234567000
  },
  "timestamp": 1697234567000
}"""),
    "ChartUpdate": json.loads("""{
  "type": "ChartUpdate",
  "data": {
    "symbol": "BTCUSDT",
    "timeframe": "1h",
    "candle": {
      "timestamp": 1697234400000,
      "open": 67400.00,
      "high": 67550.00,
      "low": 67350.00,
      "close": 67500.50,
      "volume": 1250.5,
      "close_time": 1697238000000
    },
    "indicators": {
      "rsi": 65.5,
      "macd": 123.45,
      "macd_signal": 110.23,
      "bollinger_upper": 68000.00,
      "bollinger_middle": 67500.00,
      "bollinger_lower": 67000.00
    }
  },
  "timestamp": 1697234567000
}"""),
    "PositionUpdate": json.loads("""{
  "type": "PositionUpdate",
  "data": {
    "action": "OPENED",
    "position": {
      "id": "pos_123456",
      "symbol": "BTCUSDT",
      "side": "LONG",
      "entry_price": 67000.00,
      "current_price": 67500.50,
      "quantity": 0.001,
      "leverage": 10,
      "unrealized_pnl": 0.50,
      "unrealized_pnl_percent": 0.75,
      "liquidation_price": 60300.00,
      "margin": 6.70,
      "stop_loss": 66000.00,
      "take_profit": 68000.00,
      "entry_time": 1697230000000
    }
  },
  "timestamp": 1697234567000
}"""),
    "TradeExecuted": json.loads("""{
  "type": "TradeExecuted",
  "data": {
    "trade_id": "trade_123456",
    "order_id": "binance_order_789",
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "quantity": 0.001,
    "price": 67500.00,
    "executed_quantity": 0.001,
    "executed_price": 67500.00,
    "commission": 0.0675,
    "commission_asset": "USDT",
    "status": "FILLED",
    "timestamp": 1697234567000,
    "strategy": "RSI Strategy",
    "ai_signal_id": "signal_123"
  },
  "timestamp": 1697234567000
}"""),
    "AISignalReceived": json.loads("""{
  "type": "AISignalReceived",
  "data": {
    "symbol": "BTCUSDT",
    "signal": "long",
    "confidence": 0.82,
    "timestamp": 1697234567000,
    "model_type": "GPT-4",
    "timeframe": "1h",
    "reasoning": "Strong bullish momentum with RSI oversold (28), MACD crossover, and positive sentiment",
    "strategy_scores": {
      "RSI Strategy": 0.85,
      "MACD Strategy": 0.78,
      "Bollinger Bands Strategy": 0.65,
      "Volume Strategy": 0.72
    },
    "market_analysis": {
      "trend_direction": "Bullish",
      "trend_strength": 0.82,
      "volatility_level": "Medium"
    },
    "risk_assessment": {
      "overall_risk": "Medium",
      "recommended_position_size": 0.05,
      "stop_loss_suggestion": 66000.00,
      "take_profit_suggestion": 68500.00
    }
  },
  "timestamp": 1697234567000
}"""),
    "BotStatusUpdate": json.loads("""{
  "type": "BotStatusUpdate",
  "data": {
    "status": "RUNNING",
    "mode": "PAPER_TRADING",
    "uptime_seconds": 3600,
    "total_positions": 2,
    "total_balance": 10500.50,
    "total_pnl": 500.50,
    "total_pnl_percent": 5.005,
    "enabled_strategies": [
      "RSI Strategy",
      "MACD Strategy",
      "Bollinger Bands Strategy"
    ],
    "last_signal_time": 1697234567000,
    "next_signal_time": 1697234867000
  },
  "timestamp": 1697234567000
}"""),
    "Error": json.loads("""{
  "type": "Error",
  "data": {
    "code": "TRADE_EXECUTION_FAILED",
    "message": "Insufficient balance for trade execution",
    "severity": "ERROR",
    "details": {
      "required_balance": 100.00,
      "available_balance": 50.00,
      "symbol": "BTCUSDT"
    },
    "timestamp": 1697234567000,
    "recoverable": true
  },
  "timestamp": 1697234567000
}"""),
    "Pong": json.loads("""{
  "type": "Pong",
  "data": {
    "timestamp": 1697234567000
  },
  "timestamp": 1697234567000
}"""),
    # CLARIFICATIONS.md, bot_core (extension)
    "Authenticated": json.loads(
        '{"type":"Authenticated","data":{"success":true,"user_id":"7"},"timestamp":1697234567000}'
    ),
}
VALUES = {
    "action": ("OPENED", "UPDATED", "CLOSED"),
    "side": ("LONG", "SHORT", "BUY", "SELL"),
    "signal": ("long", "short", "neutral"),
    "mode": ("PAPER_TRADING", "LIVE_TRADING"),
    "severity": ("INFO", "WARNING", "ERROR", "CRITICAL"),
    "timeframe": ("1m", "5m", "15m", "1h", "4h", "1d"),
}
STATUSES = {
    "TradeExecuted": ("FILLED", "PARTIALLY_FILLED", "CANCELED", "REJECTED"),
    "BotStatusUpdate": ("RUNNING", "PAUSED", "STOPPED", "ERROR"),
}
LOOSE = frozenset({"details", "strategy_scores"})
NULLABLE = frozenset({"stop_loss", "take_profit", "last_signal_time", "ai_signal_id", "details"})


class WebSocketManager:
    """The document's class of that name: exponential backoff, a Ping every 30 s, a Pong within 10 s."""

    def __init__(
        self,
        url: str = "ws://localhost:8080/ws",
        *,
        headers: dict[str, str] | None = None,
        ping_seconds: float = 30.0,
        pong_seconds: float = 10.0,
        reconnect_delay: float = 1.0,
    ) -> None:
        self.url = url
        self.inbox = Inbox()
        self.surprises: list[str] = []
        self.closes: list[tuple[int, str]] = []
        self.delays: list[float] = []
        self.connections = 0
        self.max_reconnect_attempts = 10
        self.max_reconnect_delay = 30.0
        self._first_delay = reconnect_delay
        self._headers = headers
        self._ping_seconds = ping_seconds
        self._pong_seconds = pong_seconds
        self._ws: websockets.ClientConnection | None = None
        self._opened = asyncio.Event()
        self._pong = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Connect."""
        self._task = asyncio.create_task(self._stay_connected())
        await self.opened()
        return self

    async def __aexit__(self, *_: object) -> None:
        """The document's `disconnect`."""
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def opened(self) -> None:
        """Wait for a connection."""
        async with asyncio.timeout(10):
            await self._opened.wait()

    async def drop(self) -> None:
        """Lose the connection."""
        assert self._ws is not None
        self._opened.clear()
        await self._ws.close()

    async def send(self, message: Any) -> None:
        """Send an object as JSON; text and bytes go as they are."""
        assert self._ws is not None
        await self._ws.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def ping(self, timestamp: Any = None) -> None:
        """One heartbeat of the document: `Ping` with `Date.now()`."""
        now = time.time_ns() // 1_000_000
        await self.send({"type": "Ping", "timestamp": now if timestamp is None else timestamp})

    async def authenticate(self, token: str) -> None:
        """Token in the first message, the document's "current approach"."""
        await self.send({"type": "Authenticate", "token": token})

    async def next(self, kind: str, wanted: Callable[[Any], object] = lambda data: True) -> Any:
        """The next message of a type whose `data` is wanted."""
        return await self.inbox.take(lambda message: message["type"] == kind and wanted(message.get("data")))

    async def _stay_connected(self) -> None:
        attempts, delay = 0, self._first_delay
        while attempts < self.max_reconnect_attempts:
            with contextlib.suppress(OSError, websockets.WebSocketException):
                async with websockets.connect(
                    self.url, additional_headers=self._headers, ping_interval=None
                ) as self._ws:
                    attempts, delay = 0, self._first_delay
                    self.connections += 1
                    await self._converse(self._ws)
            attempts += 1
            self.delays.append(delay)
            await asyncio.sleep(delay)
            delay = min(delay * 2, self.max_reconnect_delay)

    async def _converse(self, ws: websockets.ClientConnection) -> None:
        heartbeat = asyncio.create_task(self._heartbeat(ws))
        self._opened.set()
        try:
            async for frame in ws:
                self._receive(frame)
        except websockets.ConnectionClosed:
            pass
        finally:
            self._opened.clear()
            heartbeat.cancel()
            self.closes.append((ws.close_code or 0, ws.close_reason or ""))

    async def _heartbeat(self, ws: websockets.ClientConnection) -> None:
        while True:
            await asyncio.sleep(self._ping_seconds)
            self._pong.clear()
            await self.ping()
            try:
                await asyncio.wait_for(self._pong.wait(), self._pong_seconds)
            except TimeoutError:
                self.surprises.append("no pong received, connection may be dead")
                await ws.close()

    def _receive(self, frame: str | bytes) -> None:
        try:
            message = json.loads(frame)
            example = EXAMPLES[message["type"]]
        except (TypeError, ValueError, KeyError) as error:
            self.surprises.append(f"{frame!r:.200}: {error!r}")
            return
        if message["type"] == "Pong":
            self._pong.set()
        self.surprises += judge(message, example)
        self.inbox.put(message)


class AiSignals:
    """The document's Python example: `async for message in websocket`."""

    def __init__(self, url: str = "ws://localhost:8000/ws") -> None:
        self.url = url
        self.inbox = Inbox()
        self.surprises: list[str] = []
        self._websocket: websockets.ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Connect and read on."""
        self._websocket = await websockets.connect(self.url)
        self._task = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        assert self._websocket is not None
        assert self._task is not None
        await self._websocket.close()
        await self._task

    async def send(self, message: Any) -> None:
        """Send an object as JSON; text as it is."""
        assert self._websocket is not None
        await self._websocket.send(message if isinstance(message, str) else json.dumps(message))

    async def next(self, kind: str) -> Any:
        """The next message of a type."""
        return await self.inbox.take(lambda message: message["type"] == kind)

    async def _read(self) -> None:
        assert self._websocket is not None
        async for frame in self._websocket:
            message = json.loads(frame)
            self.surprises += judge(message, EXAMPLES[message["type"]])
            self.inbox.put(message)


def judge(message: Any, example: Any) -> list[str]:
    """What in a message the document does not say."""
    kind = message["type"]
    found = [f"{kind}{text}" for text in differences(message, example, loose=LOOSE, nullable=NULLABLE)]
    data = message.get("data", {})
    status = data.get("status")
    if kind in STATUSES and status not in STATUSES[kind]:
        found.append(f"{kind}.status: {status!r} is not documented")
    values = {**data, **data.get("position", {})}
    found += [
        f"{kind}.{name}: {values[name]!r} is not documented"
        for name, allowed in VALUES.items()
        if name in values and values[name] not in allowed
    ]
    return found
