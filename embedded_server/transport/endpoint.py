"""One façade at work: its sessions, its topics, and the guard around its code."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from embedded_server.model.events import Event
from embedded_server.protocols.facade import Facade, TimeSource
from embedded_server.transport.frames import build_frame
from embedded_server.transport.limits import Limits, MessageRate
from embedded_server.transport.topics import TopicBoard

if TYPE_CHECKING:
    from embedded_server.transport.session import Session

logger = logging.getLogger(__name__)

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class Flusher(Protocol):
    """Where an endpoint says that frames wait (flusher.py)."""

    settle: Callable[[], bool]
    """Have accepted commands kept for good; nothing may be written while it says False."""

    def touch(self, endpoint: Endpoint) -> None:
        """Flush the endpoint within a tick."""
        ...

    def published(self, endpoint: Endpoint, size: int) -> None:
        """`size` bytes wait for each listener of a topic."""
        ...


class Endpoint:
    """What every session of a façade shares."""

    def __init__(
        self,
        facade: Facade,
        topics: TopicBoard,
        *,
        time: TimeSource,
        limits: Limits,
        messages_per_minute: int | None,
        flusher: Flusher,
        wake: Callable[[], None],
    ) -> None:
        self.facade = facade
        self.topics = topics
        self.time = time
        self.limits = limits
        self.wake = wake
        """Publish what a command just caused, soon."""
        self.sessions: dict[Session, None] = {}
        self._messages_per_minute = (
            facade.max_messages_per_minute if messages_per_minute is None else messages_per_minute
        )
        self._flusher = flusher
        self.evictions = 0
        self.messages_received = 0
        self._messages_sent = 0
        self._framed: tuple[bytes, bool, bytes] = (b"", False, build_frame(b""))
        topics.burst_bytes = limits.burst_bytes
        topics.on_publish = self._published

    @property
    def messages_sent(self) -> int:
        """Messages queued for clients; market data that a lagging client never got is not counted."""
        return self._messages_sent + self.topics.delivered

    def sent(self, messages: int) -> None:
        """Count messages that did not go through a topic at once."""
        self._messages_sent += messages

    def message_rate(self) -> MessageRate:
        """A fresh allowance for one session."""
        return MessageRate(self._messages_per_minute)

    def settled(self) -> bool:
        """Whether answers may leave."""
        return self._flusher.settle()

    def touch(self) -> None:
        """A session has something to write."""
        self._flusher.touch(self)

    def frame(self, payload: bytes, *, binary: bool) -> bytes:
        """The frame of a message; the same payload object sent to one client after another is framed once."""
        if payload is not self._framed[0] or binary is not self._framed[1]:
            self._framed = (payload, binary, build_frame(payload, binary=binary))
        return self._framed[2]

    def flush(self) -> None:
        """Write what is queued: one write a client."""
        self.topics.flush()

    def publish(self, events: Sequence[Event]) -> None:
        """Let the façade project a batch."""
        self.shield(self.facade.publish, events)

    def evicted(self, session: Session) -> None:
        """A client was cut off because it did not read."""
        self.evictions += 1
        logger.warning("%s: a client stopped reading and was cut off", self.facade.name)

    def shield(
        self, call: Callable[Parameters, Result], *arguments: Parameters.args, **named: Parameters.kwargs
    ) -> Result | None:
        """Call the façade; its bug is logged and costs one message, never the connection or the server."""
        try:
            return call(*arguments, **named)
        except Exception:  # the one boundary between the façades and the loop
            logger.exception("%s failed", self.facade.name)
            return None

    def _published(self, size: int) -> None:
        self._flusher.published(self, size)
