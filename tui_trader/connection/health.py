"""How a link is doing, in numbers. Ages and rates are on the monotonic clock."""

from __future__ import annotations

from msgspec import Struct

from tui_trader.model.values import LinkState

_WINDOW = 5
"""Whole seconds over which the rate is taken."""


class LinkHealth(Struct, frozen=True, kw_only=True):
    """One link at one instant; `last_message` is monotonic seconds, `round_trip` seconds."""

    state: LinkState
    last_message: float | None = None
    round_trip: float | None = None
    messages_per_second: float = 0.0
    messages: int = 0
    malformed: int = 0
    reconnects: int = 0
    queue: int = 0


class Meter:
    """Counts messages and tells their rate over the last seconds."""

    __slots__ = ("_count", "_counts", "_second", "last", "malformed", "messages", "reconnects", "round_trip")

    def __init__(self) -> None:
        self.messages = 0
        self.malformed = 0
        self.reconnects = 0
        self.last: float | None = None
        self.round_trip: float | None = None
        self._second = 0
        self._count = 0
        self._counts = [0] * _WINDOW

    def count(self, now: float) -> None:
        """Count one message."""
        self.messages += 1
        self.last = now
        if int(now) != self._second:
            self._turn(int(now))
        self._count += 1

    def rate(self, now: float) -> float:
        """Messages a second over the last whole seconds."""
        self._turn(int(now))
        return sum(self._counts) / _WINDOW

    def _turn(self, second: int) -> None:
        for _ in range(min(second - self._second, _WINDOW + 1)):
            self._counts = [*self._counts[1:], self._count]
            self._count = 0
        self._second = second
