"""Raw-frame fuzz: whatever follows an upgrade, the server answers in good frames and closes as documented.

`FRAME_MUTANTS` is how many random streams each endpoint is sent beside those broken by rule; `FRAME_SEED`.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from flows.onetrade import signed_in
from harness import Peer, connector
from test_hostile_corpus import MANNERS
from websockets.client import ClientProtocol
from websockets.frames import CLOSE, CONT, PING, PONG, TEXT, Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from embedded_server.transport.limits import Limits
from tests.faults.frame_mutants import frame, mutants
from tests.torture import figures

MUTANTS = int(os.environ.get("FRAME_MUTANTS", "25"))
SEED = int(os.environ.get("FRAME_SEED", "7"))
DOCUMENTED = {1000, 1002, 1003, 1007, 1008, 1009}
"""RFC 6455 7.4.1 for frames, and what the endpoints' documents close with; never 1011."""


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    settings = ServerSettings(seed=7, ports="free", clock="manual", timers="manual", ephemeral=True)
    async with Server(settings, limits=Limits(close_seconds=0.2)) as running:
        yield running


async def address(server: Server, endpoint: str) -> str:
    """Where to upgrade; a session of OneTrade has one socket, so each gets its own."""
    if endpoint != "onetrade":
        return server.endpoints[endpoint]
    async with signed_in(server) as trader:
        query = f"?session_id={trader.session_id}&access_token={trader.access_token}"
        return server.endpoints[endpoint] + query


async def aftermath(url: str, stream: bytes) -> str | None:
    """Upgrade, send the stream and hang up; what is wrong with what came back, or None."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection("127.0.0.1", parts.port)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 "), head
    received = b""
    try:
        async with asyncio.timeout(5):
            writer.write(stream)
            writer.write(frame(b"\x03\xe8", int(Opcode.CLOSE)))
            writer.write_eof()
            while piece := await reader.read(65_536):
                received += piece
    except ConnectionError:
        pass  # it had enough: the rest is unread, so the kernel says so with a reset
    except TimeoutError:
        return "the server does not let go"
    finally:
        writer.transport.abort()
    return complaint(received)


def complaint(received: bytes) -> str | None:
    """Judge the server's bytes with another state machine than its own."""
    client = ClientProtocol(parse_uri("ws://localhost/"), state=State.OPEN, max_size=None)
    client.receive_data(received)
    if client.parser_exc is not None:
        return f"not WebSocket: {client.parser_exc!r}"
    for event in client.events_received():
        assert isinstance(event, Frame)
        if event.opcode is CLOSE:
            code = int.from_bytes(event.data[:2]) if event.data else 1005
            if code not in DOCUMENTED:
                return f"closed with {code} {bytes(event.data[2:])!r}"
        elif event.opcode is TEXT:
            json.loads(bytes(event.data))
        elif event.opcode not in (PING, PONG, CONT):
            json.dumps(bytes(event.data).decode())
    return None


async def quotes_until_now(streaming: Peer) -> int:
    """Read all that was streamed: a peer that left some unread would itself be taken for a stuck one."""
    await streaming.send(MANNERS["market_data_gateway"].question)
    seen = 0
    while not MANNERS["market_data_gateway"].answered(message := await streaming.receive()):
        seen += message["type"] == "quote"
    return seen


@pytest.mark.parametrize("endpoint", MANNERS)
async def test_no_bytes_bring_the_server_down_and_the_others_notice_nothing(
    server: Server, endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    manners, wrong = MANNERS[endpoint], []
    async with connector() as connect:
        healthy = await manners.enter(server, connect)
        streaming = await connect(server.endpoints["market_data_gateway"])
        await streaming.send({"type": "subscribe", "data": {"symbols": ["AAPL"], "channels": ["quote"]}})
        for number, (name, stream) in enumerate(mutants(endpoint, MUTANTS, SEED)):
            problem = await aftermath(await address(server, endpoint), stream)
            if problem is not None:
                wrong.append(f"{name}: {problem}")
            if number % 10 == 9:
                await server.advance(7.0)
                assert await quotes_until_now(streaming)
                await healthy.send(manners.question)
                await healthy.until(manners.answered)
    assert not wrong, "\n".join(wrong)
    assert not caplog.records
    figures.add(inputs=number + 1)
