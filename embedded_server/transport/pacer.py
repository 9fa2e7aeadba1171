"""Moves the engine with real time, publishes what happened, flushes: where the two kinds of time meet."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from embedded_server.engine.clock import Clock
from embedded_server.kernel.time import SECOND
from embedded_server.transport.durations import Durations

TICK_SECONDS = 0.010
CATCH_UP_SECONDS = 0.050
"""Real time's worth of market that one tick may run: a stalled loop catches up at five times the pace."""
FORGET_SECONDS = 2.0
"""A loop that fell further behind drops the rest: the market was paused for as long."""


class Paced(Protocol):
    """The part of the engine that the pacer drives."""

    @property
    def now(self) -> int:
        """Virtual present, ns."""
        ...

    def advance(self, until: int) -> None:
        """Run virtual time up to and including `until` (ns)."""
        ...

    def publish(self) -> None:
        """Hand what happened to the bus."""
        ...


class Pacer:
    """Ticks while its clock runs; publishes the effects of commands at once, also while it stands."""

    def __init__(self, engine: Paced, clock: Clock, flush: Callable[[], None]) -> None:
        self.clock = clock
        self.published = Durations()
        """What projecting the engine's events took, flush not counted."""
        self.forgotten_seconds = 0.0
        """Virtual time that a stalled loop dropped."""
        self._engine = engine
        self._flush = flush
        self._timer: asyncio.TimerHandle | None = None
        self._soon: asyncio.Handle | None = None

    def start(self) -> None:
        """Begin to tick, unless the clock is paused."""
        if not self.clock.paused and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def stop(self) -> None:
        """Tick no more."""
        for handle in (self._timer, self._soon):
            if handle is not None:
                handle.cancel()
        self._timer = self._soon = None

    def wake(self) -> None:
        """Publish what a command caused, in this turn of the loop."""
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_soon(self._publish_soon)

    def publish(self) -> None:
        """Publish and flush now."""
        started = time.perf_counter()
        self._engine.publish()
        self.published.add(time.perf_counter() - started)
        self._flush()

    def lag_seconds(self, monotonic: float) -> float:
        """How far the market is behind its clock at a monotonic instant, virtual seconds."""
        if self.clock.paused:
            return 0.0
        return max(0.0, (self.clock.now(monotonic) - self._engine.now) / SECOND)

    def _publish_soon(self) -> None:
        self._soon = None
        self.publish()

    def _tick(self) -> None:
        """Run one tick and arrange the next; an engine that fails is reported once and not run again."""
        self._timer = None
        self.catch_up(asyncio.get_running_loop().time())
        self.publish()
        self.start()

    def catch_up(self, monotonic: float) -> None:
        """Run the market to where the clock says at a monotonic instant, or as far as one tick may."""
        due = self.clock.now(monotonic)
        virtual_second = self.clock.speed * SECOND
        reach = self._engine.now + int(CATCH_UP_SECONDS * virtual_second)
        if due > reach:
            if due - reach > FORGET_SECONDS * virtual_second:
                self.forgotten_seconds += (due - reach) / SECOND
                self.clock.set(reach, monotonic)
            due = reach
        self._engine.advance(due)
