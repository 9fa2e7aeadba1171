"""One link's life: prepare, connect, converse, lose, wait, again. The only place a socket is opened.

Everything happens in the event loop. Events go to the sink synchronously, in the order of their frames.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from tui_trader.connection.calls import Calls
from tui_trader.connection.conversation import CLOSE_SECONDS, Conversation, epoch_ms
from tui_trader.connection.discretion import Discretion
from tui_trader.connection.health import LinkHealth, Meter
from tui_trader.connection.losses import Ending, Lost, explain
from tui_trader.connection.pace import Pace
from tui_trader.connection.reconnect import Reconnect
from tui_trader.connection.rest import Rest
from tui_trader.connection.tap import Tap
from tui_trader.connection.trust import context, is_open
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
from tui_trader.protocols.codec import Codec, Decoded, Endpoint, HttpRequest, Outgoing, SessionInUse
from tui_trader.protocols.sanitising import clean

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

OPEN_SECONDS = 10.0
NOT_ENCRYPTED = "not encrypted: whoever is on the way can read and change everything"
UNSENT = "the connection was lost before a command had left: see what is so, and give it again"
MAX_FRAME = 4 * 1024 * 1024
MAX_BUFFERED_FRAMES = 256
NOTICE_SECONDS = 1.0
"""Malformed frames are counted each, but told at most once in this time."""

_HARMLESS = (WatchQuotes, WatchDepth, WatchBars, ListStrategies, RefreshAccount)
"""May be sent at any time: codecs restore subscriptions, and ask for lists, on every connection."""
_REPLACEABLE = (WatchDepth, WatchBars)
"""Each says all that is watched: a newer one makes an older one void."""
_log = logging.getLogger(__name__)


class Link:
    """One codec on one socket, over all its reconnects."""

    def __init__(self, codec: Codec, sink: Callable[[Event], None], tap: Tap | None = None) -> None:
        self.codec = codec
        self.name = codec.link
        self.tap = tap or Tap(codec.link)
        self.tap.redactor.learn(codec.endpoint.credentials)
        self.state = LinkState.IDLE
        self._open_to_all = is_open(codec.endpoint.url, http_address(codec.endpoint))
        discreet = Discretion(self.tap.redactor)
        self._sink: Callable[[Event], None] = lambda event: sink(discreet(event))
        self._meter = Meter()
        self._reconnect = Reconnect(codec.backoff)
        self._rest = Rest(http_address(codec.endpoint), self.tap, time.monotonic, codec.endpoint.ca_file)
        self._calls = Calls(
            self.name,
            self._rest,
            self._answered,
            self._sink,
            lambda request: codec.again(request, epoch_ms()),
        )
        self._conversation: Conversation | None = None
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._noticed = float("-inf")
        self._watches: dict[type[Command], Command] = {}
        self._pace = Pace(time.monotonic())
        self._later: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to connect; needs a running loop."""
        if self._task is None:
            self._task = asyncio.create_task(self._live(), name=f"link {self.name}")

    async def stop(self) -> None:
        """Close the socket and end every task."""
        if self._later is not None:
            self._later.cancel()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        await self._calls.stop()
        await self._rest.close()
        self._change(LinkState.CLOSED)

    def retry(self) -> None:
        """Try again now instead of waiting; takes a session back that is in use elsewhere.

        Means nothing to a link that is ready: it must not take a session back that it loses later.
        """
        if self.state is not LinkState.READY:
            self._reconnect.start_over()
            self._wake.set()

    def take_over(self) -> None:
        """Try again now, and displace whoever holds the session."""
        self.codec.take_over()
        self.retry()

    def repoint(self, endpoint: Endpoint) -> None:
        """Use another address and other credentials from the next attempt on."""
        self.codec.endpoint = endpoint
        self.tap.redactor.learn(endpoint.credentials)
        self._rest.base_url = http_address(endpoint)

    def health(self) -> LinkHealth:
        """Tell how the link is doing."""
        meter = self._meter
        return LinkHealth(
            state=self.state,
            last_message=meter.last,
            round_trip=meter.round_trip,
            messages_per_second=meter.rate(time.monotonic()),
            messages=meter.messages,
            malformed=meter.malformed,
            reconnects=meter.reconnects,
            queue=self._conversation.queued if self._conversation else 0,
        )

    def send(self, command: Command) -> None:
        """Send a command.

        Raises `CommandError`: the link is not ready (an order is never queued), or the input is wrong.
        """
        if type(command) not in self.codec.commands:
            raise CommandError(f"the {self.name} link cannot carry {type(command).__name__}")
        if not isinstance(command, _HARMLESS):
            self._need_open()
        if isinstance(command, _REPLACEABLE):
            self._watches[type(command)] = command
            self._send_watches()
        else:
            self._encode(command)

    def _need_open(self) -> None:
        if self.state is not LinkState.READY:
            raise CommandError(f"the {self.name} link is {self.state}: nothing was sent")
        if self._conversation is None or self._conversation.over:
            raise CommandError(f"the {self.name} link has just been cut: nothing was sent")

    def _encode(self, command: Command) -> int:
        """Encode and send; without a connection too: so a codec learns what to subscribe later."""
        outgoing = self.codec.encode(command, epoch_ms())
        if self._conversation is None:
            return 0
        self._dispatch(outgoing, command=not isinstance(command, _HARMLESS))
        return len(outgoing)

    def _send_watches(self) -> None:
        """Send what is to be watched now, the newest of each kind, as soon as the pace allows."""
        now = time.monotonic()
        while self._watches and not (wait := self._pace.wait(now)):
            self._pace.spend(now, self._encode(self._watches.pop(next(iter(self._watches)))))
        if self._watches and self._later is None:
            self._later = asyncio.get_running_loop().call_later(wait, self._send_later)

    def _send_later(self) -> None:
        self._later = None
        try:
            self._send_watches()
        except CommandError as error:
            self._sink(NoticeReceived(self.name, Severity.ERROR, str(error)))

    async def _live(self) -> None:
        while True:
            try:
                ending = await self._attempt()
            except Exception:  # noqa: BLE001 - the task's outermost boundary: the screen must outlive a fault here
                _log.exception("link %s failed", self.name)
                ending = Ending("internal fault; see the log file")
            await self._wait_after(ending)

    async def _attempt(self) -> Ending:
        """Connect and converse; return why it ended."""
        self._wake.clear()
        if self.state is not LinkState.RECONNECTING:
            self._change(LinkState.CONNECTING)
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                socket = await self._open()
        except SessionInUse as error:
            return Ending(clean(str(error)), LinkState.CONFLICT, error.takeover)
        except Exception as error:  # noqa: BLE001 - `explain` re-raises what is no connection's failure
            return explain(error)
        return await self._converse(socket)

    async def _open(self) -> ClientConnection:
        from websockets.asyncio.client import connect

        class Connect(connect):
            """Goes nowhere else: whoever answers a sign-in with another address gets no sign-in there."""

            def process_redirect(self, exc: Exception) -> Exception:
                return exc

        url, headers = await self.codec.prepare(self._rest)
        secure = url.startswith("wss:")
        self.tap.connecting(url, headers, time.monotonic())
        return await Connect(
            url,
            ssl=await asyncio.to_thread(context, self.codec.endpoint.ca_file) if secure else None,
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

    async def _converse(self, socket: ClientConnection) -> Ending:
        conversation = Conversation(socket, self.codec.heartbeat, self._take, self._measured, self.tap.sent)
        self._conversation = conversation
        self._change(LinkState.AUTHENTICATING)
        try:
            self._dispatch(self.codec.opened(epoch_ms()))
            ending = await conversation.run()
        finally:
            self._conversation = None
            self._calls.drop_questions()
        if conversation.unsent:
            self._sink(NoticeReceived(self.name, Severity.ERROR, UNSENT, "UNSENT"))
        code, reason = conversation.closing
        self._tell(self.codec.closed(code, clean(reason)))
        return ending

    async def _wait_after(self, ending: Ending) -> None:
        if ending.state is not None:
            self._change(ending.state, ending.detail, takeover=ending.takeover)
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

    def _take(self, data: str | bytes, now: float) -> None:
        self._meter.count(now)
        self.tap.received(data, now)
        try:
            decoded = self.codec.decode(data, epoch_ms())
        except ProtocolError as error:
            self._malformed(str(error))
            return
        self._tell(decoded.events)
        self._follow(decoded, now)

    def _follow(self, decoded: Decoded, now: float) -> None:
        if decoded.ready and self.state is not LinkState.READY:
            self._wake.clear()
            self._reconnect.opened(now)
            self._change(LinkState.READY, NOT_ENCRYPTED if self._open_to_all else "")
        if decoded.heartbeat_answered and self._conversation is not None:
            self._conversation.answered(now)
        if decoded.replies:
            self._dispatch(decoded.replies)
        if decoded.ended is not None:
            raise Lost("the server ended the session", decoded.ended)

    def _answered(self, request: HttpRequest, status: int, body: bytes) -> None:
        try:
            decoded = self.codec.decode_response(request, status, body)
        except ProtocolError as error:
            self._malformed(f"{request.method} {request.path}: {error}")
            return
        self._tell(decoded.events)
        if self._conversation is not None:
            self._dispatch(decoded.replies)

    def _malformed(self, text: str) -> None:
        self._meter.malformed += 1
        text = self.tap.redactor.text(text)
        _log.warning("link %s: %s", self.name, text)
        now = time.monotonic()
        if now - self._noticed >= NOTICE_SECONDS:
            self._noticed = now
            self._sink(NoticeReceived(self.name, Severity.ERROR, clean(text), "MALFORMED"))

    def _dispatch(self, requests: Iterable[Outgoing], *, command: bool = False) -> None:
        for outgoing in requests:
            if isinstance(outgoing, HttpRequest):
                self._calls.make(outgoing)
            elif self._conversation is not None:
                self._conversation.send(outgoing, command=command)

    def _tell(self, events: Iterable[Event]) -> None:
        sink = self._sink
        for event in events:
            sink(event)

    def _measured(self, seconds: float) -> None:
        self._meter.round_trip = seconds
        self._sink(RoundTripMeasured(self.name, seconds))

    def _change(
        self,
        state: LinkState,
        detail: str = "",
        retry_seconds: float | None = None,
        *,
        takeover: bool = False,
    ) -> None:
        if state is self.state and state is not LinkState.RECONNECTING:
            return
        self.state = state
        _log.info("link %s is %s %s", self.name, state, detail)
        attempt = self._reconnect.attempt
        self._sink(LinkChanged(self.name, state, detail, attempt, retry_seconds, takeover))


def http_address(endpoint: Endpoint) -> str:
    """Give the base URL of REST calls: the endpoint's own, else the WebSocket's host and port."""
    if endpoint.http:
        return endpoint.http
    scheme, _, rest = endpoint.url.partition("://")
    secure = "s" if scheme == "wss" else ""
    return f"http{secure}://{rest.partition('/')[0]}" if rest else ""
