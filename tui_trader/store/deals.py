"""Executions, newest last, bounded and unique by (link, id)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui_trader.model.values import Deal

DEALS = 1_000


class Deals:
    """All executions of all links."""

    __slots__ = ("_deals", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._deals: dict[tuple[str, str], Deal] = {}

    def __iter__(self) -> Iterator[Deal]:
        return iter(self._deals.values())

    def __len__(self) -> int:
        return len(self._deals)

    def add(self, deal: Deal) -> None:
        """Keep a deal; the same one heard twice counts once."""
        self._deals[deal.link, deal.id] = deal
        self._trim()

    def list(self, link: str, deals: Sequence[Deal]) -> None:
        """Put a link's past deals before those that came since."""
        past = {(link, deal.id): deal for deal in deals}
        fresh = {key: deal for key, deal in self._deals.items() if key not in past}
        self._deals = past | fresh
        self._trim()

    def _trim(self) -> None:
        while len(self._deals) > DEALS:
            del self._deals[next(iter(self._deals))]
        self.revision += 1
