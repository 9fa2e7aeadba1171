"""What open positions are worth now: each venue's mark, unrealised profit, equity and its peak."""

from __future__ import annotations

from embedded_server.accounts.conversion import Conversion
from embedded_server.accounts.ledger import Ledger
from embedded_server.accounts.position import Position
from embedded_server.accounts.position_book import PositionBook
from embedded_server.accounts.venues import Margining, Venue
from embedded_server.market.market import Market
from embedded_server.model.enums import Side
from embedded_server.model.states import PositionState


class Valuation:
    """Values one account. Totals are refreshed by instrument: a quote costs only its own positions."""

    def __init__(
        self, market: Market, venue: Venue, conversion: Conversion, positions: PositionBook, ledger: Ledger
    ) -> None:
        self._market = market
        self._margining = venue.margining
        self._conversion = conversion
        self._positions = positions
        self._ledger = ledger
        self._by_instrument: dict[str, tuple[int, int]] = {}
        self._total = 0
        self.margin = 0
        """Margin that open positions bind, as last refreshed."""
        self._peak = ledger.balance

    def mark(self, position: Position) -> int:
        """The price (ticks) a position is valued at: what closing it would get in forex, the mark price of a
        perpetual, the last price elsewhere."""
        key = position.instrument.key
        if self._margining is Margining.ISOLATED:
            return self._market.mark(key)
        quote = self._market.quote(key)
        if self._margining is Margining.CASH:
            return quote.last
        return (quote.bid if position.side is Side.BUY else quote.ask) or quote.last

    def unrealised(self, position: Position, mark: int) -> int:
        """Unrealised profit of a position at a mark, in the account's currency."""
        return self._conversion.convert(position.profit_at(mark), position.instrument, mark)

    def state(self, position: Position) -> PositionState:
        """A position marked now."""
        mark = self.mark(position)
        return position.state(mark, self.unrealised(position, mark))

    def total(self) -> int:
        """Unrealised profit of everything open, marked now."""
        return sum(self.unrealised(p, self.mark(p)) for p in self._positions.open.values())

    def refresh(self, *instruments: str) -> None:
        """Mark the positions of instruments again and remember the highest equity.

        Whatever was filled since it was marked belongs to them: what it earned is in the balance already.
        """
        for instrument in instruments:
            value = margin = 0
            for position in self._positions.on(instrument):
                value += self.unrealised(position, self.mark(position))
                margin += position.margin
            old_value, old_margin = self._by_instrument.get(instrument, (0, 0))
            self._total += value - old_value
            self.margin += margin - old_margin
            self._by_instrument[instrument] = (value, margin)
        self._peak = max(self._peak, self.equity)

    @property
    def equity(self) -> int:
        """Balance plus unrealised profit as last refreshed."""
        return self._ledger.balance + self._total

    def peak(self, equity: int) -> int:
        """The highest equity so far, given the equity now."""
        return max(self._peak, equity)
