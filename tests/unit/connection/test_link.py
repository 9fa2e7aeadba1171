"""One link's life over real sockets: ready, lost, back; what it never does is send an order late or twice."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal
from typing import Any

import pytest
from link_stub import EchoCodec, Record, Stub
from websockets.asyncio.server import ServerConnection

from tui_trader.connection import conversation
from tui_trader.connection.link import Link, http_address
from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError
from tui_trader.model.values import LinkState, OrderKind, Severity, Side
from tui_trader.protocols.codec import Backoff, Endpoint, Heartbeat

READY, RECONNECTING = LinkState.READY, LinkState.RECONNECTING


def order(reference: str = "r") -> c.PlaceOrder:
    return c.PlaceOrder(
        link="echo",
        symbol="X",
        side=Side.BUY,
        kind=OrderKind.MARKET,
        quantity=Decimal(1),
        reference=reference,
    )


def codec_of(link: Link) -> EchoCodec:
    codec = link.codec
    assert isinstance(codec, EchoCodec)
    return codec


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


async def test_malformed_frames_are_counted_and_told_and_the_link_is_kept(
    link: Link, record: Record, stub: Stub
) -> None:
    async def babble(connection: ServerConnection) -> None:
        await connection.send("hello")
        for number in range(20):
            await connection.send(f"bad {number}")
        await connection.send("good")
        await connection.wait_closed()

    stub.talk = babble
    link.start()
    await record.until(lambda: record.lines == ["good"])
    notices = [event for event in record.events if isinstance(event, e.NoticeReceived)]
    assert [(n.code, n.severity, n.text) for n in notices] == [
        ("MALFORMED", Severity.ERROR, "cannot read bad 0")
    ]
    assert link.health().malformed == 20
    assert stub.connections == 1


async def test_a_fault_of_our_own_reconnects_and_is_told_without_its_innards(
    link: Link, record: Record, stub: Stub
) -> None:
    async def provoke(connection: ServerConnection) -> None:
        await connection.send("hello" if stub.connections > 1 else "fault")
        await connection.wait_closed()

    stub.talk = provoke
    link.start()
    await record.until(lambda: READY in record.states)
    details = [event.detail for event in record.events if isinstance(event, e.LinkChanged)]
    assert "internal fault; see the log file" in details


async def test_a_reply_of_the_codec_is_sent(link: Link, record: Record, stub: Stub) -> None:
    async def ask(connection: ServerConnection) -> None:
        await connection.send("ask")
        stub.received.append(await connection.recv())
        await connection.send("hello")
        await connection.wait_closed()

    stub.talk = ask
    link.start()
    await record.until(lambda: READY in record.states)
    assert stub.received == ["answer"]


async def test_events_keep_the_order_of_their_frames(link: Link, record: Record, stub: Stub) -> None:
    async def count(connection: ServerConnection) -> None:
        await connection.send("hello")
        for number in range(2_000):
            await connection.send(str(number))
        await connection.wait_closed()

    stub.talk = count
    link.start()
    await record.until(lambda: len(record.lines) == 2_000)
    assert record.lines == [str(number) for number in range(2_000)]


async def test_a_flood_gives_way_to_the_loop_every_few_milliseconds(
    link: Link, record: Record, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A screen needs its turn while frames keep coming. Decoding is made slow, so that a pause shows."""
    longest = 0.0

    def decode(data: str | bytes, now_ms: int, real: Any = link.codec.decode) -> Any:
        end = time.perf_counter() + 0.0005
        while time.perf_counter() < end:
            pass
        return real(data, now_ms)

    async def watch() -> None:
        nonlocal longest
        while True:
            before = time.thread_time()  # what others take of a busy machine is not the link's doing
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - before)

    async def flood(connection: ServerConnection) -> None:
        await connection.send("hello")
        for number in range(600):
            await connection.send(str(number))
        await connection.wait_closed()

    monkeypatch.setattr(link.codec, "decode", decode)
    stub.talk = flood
    watching = asyncio.create_task(watch())
    link.start()
    await record.until(lambda: len(record.lines) == 600, 20.0)
    watching.cancel()
    assert longest < 0.1  # without giving way it would be 0.3 s


async def test_an_order_is_refused_while_the_link_is_not_ready_and_never_sent_later(
    link: Link, record: Record, stub: Stub
) -> None:
    with pytest.raises(CommandError, match="nothing was sent"):
        link.send(order())
    stub.talk = stub.listen
    link.start()
    await record.until(lambda: LinkState.AUTHENTICATING in record.states)
    with pytest.raises(CommandError, match="nothing was sent"):
        link.send(order())
    assert stub.received == []


async def test_nothing_is_sent_into_a_connection_that_is_being_closed(
    link: Link, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A peer that takes no part in the closing has a second for it; the link still says READY then."""
    closing, closed = asyncio.Event(), asyncio.Event()
    close = conversation.close

    async def slowly(socket: Any) -> None:
        closing.set()
        await closed.wait()
        await close(socket)

    monkeypatch.setattr(conversation, "close", slowly)
    link.start()
    await record.until(lambda: READY in record.states)
    link.send(c.CancelOrder(link="echo", order_id="1", reference="c"))
    assert link._conversation is not None
    link._conversation._socket.transport.abort()
    await asyncio.wait_for(closing.wait(), 5.0)
    for command in (order(), c.CancelOrder(link="echo", order_id="2", reference="d")):
        with pytest.raises(CommandError, match="nothing was sent"):
            link.send(command)
    closed.set()


async def test_what_is_watched_is_restored_on_every_connection(
    link: Link, record: Record, stub: Stub
) -> None:
    async def greet_and_listen(connection: ServerConnection) -> None:
        await connection.send("hello")
        await stub.listen(connection)

    stub.talk = greet_and_listen
    link.send(c.WatchDepth(link="echo", symbol="BEFORE"))
    link.send(c.WatchDepth(link="echo", symbol="AAPL"))
    link.start()
    await stub.until(lambda: stub.received == ["watch AAPL"])
    await stub.stop()
    await record.until(lambda: record.states[-1] is RECONNECTING)
    await stub.start()
    await stub.until(lambda: stub.received == ["watch AAPL", "watch AAPL"])


async def test_running_through_a_list_sends_the_first_choices_and_the_last(
    link: Link, record: Record, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def greet_and_listen(connection: ServerConnection) -> None:
        await connection.send("hello")
        await stub.listen(connection)

    monkeypatch.setattr("tui_trader.connection.pace.PER_SECOND", 20.0)
    stub.talk = greet_and_listen
    link.start()
    await record.until(lambda: READY in record.states)
    for number in range(200):
        link.send(c.WatchDepth(link="echo", symbol=f"S{number}"))
    await stub.until(lambda: "watch S199" in stub.received)
    assert stub.received[:30] == [f"watch S{number}" for number in range(30)]
    assert len(stub.received) <= 32


async def test_what_a_link_cannot_carry_is_refused(link: Link) -> None:
    with pytest.raises(CommandError, match="cannot carry"):
        link.send(c.ControlBot(link="echo", command="START"))


async def test_a_heartbeat_is_sent_answered_and_measured(link: Link, record: Record, stub: Stub) -> None:
    async def answer(connection: ServerConnection) -> None:
        await connection.send("hello")
        async for message in connection:
            stub.received.append(message)
            await connection.send("pong")

    stub.talk = answer
    codec_of(link).beat = Heartbeat(0.02, 1.0, lambda now_ms: "beat")
    link.start()
    await record.until(lambda: sum(isinstance(event, e.RoundTripMeasured) for event in record.events) >= 4)
    assert stub.received[:3] == ["beat", "beat", "beat"]
    assert stub.connections == 1


async def test_a_server_that_answers_no_heartbeat_is_left(link: Link, record: Record, stub: Stub) -> None:
    async def ignore(connection: ServerConnection) -> None:
        await connection.send("hello")
        await stub.listen(connection)

    stub.talk = ignore
    codec_of(link).beat = Heartbeat(0.02, 0.05, lambda now_ms: "beat")
    link.start()
    await record.until(lambda: RECONNECTING in record.states)
    details = [event.detail for event in record.events if isinstance(event, e.LinkChanged)]
    assert "no answer to the heartbeat in 0.05 s" in details


async def test_a_silent_peer_without_heartbeat_is_found_by_pings(
    link: Link, record: Record, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def freeze(connection: ServerConnection) -> None:
        await connection.send("hello")
        connection.transport.pause_reading()  # type: ignore[attr-defined]  # a transport that reads
        await asyncio.sleep(1)

    monkeypatch.setattr(conversation, "PING_SECONDS", 0.02)
    monkeypatch.setattr(conversation, "PING_TIMEOUT", 0.1)
    stub.talk = freeze
    link.start()
    await record.until(lambda: RECONNECTING in record.states)
    details = [event.detail for event in record.events if isinstance(event, e.LinkChanged)]
    assert "nothing was heard for 0.1 s" in details


async def test_a_rest_answer_becomes_events(
    link: Link, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def call(request: Any) -> tuple[int, bytes]:
        return 201, b"ok"

    link.start()
    await record.until(lambda: READY in record.states)
    monkeypatch.setattr(link._calls, "_rest", call)
    link.send(order())
    await record.until(lambda: record.lines == ["place 201 ok"])


async def test_a_command_whose_answer_is_lost_is_unknown_and_sent_once(
    link: Link, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0

    async def call(request: Any) -> tuple[int, bytes]:
        nonlocal calls
        calls += 1
        raise OSError("no answer: timed out")

    link.start()
    await record.until(lambda: READY in record.states)
    monkeypatch.setattr(link._calls, "_rest", call)
    link.send(order("r-7"))
    await record.until(lambda: any(isinstance(event, e.CommandLost) for event in record.events))
    assert record.events[-1] == e.CommandLost("echo", "r-7", "no answer: timed out: verify")
    assert calls == 1


async def test_a_command_that_never_left_is_refused_not_unknown(
    link: Link, record: Record, stub: Stub
) -> None:
    link.start()
    await record.until(lambda: READY in record.states)
    link._rest.base_url = "http://127.0.0.1:1"
    link.send(order("r-8"))
    await record.until(lambda: any(isinstance(event, e.CommandAnswered) for event in record.events), 20.0)
    (answered,) = [event for event in record.events if isinstance(event, e.CommandAnswered)]
    assert (answered.reference, answered.accepted) == ("r-8", False)
    assert answered.detail.startswith("not sent: ")


async def test_a_question_without_answer_is_asked_again_and_then_told(
    link: Link, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0

    async def call(request: Any) -> tuple[int, bytes]:
        nonlocal calls
        calls += 1
        raise OSError("no answer")

    monkeypatch.setattr("tui_trader.connection.calls.RETRY_SECONDS", 0.01)
    link.start()
    await record.until(lambda: READY in record.states)
    monkeypatch.setattr(link._calls, "_rest", call)
    link.send(c.ListStrategies(link="echo"))
    await record.until(lambda: any(isinstance(event, e.NoticeReceived) for event in record.events))
    assert calls == 3


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
