"""One client per document against a real server: what a developer with only the document would meet."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import aiohttp
import bot_core_client
import orchestrator_client
import pytest
from bars_client import RESOLUTIONS, BarsClient
from bot_core_client import AiSignals, WebSocketManager
from channels_client import ChannelsClient
from inbox import Inbox
from onetrade_client import (
    EventMessageType,
    OneTradeClient,
    OrderStatus,
    OrderType,
    PositionStatus,
    SessionAlreadyUsedError,
    SideType,
)
from orchestrator_client import WebSocketService

from embedded_server.model.commands import ForceRequote

if TYPE_CHECKING:
    from conftest import ServerAt

    from embedded_server.server import Server

SHORTLY_BEFORE_MIDNIGHT = 1_767_657_570_000_000_000
"""2026-01-05T23:59:30Z, ns since the epoch."""

CONFIG = {
    "symbols": ["AAPL", "MSFT"],
    "dataResolution": "1m",
    "realTrading": False,
    "maxPositionValue": 10000,
    "maxOrdersPerMinute": 5,
    "stopLossPercentage": 0.02,
}


async def advance_until(
    server: Server,
    inbox: Inbox,
    wanted: Callable[[Any], object],
    *,
    seconds: float,
    step: float = 30.0,
    between: Callable[[], Any] | None = None,
) -> Any:
    """Move the market until a message comes; `between` is awaited after each step."""
    moved = 0.0
    while True:
        await server.advance(step)
        moved += step
        await asyncio.sleep(0.01)
        if between is not None:
            await between()
        if (message := inbox.pop(wanted)) is not None:
            return message
        assert moved < seconds, f"not in {seconds} s of market time"


def types(inbox: Inbox) -> set[str]:
    return {message["type"] for message in inbox.seen}


@pytest.mark.provokes(
    "orchestrator/client/*",
    "orchestrator/server/strategy_*",
    "orchestrator/server/execution_service_status",
    "orchestrator/value/strategy_status_list.status=ACTIVE",
    "orchestrator/value/strategy_status_list.status=STOPPED",
    "orchestrator/value/execution_service_status.status=RUNNING",
)
async def test_orchestrator_serves_the_document(server: Server) -> None:
    async with WebSocketService(server.endpoints["orchestrator"], reconnect_seconds=0.01) as service:
        assert (await service.next("execution_service_status"))["data"]["status"] in ("RUNNING", "STOPPED")
        strategies = await service.get_active_strategies()
        assert strategies
        assert {strategy["status"] for strategy in strategies} <= set(orchestrator_client.STATUSES)
        for strategy in strategies:
            if strategy["status"] != "STOPPED":
                await service.stop_strategy(strategy["id"])
                await service.next("strategy_stopped", strategyId=strategy["id"])
        name = strategies[0]["id"]
        await service.start_strategy(name, CONFIG)
        started = await service.next("strategy_started", strategyId=name)
        assert started["data"]["symbols"] == CONFIG["symbols"]
        assert started["data"]["name"] == strategies[0]["name"]
        await service.pause_strategy(name)
        await service.next("strategy_paused", strategyId=name)
        await service.start_strategy(name)
        await service.next("strategy_started", strategyId=name)
        for other in strategies[1:]:
            await service.start_strategy(other["id"], {**CONFIG, "symbols": ["AAPL", "NVDA", "TSLA"]})
            await service.next("strategy_started", strategyId=other["id"])
        await advance_until(
            server, service.inbox, lambda m: m["type"] == "strategy_trade", seconds=3 * 3600, step=60
        )
        assert any(message["type"] == "strategy_signal" for message in service.inbox.seen)
        listed = await service.get_active_strategies()
        assert any(strategy["positions"] for strategy in listed)
        assert {strategy["status"] for strategy in listed} == {"ACTIVE"}
        for strategy in strategies:
            await service.stop_strategy(strategy["id"])
            await service.next("strategy_stopped", strategyId=strategy["id"])
        await service.drop()
        await service.opened()
        assert await service.get_active_strategies()
        assert service.connections == 2
        assert types(service.inbox) == set(orchestrator_client.EXAMPLES) - {"error"}
    assert service.surprises == []


async def test_orchestrator_does_not_tell_what_was_before_the_connection(server: Server) -> None:
    async with WebSocketService(server.endpoints["orchestrator"]) as service:
        await service.get_active_strategies()
        assert [message["type"] for message in service.inbox.seen] == [
            "execution_service_status",
            "strategy_status_list",
        ]


@pytest.mark.provokes(
    "orchestrator/server/error",
    "orchestrator/error/*",
)
async def test_orchestrator_answers_what_it_cannot_process_and_stays(server: Server) -> None:
    async with WebSocketService(server.endpoints["orchestrator"]) as service:
        strategy = (await service.get_active_strategies())[0]["id"]
        await service.stop_strategy(strategy)
        wrong: list[tuple[Any, str]] = [
            ("no json", "INVALID_MESSAGE"),
            (b"\x00\x01", "INVALID_MESSAGE"),
            ("[]", "INVALID_MESSAGE"),
            ({"type": "nonsense"}, "INVALID_MESSAGE"),
            ({"type": "start_strategy"}, "INVALID_MESSAGE"),
            ({"type": "start_strategy", "id": "nobody"}, "UNKNOWN_STRATEGY"),
            ({"type": "stop_strategy", "id": "nobody"}, "UNKNOWN_STRATEGY"),
            ({"type": "pause_strategy", "id": "nobody"}, "UNKNOWN_STRATEGY"),
            ({"type": "pause_strategy", "id": strategy}, "INVALID_STATE"),
        ]
        for field, value in (
            ("symbols", ["NOSUCH"]),
            ("symbols", "AAPL"),
            ("symbols", []),
            ("dataResolution", "7q"),
            ("realTrading", True),
            ("maxPositionValue", -1),
            ("maxOrdersPerMinute", 0),
            ("stopLossPercentage", 7),
        ):
            config = {**CONFIG, field: value}
            wrong.append(({"type": "start_strategy", "id": strategy, "config": config}, "INVALID_CONFIG"))
        for message, code in wrong:
            await service.send(message)
            error = await service.next("error")
            assert error["data"]["code"] == code, message
        await service.start_strategy(strategy, CONFIG)
        await service.next("strategy_started", strategyId=strategy)
        await service.start_strategy(strategy, CONFIG)
        await service.next("error", code="INVALID_STATE", request="start_strategy")
        assert service.connections == 1


async def test_orchestrator_in_real_time(real_server: Server) -> None:
    async with WebSocketService(real_server.endpoints["orchestrator"]) as service:
        assert await service.get_active_strategies()
        assert service.is_connected()
    assert service.surprises == []


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


@pytest.mark.provokes(
    "bars/client/*",
    "bars/server/*",
    "bars/value/bars.subscribe.response.*",
    "bars/value/bars.unsubscribe.response.status=ok",
    "bars/close/1003 Connection timed out",
)
async def test_bars_serve_the_document(server: Server) -> None:
    async with BarsClient(server.endpoints["bars"], reconnect_seconds=0.01) as bars:
        assert await bars.subscribe("AAPL") == {
            "status": "ok",
            "symbol": "AAPL",
            "message": "Subscribed to AAPL",
            "topic": "bars:AAPL:1",
        }
        await server.advance(2)
        bar = await bars.update()
        assert bar["time"] % 60_000 == 0
        assert bar["low"] <= min(bar["open"], bar["close"]) <= bar["high"]
        assert await bars.unsubscribe("AAPL") == {
            "status": "ok",
            "symbol": "AAPL",
            "message": "Unsubscribed from AAPL",
            "topic": "bars:AAPL:1",
        }
        bars.inbox.forget()
        await server.advance(5)
        await bars.subscribe("GOOGL", None)
        assert types(bars.inbox) and bars.inbox.pop(lambda m: m["type"] == "bars.update") is None
        for resolution in RESOLUTIONS:
            reply = await bars.subscribe("MSFT", resolution)
            assert reply["topic"] == f"bars:MSFT:{resolution}"
        for symbol, resolution in (("NOSUCH", "1"), ("AAPL", "7")):
            assert (await bars.subscribe(symbol, resolution))["status"] == "error"
        await server.advance(25)
        await bars.heartbeat()
        await server.advance(25)
        await bars.heartbeat()
        assert bars.connections == 1
        await server.advance(31)
        assert await bars.closed() == (
            1003,
            "Connection timed out. Heartbeat interval 30.0. Max connection lifespan 3600.0",
        )
        await bars.opened()
        assert bars.connections == 2
    assert bars.surprises == []


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        pytest.param(
            "not json",
            "Could not validate payload",
            marks=pytest.mark.provokes("bars/close/1003 Could not validate payload"),
        ),
        ("[]", "Could not validate payload"),
        ({"payload": {}}, "Could not validate payload"),
        pytest.param(
            {"type": "unknown.operation", "payload": {}},
            "No matching type",
            marks=pytest.mark.provokes("bars/close/1003 No matching type"),
        ),
        ({"type": "bars.update", "payload": {}}, "No matching type"),
        ({"type": "bars.subscribe", "payload": {"params": {}}}, "Could not validate payload"),
        (b"\x00", None),
    ],
)
async def test_bars_close_on_what_the_document_calls_wrong(
    server: Server, message: Any, reason: str | None
) -> None:
    async with BarsClient(server.endpoints["bars"]) as bars:
        await bars.send(message)
        code, said = await bars.closed()
        assert code == 1003
        assert reason in (None, said)


async def test_bars_live_an_hour(server: Server) -> None:
    async with BarsClient(server.endpoints["bars"]) as bars:
        await bars.subscribe("AAPL", "D")
        for _ in range(143):
            server.time.advance(25)  # the timers alone: an hour of market would be another test
            await bars.heartbeat()
            assert bars.connections == 1
        server.time.advance(26)
        code, reason = await bars.closed()
        assert (code, reason[:20]) == (1003, "Connection timed out")


async def test_bars_in_real_time(real_server: Server) -> None:
    async with aiohttp.ClientSession() as session:
        base = real_server.endpoints["bars"].replace("ws://", "http://")
        async with session.get(f"{base}/asyncapi.json") as response:
            assert (await response.json())["asyncapi"] == "2.4.0"
        async with session.get(f"{base}/asyncapi") as response:
            assert response.status == 200
            assert "html" in response.headers["Content-Type"]
        async with session.get(base) as response:
            assert response.status == 404
    async with BarsClient(real_server.endpoints["bars"], heartbeat_seconds=0.2) as bars:
        await bars.subscribe("AAPL")
        assert (await bars.update())["time"] > 1_700_000_000_000
        await asyncio.wait_for(bars.update(), 5)
    assert bars.surprises == []


def channels_client(server: Server, **options: Any) -> ChannelsClient:
    keys = server.credentials.channels
    return ChannelsClient(server.endpoints["channels"], keys.api_key, keys.api_secret, **options)


@pytest.mark.provokes(
    "channels/client/authenticate",
    "channels/client/subscribe",
    "channels/client/unsubscribe",
    "channels/server/authenticated",
    "channels/server/subscribed",
    "channels/server/unsubscribed",
    "channels/server/market_data",
    "channels/server/orderbook",
    "channels/server/trades",
    "channels/server/system_events",
)
async def test_channels_serve_the_document(server: Server) -> None:
    async with channels_client(server, now_ms=server.time.epoch_ms) as client:
        assert (await client.authenticate())["success"] is True
        answer = await client.subscribe(
            "market_data", "orders", "positions", exchange="binance", symbols=["BTCUSDT", "ETHUSDT"]
        )
        assert answer["channels"] == ["market_data", "orders", "positions"]
        assert answer["params"] == {"exchange": "binance", "symbols": ["BTCUSDT", "ETHUSDT"]}
        await client.subscribe("market_data", exchange="binance", symbols=["BTCUSDT"], type="ticker")
        await client.subscribe("orderbook", exchange="binance", symbols=["BTCUSDT"], depth=10)
        await client.subscribe("trades", exchange="binance", symbols=["BTCUSDT"])
        await client.subscribe("system_events")
        await advance_until(server, client.inbox, lambda m: m.get("channel") == "trades", seconds=120, step=5)
        book = await client.data("orderbook", "BTCUSDT")
        assert 0 < len(book["data"]["bids"]) <= 10
        await client.data("market_data", "BTCUSDT")
        await client.data("market_data", "ETHUSDT")
        left = await client.unsubscribe("positions", exchange="binance", symbols=["BTCUSDT"])
        assert left["channels"] == ["positions"]
        await client.data("system_events")
    assert client.surprises == []


@pytest.mark.provokes(
    "channels/error/400",
    "channels/error/401",
    "channels/error/404",
    "channels/server/error",
)
async def test_channels_refuse_with_the_documents_codes(server: Server) -> None:
    async with channels_client(server, now_ms=server.time.epoch_ms) as client:
        await client.send({"action": "subscribe", "channels": ["trades"], "params": {"exchange": "binance"}})
        assert await client.error() == 401
        for bad in (
            client.login(signature="0" * 64),
            client.login(api_key="nobody"),
            client.login(timestamp=server.time.epoch_ms() - 5_001),
            client.login(timestamp=server.time.epoch_ms() + 5_001),
        ):
            await client.send(bad)
            assert await client.error() == 401
        first = client.login()
        await client.send(first)
        await client.event("authenticated")
        async with channels_client(server) as thief:
            await thief.send(first)
            assert await thief.error() == 401
        for message in (
            "no json",
            "[]",
            {"action": "nonsense"},
            {"action": "subscribe"},
            {"action": "subscribe", "channels": ["nonsense"], "params": {"exchange": "binance"}},
            {"action": "subscribe", "channels": ["trades"], "params": {"exchange": "nowhere"}},
            {
                "action": "subscribe",
                "channels": ["trades"],
                "params": {"exchange": "binance", "symbols": ["NOSUCH"]},
            },
        ):
            await client.send(message)
            assert await client.error() in (400, 404)
    assert client.surprises == []


@pytest.mark.provokes(
    "channels/server/ping",
    "channels/server/close",
    "channels/client/pong",
    "channels/close/1000",
)
async def test_channels_ping_after_silence_and_close_without_pong(server: Server) -> None:
    async with channels_client(server, now_ms=server.time.epoch_ms) as client:
        await client.authenticate()
        for _ in range(3):
            await server.advance(31)
            await client.event("ping")
            await asyncio.sleep(0.01)
        client.answer_pings = False
        await server.advance(31)
        await client.event("ping")
        await server.advance(11)
        close = await client.event("close")
        assert close["code"] in (1000, 1001, 1008, 1011)
        assert (await client.closed())[0] == close["code"]
    assert client.surprises == []


async def test_channels_in_real_time(real_server: Server) -> None:
    async with channels_client(real_server) as client:
        await client.authenticate()
        await client.subscribe("market_data", exchange="binance", symbols=["BTCUSDT"])
        await client.data("market_data", "BTCUSDT")
    assert client.surprises == []


def onetrade_client(server: Server, **options: Any) -> OneTradeClient:
    return OneTradeClient(
        server.http["onetrade"],
        server.endpoints["onetrade"],
        server.credentials.onetrade.api_key,
        **options,
    )


def order(account: int, user: int, side: SideType, **changes: Any) -> dict[str, Any]:
    return {
        "account_id": account,
        "user_id": user,
        "symbol_id": 1,
        "volume": 0.1,
        "order_price": None,
        "side": side,
        "type": OrderType.MARKET,
        "price_sl": None,
        "price_tp": None,
        "comment": "by the document",
        "time_expiration": None,
        "expiration_police": None,
    } | changes


@pytest.mark.provokes(
    "onetrade/client/*",
    "onetrade/server/heartbeat_response",
    "onetrade/server/price",
    "onetrade/server/profit",
    "onetrade/server/orders_place",
    "onetrade/server/orders_update",
    "onetrade/server/orders_cancel",
    "onetrade/server/positions_*",
    "onetrade/server/deals_create",
    "onetrade/server/journal_create",
    "onetrade/value/orders_place.status=0",
    "onetrade/value/orders_place.side=*",
    "onetrade/value/orders_cancel.status=4",
    "onetrade/value/orders_update.status=3",
    "onetrade/value/deals_create.direction=*",
    "onetrade/value/deals_create.reason=0",
    "onetrade/value/positions_open.status=0",
    "onetrade/value/positions_close.status=2",
    "onetrade/value/orders_place.type=0",
    "onetrade/value/orders_place.type=1",
)
async def test_onetrade_serves_the_document(server: Server) -> None:
    async with onetrade_client(server, reconnect_seconds=0.01) as client:
        await client.connect()
        await client.until(lambda: client.pongs)
        with pytest.raises(SessionAlreadyUsedError):
            await client.validate_session()
        await client.start_account_all()
        await client.subscribe_market(1)
        await server.advance(3)
        await client.until(lambda: 1 in client.prices)
        status, account = await client.rest("GET", "account")
        assert status == 200
        identity = (account["id"], account.get("user_id", 1))
        status, accepted = await client.rest("POST", "orders", order(*identity, SideType.BUY))
        assert status in (200, 201), accepted
        placed = await client.next(EventMessageType.ORDERS_PLACE)
        opened = await _fill(server, client, placed["id"])
        await server.advance(2)
        await client.until(lambda: opened["id"] in client.profits)
        status, _ = await client.rest(
            "PUT", f"positions/{opened['id']}", {"price_sl": round(opened["price_open"] * 0.9, 5)}
        )
        assert status == 200
        await client.next(EventMessageType.POSITIONS_UPDATE, id=opened["id"])
        status, _ = await client.rest("POST", f"positions/{opened['id']}", {"volume": 0.1})
        assert status in (200, 201)
        closed = await _advance_to(server, client, EventMessageType.POSITIONS_CLOSE, id=opened["id"])
        assert closed["status"] == PositionStatus.CLOSED
        bid = client.prices[1][0]
        limit = order(*identity, SideType.BUY, type=OrderType.BUY_LIMIT, order_price=round(bid * 0.9, 5))
        status, accepted = await client.rest("POST", "orders", limit)
        assert status in (200, 201), accepted
        resting = await client.next(EventMessageType.ORDERS_PLACE, type=OrderType.BUY_LIMIT)
        changed = {"order_price": round(bid * 0.89, 5)}
        assert (await client.rest("PUT", f"orders/{resting['id']}", changed))[0] == 200
        await client.next(EventMessageType.ORDERS_UPDATE, id=resting["id"])
        assert (await client.rest("DELETE", f"orders/{resting['id']}"))[0] in (200, 204)
        canceled = await client.next(EventMessageType.ORDERS_CANCEL, id=resting["id"])
        assert canceled["status"] == OrderStatus.CANCELED
        await client.next(EventMessageType.JOURNAL_CREATE)
        await client.unsubscribe_market(1)
        await client.stop_account_all()
        await client.start_account_all()
        await client.drop()
        await client.start_account_all()
        await client.opened()
        assert client.connections == 2
        await client.rest("POST", "orders", order(*identity, SideType.SELL))
        await client.next(EventMessageType.ORDERS_PLACE, side=SideType.SELL)
    assert client.surprises == []


async def _advance_to(server: Server, client: OneTradeClient, kind: EventMessageType, **data: Any) -> Any:
    message = await advance_until(
        server,
        client.inbox,
        lambda m: m["type"] == kind.value and all(m["data"].get(k) == v for k, v in data.items()),
        seconds=120,
        step=1,
    )
    return message["data"]


async def _fill(server: Server, client: OneTradeClient, order_id: int) -> Any:
    """Wait for the fill of a market order, taking every requote. The position."""

    def outcome(message: Any) -> bool:
        return message["type"] in ("deals_create", "dealing_order_requote")

    while True:
        message = await advance_until(server, client.inbox, outcome, seconds=60, step=1)
        if message["type"] == "deals_create":
            break
        answer = {"account_id": message["data"]["account_id"], "approved": True, "id": order_id, "user_id": 1}
        assert (await client.rest("POST", f"orders/{order_id}/approval", answer))[0] in (200, 201)
    assert message["data"]["order_id"] == order_id
    return await client.next(EventMessageType.POSITIONS_OPEN, id=message["data"]["position_id"])


async def _requoted(server: Server, client: OneTradeClient) -> Any:
    """Send an instant order that the dealer requotes: the offer."""
    server.engine.submit(ForceRequote(ticks=7))
    price = client.prices[1][1]
    status, _ = await client.rest("POST", "orders", order(1, 1, SideType.BUY, order_price=price))
    assert status in (200, 201)
    placed = await client.next(EventMessageType.ORDERS_PLACE)
    offer = await _advance_to(server, client, EventMessageType.ORDERS_REQUOTED, id=placed["id"])
    assert offer["status"] == OrderStatus.REQUOTED
    assert offer["price_current"] != offer["price_order"] == price
    return offer


async def _answer(client: OneTradeClient, offer: Any, approved: bool) -> int:
    answer = {"account_id": offer["account_id"], "approved": approved, "id": offer["id"], "user_id": 1}
    return (await client.rest("POST", f"orders/{offer['id']}/approval", answer))[0]


async def test_onetrade_requotes_are_accepted_refused_withdrawn_and_run_out(server: Server) -> None:
    async with onetrade_client(server) as client:
        await client.connect()
        await client.start_account_all()
        await client.subscribe_market(1)
        await client.until(lambda: 1 in client.prices)

        offer = await _requoted(server, client)
        assert await _answer(client, offer, True) in (200, 201)
        assert await _answer(client, offer, True) == 409
        filled = await _advance_to(server, client, EventMessageType.ORDERS_UPDATE, id=offer["id"])
        assert (filled["status"], filled["price_current"]) == (OrderStatus.FILLED, offer["price_current"])

        offer = await _requoted(server, client)
        assert await _answer(client, offer, False) in (200, 201)
        refused = await _advance_to(server, client, EventMessageType.ORDERS_CANCEL, id=offer["id"])
        assert refused["status"] == OrderStatus.CANCELED
        assert await _answer(client, offer, True) == 409

        offer = await _requoted(server, client)
        assert (await client.rest("DELETE", f"orders/{offer['id']}"))[0] in (200, 204)
        await _advance_to(server, client, EventMessageType.ORDERS_CANCEL, id=offer["id"])

        offer = await _requoted(server, client)
        for _ in range(3):  # too late each time, so there is a new offer three times
            await server.advance(6)
            assert await _answer(client, offer, True) in (200, 201, 409)
            await server.advance(1)
        ended = await _advance_to(server, client, EventMessageType.ORDERS_EXPIRED, id=offer["id"])
        assert ended["status"] == OrderStatus.EXPIRED
        again = [m for m in client.inbox.seen if m["type"] == "dealing_order_requote"]
        assert len([m for m in again if m["data"]["id"] == offer["id"]]) == 4
    assert client.surprises == []


async def test_onetrade_rest_reads_as_clarified(server: Server) -> None:
    async with onetrade_client(server) as client:
        status, symbols = await client.rest("GET", "symbols")
        assert status == 200
        assert symbols[0]["id"] == 1
        for path in ("orders", "orders/history", "positions", "positions/history", "deals"):
            assert await client.rest("GET", path) == (200, []), path
        status, euro = await client.rest("GET", "symbols/1")
        assert (status, euro["symbol"]) == (200, symbols[0]["symbol"])
        end = server.engine.now // 1_000_000_000
        status, ticks = await client.rest(
            "GET", f"symbols/ticks/history/1?from={end - 3600}&to={end}&resolution=1&count_back=10"
        )
        assert status == 200, ticks
        assert ticks
        for path in ("orders/9999", "positions/9999", "deals/9999", "symbols/9999"):
            status, body = await client.rest("GET", path)
            assert status == 404
            assert list(body) == ["code", "success", "error", "message", "data"]
            assert body["success"] is False
        client.access_token = "wrong"
        assert (await client.rest("GET", "account"))[0] == 401


async def test_onetrade_in_real_time(real_server: Server) -> None:
    async with onetrade_client(real_server, heartbeat_seconds=0.05) as client:
        await client.connect()
        await client.subscribe_market(1)
        await client.until(lambda: 1 in client.prices and client.pongs >= 3)
    assert client.surprises == []
