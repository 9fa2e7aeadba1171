"""Open positions by (link, id), in the order they were first heard of."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tui_trader.model.events import PositionProfit, PositionRemoved, PositionsReplaced
from tui_trader.model.values import Position


class Positions:
    """All open positions of all links."""

    __slots__ = ("_positions", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._positions: dict[tuple[str, str], Position] = {}

    def __iter__(self) -> Iterator[Position]:
        return iter(self._positions.values())

    def __len__(self) -> int:
        return len(self._positions)

    def get(self, link: str, position_id: str) -> Position | None:
        """The position, if it is open."""
        return self._positions.get((link, position_id))

    def update(self, position: Position) -> None:
        """Take over the server's view; a quantity of zero is a closed position."""
        key = (position.link, position.id)
        if position.quantity:
            self._positions[key] = position
        else:
            self._positions.pop(key, None)
        self.revision += 1

    def profit(self, event: PositionProfit) -> None:
        """Take over a result alone; the mark that came before it is no longer the one it is reckoned at."""
        position = self._positions.get((event.link, event.id))
        if position is not None:
            self._positions[event.link, event.id] = replace(
                position, unrealised=event.unrealised, unrealised_percent=None, mark_price=None
            )
            self.revision += 1

    def remove(self, event: PositionRemoved) -> None:
        """Forget a closed position."""
        if self._positions.pop((event.link, event.id), None) is not None:
            self.revision += 1

    def replace(self, event: PositionsReplaced) -> None:
        """Take over a link's complete list, keeping the order of those already known."""
        present = {position.id: position for position in event.positions}
        self._positions = {
            key: position
            for key, position in self._positions.items()
            if key[0] != event.link or key[1] in present
        }
        for position in event.positions:
            self._positions[event.link, position.id] = position
        self.revision += 1
