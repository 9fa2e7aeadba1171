"""bot-core.md's limits and authentication over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import jwt
import pytest
import pytest_asyncio
from harness import Connect

from embedded_server.model.commands import PlaceOrder
from embedded_server.model.enums import OrderKind, Side
from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from embedded_server.transport.limits import Limits
from embedded_server.transport.time_source import ManualTimeSource


def token(server: Server, **changes: Any) -> str:
    now = server.time.epoch_ms() // 1000
    claims = {"sub": "user-1", "email": "a@b.c", "is_admin": False, "iat": now, "exp": now + 60}
    return jwt.encode(claims | changes, server.credentials.bot_core.jwt_secret, "HS256")


@pytest_asyncio.fixture
async def strict() -> AsyncIterator[Server]:
    settings = ServerSettings(seed=7, ports="free", clock="manual", require_authentication=True)
    async with Server(settings, time_source=ManualTimeSource(), limits=Limits(close_seconds=0.2)) as running:
        yield running


async def test_the_hundred_and_first_message_in_a_minute_disconnects(
    server: Server, connect: Connect
) -> None:
    peer = await connect(server.endpoints["bot_core"])
    for _ in range(101):
        await peer.send({"type": "Nothing"})
    code, _ = await peer.closed()
    assert code == 1008


async def test_a_ping_too_many_disconnects(server: Server, connect: Connect) -> None:
    peer = await connect(server.endpoints["bot_core"])
    for _ in range(2):
        await peer.send({"type": "Ping"})
    await peer.until(lambda message: message["type"] == "Pong")
    code, _ = await peer.closed()
    assert code == 1008


async def test_a_token_in_the_header_or_the_query_is_answered(server: Server, connect: Connect) -> None:
    url = server.endpoints["bot_core"]
    for options in (
        {"url": url, "headers": {"Authorization": f"Bearer {token(server)}"}},
        {"url": f"{url}?token={token(server)}"},
    ):
        peer = await connect(**options)
        answer = await peer.until(lambda message: message["type"] == "Authenticated")
        assert answer["data"]["user_id"] == "user-1"


async def test_a_server_that_requires_tokens_refuses_a_bad_one_at_the_door(
    strict: Server, connect: Connect
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await connect(f"{strict.endpoints['bot_core']}?token={token(strict, exp=1)}")
    assert caught.value.status == 401


async def test_a_server_that_requires_tokens_tells_nothing_and_waits_ten_seconds(
    strict: Server, connect: Connect
) -> None:
    silent, good = [await connect(strict.endpoints["bot_core"]) for _ in range(2)]
    assert (await silent.receive())["type"] == "Connected"
    await good.send({"type": "Authenticate", "token": token(strict)})
    await good.until(lambda message: message["type"] == "MarketData")
    await strict.advance(11)
    code, _ = await silent.closed()
    assert code == 1008
    await good.send({"type": "BotCommand", "data": {"command": "PAUSE"}})
    await good.until(lambda m: m["type"] == "BotStatusUpdate" and m["data"]["status"] == "PAUSED")


async def test_a_position_opened_as_a_client_comes_is_told_to_it_once(
    server: Server, connect: Connect
) -> None:
    server.engine.submit(
        PlaceOrder(
            account="futures", instrument="BTCUSDT-PERP", side=Side.BUY, kind=OrderKind.MARKET, lots=10
        )
    )
    (held,) = server.engine.accounts["futures"].positions()
    peer = await connect(server.endpoints["bot_core"])
    await peer.send({"type": "Ping"})
    told: list[Any] = []

    def noted(message: Any) -> bool:
        if message["type"] == "PositionUpdate":
            told.append((message["data"]["action"], message["data"]["position"]["id"]))
        return bool(message["type"] == "Pong")

    await peer.until(noted)
    assert told == [("OPENED", f"pos_{held.id}")]
