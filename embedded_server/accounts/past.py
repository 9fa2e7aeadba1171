"""What is over and only looked up any more: the newest are kept, all of it is in the journal."""

from __future__ import annotations

from typing import TypeVar

KEPT = 20_000
"""Of each kind and account: about a month of the default strategies."""
SLACK = 2_000
"""How many more there may be before the oldest are dropped together."""

T = TypeVar("T")


class Past(list[T]):
    """A list that is added to by `add` alone."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0
        """How many there ever were."""

    def add(self, one: T) -> list[T]:
        """Add the newest; returns those that are dropped for it."""
        self.append(one)
        self.total += 1
        if len(self) <= KEPT + SLACK:
            return []
        dropped = self[:-KEPT]
        del self[:-KEPT]
        return dropped

    def since(self, total: int) -> list[T]:
        """Those added after there had been so many."""
        new = self.total - total
        return self[-new:] if new else []
