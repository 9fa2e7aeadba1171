"""What contract tests speak with: another library's WebSocket client, listeners around façades of a test."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp

from embedded_server.credentials import Credentials
from embedded_server.protocols.facade import Facade, Services
from embedded_server.transport.admission import Admission
from embedded_server.transport.endpoint import Endpoint
from embedded_server.transport.flusher import FlushTick
from embedded_server.transport.limits import Limits
from embedded_server.transport.listener import Listener
from embedded_server.transport.time_source import ManualTimeSource
from embedded_server.transport.topics import TopicBoard

PATIENCE_SECONDS = 10.0


class ClosedError(AssertionError):
    """The connection ended while a message was awaited."""


class Peer:
    """One client connection (aiohttp). Messages are JSON unless read with `receive_raw`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def send(self, message: Any) -> None:
        """Send an object as JSON text, a str as it is, bytes as a binary frame."""
        if isinstance(message, bytes):
            await self.socket.send_bytes(message)
        else:
            await self.socket.send_str(message if isinstance(message, str) else json.dumps(message))

    async def receive_raw(self) -> str | bytes:
        """The next message as it came."""
        message = await self.socket.receive(PATIENCE_SECONDS)
        if message.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            raise ClosedError(f"closed with {self.socket.close_code} {message.extra!r}")
        return message.data

    async def receive(self) -> Any:
        """The next message, parsed."""
        return json.loads(await self.receive_raw())

    async def until(self, wanted: Callable[[Any], object]) -> Any:
        """The next message for which `wanted` holds; those before it are dropped."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                message = await self.receive()
                if wanted(message):
                    return message

    async def closed(self) -> tuple[int | None, str]:
        """Read on until the server closes: its code and reason."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                message = await self.socket.receive()
                if message.type is aiohttp.WSMsgType.CLOSE:
                    return message.data, message.extra or ""
                if message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR):
                    return self.socket.close_code, ""

    async def close(self) -> None:
        """Close from this side."""
        await self.socket.close()


Connect = Callable[..., Awaitable[Peer]]


@contextlib.asynccontextmanager
async def connector() -> AsyncIterator[Connect]:
    """Opens peers, and closes them all at the end."""
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())

        async def connect(url: str, **options: Any) -> Peer:
            socket = await session.ws_connect(url, **options)
            stack.push_async_callback(socket.close)
            return Peer(socket)

        yield connect


async def eventually(condition: Callable[[], object]) -> None:
    """Let the loop turn until the condition holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 - the condition is anything at all
            await asyncio.sleep(0.001)


class Served:
    """Listeners around façades without an engine."""

    def __init__(
        self, listener: Listener, endpoints: list[Endpoint], port: int, time: ManualTimeSource
    ) -> None:
        self.listener = listener
        self.endpoints = endpoints
        self.time = time
        self.port = port
        self.http = f"http://127.0.0.1:{port}"

    def url(self, number: int = 0) -> str:
        """WebSocket address of one of the façades."""
        return f"ws://127.0.0.1:{self.port}{self.endpoints[number].facade.path}"

    def facade(self, number: int = 0) -> Any:
        """One of the façades."""
        return self.endpoints[number].facade


@contextlib.asynccontextmanager
async def serving(
    *facades: type[Facade], limits: Limits | None = None, admission: Admission | None = None
) -> AsyncIterator[Served]:
    """One listener on a free port for these façades; time for their timers stands still."""
    limits = limits or Limits(close_seconds=0.1)
    time = ManualTimeSource()
    flusher = FlushTick(limits)
    engine: Any = None
    endpoints = []
    for kind in facades:
        topics = TopicBoard()
        facade = kind(Services(engine=engine, topics=topics, time=time, credentials=Credentials()))
        endpoints.append(
            Endpoint(
                facade,
                topics,
                time=time,
                limits=limits,
                messages_per_minute=None,
                flusher=flusher,
                wake=lambda: None,
            )
        )
    listener = Listener(endpoints, admission=admission or Admission(), limits=limits, wake=lambda: None)
    port = await listener.start("127.0.0.1", 0)
    try:
        yield Served(listener, endpoints, port, time)
    finally:
        listener.stop_listening()
        listener.close_sessions()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(listener.wait_idle(), limits.close_seconds)
        listener.abort()
        await asyncio.wait_for(listener.wait_idle(), PATIENCE_SECONDS)
        flusher.stop()
