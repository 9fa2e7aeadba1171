"""bars.md over a real socket: closes with their exact reasons, heartbeat, lifespan, many topics."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from harness import Connect, Peer

if TYPE_CHECKING:
    from embedded_server.server import Server

TIMED_OUT = "Connection timed out. Heartbeat interval 30.0. Max connection lifespan 3600.0"


async def subscribe(peer: Peer, symbol: str = "AAPL", **params: Any) -> Any:
    await peer.send({"type": "bars.subscribe", "payload": {"symbol": symbol, "params": params}})
    return await peer.until(lambda message: message["type"] == "bars.subscribe.response")


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("not json", "Could not validate payload"),
        ({"type": "bars.subscribe", "payload": {"params": {}}}, "Could not validate payload"),
        (b"\x00", "Could not validate payload"),
        ({"type": "unknown.operation", "payload": {}}, "No matching type"),
    ],
)
async def test_what_cannot_be_read_closes_with_1003(
    server: Server, connect: Connect, sent: Any, reason: str
) -> None:
    peer = await connect(server.endpoints["bars"])
    await peer.send(sent)
    assert await peer.closed() == (1003, reason)


async def test_unknown_symbols_are_answered_and_the_connection_stays(
    server: Server, connect: Connect
) -> None:
    peer = await connect(server.endpoints["bars"])
    reply = await subscribe(peer, "NOPE")
    assert reply["payload"]["status"] == "error"
    assert (await subscribe(peer, "MSFT"))["payload"]["status"] == "ok"


async def test_silence_closes_after_thirty_seconds_and_pings_do_not_help(
    server: Server, connect: Connect
) -> None:
    peer = await connect(server.endpoints["bars"])
    await subscribe(peer)
    await server.advance(29)
    await peer.socket.ping()
    await server.advance(1)
    assert await peer.closed() == (1003, TIMED_OUT)


async def test_resubscribing_every_25_seconds_keeps_the_connection_for_an_hour(
    server: Server, connect: Connect
) -> None:
    peer = await connect(server.endpoints["bars"])
    clock: Any = server.time
    for _ in range(143):
        await subscribe(peer, "NOPE")
        clock.advance(25)
    await subscribe(peer, "NOPE")
    clock.advance(25)
    assert await peer.closed() == (1003, TIMED_OUT)


async def test_updates_go_only_to_those_who_subscribed_the_topic(server: Server, connect: Connect) -> None:
    minute, day, other = [await connect(server.endpoints["bars"]) for _ in range(3)]
    await subscribe(minute, "AAPL")
    await subscribe(day, "AAPL", resolution="D")
    await subscribe(other, "EURUSD")
    await server.advance(20)
    one = (await minute.receive())["payload"]
    long = (await day.receive())["payload"]
    euro = (await other.receive())["payload"]
    assert one["time"] % 60_000 == 0
    assert long["time"] % 86_400_000 == 0
    assert abs(one["close"] / long["close"] - 1) < 0.05
    assert 0.5 < euro["close"] < 2


async def test_many_topics_on_one_connection(server: Server, connect: Connect) -> None:
    peer = await connect(server.endpoints["bars"])
    topics = set()
    for symbol in ("AAPL", "BTCUSDT", "BTCUSDT-PERP", "XAUUSD"):
        for resolution in ("1", "5", "15", "30", "60", "D", "W", "M"):
            topics.add((await subscribe(peer, symbol, resolution=resolution))["payload"]["topic"])
    assert set(server.endpoint("bars").topics.active()) == topics
    assert len(topics) == 32


async def test_the_subscriptions_of_a_client_end_with_it(server: Server, connect: Connect) -> None:
    peer = await connect(server.endpoints["bars"])
    await subscribe(peer)
    await peer.close()
    await asyncio.sleep(0)
    assert server.endpoint("bars").topics.active() == ()
