"""Floods, squatters and readers that stopped: each is ended as said, and a healthy client notices nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import aiohttp
import pytest
import pytest_asyncio
from harness import Connect, Peer, Served, eventually, serving
from raw_frames import close_code, masked, raw_upgrade

from embedded_server.model.events import Event
from embedded_server.protocols.facade import Client, Facade, Services
from embedded_server.transport.limits import Limits

PING, CONTINUATION, TEXT = 0x9, 0x0, 0x1


class Ticker(Facade):
    """Everybody listens to `ticks`; every message comes back."""

    name = "ticker"
    port = 1
    path = "/ws"
    max_messages_per_minute = 0

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.clients: list[Client] = []

    def opened(self, client: Client) -> None:
        self.clients.append(client)
        self.topics.subscribe(client, "ticks")

    def received(self, client: Client, message: str | bytes) -> None:
        assert isinstance(message, str)
        client.send(message.encode())

    def publish(self, events: Sequence[Event]) -> None:
        pass


@contextlib.asynccontextmanager
async def under(limits: Limits) -> AsyncIterator[Served]:
    async with serving(Ticker, limits=limits) as served:
        yield served


async def lives(peer: Peer, served: Served) -> None:
    """The healthy client gets its stream and its answer."""
    served.endpoints[0].topics.publish("ticks", b'"tick"')
    assert await peer.receive() == "tick"
    await peer.send("well?")
    assert await peer.receive_raw() == "well?"


@pytest_asyncio.fixture
async def served() -> AsyncIterator[Served]:
    async with under(Limits(close_seconds=0.1)) as running:
        yield running


async def gone(served: Served, left: int = 1) -> None:
    await eventually(lambda: len(served.endpoints[0].sessions) == left)


async def test_a_ping_flood_ends_with_1008_after_a_bounded_number_of_pongs(
    served: Served, connect: Connect
) -> None:
    healthy = await connect(served.url())
    reader, writer = await raw_upgrade(served.port)
    writer.write(masked(b"", PING) * 100_000)
    pongs = 0
    while (head := await reader.readexactly(2)) == b"\x8a\x00":
        pongs += 1
    assert (head[0], (await reader.readexactly(head[1]))[:2]) == (0x88, b"\x03\xf0")
    assert 300 <= pongs <= 300 + 2048 // 6 + 1
    await lives(healthy, served)
    writer.close()
    await gone(served)


async def test_pings_at_a_library_s_pace_are_answered_for_ever(served: Served) -> None:
    reader, writer = await raw_upgrade(served.port)
    for _ in range(1000):
        writer.write(masked(b"?", PING))
        assert await reader.readexactly(3) == b"\x8a\x01?"
        served.time.advance(1.0)
    writer.close()
    await gone(served, 0)


@pytest.mark.parametrize("piece", [b"", b"x"], ids=["empty", "one byte"])
async def test_a_message_of_endless_fragments_ends_with_1008(
    served: Served, connect: Connect, piece: bytes
) -> None:
    healthy = await connect(served.url())
    reader, writer = await raw_upgrade(served.port)
    writer.write(masked(piece, TEXT, fin=False) + masked(piece, CONTINUATION, fin=False) * 60_000)
    assert await close_code(reader) == (1008, "Too many fragments")
    await lives(healthy, served)
    writer.close()
    await gone(served)


async def test_many_messages_of_few_fragments_are_read(served: Served) -> None:
    reader, writer = await raw_upgrade(served.port)
    for _ in range(300):
        writer.write(masked(b"a", TEXT, fin=False) + masked(b"b", CONTINUATION))
    assert await reader.readexactly(4 * 300) == b"\x81\x02ab" * 300
    writer.close()


async def test_what_comes_after_a_close_is_soon_not_even_read(served: Served) -> None:
    reader, writer = await raw_upgrade(served.port)
    await eventually(lambda: served.endpoints[0].sessions)
    answers = bytearray()

    async def collect() -> None:
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(2**16):
                answers.extend(piece)

    collecting = asyncio.ensure_future(collect())
    served.facade().clients[0].close(1008, "enough")
    with contextlib.suppress(ConnectionError):
        while served.endpoints[0].sessions:
            writer.write(masked(b"", PING) * 10_000)
            await writer.drain()
            await asyncio.sleep(0.001)
    await collecting
    assert b"enough" in answers
    assert len(answers) < 10_000
    writer.close()


async def test_handshakes_that_drip_are_cut_off_however_busy_they_seem(connect: Connect) -> None:
    async with under(Limits(request_seconds=0.2, close_seconds=0.1)) as served:
        healthy = await connect(served.url())

        async def drip() -> None:
            _, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(b"GET /ws HTTP/1.1\r\nHost: localhost\r\n")
            with contextlib.suppress(ConnectionError):
                while True:
                    writer.write(b"X-Slow: 1\r\n")
                    await writer.drain()
                    await asyncio.sleep(0.02)
            writer.close()

        async with asyncio.timeout(5):
            await asyncio.gather(*(drip() for _ in range(20)))
        await lives(healthy, served)
        assert served.listener.connections == 1


async def test_connections_that_say_nothing_are_cut_off(connect: Connect) -> None:
    async with under(Limits(request_seconds=0.1, close_seconds=0.1)) as served:
        healthy = await connect(served.url())
        pairs = [await asyncio.open_connection("127.0.0.1", served.port) for _ in range(50)]
        for reader, writer in pairs:
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
            writer.close()
        await lives(healthy, served)


async def test_an_answer_that_nobody_reads_is_not_kept_for_ever() -> None:
    limits = Limits(send_buffer_bytes=4096, write_buffer_bytes=1024, lag_seconds=0.2)
    async with under(limits) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port, limit=1024)
        request = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
        await eventually(lambda: served.listener.connections == 1)

        async def ask_on() -> None:
            with contextlib.suppress(ConnectionError):
                while served.listener.connections:
                    writer.write(request)
                    await asyncio.wait_for(writer.drain(), 0.2)

        with contextlib.suppress(TimeoutError):
            await ask_on()
        await eventually(lambda: served.listener.connections == 0)
        writer.close()
        del reader


async def test_one_address_may_not_take_every_connection(connect: Connect) -> None:
    async with under(Limits(peer_connections=2, close_seconds=0.1)) as served:
        healthy = await connect(served.url())
        other = await connect(served.url())
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await connect(served.url())
        assert refused.value.status == 429
        assert served.listener.refused["too many of one address"] == 1
        await lives(healthy, served)
        await other.close()
        await gone(served)
        await lives(await connect(served.url()), served)


async def test_a_reader_that_stopped_is_gone_though_the_kernel_holds_everything(connect: Connect) -> None:
    async with under(Limits(probe_seconds=0.1, probe_answer_seconds=0.2, close_seconds=0.1)) as served:
        healthy = await connect(served.url())
        _, stuck = await raw_upgrade(served.port)
        await gone(served, 2)
        for _ in range(50):
            served.endpoints[0].topics.publish("ticks", b'"tick"')
            assert await healthy.receive() == "tick"
        await gone_while_reading(served, healthy)
        assert served.endpoints[0].evictions == 1
        assert [session.id for session in served.endpoints[0].sessions] == [served.facade().clients[0].id]
        await lives(healthy, served)
        stuck.close()


async def gone_while_reading(served: Served, peer: Peer) -> None:
    """aiohttp answers a ping only while somebody reads."""
    reading = asyncio.ensure_future(peer.receive_raw())
    await gone(served)
    served.endpoints[0].topics.publish("ticks", b'"tick"')
    assert await reading == '"tick"'


async def test_a_client_that_nothing_was_written_to_is_left_alone() -> None:
    async with under(Limits(probe_seconds=0.05, probe_answer_seconds=0.05)) as served:
        reader, writer = await raw_upgrade(served.port)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(1), 0.3)
        assert len(served.endpoints[0].sessions) == 1
        writer.close()


async def test_a_client_further_behind_than_the_answer_may_take_is_cut_off() -> None:
    """It reads all the time, but less than is written: its pong would come behind the backlog."""
    async with under(Limits(probe_seconds=0.1, probe_answer_seconds=0.3)) as served:
        reader, writer = await raw_upgrade(served.port, limit=2048)
        await gone(served, 1)
        reading = True
        while served.endpoints[0].sessions and reading:
            served.endpoints[0].topics.publish("ticks", b"x" * 2000)
            with contextlib.suppress(ConnectionError):
                reading = bool(await reader.read(100))
            await asyncio.sleep(0.005)
        await gone(served, 0)
        assert served.endpoints[0].evictions == 1
        writer.close()


async def test_a_session_that_a_fault_silenced_is_not_blamed_for_the_server(connect: Connect) -> None:
    async with under(
        Limits(probe_seconds=0.05, probe_answer_seconds=0.1, lag_seconds=5, close_seconds=0.1)
    ) as served:
        peer = await connect(served.url())
        await gone(served, 1)
        session = next(iter(served.endpoints[0].sessions))
        served.endpoints[0].topics.publish("ticks", b'"tick"')
        assert await peer.receive() == "tick"
        session.fall_silent(60.0)
        await asyncio.sleep(0.3)
        served.time.advance(60.0)
        await lives(peer, served)
