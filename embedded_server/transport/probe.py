"""Whether a client still reads: the kernels of both ends can hold minutes of a stream that nobody takes.

A WebSocket ping travels behind everything that was written, so its pong shows that all of it was read. Only a
client that something was written to is asked; the heartbeats of the documents are left to the façades.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable
from typing import Protocol

from embedded_server.transport.limits import Limits

SWEEPS = 5
"""Looks at each client within `probe_seconds`."""


class Probe:
    """The questions put to one client. Times are the loop's: a market stepped by hand asks nobody."""

    __slots__ = ("_asked", "_limits", "_question", "unread")

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._asked = now
        self._question: bytes | None = None
        self.unread = False
        """Whether anything was written since the last question."""

    def is_overdue(self, now: float) -> bool:
        """Whether an answer has been missing for too long."""
        return self._question is not None and now - self._asked >= self._limits.probe_answer_seconds

    def question(self, now: float) -> bytes | None:
        """The payload of a ping to send now, or None."""
        if not self.unread or self._question is not None or now - self._asked < self._limits.probe_seconds:
            return None
        self.unread = False
        self._asked = now
        self._question = secrets.token_bytes(4)
        return self._question

    def answered(self, payload: bytes) -> bool:
        """Take a pong; False if nobody asked for it."""
        if payload != self._question:
            return False
        self._question = None
        return True

    def excuse(self, now: float) -> None:
        """Forget the question, because it was the server that did not read."""
        self._question = None
        self._asked = now


class Probed(Protocol):
    """A session as the sweep sees it."""

    def probe(self, now: float) -> None:
        """Ask, or give up on a client that did not answer."""
        ...


class Sweep:
    """Looks at all sessions of a listener now and then."""

    def __init__(self, limits: Limits, sessions: Callable[[], Iterable[Probed]]) -> None:
        self._pause = limits.probe_seconds / SWEEPS
        self._sessions = sessions
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin, unless probing is off."""
        if self._pause > 0:
            self._timer = asyncio.get_running_loop().call_later(self._pause, self._look)

    def stop(self) -> None:
        """Look no more; safe to repeat."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self.start()
        now = asyncio.get_running_loop().time()
        for session in tuple(self._sessions()):
            session.probe(now)
