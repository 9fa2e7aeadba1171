"""Numbers of orders, deals, positions and ledger entries: one counter each an engine, from 1."""

from __future__ import annotations

from itertools import count


class Identities:
    """Hands out the next number of each kind."""

    def __init__(self) -> None:
        self._orders = count(1)
        self._deals = count(1)
        self._positions = count(1)
        self._entries = count(1)

    def order(self) -> int:
        """The next order id."""
        return next(self._orders)

    def deal(self) -> int:
        """The next deal id."""
        return next(self._deals)

    def position(self) -> int:
        """The next position id."""
        return next(self._positions)

    def entry(self) -> int:
        """The next ledger entry id."""
        return next(self._entries)
