"""How often a link may change what it watches: a burst at once, then slowly. Pure; time is passed in.

Servers disconnect a client that sends more than 100 messages a minute (RELIABILITY.md), and someone who runs
through a list of instruments would. What waits is replaced by what is newer: only the last choice is late.
"""

from __future__ import annotations

BURST = 30
PER_SECOND = 1.0
"""With the burst at most 90 messages a minute: what is left is for heartbeats and commands."""
_ROUNDING = 1e-6
"""Of a message: who waited as long as was said has waited long enough, whatever the last digit says."""


class Pace:
    """A bucket of messages that fills slowly."""

    __slots__ = ("_level", "_since")

    def __init__(self, now: float) -> None:
        self._level = float(BURST)
        self._since = now

    def wait(self, now: float) -> float:
        """Seconds until the next message may be sent."""
        self._fill(now)
        return 0.0 if self._level >= 1.0 - _ROUNDING else (1.0 - self._level) / PER_SECOND

    def spend(self, now: float, messages: int) -> None:
        """Note messages sent; the bucket may go below empty, never above full."""
        self._fill(now)
        self._level -= messages

    def _fill(self, now: float) -> None:
        self._level = min(float(BURST), self._level + (now - self._since) * PER_SECOND)
        self._since = now
