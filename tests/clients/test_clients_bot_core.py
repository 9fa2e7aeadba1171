"""The bot core's document, and its AI service's, against a real server: tokens, candles, signals, limits."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import aiohttp
import bot_core_client
import pytest
from bot_core_client import AiSignals, WebSocketManager
from waiting import advance_until, types

if TYPE_CHECKING:
    from conftest import ServerAt

    from embedded_server.server import Server


SHORTLY_BEFORE_MIDNIGHT = 1_767_657_570_000_000_000
"""2026-01-05T23:59:30Z, ns since the epoch."""


def token(secret: str, **changes: Any) -> str:
    """An HS256 JSON web token made by hand."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    header = {"alg": changes.pop("alg", "HS256"), "typ": "JWT"}
    claims = {"sub": "7", "email": "a@b.example", "is_admin": False, "iat": 1_700_000_000} | changes
    signed = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    signature = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{'' if header['alg'] == 'none' else part(signature)}"


FAR = 4_000_000_000


@pytest.mark.provokes(
    "bot_core/client/*",
    "bot_core/server/*",
    "bot_core/error/WEBSOCKET_ERROR",
    "bot_core/value/PositionUpdate.action=*",
    "bot_core/value/BotStatusUpdate.status=RUNNING",
    "bot_core/value/BotStatusUpdate.status=PAUSED",
    "bot_core/value/BotStatusUpdate.status=STOPPED",
    "bot_core/value/BotStatusUpdate.mode=PAPER_TRADING",
    "bot_core/value/TradeExecuted.status=FILLED",
)
async def test_bot_core_serves_the_document(server: Server) -> None:
    async with WebSocketManager(server.endpoints["bot_core"], reconnect_delay=0.01) as manager:
        greeting = await manager.next("Connected")
        assert manager.inbox.seen[0] == greeting
        await manager.ping()
        await manager.next("Pong")
        await manager.send({"type": "BotCommand", "data": {"command": "START"}})
        await manager.next("BotStatusUpdate", lambda data: data["status"] == "RUNNING")
        await manager.send({"type": "RequestSignal", "data": {"symbol": "BTCUSDT", "timeframe": "1h"}})
        signal = await manager.next("AISignalReceived", lambda data: data["symbol"] == "BTCUSDT")
        assert 0 <= signal["data"]["confidence"] <= 1
        opened = await advance_until(server, manager.inbox, _position("OPENED"), seconds=1800, step=10)
        position = opened["data"]["position"]
        away = -0.05 if position["side"] == "LONG" else 0.05
        server.engine.market.move(f"{position['symbol']}-PERP", away)
        await advance_until(server, manager.inbox, _position("CLOSED"), seconds=60, step=2)
        await advance_until(
            server, manager.inbox, lambda m: m["data"].get("timeframe") == "5m", seconds=330, step=60
        )
        await manager.send({"type": "BotCommand", "data": {"command": "PAUSE"}})
        await manager.next("BotStatusUpdate", lambda data: data["status"] == "PAUSED")
        await manager.send({"type": "BotCommand", "data": {"command": "STOP"}})
        await manager.next("BotStatusUpdate", lambda data: data["status"] == "STOPPED")
        await manager.send("no json")
        await manager.next("Error", lambda data: data["code"] == "WEBSOCKET_ERROR" and data["recoverable"])
        await manager.send({"type": "Nonsense"})
        await manager.next("Error", lambda data: data["code"] == "WEBSOCKET_ERROR" and data["recoverable"])
        await manager.authenticate(token(server.credentials.bot_core.jwt_secret, exp=FAR))
        assert (await manager.next("Authenticated"))["data"]["success"] is True
        seen = types(manager.inbox)
        actions = {m["data"]["action"] for m in manager.inbox.seen if m["type"] == "PositionUpdate"}
        assert actions == {"OPENED", "UPDATED", "CLOSED"}
        assert {m["data"]["timeframe"] for m in manager.inbox.seen if m["type"] == "ChartUpdate"} >= {
            "1m",
            "5m",
        }
        assert seen == set(bot_core_client.EXAMPLES) - {"connection"}
    assert manager.surprises == []


def _position(action: str) -> Callable[[Any], bool]:
    return lambda m: m["type"] == "PositionUpdate" and m["data"]["action"] == action


@pytest.mark.provokes(
    "bot_core/value/ChartUpdate.timeframe=*",
)
async def test_bot_core_tells_candles_of_all_six_timeframes_with_numbers(server_at: ServerAt) -> None:
    server = await server_at(SHORTLY_BEFORE_MIDNIGHT)
    async with WebSocketManager(server.endpoints["bot_core"]) as manager:
        await manager.next("Connected")
        await advance_until(
            server, manager.inbox, lambda m: m["data"].get("timeframe") == "1d", seconds=60, step=5
        )
        told = {m["data"]["timeframe"] for m in manager.inbox.seen if m["type"] == "ChartUpdate"}
        assert told == set(bot_core_client.VALUES["timeframe"])
    assert manager.surprises == []


@pytest.mark.provokes(
    "bot_core/error/AUTHENTICATION_FAILED",
)
async def test_bot_core_takes_tokens_three_ways_and_refuses_bad_ones(server: Server) -> None:
    url, secret = server.endpoints["bot_core"], server.credentials.bot_core.jwt_secret
    good = token(secret, exp=FAR)
    async with WebSocketManager(url, headers={"Authorization": f"Bearer {good}"}) as manager:
        await manager.next("Connected")
    async with WebSocketManager(f"{url}?token={good}") as manager:
        await manager.next("Connected")
    async with WebSocketManager(url) as manager:
        for bad in (token(secret, exp=1), token("other", exp=FAR), token(secret, exp=FAR, alg="none"), "x"):
            await manager.authenticate(bad)
            await manager.next("Error", lambda data: data["code"] == "AUTHENTICATION_FAILED")
        await manager.authenticate(good)
        await manager.next("Authenticated")
        for timestamp in ("2025-10-10T10:30:00Z",):
            await manager.ping(timestamp)
            await manager.next("Pong")
        await server.advance(30)
        await manager.send({"type": "ping"})
        await manager.next("Pong")
    assert manager.surprises == []


@pytest.mark.provokes(
    "bot_core/close/1008",
)
async def test_bot_core_disconnects_whoever_sends_too_much_and_the_client_returns(server: Server) -> None:
    async with WebSocketManager(server.endpoints["bot_core"], reconnect_delay=0.01) as manager:
        await manager.next("Connected")
        for _ in range(101):
            await manager.send({"type": "RequestSignal", "data": {"symbol": "BTCUSDT", "timeframe": "1h"}})
        await manager.next("Connected")
        assert manager.closes[0][0] == 1008
        for _ in range(4):
            await manager.ping()
        await manager.next("Connected")
        assert manager.closes[1][0] == 1008
        assert manager.connections == 3


async def test_bot_core_in_real_time(real_server: Server) -> None:
    async with aiohttp.ClientSession() as session:
        for name in ("bot_core", "ai_service"):
            async with session.get(f"{real_server.http[name]}/health") as response:
                assert response.status == 200
    async with WebSocketManager(real_server.endpoints["bot_core"]) as manager:
        await manager.ping()
        await manager.next("Pong")
        first = await manager.next("MarketData", lambda data: data["symbol"] == "BTCUSDT")
        second = await manager.next("MarketData", lambda data: data["symbol"] == "BTCUSDT")
        assert 0 < second["timestamp"] - first["timestamp"] <= 1500
    assert manager.surprises == []


@pytest.mark.provokes(
    "ai_service/client/*",
    "ai_service/server/*",
)
async def test_ai_service_serves_the_document(server: Server) -> None:
    async with AiSignals(server.endpoints["ai_service"]) as signals:
        greeting = await signals.next("connection")
        assert greeting["message"] == "Connected to AI Trading Service"
        assert signals.inbox.seen[0] == greeting
        await signals.send({"type": "Ping", "timestamp": 1697234567000})
        await signals.next("Pong")
        await signals.send({"type": "RequestSignal", "data": {"symbol": "ETHUSDT", "timeframe": "15m"}})
        requested = await signals.next("AISignalReceived")
        assert (requested["data"]["symbol"], requested["data"]["timeframe"]) == ("ETHUSDT", "15m")
        await advance_until(
            server, signals.inbox, lambda m: m["type"] == "AISignalReceived", seconds=330, step=30
        )
        await signals.send("no json")
        await signals.next("Error")
        await signals.send({"type": "RequestSignal", "data": {"symbol": "NOSUCH", "timeframe": "1h"}})
        await signals.next("Error")
    assert signals.surprises == []
