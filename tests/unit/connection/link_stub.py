"""A WebSocket server of a few lines, a codec with short waits, and a record of what a link told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import ClassVar

from websockets.asyncio.server import Server, ServerConnection, serve

from tui_trader.connection.link import Link
from tui_trader.model import commands as c
from tui_trader.model.errors import CommandError, ProtocolError
from tui_trader.model.events import Event, JournalReceived, LinkChanged, SessionEnded
from tui_trader.model.values import LinkState, OrderKind, Side
from tui_trader.protocols.codec import (
    Backoff,
    Codec,
    Decoded,
    Endpoint,
    Frame,
    Heartbeat,
    HttpCall,
    HttpRequest,
    Outgoing,
    SessionInUse,
)

Talk = Callable[[ServerConnection], Awaitable[None]]


class EchoCodec(Codec):
    """A protocol for tests: `hello` is ready, `pong` answers, `bad` is malformed, the rest a journal line."""

    protocol: ClassVar[str] = "echo"
    commands = frozenset({c.PlaceOrder, c.WatchDepth, c.WatchBars, c.ListStrategies, c.CancelOrder})
    beat: Heartbeat | None = None
    waits = Backoff((0.01, 0.02), None)
    in_use = False

    def __init__(self, link: str, endpoint: Endpoint) -> None:
        super().__init__(link, endpoint)
        self.watched = ""
        self.closings: list[tuple[int, str]] = []

    @property
    def heartbeat(self) -> Heartbeat | None:
        return self.beat

    @property
    def backoff(self) -> Backoff:
        return self.waits

    async def prepare(self, call: HttpCall) -> tuple[str, Mapping[str, str]]:
        if self.in_use:
            raise SessionInUse("session is already used")
        return self.endpoint.url, {"X-Test": "1"}

    def opened(self, now_ms: int) -> Sequence[Outgoing]:
        return (Frame(f"watch {self.watched}"),) if self.watched else ()

    def decode(self, data: str | bytes, now_ms: int) -> Decoded:
        text = data.decode() if isinstance(data, bytes) else data
        match text:
            case "hello":
                return Decoded(ready=True)
            case "pong":
                return Decoded(heartbeat_answered=True)
            case "ask":
                return Decoded(replies=(Frame("answer"),))
            case "logout":
                return Decoded((SessionEnded(self.link, "elsewhere"),), ended=LinkState.CONFLICT)
            case "fault":
                raise ZeroDivisionError
            case _ if text.startswith("bad"):
                raise ProtocolError(f"cannot read {text}")
        return Decoded((JournalReceived(self.link, text),))

    def encode(self, command: c.Command, now_ms: int) -> Sequence[Outgoing]:
        match command:
            case c.WatchDepth():
                self.watched = command.symbol
                return (Frame(f"watch {command.symbol}"),)
            case c.PlaceOrder():
                return (HttpRequest("POST", "/orders", "place", body={"a": 1}, reference=command.reference),)
            case c.CancelOrder():
                return (Frame(f"cancel {command.order_id}"),)
            case c.ListStrategies():
                return (HttpRequest("GET", "/list", "list"),)
            case _:
                raise CommandError("not this one")

    def decode_response(self, request: HttpRequest, status: int, body: bytes) -> Decoded:
        return Decoded((JournalReceived(self.link, f"{request.purpose} {status} {body.decode()}"),))

    def closed(self, code: int, reason: str) -> Sequence[Event]:
        self.closings.append((code, reason))
        return ()


class Record:
    """What a link told, and a way to wait for it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = asyncio.Event()

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        self._news.set()

    @property
    def states(self) -> list[LinkState]:
        return [event.state for event in self.events if isinstance(event, LinkChanged)]

    @property
    def lines(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, JournalReceived)]

    async def until(self, condition: Callable[[], bool], seconds: float = 5.0) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                self._news.clear()
                await self._news.wait()


class Stub:
    """A server whose talk a test chooses; it can be stopped and started again on the same port."""

    def __init__(self) -> None:
        self.talk: Talk = hello
        self.connections = 0
        self.received: list[str | bytes] = []
        self.port = 0
        self._server: Server | None = None
        self._news = asyncio.Event()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    async def start(self) -> None:
        self._server = await serve(
            self._handle, "127.0.0.1", self.port, ping_interval=None, compression=None, close_timeout=0.2
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            for connection in list(self._server.connections):
                connection.transport.abort()
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _handle(self, connection: ServerConnection) -> None:
        self.connections += 1
        await self.talk(connection)

    async def until(self, condition: Callable[[], bool], seconds: float = 5.0) -> None:
        """Wait for what the server received."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def listen(self, connection: ServerConnection) -> None:
        """Keep what the link sends."""
        async for message in connection:
            self.received.append(message)
            self._news.set()


async def hello(connection: ServerConnection) -> None:
    """Greet, then stay."""
    await connection.send("hello")
    await connection.wait_closed()


def order(reference: str = "r") -> c.PlaceOrder:
    """A market order to buy one."""
    return c.PlaceOrder(
        link="echo",
        symbol="X",
        side=Side.BUY,
        kind=OrderKind.MARKET,
        quantity=Decimal(1),
        reference=reference,
    )


def codec_of(link: Link) -> EchoCodec:
    """The link's codec, as the one it is."""
    codec = link.codec
    assert isinstance(codec, EchoCodec)
    return codec
