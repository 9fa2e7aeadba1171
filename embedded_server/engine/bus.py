"""The seam between the engine and whoever consumes its events: (sequence, batch), in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from embedded_server.model.events import Event

Subscriber = Callable[[int, Sequence[Event]], None]


class Bus:
    """In-process delivery. Narrow on purpose: a broker between machines can carry the same two values."""

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []
        self.sequence = 0
        """Number of events published so far; a batch is given the sequence of its first event."""

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Deliver every later batch to `subscriber`; call the result to stop."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    def __getstate__(self) -> dict[str, object]:
        """What a snapshot keeps: who listens is the next process's business."""
        return {"_subscribers": [], "sequence": self.sequence}

    def publish(self, batch: Sequence[Event]) -> None:
        """Deliver a batch to all subscribers, in order of subscription."""
        first = self.sequence
        self.sequence += len(batch)
        for subscriber in tuple(self._subscribers):
            subscriber(first, batch)
