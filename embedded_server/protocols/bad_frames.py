"""Counts messages a client got wrong: past the limit within a minute the connection is not worth keeping."""

from __future__ import annotations

from collections import deque

WINDOW_SECONDS = 60.0


class BadFrames:
    """A sliding minute for one client (RELIABILITY.md: 20 bad frames a minute close with 1008)."""

    __slots__ = ("_limit", "_times")

    def __init__(self, limit: int = 20) -> None:
        self._limit = limit
        self._times: deque[float] = deque()

    def add(self, now: float) -> bool:
        """Count one at monotonic second `now`; True once the limit is reached."""
        times = self._times
        times.append(now)
        while times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        return len(times) >= self._limit
