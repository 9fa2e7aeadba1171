"""Virtual time and the event heap: what is due runs in (time, priority, sequence) order.

Rule of the place: a reaction is scheduled, never nested. Code that is called while a book is matching may
change its own state and emit, but sends new orders only from a handler it scheduled.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from enum import IntEnum

import numpy as np

from embedded_server.kernel.streams import stream
from embedded_server.model.events import Event

Handler = Callable[[], None]

SWEEP_FROM = 4096
"""Entries on the heap before canceled ones are swept off it; a timer moved again and again leaves many."""


class Priority(IntEnum):
    """Order of handlers that are due at the same instant."""

    MARKET = 0
    REACTION = 1
    DEALING = 2
    BARS = 3
    STRATEGIES = 4
    RISK = 5
    ACCOUNTING = 6


class Scheduled:
    """A handler waiting on the heap; `cancel` makes it a no-op."""

    __slots__ = ("handler",)

    def __init__(self, handler: Handler) -> None:
        self.handler: Handler | None = handler

    def cancel(self) -> None:
        """Forget the handler; safe to call twice or after it ran."""
        self.handler = None


class Simulation:
    """The clock and heap that every component of one engine shares."""

    def __init__(self, *, seed: int, start: int) -> None:
        self.seed = seed
        self.start = start
        self.now = start
        self._heap: list[tuple[int, int, int, Scheduled]] = []
        self._sequence = 0
        self._emitted: list[Event] = []
        self._sweep_at = SWEEP_FROM

    def stream(self, name: str) -> np.random.Generator:
        """The random stream of the component `name`."""
        return stream(self.seed, name)

    def at(self, time: int, priority: Priority, handler: Handler) -> Scheduled:
        """Run `handler` at virtual `time` (now, if that has passed)."""
        entry = Scheduled(handler)
        self._sequence = sequence = self._sequence + 1
        heap = self._heap
        if len(heap) >= self._sweep_at:
            self._sweep()
        heapq.heappush(heap, (max(self.now, time), priority, sequence, entry))
        return entry

    def after(self, delay: int, priority: Priority, handler: Handler) -> Scheduled:
        """Run `handler` `delay` nanoseconds from now."""
        return self.at(self.now + delay, priority, handler)

    def soon(self, handler: Handler) -> Scheduled:
        """Run `handler` at this very instant, once the current handler is done."""
        return self.at(self.now, Priority.REACTION, handler)

    def emit(self, event: Event) -> None:
        """Record that something happened. Its `time` is the present."""
        self._emitted.append(event)

    def take_emitted(self) -> list[Event]:
        """Hand over what was emitted since the last call, in order."""
        emitted, self._emitted = self._emitted, []
        return emitted

    def next_time(self) -> int | None:
        """When the next handler is due, or None."""
        heap = self._heap
        while heap and heap[0][3].handler is None:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def run_until(self, time: int) -> None:
        """Run everything due up to and including `time`, then stand at `time`."""
        heap, pop = self._heap, heapq.heappop
        while heap and heap[0][0] <= time:
            self.now, _, _, entry = pop(heap)
            handler = entry.handler
            if handler is not None:
                entry.handler = None
                handler()
        self.now = max(self.now, time)

    def _sweep(self) -> None:
        """Drop canceled entries, in place; the order of the others is theirs, not the heap's."""
        self._heap[:] = [one for one in self._heap if one[3].handler is not None]
        heapq.heapify(self._heap)
        self._sweep_at = max(SWEEP_FROM, 2 * len(self._heap))

    def settle(self) -> None:
        """Run what is due right now, so that a command's reactions precede its acknowledgement."""
        self.run_until(self.now)
