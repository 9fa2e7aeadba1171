"""Numbers of orders, deals, positions and ledger entries: one counter each an engine, from 1."""

from __future__ import annotations


class Identities:
    """Hands out the next number of each kind."""

    def __init__(self) -> None:
        self._orders = self._deals = self._positions = self._entries = 0

    def order(self) -> int:
        """The next order id."""
        self._orders += 1
        return self._orders

    @property
    def next_order(self) -> int:
        """The id that the next order will have."""
        return self._orders + 1

    def deal(self) -> int:
        """The next deal id."""
        self._deals += 1
        return self._deals

    def position(self) -> int:
        """The next position id."""
        self._positions += 1
        return self._positions

    def entry(self) -> int:
        """The next ledger entry id."""
        self._entries += 1
        return self._entries
