"""What goes over a link: frames in their order, commands, what is watched, heartbeats, REST, lost answers."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from link_stub import Record, Stub, codec_of, order
from websockets.asyncio.server import ServerConnection

from tui_trader.connection import conversation
from tui_trader.connection.link import Link
from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError
from tui_trader.model.values import LinkState, Severity
from tui_trader.protocols.codec import Heartbeat

READY, RECONNECTING = LinkState.READY, LinkState.RECONNECTING


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


async def test_a_command_that_waits_when_the_connection_is_lost_is_told(
    link: Link, record: Record, stub: Stub
) -> None:
    async def stop_reading(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        await connection.send("hello")
        await record.until(lambda: READY in record.states)
        while link.health().queue < 5:
            link.send(c.CancelOrder(link="echo", reference="", order_id="7" * 1_000_000))
            await asyncio.sleep(0)
        connection.transport.abort()

    stub.talk = stop_reading
    link.start()
    await record.until(lambda: any(isinstance(event, e.NoticeReceived) for event in record.events))
    told = [event for event in record.events if isinstance(event, e.NoticeReceived)]
    assert [(one.severity, one.code) for one in told] == [(Severity.ERROR, "UNSENT")]
