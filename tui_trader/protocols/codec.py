"""The interface of every protocol: frames in, events out; commands in, requests out. No sockets, no clock.

A codec may remember what its own wire needs to be read (symbol ids, its subscriptions to restore); it keeps
no state of the market or of orders: that is the store's.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from msgspec import Struct

from tui_trader.model.commands import Command
from tui_trader.model.events import Event
from tui_trader.model.matters import Matter
from tui_trader.model.order_terms import PLAIN, OrderTerms
from tui_trader.model.values import LinkState


class Frame(Struct, frozen=True):
    """A WebSocket frame to send: text for str, binary for bytes."""

    data: str | bytes


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A REST call for the link to make; its response goes to `Codec.decode_response` with the request."""

    method: str
    path: str
    purpose: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: object | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    reference: str = ""
    with_it: tuple[str, ...] = ()
    """References of more commands that this one request carries: the answer is theirs too."""
    lasting: bool = False
    """Whether a question is waited for beyond its connection: nothing asks it again."""

    @property
    def references(self) -> tuple[str, ...]:
        """Of every command that it carries, or of none."""
        return (self.reference, *self.with_it) if self.reference else ()


Outgoing = Frame | HttpRequest


class Heartbeat(Struct, frozen=True):
    """What keeps a link alive: a frame every `interval` seconds; no answer in `timeout`: reconnect."""

    interval: float
    timeout: float | None
    frame: Callable[[int], str]
    """Makes the frame from the present epoch milliseconds."""
    jitter: float = 0.0
    """At most this many seconds are added (never subtracted)."""
    at_once: bool = False
    """Send the first frame on opening, not an interval later."""


class Backoff(Struct, frozen=True):
    """Waits between attempts, the last repeated; after `attempts` the link is OFFLINE (None: never)."""

    delays: tuple[float, ...]
    attempts: int | None
    stable_after: float = 30.0
    """Seconds a connection must hold before the waits start over."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and as whom a link connects."""

    url: str
    http: str = ""
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca_file: Path | None = None
    """PEM file of the authorities to trust instead of the system's."""


class Codec(abc.ABC):
    """One protocol, for one link. Made anew for every link, kept across its reconnects."""

    protocol: ClassVar[str]
    """Registry name."""
    commands: ClassVar[frozenset[type[Any]]]
    """Command types this protocol can carry."""
    terms: ClassVar[OrderTerms] = PLAIN
    """What its orders can be, where it takes any."""
    tells: ClassVar[frozenset[Matter] | None] = None
    """What its messages can tell of; None: it may be anything."""

    def __init__(self, link: str, endpoint: Endpoint) -> None:
        self.link = link
        self.endpoint = endpoint

    def meet(self, links: Mapping[str, str]) -> None:
        """Learn which links there are, protocol by link name; called once, before the first connection."""
        return

    @property
    def heartbeat(self) -> Heartbeat | None:
        """How the link is kept alive, or None where the server does it."""
        return None

    @property
    def backoff(self) -> Backoff:
        """How the link reconnects."""
        return Backoff((1.0, 2.0, 4.0, 8.0, 16.0, 30.0), None)

    async def prepare(self, call: HttpCall) -> tuple[str, Mapping[str, str]]:
        """Do what precedes the upgrade (a login) and give the URL and headers to connect with.

        Raises `SessionInUse` where the user must decide, `ProtocolError` for an answer that cannot be used.
        """
        return self.endpoint.url, {}

    def take_over(self) -> None:
        """Let the next `prepare` displace whoever holds the session, where the server can do that."""
        return

    @abc.abstractmethod
    def opened(self, now_ms: int) -> Sequence[Outgoing]:
        """What to send first: authentication, subscriptions to restore."""

    @abc.abstractmethod
    def decode(self, data: str | bytes, now_ms: int) -> Decoded:
        """Read one frame. Raises `ProtocolError` for one that cannot be read."""

    @abc.abstractmethod
    def encode(self, command: Command, now_ms: int) -> Sequence[Outgoing]:
        """What to send for a command. Raises `CommandError` when it cannot be sent or its input is wrong."""

    def again(self, request: HttpRequest, now_ms: int) -> HttpRequest:
        """Make a question anew that got no answer; commands are never sent again."""
        return request

    def decode_response(self, request: HttpRequest, status: int, body: bytes) -> Decoded:
        """Read the response to an `HttpRequest`."""
        return Decoded()

    def closed(self, code: int, reason: str) -> Sequence[Event]:
        """What a close frame means beyond "disconnected"."""
        return ()


class Decoded(Struct, frozen=True):
    """Events out of a frame, and what must be sent in return (a pong, a next page).

    One is made for every frame, so it is a Struct: making it costs a fifth of a frozen dataclass.
    """

    events: Sequence[Event] = ()
    replies: Sequence[Outgoing] = ()
    ready: bool = False
    """This frame makes the link READY (it is signed in and subscribed)."""
    heartbeat_answered: bool = False
    ended: LinkState | None = None
    """The session is over: the link closes and waits for the user in this state (CONFLICT, OFFLINE)."""


class HttpCall(abc.ABC):
    """Makes one HTTP request to the endpoint's base URL; a fake in tests."""

    @abc.abstractmethod
    async def __call__(self, request: HttpRequest) -> tuple[int, bytes]:
        """Status and body. Raises `OSError` when there is no answer."""


class SessionInUse(Exception):
    """The session has an open socket elsewhere; the user chooses what to do, nothing retries by itself.

    `takeover`: the server says that it can displace the other socket.
    """

    def __init__(self, message: str, *, takeover: bool = False) -> None:
        super().__init__(message)
        self.takeover = takeover
