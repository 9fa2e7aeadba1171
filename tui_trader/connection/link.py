"""One link's life: prepare, connect, read, keep alive, lose, wait, again. The only place a socket is touched.

Everything happens in the event loop. Events go to the sink synchronously, in the order of their frames; the
reader gives way every few milliseconds, also while frames are buffered (`recv` does not suspend then).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_trader.connection.calls import Calls
from tui_trader.connection.health import LinkHealth, Meter
from tui_trader.connection.heartbeat import Beat, Pulse
from tui_trader.connection.losses import Ending, Lost, explain
from tui_trader.connection.reconnect import Reconnect
from tui_trader.connection.rest import Rest
from tui_trader.model.commands import (
    Command,
    ListStrategies,
    RefreshAccount,
    WatchBars,
    WatchDepth,
    WatchQuotes,
)
from tui_trader.model.errors import CommandError, ProtocolError
from tui_trader.model.events import Event, LinkChanged, NoticeReceived, RoundTripMeasured
from tui_trader.model.values import LinkState, Severity
from tui_trader.protocols.codec import Codec, Decoded, Endpoint, Frame, HttpRequest, Outgoing, SessionInUse
from tui_trader.protocols.sanitising import clean

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

OPEN_SECONDS = 10.0
CLOSE_SECONDS = 1.0
SLICE_SECONDS = 0.002
"""Longest stretch of reading without giving way. Eight links share the loop with the screen."""
PING_SECONDS = 20.0
PING_TIMEOUT = 10.0
MAX_FRAME = 4 * 1024 * 1024
MAX_BUFFERED_FRAMES = 256
MAX_QUEUE = 1_000
NOTICE_SECONDS = 1.0
"""Malformed frames are counted each, but told at most once in this time."""
_RECEIVE_COST = 0.000_02

_SUBSCRIPTIONS = (WatchQuotes, WatchDepth, WatchBars)
_QUESTIONS = (ListStrategies, RefreshAccount)
_log = logging.getLogger(__name__)


class Link:
    """One codec on one socket, over all its reconnects."""

    def __init__(self, codec: Codec, sink: Callable[[Event], None]) -> None:
        self.codec = codec
        self.name = codec.link
        self.state = LinkState.IDLE
        self._sink = sink
        self._meter = Meter()
        self._reconnect = Reconnect(codec.backoff)
        self._rest = Rest(http_address(codec.endpoint))
        self._calls = Calls(self.name, self._rest, self._answered, self._sink)
        self._pulse: Pulse | None = None
        self._outgoing: asyncio.Queue[str | bytes] | None = None
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._noticed = float("-inf")

    def start(self) -> None:
        """Begin to connect; needs a running loop."""
        if self._task is None:
            self._task = asyncio.create_task(self._live(), name=f"link {self.name}")

    async def stop(self) -> None:
        """Close the socket and end every task."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        await self._calls.stop()
        await self._rest.close()
        self._change(LinkState.CLOSED)

    def retry(self) -> None:
        """Try again now instead of waiting; takes a session back that is in use elsewhere."""
        self._reconnect.start_over()
        self._wake.set()

    def repoint(self, endpoint: Endpoint) -> None:
        """Use another address and other credentials from the next attempt on."""
        self.codec.endpoint = endpoint
        self._rest.base_url = http_address(endpoint)

    def health(self) -> LinkHealth:
        """Tell how the link is doing."""
        now = time.monotonic()
        meter = self._meter
        return LinkHealth(
            state=self.state,
            last_message=meter.last,
            round_trip=meter.round_trip,
            messages_per_second=meter.rate(now),
            messages=meter.messages,
            malformed=meter.malformed,
            reconnects=meter.reconnects,
            queue=self._outgoing.qsize() if self._outgoing else 0,
        )

    def send(self, command: Command) -> None:
        """Send a command. Subscriptions may come at any time: the codec restores them on every connection.

        Raises `CommandError`: the link is not ready (an order is never queued), or the input is wrong.
        """
        if type(command) not in self.codec.commands:
            raise CommandError(f"the {self.name} link cannot carry {type(command).__name__}")
        if self.state is not LinkState.READY and not isinstance(command, (*_SUBSCRIPTIONS, *_QUESTIONS)):
            raise CommandError(f"the {self.name} link is {self.state}: nothing was sent")
        for outgoing in self.codec.encode(command, _epoch_ms()):
            if self._outgoing is not None:
                self._dispatch(outgoing)

    # the life of the link

    async def _live(self) -> None:
        while True:
            try:
                ending = await self._connect()
            except asyncio.CancelledError:
                raise
            except Exception:  # noqa: BLE001 - the task's outermost boundary: a fault here must not take the screen down
                _log.exception("link %s failed", self.name)
                ending = Ending("internal fault; see the log file")
            self._outgoing = None
            self._pulse = None
            await self._wait_after(ending)

    async def _wait_after(self, ending: Ending) -> None:
        self._wake.clear()
        if ending.state is not None:
            self._change(ending.state, ending.detail)
            await self._wake.wait()
            return
        wait = self._reconnect.lost(time.monotonic())
        if wait is None:
            self._change(LinkState.OFFLINE, ending.detail)
            await self._wake.wait()
            return
        self._meter.reconnects += 1
        self._change(LinkState.RECONNECTING, ending.detail, wait)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._wake.wait()

    async def _connect(self) -> Ending:
        from websockets.asyncio.client import connect

        if self.state is not LinkState.RECONNECTING:
            self._change(LinkState.CONNECTING)
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                url, headers = await self.codec.prepare(self._rest)
                socket = await connect(
                    url,
                    additional_headers=headers,
                    compression=None,
                    proxy=None,
                    open_timeout=None,
                    ping_interval=None,
                    close_timeout=CLOSE_SECONDS,
                    max_size=MAX_FRAME,
                    max_queue=MAX_BUFFERED_FRAMES,
                    user_agent_header="tui-trader",
                )
        except SessionInUse as error:
            return Ending(clean(str(error)), LinkState.CONFLICT)
        except Exception as error:  # noqa: BLE001 - explained to the user, re-raised when it is not a connection's failure
            return explain(error)
        return await self._use(socket)

    async def _use(self, socket: ClientConnection) -> Ending:
        """Run the connection's tasks until one of them ends, then make sure that nothing of it is left."""
        now = time.monotonic()
        self._outgoing = asyncio.Queue(MAX_QUEUE)
        policy = self.codec.heartbeat
        self._pulse = Pulse(policy, now, random.random) if policy else None
        self._change(LinkState.AUTHENTICATING)
        tasks = [
            asyncio.create_task(task, name=f"link {self.name} {name}")
            for name, task in (
                ("reads", self._read(socket)),
                ("writes", self._write(socket, self._outgoing)),
                ("beats", self._beat()),
                ("pings", self._ping(socket)),
            )
        ]
        try:
            for outgoing in self.codec.opened(_epoch_ms()):
                self._dispatch(outgoing)
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            ending = explain(next(iter(done)).exception())
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await _close(socket)
        code, reason = socket.close_code or 1006, clean(socket.close_reason or "")
        for event in self.codec.closed(code, reason):
            self._sink(event)
        return ending

    async def _read(self, socket: ClientConnection) -> None:
        receive, take, clock = socket.recv, self._take, time.monotonic
        busy = 0.0
        while True:
            data = await receive()
            started = clock()
            take(data, started)
            busy += clock() - started + _RECEIVE_COST
            if busy > SLICE_SECONDS:
                busy = 0.0
                await asyncio.sleep(0)

    def _take(self, data: str | bytes, now: float) -> None:
        self._meter.count(now)
        try:
            decoded = self.codec.decode(data, _epoch_ms())
        except ProtocolError as error:
            self._malformed(str(error), now)
            return
        for event in decoded.events:
            self._sink(event)
        self._follow(decoded, now)

    def _follow(self, decoded: Decoded, now: float) -> None:
        if decoded.ready and self.state is not LinkState.READY:
            self._reconnect.opened(now)
            self._change(LinkState.READY)
        if decoded.heartbeat_answered and self._pulse is not None:
            seconds = self._pulse.answered(now)
            if seconds is not None:
                self._measured(seconds)
        for outgoing in decoded.replies:
            self._dispatch(outgoing)
        if decoded.ended is not None:
            raise Lost("the server ended the session", decoded.ended)

    def _malformed(self, text: str, now: float) -> None:
        self._meter.malformed += 1
        _log.warning("link %s: %s", self.name, text)
        if now - self._noticed >= NOTICE_SECONDS:
            self._noticed = now
            self._sink(NoticeReceived(self.name, Severity.ERROR, clean(text), "MALFORMED"))

    def _dispatch(self, outgoing: Outgoing) -> None:
        if isinstance(outgoing, HttpRequest):
            self._calls.make(outgoing)
        elif self._outgoing is not None:
            self._queue(outgoing)

    def _queue(self, frame: Frame) -> None:
        assert self._outgoing is not None
        try:
            self._outgoing.put_nowait(frame.data)
        except asyncio.QueueFull:
            raise CommandError(f"the {self.name} link does not keep up: nothing was sent") from None

    async def _write(self, socket: ClientConnection, queue: asyncio.Queue[str | bytes]) -> None:
        while True:
            await socket.send(await queue.get())

    async def _beat(self) -> None:
        pulse = self._pulse
        if pulse is None:
            await asyncio.Event().wait()
            return
        while True:
            await asyncio.sleep(max(0.0, pulse.deadline - time.monotonic()))
            match pulse.beat(time.monotonic()):
                case Beat.SEND:
                    self._queue(Frame(pulse.policy.frame(_epoch_ms())))
                case Beat.DEAD:
                    raise Lost(f"no answer to the heartbeat in {pulse.policy.timeout:g} s")
                case Beat.WAIT:
                    pass

    async def _ping(self, socket: ClientConnection) -> None:
        """Measure the round trip once, and go on where no documented heartbeat finds a dead peer."""
        policy = self.codec.heartbeat
        goes_on = policy is None or policy.timeout is None
        while True:
            sent = time.monotonic()
            pong = await socket.ping()
            done, _ = await asyncio.wait({asyncio.ensure_future(pong)}, timeout=PING_TIMEOUT)
            if done:
                self._measured(await pong)
            elif goes_on and (self._meter.last is None or self._meter.last < sent):
                raise Lost(f"nothing was heard for {PING_TIMEOUT:g} s")
            await asyncio.sleep(PING_SECONDS if goes_on else float("inf"))

    # telling

    def _answered(self, request: HttpRequest, status: int, body: bytes) -> None:
        now = time.monotonic()
        try:
            decoded = self.codec.decode_response(request, status, body)
        except ProtocolError as error:
            self._malformed(f"{request.method} {request.path}: {error}", now)
            return
        for event in decoded.events:
            self._sink(event)
        if self._outgoing is not None:
            for outgoing in decoded.replies:
                self._dispatch(outgoing)

    def _measured(self, seconds: float) -> None:
        self._meter.round_trip = seconds
        self._sink(RoundTripMeasured(self.name, seconds))

    def _change(self, state: LinkState, detail: str = "", retry_seconds: float | None = None) -> None:
        if state is self.state and state is not LinkState.RECONNECTING:
            return
        self.state = state
        _log.info("link %s is %s %s", self.name, state, detail)
        self._sink(LinkChanged(self.name, state, detail, self._reconnect.attempt, retry_seconds))


def http_address(endpoint: Endpoint) -> str:
    """Give the base URL of REST calls: the endpoint's own, else the WebSocket's host and port."""
    if endpoint.http:
        return endpoint.http
    scheme, _, rest = endpoint.url.partition("://")
    secure = "s" if scheme == "wss" else ""
    return f"http{secure}://{rest.partition('/')[0]}" if rest else ""


async def _close(socket: ClientConnection) -> None:
    """Close in order, and abort where the peer takes no part: `close` alone may hang on a stuck one."""
    with contextlib.suppress(TimeoutError, asyncio.CancelledError, OSError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await socket.close()
    socket.transport.abort()


def _epoch_ms() -> int:
    return time.time_ns() // 1_000_000
