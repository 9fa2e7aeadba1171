"""The bars' document against a real server: history, updates, and what closes a connection."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from bars_client import RESOLUTIONS, BarsClient
from waiting import types

if TYPE_CHECKING:
    from embedded_server.server import Server


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
