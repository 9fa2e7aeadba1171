"""Which position an order touches: the instrument's (netting; a strategy apart), or its own (hedging)."""

from __future__ import annotations

from collections.abc import Iterable

from embedded_server.accounts.order import Order
from embedded_server.accounts.past import Past
from embedded_server.accounts.position import Position
from embedded_server.accounts.venues import Margining, Venue
from embedded_server.model.enums import Side
from embedded_server.model.states import OrderState, PositionState

Holding = int | tuple[str | None, str]
"""What closing orders compete for: a position's id (hedging), or (strategy, instrument)."""


class PositionBook:
    """The open positions of one account and the last states of the closed ones."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self.open: dict[int, Position] = {}
        self.by_instrument: dict[str, dict[int, Position]] = {}
        """Only instruments with an open position have a key."""
        self.closed: dict[int, PositionState] = {}
        self.history: Past[PositionState] = Past()
        """The closed ones in the order they closed."""
        self._netted: dict[Holding, Position] = {}

    def on(self, instrument: str) -> Iterable[Position]:
        """The open positions in an instrument, oldest first."""
        return self.by_instrument.get(instrument, {}).values()

    def holding(self, order: OrderState) -> Holding:
        """What an order would close."""
        if self._venue.hedging:
            return order.position_id or 0
        return (order.strategy if self._venue.per_strategy else None, order.instrument)

    def held(self, holding: Holding) -> Position | None:
        """The open position that a holding stands for."""
        return self.open.get(holding) if isinstance(holding, int) else self._netted.get(holding)

    def holding_of(self, position: Position) -> Holding:
        """The holding a position is."""
        if self._venue.hedging:
            return position.id
        return (position.strategy if self._venue.per_strategy else None, position.instrument.key)

    def closes(self, order: OrderState) -> bool:
        """Whether an order may only take away from a position."""
        cash_sale = self._venue.margining is Margining.CASH and order.side is Side.SELL
        return cash_sale or order.reduce_only or order.position_id is not None

    def closable(self, order: OrderState) -> int:
        """Lots an order could close: those of the position on the other side that it names or nets with."""
        position = self.held(self.holding(order))
        return position.lots if position is not None and position.side is not order.side else 0

    def touched(self, order: Order) -> Position | None:
        """The position that an order's next fill adds to or takes from; None when it opens one."""
        if not self._venue.hedging or order.state.position_id is not None:
            return self.held(self.holding(order.state))
        return self.open.get(order.opened) if order.opened is not None else None

    def add(self, position: Position) -> None:
        """Register a new position."""
        self.open[position.id] = position
        self.by_instrument.setdefault(position.instrument.key, {})[position.id] = position
        if not self._venue.hedging:
            self._netted[self.holding_of(position)] = position

    def close(self, position: Position, last: PositionState) -> None:
        """Move a position without lots to the history."""
        del self.open[position.id]
        held = self.by_instrument[position.instrument.key]
        del held[position.id]
        if not held:
            del self.by_instrument[position.instrument.key]
        if not self._venue.hedging:
            del self._netted[self.holding_of(position)]
        self.closed[position.id] = last
        for dropped in self.history.add(last):
            del self.closed[dropped.id]
