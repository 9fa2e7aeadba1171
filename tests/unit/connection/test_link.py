"""One link's life over real sockets: ready, lost, back; what it never does is send an order late or twice."""

from __future__ import annotations

import asyncio
import time

import pytest
from link_stub import EchoCodec, Record, Stub, codec_of
from websockets.asyncio.server import ServerConnection

from tui_trader.connection.link import Link, http_address
from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.values import LinkState
from tui_trader.protocols.codec import Backoff, Endpoint

READY, RECONNECTING = LinkState.READY, LinkState.RECONNECTING


async def test_a_link_connects_signs_in_and_is_ready(link: Link, record: Record) -> None:
    link.start()
    await record.until(lambda: READY in record.states)
    assert record.states == [LinkState.CONNECTING, LinkState.AUTHENTICATING, READY]
    await record.until(lambda: any(isinstance(event, e.RoundTripMeasured) for event in record.events))
    health = link.health()
    assert health.state is READY
    assert health.messages == 1
    assert health.round_trip is not None
    assert health.last_message is not None
    assert abs(time.monotonic() - health.last_message) < 5


async def test_a_killed_server_shows_at_once_and_the_link_recovers_when_it_is_back(
    link: Link, record: Record, stub: Stub
) -> None:
    link.start()
    await record.until(lambda: READY in record.states)
    killed = time.monotonic()
    await stub.stop()
    await record.until(lambda: record.states[-1] is RECONNECTING)
    assert time.monotonic() - killed < 1.0
    lost = record.events[-1]
    assert isinstance(lost, e.LinkChanged)
    assert lost.retry_seconds == 0.01
    assert lost.detail == "the connection was cut"
    await record.until(lambda: link.health().reconnects >= 3)
    await stub.start()
    await record.until(lambda: record.states[-1] is READY)
    assert codec_of(link).closings == [(1006, "")]


async def test_the_servers_close_is_told_with_its_code_and_reason(
    link: Link, record: Record, stub: Stub
) -> None:
    async def close(connection: ServerConnection) -> None:
        await connection.close(1008, "Too many \x1b[31mmessages")

    stub.talk = close
    link.start()
    await record.until(lambda: RECONNECTING in record.states)
    details = [event.detail for event in record.events if isinstance(event, e.LinkChanged)]
    assert "closed by the server: 1008 Too many messages" in details
    assert codec_of(link).closings[0] == (1008, "Too many messages")


async def test_a_link_that_gave_up_waits_for_the_user(link: Link, record: Record, stub: Stub) -> None:
    await stub.stop()
    link._reconnect.backoff = Backoff((0.001,), attempts=2)
    link.start()
    await record.until(lambda: LinkState.OFFLINE in record.states)
    assert record.states.count(RECONNECTING) == 2
    await stub.start()
    link.retry()
    await record.until(lambda: READY in record.states)


async def test_a_session_in_use_is_never_retried_by_itself(link: Link, record: Record, stub: Stub) -> None:
    codec_of(link).in_use = True
    link.start()
    await record.until(lambda: LinkState.CONFLICT in record.states)
    await asyncio.sleep(0.1)  # many times the wait of an ordinary reconnect
    assert stub.connections == 0
    assert record.states[-1] is LinkState.CONFLICT
    codec_of(link).in_use = False
    link.retry()
    await record.until(lambda: READY in record.states)


async def test_a_logged_out_session_waits_for_the_user(link: Link, record: Record, stub: Stub) -> None:
    async def log_out(connection: ServerConnection) -> None:
        await connection.send("hello")
        await connection.send("logout")
        await connection.wait_closed()

    stub.talk = log_out
    link.start()
    await record.until(lambda: LinkState.CONFLICT in record.states)
    assert any(isinstance(event, e.SessionEnded) for event in record.events)
    assert stub.connections == 1


async def test_stopping_leaves_nothing_behind(link: Link, record: Record) -> None:
    before = set(asyncio.all_tasks())
    link.start()
    await record.until(lambda: READY in record.states)
    await link.stop()
    assert record.states[-1] is LinkState.CLOSED
    await asyncio.sleep(0)
    assert {task for task in asyncio.all_tasks() - before if "link" in task.get_name()} == set()


@pytest.mark.parametrize("moment", range(6))
async def test_stopping_in_the_middle_of_anything_ends(
    link: Link, record: Record, stub: Stub, moment: int
) -> None:
    async def close(connection: ServerConnection) -> None:
        await connection.send("hello")
        await connection.close()

    stub.talk = close
    link.start()
    await record.until(lambda: len(record.states) > moment)
    async with asyncio.timeout(5):
        await link.stop()
    assert record.states[-1] is LinkState.CLOSED


async def test_a_hundred_reconnects_leave_no_task_behind(link: Link, record: Record, stub: Stub) -> None:
    async def close(connection: ServerConnection) -> None:
        await connection.send("hello")
        connection.transport.abort()

    link._reconnect.backoff = Backoff((0.0,), None)
    stub.talk = close
    link.start()
    await record.until(lambda: link.health().reconnects >= 5)
    few = len(asyncio.all_tasks())
    await record.until(lambda: link.health().reconnects >= 100, 20.0)
    assert len(asyncio.all_tasks()) <= few + 8


async def test_a_link_pointed_elsewhere_connects_there(link: Link, record: Record, stub: Stub) -> None:
    other = Stub()
    await other.start()
    link.start()
    await record.until(lambda: READY in record.states)
    await stub.stop()
    await record.until(lambda: record.states[-1] is RECONNECTING)
    link.repoint(Endpoint(other.url))
    link.retry()
    await record.until(lambda: record.states[-1] is READY)
    assert other.connections == 1
    await link.stop()
    await other.stop()


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [
        (Endpoint("ws://h:8070/ws/v1", "http://other:1"), "http://other:1"),
        (Endpoint("ws://h:8070/ws/v1"), "http://h:8070"),
        (Endpoint("wss://h/ws"), "https://h"),
        (Endpoint("nonsense"), ""),
    ],
)
def test_rest_goes_to_the_endpoints_own_host_unless_told_otherwise(endpoint: Endpoint, address: str) -> None:
    assert http_address(endpoint) == address


async def test_an_address_that_is_no_url_waits_for_the_user_and_quotes_nothing(record: Record) -> None:
    link = Link(EchoCodec("echo", Endpoint("http://h/?access_token=secret")), record)
    link.start()
    await record.until(lambda: LinkState.OFFLINE in record.states)
    assert not any("secret" in repr(event) for event in record.events)
    await link.stop()


async def test_a_refused_upgrade_is_told_without_the_url(link: Link, record: Record, stub: Stub) -> None:
    link.codec.endpoint = Endpoint(stub.url + "?token=secret")
    await stub.stop()
    link.start()
    await record.until(lambda: RECONNECTING in record.states)
    assert not any("secret" in repr(event) for event in record.events)


async def test_a_retry_of_a_link_that_is_ready_takes_no_session_back_later(
    link: Link, record: Record, stub: Stub
) -> None:
    async def displaced(connection: ServerConnection) -> None:
        await connection.send("hello")
        await connection.recv()
        await connection.send("logout")
        await connection.wait_closed()

    stub.talk = displaced
    link.start()
    await record.until(lambda: READY in record.states)
    link.retry()
    link.send(c.WatchDepth(link="echo", symbol="X"))
    await record.until(lambda: LinkState.CONFLICT in record.states)
    await asyncio.sleep(0.05)
    assert record.states[-1] is LinkState.CONFLICT
    assert stub.connections == 1
