"""Orders that may only close a position: they never ask for more than it has, whatever else closes it."""

from __future__ import annotations

from embedded_server.accounts.books import Books
from embedded_server.accounts.execution import Execution
from embedded_server.accounts.order import Order
from embedded_server.accounts.position import Position
from embedded_server.accounts.position_book import Holding
from embedded_server.model.enums import Reason


class Closers:
    """Fits the closing orders of one account to what is left to close."""

    def __init__(self, books: Books, execution: Execution) -> None:
        self._register = books.register
        self._positions = books.positions
        self._reservations = books.reservations
        self._execution = execution

    def make_room(self, position: Position, lots: int, *, keep: Order | None = None) -> None:
        """Shrink or cancel closers, newest first, so that `lots` of the position are free."""
        self._fit(self._positions.holding_of(position), position.instrument.key, position.lots - lots, keep)

    def fit(self, instrument: str) -> None:
        """Shrink or cancel the closers in an instrument that ask for more than is left."""
        holdings = {self._positions.holding(o.state): o.state for o in self._closers(instrument)}
        for holding, state in holdings.items():
            self._fit(holding, instrument, self._positions.closable(state), None)

    def _fit(self, holding: Holding, instrument: str, left: int, keep: Order | None) -> None:
        for order in self._of(holding, instrument, keep):
            self._limit(order, left)
        held = self._held(holding, keep)
        for order in self._of(holding, instrument, keep):
            if held <= left:
                return
            mine = self._reservations.lots_of(order.id)
            if mine:
                self._limit(order, max(0, mine - (held - left)))
                grouped = order.state.oco_group is not None  # its legs share what they hold
                held = (
                    self._held(holding, keep)
                    if grouped
                    else held - mine + self._reservations.lots_of(order.id)
                )

    def _held(self, holding: Holding, keep: Order | None) -> int:
        """Lots that the closers hold, `keep` left out."""
        return self._reservations.lots(holding) - (0 if keep is None else self._reservations.lots_of(keep.id))

    def _limit(self, order: Order, lots: int) -> None:
        if order.state.remaining_lots <= lots:
            return
        if lots:
            self._execution.resize(order, order.state.filled_lots + lots)
        else:
            self._execution.end(order, Reason.OCO)

    def _of(self, holding: Holding, instrument: str, keep: Order | None) -> list[Order]:
        mine = [o for o in self._closers(instrument) if self._positions.holding(o.state) == holding]
        return [o for o in reversed(mine) if o is not keep]

    def _closers(self, instrument: str) -> list[Order]:
        return [o for o in self._register.on(instrument) if self._positions.closes(o.state)]
