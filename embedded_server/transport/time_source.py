"""Time outside the market: protocol timers, authentication windows. Real, or moved by hand."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable

from embedded_server.protocols.facade import Timer


def wall_clock_ms() -> int:
    """The machine's clock, epoch milliseconds."""
    return time.time_ns() // 1_000_000


class LoopTimeSource:
    """The event loop's clock and the machine's. Use inside a running loop."""

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return asyncio.get_running_loop().time()

    def epoch_ms(self) -> int:
        """Wall-clock time, epoch milliseconds."""
        return wall_clock_ms()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call back once, after a delay."""
        return asyncio.get_running_loop().call_later(seconds, callback)


class _ManualTimer:
    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class ManualTimeSource:
    """Time that stands still until `advance`; due timers run in order, each at its own instant."""

    def __init__(self, epoch_ms: int | None = 1_767_571_200_000) -> None:
        """None: the wall clock is the machine's; clients sign by clocks of their own, which nobody moves."""
        self._now = 0.0
        self._epoch_ms = epoch_ms
        self._sequence = itertools.count()
        self._timers: list[tuple[float, int, _ManualTimer]] = []

    def monotonic(self) -> float:
        """Seconds advanced so far."""
        return self._now

    def epoch_ms(self) -> int:
        """The start plus what was advanced, or the machine's."""
        if self._epoch_ms is None:
            return wall_clock_ms()
        return self._epoch_ms + round(self._now * 1000)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call back once, when time has been advanced so far."""
        timer = _ManualTimer(callback)
        heapq.heappush(self._timers, (self._now + max(0.0, seconds), next(self._sequence), timer))
        return timer

    def advance(self, seconds: float) -> None:
        """Move time and run what comes due."""
        end = self._now + seconds
        while self._timers and self._timers[0][0] <= end + 1e-9:
            due, _, timer = heapq.heappop(self._timers)
            self._now = max(self._now, due)
            if timer.callback is not None:
                callback, timer.callback = timer.callback, None
                callback()
        self._now = max(self._now, end)
