"""When the next frame is drawn: at most so many a second while something happens, few while nothing does.

A stopped market costs next to nothing that way, and the first message after a pause is seen at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextvars import copy_context

IDLE_SECONDS = 0.2
"""Between frames of a console that nothing happens to: ages go on, flashes end."""
LIVELY_SECONDS = 0.5
"""For this long after a key frames come at the full rate: what it does may take a few turns of the loop."""
HURRY = 4
"""A key may have its frame this much sooner than a message."""


SLOW_LINE = 10
"""Frames a second that a slow line can take."""


def frame_rate(chosen: int | None, usual: float, environment: Mapping[str, str]) -> float:
    """Frames a second: those chosen, or the usual, or fewer over SSH."""
    if chosen is not None:
        return chosen
    return min(usual, SLOW_LINE) if "SSH_CONNECTION" in environment or "SSH_TTY" in environment else usual


class FrameClock:
    """Calls `draw` in the loop and the context that `start` was called in. Seconds are the loop's."""

    def __init__(self, draw: Callable[[], None]) -> None:
        self._draw = draw
        self._interval = 0.0
        self._idle = IDLE_SECONDS
        self._stirred = False
        self._last = self._lively = float("-inf")
        self._handle: asyncio.TimerHandle | None = None

    def start(self, per_second: float) -> None:
        """Begin to draw, at most so many frames a second; needs a running loop."""
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()
        self._interval = 1 / per_second
        self._idle = max(IDLE_SECONDS, self._interval)
        self._last = self._loop.time()
        self._set(self._last + self._interval)

    def stop(self) -> None:
        """Draw no more."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def stir(self) -> None:
        """Something arrived that may be shown. Cheap: called for every message."""
        if not self._stirred:
            self._stirred = True
            self._sooner(self._last + self._interval)

    def hurry(self) -> None:
        """Someone waits for what a key does."""
        if self._handle is not None:
            self._lively = self._loop.time() + LIVELY_SECONDS
            self._sooner(self._last + self._interval / HURRY)

    def _sooner(self, moment: float) -> None:
        handle = self._handle
        if handle is not None and moment < handle.when():
            handle.cancel()
            self._set(moment)

    def _set(self, moment: float) -> None:
        self._handle = self._loop.call_at(moment, self._fire, context=self._context)

    def _fire(self) -> None:
        now = self._last = self._loop.time()
        self._stirred = False
        self._set(now + (self._interval if now < self._lively else self._idle))
        self._draw()
