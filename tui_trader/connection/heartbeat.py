"""A connection's heartbeat: when to send, what it measured, when to give up. Pure: time is passed in."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from tui_trader.protocols.codec import Heartbeat


class Beat(Enum):
    """What to do now."""

    WAIT = auto()
    SEND = auto()
    DEAD = auto()


class Pulse:
    """The heartbeat of one connection, from its opening."""

    __slots__ = ("_asked", "_jitter", "_next", "policy")

    def __init__(self, policy: Heartbeat, now: float, jitter: Callable[[], float]) -> None:
        """`jitter` gives a number in [0, 1); it only ever delays."""
        self.policy = policy
        self._jitter = jitter
        self._asked: float | None = None
        self._next = now if policy.at_once else self._following(now)

    @property
    def deadline(self) -> float:
        """When `beat` has something to do next."""
        if self._asked is None or self.policy.timeout is None:
            return self._next
        return min(self._next, self._asked + self.policy.timeout)

    def beat(self, now: float) -> Beat:
        """Say what to do; `SEND` counts as sent."""
        timeout = self.policy.timeout
        if self._asked is not None and timeout is not None and now >= self._asked + timeout:
            return Beat.DEAD
        if now < self._next:
            return Beat.WAIT
        if self._asked is None or timeout is None:
            self._asked = now  # else the oldest question counts: asking again must not put off the end
        self._next = self._following(now)
        return Beat.SEND

    def answered(self, now: float) -> float | None:
        """Note an answer; return the seconds it took, or None if nothing was asked."""
        if self._asked is None:
            return None
        seconds, self._asked = now - self._asked, None
        return seconds

    def _following(self, now: float) -> float:
        return now + self.policy.interval + self.policy.jitter * self._jitter()
