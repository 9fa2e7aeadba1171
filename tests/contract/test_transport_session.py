"""WebSocket sessions over real sockets: messages, limits, closes, and peers that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import struct

import aiohttp
import pytest
from echo import Echo, Other
from harness import Connect, eventually, serving
from raw_frames import masked, raw_upgrade

from embedded_server.transport.limits import Limits


async def test_text_is_answered_as_text_and_binary_as_binary(connect: Connect) -> None:
    async with serving(Other) as served:
        peer = await connect(served.url())
        await peer.send("héllo")
        assert await peer.receive_raw() == "héllo"
        await peer.send(b"\x00\xff")
        assert await peer.receive_raw() == b"\x00\xff"


async def test_a_message_behind_the_upgrade_in_the_same_segment_is_not_lost() -> None:
    async with serving(Echo) as served:
        reader, writer = await raw_upgrade(served.port, trailing=masked(b"early"))
        assert await reader.readexactly(7) == b"\x81\x05early"
        writer.close()
        await writer.wait_closed()


async def test_fragments_are_one_message_and_a_ping_between_them_is_answered() -> None:
    async with serving(Echo) as served:
        reader, writer = await raw_upgrade(served.port)
        writer.write(masked(b"one ", fin=False) + masked(b"?", 0x9) + masked(b"two", 0x0))
        answers = await reader.readexactly(3 + 9)
        assert b"\x8a\x01?" in answers
        assert b"\x81\x07one two" in answers
        writer.close()
        await writer.wait_closed()


async def test_a_close_by_the_facade_follows_what_was_queued(connect: Connect) -> None:
    async with serving(Echo) as served:
        peer = await connect(served.url())
        await peer.send("leave")
        assert await peer.receive_raw() == "bye"
        assert await peer.closed() == (1003, "Could not validate payload")
        await eventually(lambda: served.facade().gone)


async def test_a_client_that_closes_is_gone_before_it_knows_that_it_is_closed(connect: Connect) -> None:
    async with serving(Echo) as served:
        peer = await connect(served.url())
        await peer.close()
        assert peer.socket.close_code == 1000
        assert len(served.facade().gone) == 1
        await eventually(lambda: not served.endpoints[0].sessions)


async def test_a_facade_that_fails_costs_one_message_and_not_the_connection(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(Echo) as served:
        peer = await connect(served.url())
        await peer.send("crash")
        await peer.send("alive?")
        assert await peer.receive_raw() == "alive?"
        assert "echo failed" in caplog.text


async def test_the_message_too_many_in_a_minute_ends_the_connection(connect: Connect) -> None:
    async with serving(Echo) as served:
        peer = await connect(served.url())
        for number in range(5):
            await peer.send(str(number))
            assert await peer.receive_raw() == str(number)
        served.time.advance(59.0)
        await peer.send("6")
        assert await peer.closed() == (1008, "Too many messages")


async def test_an_allowance_returns_after_a_minute(connect: Connect) -> None:
    async with serving(Echo) as served:
        peer = await connect(served.url())
        for number in range(5):
            await peer.send(str(number))
            await peer.receive_raw()
        served.time.advance(60.0)
        await peer.send("again")
        assert await peer.receive_raw() == "again"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (masked(b"\xff\xfe"), 1007),
        (b"\x81\x01x", 1002),
        (masked(b"x", 0x3), 1002),
        (masked(b"x", 0x0), 1002),
        (masked(b"x" * 65_535, fin=False) + masked(b"yy", 0x0), 1009),
    ],
    ids=["text that is not UTF-8", "no mask", "unknown opcode", "continuation of nothing", "too big"],
)
async def test_a_broken_frame_ends_only_its_own_connection(connect: Connect, sent: bytes, code: int) -> None:
    async with serving(Echo) as served:
        healthy = await connect(served.url())
        reader, writer = await raw_upgrade(served.port)
        writer.write(sent)
        answer = await reader.read()
        assert answer[0] == 0x88
        assert struct.unpack("!H", answer[2:4]) == (code,)
        writer.close()
        await writer.wait_closed()
        await eventually(lambda: len(served.facade().gone) == 1)
        await healthy.send("well?")
        assert await healthy.receive_raw() == "well?"


async def test_random_bytes_hurt_nobody_else(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(7)
    async with serving(Other) as served:
        healthy = await connect(served.url())
        for number in range(60):
            reader, writer = await (
                raw_upgrade(served.port, path="/api/v1/ws")
                if number % 2
                else asyncio.open_connection("127.0.0.1", served.port)
            )
            head = b"" if number % 2 else chance.choice([b"GET //[?%ff HTTP/1.1\r\nHost: localhost\r\n", b""])
            writer.write(head + chance.randbytes(chance.choice([1, 10, 200])) + b"\r\n\r\n")
            writer.write_eof()
            with contextlib.suppress(ConnectionError):
                await reader.read()
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
        await healthy.send("well?")
        assert await healthy.receive_raw() == "well?"
        await eventually(lambda: len(served.endpoints[0].sessions) == 1)
        assert "Traceback" not in caplog.text


async def test_published_frames_of_a_tick_arrive_in_order(connect: Connect) -> None:
    async with serving(Echo) as served:
        peer = await connect(served.url())
        await peer.send("subscribe")
        topics = served.endpoints[0].topics
        await eventually(lambda: topics.has("prices"))
        for number in range(100):
            topics.publish("prices", json.dumps(number).encode())
        assert [await peer.receive() for _ in range(100)] == list(range(100))


async def test_a_stuck_reader_is_cut_off_and_slows_nobody() -> None:
    limits = Limits(lag_seconds=0.2, send_buffer_bytes=4096)
    async with serving(Echo, limits=limits) as served:
        _, stuck = await raw_upgrade(served.port, trailing=masked(b"subscribe"), limit=1024)
        reader, well = await raw_upgrade(served.port, trailing=masked(b"subscribe"), limit=2**20)
        topics = served.endpoints[0].topics
        await eventually(lambda: len(served.endpoints[0].sessions) == 2)
        await eventually(lambda: len(topics.of(served.facade().clients[0])) == 1)

        async def publish_until_evicted() -> None:
            while served.endpoints[0].evictions == 0:
                topics.publish("prices", b"x" * 50_000)
                await asyncio.sleep(0.001)

        async def read() -> None:
            while await reader.read(2**20):
                pass

        reading = asyncio.ensure_future(read())
        await asyncio.wait_for(publish_until_evicted(), 10)
        await eventually(lambda: len(served.endpoints[0].sessions) == 1)
        assert served.facade().gone == [served.facade().clients[0]]
        stuck.close()
        well.close()
        await reading


async def test_messages_that_must_not_be_lost_cut_off_a_stuck_reader_at_the_limit() -> None:
    limits = Limits(backlog_bytes=100_000, send_buffer_bytes=4096)
    async with serving(Echo, limits=limits) as served:
        _, stuck = await raw_upgrade(served.port, limit=1024)
        await eventually(lambda: served.facade().clients)
        client = served.facade().clients[0]
        for _ in range(10_000):
            client.send(b"x" * 10_000)
            await asyncio.sleep(0)
            if served.endpoints[0].evictions:
                break
        await eventually(lambda: not served.endpoints[0].sessions)
        assert served.facade().gone == [client]
        stuck.close()


async def test_a_lagging_client_that_reads_again_gets_the_newest_and_every_account_message() -> None:
    limits = Limits(send_buffer_bytes=4096, backlog_bytes=10_000_000)
    async with serving(Echo, limits=limits) as served:
        reader, writer = await raw_upgrade(served.port, trailing=masked(b"subscribe"), limit=1024)
        topics = served.endpoints[0].topics
        await eventually(lambda: topics.has("prices"))
        session = next(iter(served.endpoints[0].sessions))
        while not session.outbox.lagging:
            topics.publish("prices", b"filler" * 1000)
            await asyncio.sleep(0.001)
        for number in range(50):
            topics.publish("prices", b"price %d" % number)
            session.send(b"fill %d" % number)
        received = b""
        while b"price 49" not in received:
            received += await reader.read(2**16)
        assert b"price 48" not in received
        assert all(b"fill %d" % number in received for number in range(50))
        assert not session.outbox.lagging
        writer.close()


async def test_a_peer_that_does_not_answer_a_close_is_aborted_in_time() -> None:
    async with serving(Echo, limits=Limits(close_seconds=0.1)) as served:
        reader, writer = await raw_upgrade(served.port)
        await eventually(lambda: served.facade().clients)
        served.facade().clients[0].close(1008, "enough")
        assert (await reader.readexactly(10))[4:] == b"enough"
        await eventually(lambda: not served.endpoints[0].sessions)
        writer.close()


async def test_a_request_that_does_not_come_is_not_waited_for() -> None:
    async with serving(Echo, limits=Limits(request_seconds=0.05)) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(b"GET /health HTTP/1.1\r\nHost: localh")
        with pytest.raises(ConnectionResetError):
            assert await reader.read() == b""
            raise ConnectionResetError
        writer.close()


async def test_the_deadline_of_the_request_ends_with_it(connect: Connect) -> None:
    async with serving(Echo, limits=Limits(request_seconds=0.05, close_seconds=0.1)) as served:
        peer = await connect(served.url())
        await asyncio.sleep(0.1)
        await peer.send("still here")
        assert await peer.receive_raw() == "still here"


async def test_one_connection_too_many_is_turned_away(connect: Connect) -> None:
    async with serving(Echo, limits=Limits(connections=1)) as served:
        peer = await connect(served.url())
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await connect(served.url())
        assert refused.value.status == 503
        await peer.send("still here")
        assert await peer.receive_raw() == "still here"
