"""The interface between the transport, the engine and one endpoint.

A façade holds subscriptions, never state of the market: what it sends is a function of the events it is
given and of what the engine's components answer at that instant. It never touches a socket: it talks to
`Client` and `Topics`, which the transport implements (and tests fake).
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from starlette.routing import Route

    from embedded_server.credentials import Credentials
    from embedded_server.engine.engine import Engine
    from embedded_server.model.events import Event


@dataclass(frozen=True, slots=True)
class Handshake:
    """An upgrade request. Header names are lower case; repeated query keys keep the last value."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    peer: str = "127.0.0.1"
    secure: bool = False
    """Whether it came by TLS: addresses on this host that the client is told begin with https."""


@dataclass(frozen=True, slots=True)
class HttpRefusal:
    """An upgrade answered with plain HTTP instead."""

    status: int
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


class Client(Protocol):
    """One open WebSocket as its façade sees it."""

    @property
    def id(self) -> str:
        """Unguessable and unique."""
        ...

    @property
    def handshake(self) -> Handshake:
        """The request that opened it."""
        ...

    def send(self, payload: bytes, *, binary: bool = False) -> None:
        """Queue one message that must not be lost (replies, account events). UTF-8 text unless `binary`."""
        ...

    def close(self, code: int, reason: str = "") -> None:
        """Send what is queued, then a close frame; the transport aborts a peer that does not answer."""
        ...


class Topics(Protocol):
    """Market data by topic: encoded once, framed once, coalesced per topic for a client that lags.

    Topics are strings private to one façade. `key` separates messages of one topic that must not replace one
    another while a client lags (a trade id); without it only the newest of a topic is kept for such a client.
    """

    def subscribe(self, client: Client, topic: str) -> bool:
        """True if the client was not subscribed before."""
        ...

    def unsubscribe(self, client: Client, topic: str) -> bool:
        """True if the client was subscribed."""
        ...

    def drop(self, client: Client) -> None:
        """Forget all subscriptions of a client (the transport calls it on close)."""
        ...

    def has(self, topic: str) -> bool:
        """Whether anyone listens: do not encode for nobody."""
        ...

    def active(self) -> Sequence[str]:
        """Topics somebody listens to, in order of first subscription."""
        ...

    def of(self, client: Client) -> Sequence[str]:
        """The client's topics, in order of subscription."""
        ...

    def publish(self, topic: str, payload: bytes, *, binary: bool = False, key: str | None = None) -> None:
        """Send to every subscriber of the topic."""
        ...


class Timer(Protocol):
    """A pending call."""

    def cancel(self) -> None:
        """Forget the call; safe to repeat."""
        ...


class TimeSource(Protocol):
    """Real time for protocol timers and authentication; tests put a hand-driven one in its place."""

    def monotonic(self) -> float:
        """Seconds that only grow."""
        ...

    def epoch_ms(self) -> int:
        """Wall-clock time, epoch milliseconds."""
        ...

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call back once, after a delay."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """What a façade is given."""

    engine: Engine
    topics: Topics
    time: TimeSource
    credentials: Credentials
    dialect: str = "documented"
    require_authentication: bool = False
    requests_per_minute: int = 0
    """REST requests of one key; 0 means no limit."""


class Facade(abc.ABC):
    """One endpoint. Subclasses set the class variables and are listed in registry.py."""

    name: ClassVar[str]
    """Registry name, as in CLARIFICATIONS.md, Endpoints."""
    port: ClassVar[int]
    """Documented port; façades with the same one share a listener."""
    path: ClassVar[str]
    """WebSocket path."""
    page: ClassVar[str] = "/asyncapi"
    """Path of the endpoint's documentation; the AsyncAPI document is beside it, with `.json`."""
    max_messages_per_minute: ClassVar[int] = 100

    def __init__(self, services: Services) -> None:
        self.services = services
        self.engine = services.engine
        self.topics = services.topics
        self.time = services.time

    def admit(self, handshake: Handshake) -> HttpRefusal | None:
        """Refuse an upgrade before it happens, or None to accept it."""
        return None

    def opened(self, client: Client) -> None:  # noqa: B027 - an optional hook
        """A client connected."""

    @abc.abstractmethod
    def received(self, client: Client, message: str | bytes) -> None:
        """A text (str) or binary (bytes) message arrived. Never raises for anything a client can send."""

    def closed(self, client: Client) -> None:  # noqa: B027 - an optional hook
        """The client is gone; its topics are dropped by the transport."""

    def flooded(self, client: Client) -> None:
        """The client passed `max_messages_per_minute`; by default the connection ends with 1008."""
        client.close(1008, "Too many messages")

    def shutting_down(self, client: Client) -> None:
        """The server ends; say goodbye as the document has it and close."""
        client.close(1001, "Server is shutting down")

    def dismiss(self, client: Client, code: int, reason: str) -> None:
        """End a connection because somebody outside the endpoint wants it, as the document has it."""
        client.close(code, reason)

    @abc.abstractmethod
    def publish(self, events: Sequence[Event]) -> None:
        """Project a batch of engine events onto topics and clients."""

    def routes(self) -> Sequence[Route]:
        """HTTP routes that share the endpoint's port."""
        return ()
