"""What takes a while tells here how far it is; the lowest line shows it once it has taken a second.

Where nobody knows how much is left, the seconds are told: nothing that moves by itself hides a stall.
"""

from __future__ import annotations

from dataclasses import dataclass

SHOWN_SECONDS = 1.0


@dataclass(slots=True, eq=False)
class Undertaking:
    """Something under way since a monotonic moment; `total` 0: nobody knows how much there is to do."""

    name: str
    since: float
    total: int = 0
    done: int = 0

    @property
    def share(self) -> float | None:
        """How much of it is done, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else None


class Progress:
    """Undertakings under way, the oldest first. `done` may be counted in a thread."""

    def __init__(self) -> None:
        self._under_way: list[Undertaking] = []

    def begin(self, name: str, now: float, total: int = 0) -> Undertaking:
        """Note that something begins."""
        one = Undertaking(name, now, total)
        self._under_way.append(one)
        return one

    def end(self, one: Undertaking) -> None:
        """Note that it ended, however it did; once is enough."""
        if one in self._under_way:
            self._under_way.remove(one)

    def shown(self, now: float) -> Undertaking | None:
        """The oldest that has taken long enough to be told of."""
        oldest = next(iter(tuple(self._under_way)), None)
        return oldest if oldest is not None and now - oldest.since >= SHOWN_SECONDS else None

    @property
    def active(self) -> bool:
        """Whether anything is under way."""
        return bool(self._under_way)
