"""One clock in the test's hand for every console: its waiting in connection/, its ages, its frames."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

import tui_trader.app
from tui_trader.connection import calls, conversation, link

JITTER_SEED = 7


class HandClock:
    """Seconds that move by `advance` only; stands in for `time` and for asyncio's waiting in connection/."""

    def __init__(self, epoch_ms: int) -> None:
        self.now = 1_000.0
        self._epoch_ms = epoch_ms
        self._order = itertools.count()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self.sleepers: set[asyncio.Task[object] | None] = set()
        """Tasks that go on when time does, and not before."""

    def __call__(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    def time_ns(self) -> int:
        return self._epoch_ms * 1_000_000 + round((self.now - 1_000.0) * 1e9)

    def advance(self, seconds: float) -> None:
        """Move time; what waited for it goes on at the next turn of the loop."""
        self.now += seconds
        while self._due and self._due[0][0] <= self.now + 1e-9:
            heapq.heappop(self._due)[2]()

    def at(self, moment: float, callback: Callable[[], None]) -> None:
        """Call back when time has come so far."""
        heapq.heappush(self._due, (moment, next(self._order), callback))

    async def sleep(self, seconds: float) -> None:
        """Sleep on this clock; zero gives way as ever."""
        if seconds <= 0:
            await asyncio.sleep(0)
        elif seconds == float("inf"):
            await asyncio.Event().wait()
        else:
            over, sleeper = asyncio.Event(), asyncio.current_task()

            def wake() -> None:
                self.sleepers.discard(sleeper)
                over.set()

            self.sleepers.add(sleeper)
            self.at(self.now + seconds, wake)
            await over.wait()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> SimpleNamespace:
        """Call back after so many seconds, unless it is cancelled before."""
        wanted = [callback]
        self.at(self.now + seconds, lambda: [one() for one in wanted] and None)
        return SimpleNamespace(cancel=wanted.clear)

    def timeout(self, seconds: float) -> asyncio.Timeout:
        """A deadline on this clock."""
        loop = asyncio.get_running_loop()
        deadline = asyncio.timeout(None)

        def expire() -> None:
            # one that is over, or was never entered, cannot be moved any more
            try:
                deadline.reschedule(loop.time())
            except RuntimeError:
                return

        self.at(self.now + seconds, expire)
        return deadline


@contextmanager
def hand_driven(clock: HandClock) -> Iterator[None]:
    """Put the connections and the frame clock of every console on this clock."""
    waiting = SimpleNamespace(**vars(asyncio))
    waiting.sleep, waiting.timeout = clock.sleep, clock.timeout
    waiting.get_running_loop = lambda: clock
    with (
        patch.object(link, "time", clock),
        patch.object(conversation, "time", clock),
        patch.object(conversation, "random", random.Random(JITTER_SEED)),
        patch.object(link, "asyncio", waiting),
        patch.object(conversation, "asyncio", waiting),
        patch.object(calls, "asyncio", waiting),
        patch.object(tui_trader.app, "FRAMES_PER_SECOND", 1 / 3_600),
    ):
        yield
