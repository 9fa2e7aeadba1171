"""The channels' document against a real server: signatures, subscriptions, refusals, pings."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from channels_client import ChannelsClient
from waiting import advance_until

if TYPE_CHECKING:
    from embedded_server.server import Server


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
