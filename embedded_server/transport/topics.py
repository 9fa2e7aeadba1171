"""Who listens to what on one endpoint. A message is framed once and queued once for a cohort."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from embedded_server.protocols.facade import Client
from embedded_server.transport.cohort import Cohort, Write
from embedded_server.transport.frames import build_binary, build_text
from embedded_server.transport.limits import KIB
from embedded_server.transport.outbox import Outbox


class _Listeners:
    """The clients of one topic: cohorts of those that keep up, outboxes of those that lag."""

    __slots__ = ("appends", "current", "lagging", "subscribers")

    def __init__(self) -> None:
        self.appends: dict[Cohort, Callable[[bytes], None]] = {}
        self.current = 0
        """Clients in the cohorts."""
        self.lagging: dict[Outbox, None] = {}
        self.subscribers = 0


class _Subscriber:
    """A registered client."""

    __slots__ = ("outbox", "topics", "write")

    def __init__(self, outbox: Outbox, write: Write) -> None:
        self.outbox = outbox
        self.write = write
        self.topics: dict[str, None] = {}


class TopicBoard:
    """The transport's `Topics` (facade.py) of one façade."""

    def __init__(self) -> None:
        self.on_publish: Callable[[int], None] = lambda size: None
        """Told the first time after a flush that frames wait, and when `size` of them reach `burst_bytes`."""
        self.burst_bytes = 256 * KIB
        self.delivered = 0
        """Messages queued for clients that keep up."""
        self._queued = 0
        self._topics: dict[str, _Listeners] = {}
        self._clients: dict[str, _Subscriber] = {}
        self._cohorts: dict[frozenset[str], Cohort] = {}
        self._unsettled: dict[_Subscriber, None] = {}
        """Clients that keep up and whose topics changed: they find their cohort when something is sent."""

    def register(self, client_id: str, outbox: Outbox, write: Write) -> None:
        """Make a client known before it can subscribe."""
        subscriber = self._clients[client_id] = _Subscriber(outbox, write)
        self._unsettle(subscriber)

    def subscribe(self, client: Client, topic: str) -> bool:
        """True if the client was not subscribed before; a client that is gone never is."""
        subscriber = self._clients.get(client.id)
        if subscriber is None or topic in subscriber.topics:
            return False
        self._unsettle(subscriber)
        subscriber.topics[topic] = None
        listeners = self._topics.setdefault(topic, _Listeners())
        listeners.subscribers += 1
        if subscriber.outbox.lagging:
            listeners.lagging[subscriber.outbox] = None
        return True

    def unsubscribe(self, client: Client, topic: str) -> bool:
        """True if the client was subscribed."""
        subscriber = self._clients.get(client.id)
        if subscriber is None or topic not in subscriber.topics:
            return False
        self._unsettle(subscriber)
        del subscriber.topics[topic]
        self._leave(subscriber, topic)
        subscriber.outbox.forget(topic)
        return True

    def drop(self, client: Client) -> None:
        """Forget a client and its subscriptions; safe to repeat."""
        subscriber = self._clients.pop(client.id, None)
        if subscriber is None:
            return
        self._unsettle(subscriber)
        self._unsettled.pop(subscriber, None)
        for topic in subscriber.topics:
            self._leave(subscriber, topic)

    def has(self, topic: str) -> bool:
        """Whether anyone listens."""
        return topic in self._topics

    def active(self) -> Sequence[str]:
        """Topics somebody listens to, in order of first subscription."""
        return tuple(self._topics)

    def of(self, client: Client) -> Sequence[str]:
        """The client's topics, in order of subscription."""
        subscriber = self._clients.get(client.id)
        return () if subscriber is None else tuple(subscriber.topics)

    def publish(self, topic: str, payload: bytes, *, binary: bool = False, key: str | None = None) -> None:
        """Send to every subscriber of the topic."""
        listeners = self._topics.get(topic)
        if listeners is None:
            return
        if self._unsettled:
            self._settle()
        frame = build_binary(payload) if binary else build_text(payload)
        for append in listeners.appends.values():
            append(frame)
        self.delivered += listeners.current
        if listeners.lagging:
            slot = (topic, key)
            for outbox in listeners.lagging:
                outbox.keep(slot, frame)
        queued = self._queued
        self._queued = size = queued + len(frame)
        if not queued or size >= self.burst_bytes:
            self._tell()

    def flush(self) -> None:
        """Write what is queued."""
        self._queued = 0
        if self._unsettled:
            self._settle()
        for cohort in tuple(self._cohorts.values()):
            if cohort.holds_any():
                cohort.flush()

    def lags(self, client_id: str) -> None:
        """Coalesce for a client from now on."""
        subscriber = self._clients.get(client_id)
        if subscriber is None:
            return
        self._unsettle(subscriber)
        self._unsettled.pop(subscriber, None)
        for topic in subscriber.topics:
            self._topics[topic].lagging[subscriber.outbox] = None

    def caught_up(self, client_id: str) -> None:
        """Queue everything for a client again."""
        subscriber = self._clients.get(client_id)
        if subscriber is None:
            return
        for topic in subscriber.topics:
            self._topics[topic].lagging.pop(subscriber.outbox, None)
        self._unsettle(subscriber)

    def _tell(self) -> None:
        size = self._queued
        if size >= self.burst_bytes:
            self._queued = 0
        self.on_publish(size)

    def _unsettle(self, subscriber: _Subscriber) -> None:
        """Take a client out of its cohort, with what is queued for it, until something is sent."""
        cohort = subscriber.outbox.cohort
        if cohort is not None:
            cohort.leave(subscriber.outbox)
            for topic in cohort.topics:
                listeners = self._topics[topic]
                listeners.current -= 1
                if not len(cohort):
                    del listeners.appends[cohort]
            if not len(cohort):
                del self._cohorts[cohort.topics]
        if not subscriber.outbox.lagging:
            self._unsettled[subscriber] = None

    def _settle(self) -> None:
        """Let each client that keeps up join those of the same topics."""
        unsettled, self._unsettled = self._unsettled, {}
        for subscriber in unsettled:
            topics = frozenset(subscriber.topics)
            cohort = self._cohorts.get(topics)
            if cohort is None:
                cohort = self._cohorts[topics] = Cohort(topics)
                for topic in topics:
                    self._topics[topic].appends[cohort] = cohort.append
            cohort.join(subscriber.outbox, subscriber.write)
            for topic in topics:
                self._topics[topic].current += 1

    def _leave(self, subscriber: _Subscriber, topic: str) -> None:
        listeners = self._topics[topic]
        listeners.lagging.pop(subscriber.outbox, None)
        listeners.subscribers -= 1
        if not listeners.subscribers:
            del self._topics[topic]
