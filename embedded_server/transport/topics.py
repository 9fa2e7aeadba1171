"""Who listens to what on one endpoint. A message is framed once and appended to each listener's outbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from embedded_server.protocols.facade import Client
from embedded_server.transport.frames import build_frame
from embedded_server.transport.outbox import Outbox


class _Listeners:
    """The clients of one topic: those that keep up (by the append of their outbox), and those that lag."""

    __slots__ = ("current", "lagging")

    def __init__(self) -> None:
        self.current: dict[str, Callable[[bytes], None]] = {}
        self.lagging: dict[str, Outbox] = {}


class TopicBoard:
    """The transport's `Topics` (facade.py) of one façade."""

    def __init__(self) -> None:
        self.on_publish: Callable[[int], None] = lambda size: None
        """Told that a frame of `size` bytes was queued for each listener of a topic."""
        self.delivered = 0
        """Messages queued for clients that keep up."""
        self._topics: dict[str, _Listeners] = {}
        self._clients: dict[str, dict[str, None]] = {}
        self._outboxes: dict[str, Outbox] = {}

    def register(self, client_id: str, outbox: Outbox) -> None:
        """Make a client known before it can subscribe."""
        self._outboxes[client_id] = outbox
        self._clients[client_id] = {}

    def subscribe(self, client: Client, topic: str) -> bool:
        """True if the client was not subscribed before; a client that is gone never is."""
        topics = self._clients.get(client.id)
        if topics is None or topic in topics:
            return False
        topics[topic] = None
        listeners = self._topics.setdefault(topic, _Listeners())
        outbox = self._outboxes[client.id]
        if outbox.lagging:
            listeners.lagging[client.id] = outbox
        else:
            listeners.current[client.id] = outbox.append
        return True

    def unsubscribe(self, client: Client, topic: str) -> bool:
        """True if the client was subscribed."""
        topics = self._clients.get(client.id)
        if topics is None or topic not in topics:
            return False
        del topics[topic]
        self._leave(client.id, topic)
        self._outboxes[client.id].forget(topic)
        return True

    def drop(self, client: Client) -> None:
        """Forget a client and its subscriptions; safe to repeat."""
        for topic in self._clients.pop(client.id, {}):
            self._leave(client.id, topic)
        self._outboxes.pop(client.id, None)

    def has(self, topic: str) -> bool:
        """Whether anyone listens."""
        return topic in self._topics

    def active(self) -> Sequence[str]:
        """Topics somebody listens to, in order of first subscription."""
        return tuple(self._topics)

    def of(self, client: Client) -> Sequence[str]:
        """The client's topics, in order of subscription."""
        return tuple(self._clients.get(client.id, ()))

    def publish(self, topic: str, payload: bytes, *, binary: bool = False, key: str | None = None) -> None:
        """Send to every subscriber of the topic."""
        listeners = self._topics.get(topic)
        if listeners is None:
            return
        frame = build_frame(payload, binary=binary)
        for append in listeners.current.values():
            append(frame)
        self.delivered += len(listeners.current)
        if listeners.lagging:
            slot = (topic, key)
            for outbox in listeners.lagging.values():
                outbox.keep(slot, frame)
        self.on_publish(len(frame))

    def lags(self, client_id: str) -> None:
        """Coalesce for a client from now on."""
        outbox = self._outboxes.get(client_id)
        if outbox is None:
            return
        for topic in self._clients[client_id]:
            listeners = self._topics[topic]
            if listeners.current.pop(client_id, None) is not None:
                listeners.lagging[client_id] = outbox

    def caught_up(self, client_id: str) -> None:
        """Queue everything for a client again."""
        outbox = self._outboxes.get(client_id)
        if outbox is None:
            return
        for topic in self._clients[client_id]:
            listeners = self._topics[topic]
            if listeners.lagging.pop(client_id, None) is not None:
                listeners.current[client_id] = outbox.append

    def _leave(self, client_id: str, topic: str) -> None:
        listeners = self._topics[topic]
        listeners.current.pop(client_id, None)
        listeners.lagging.pop(client_id, None)
        if not listeners.current and not listeners.lagging:
            del self._topics[topic]
