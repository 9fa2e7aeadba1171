"""Open positions of all accounts with their running result."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from tui_trader.formatting import numbers
from tui_trader.formatting.symbols import short_symbol
from tui_trader.model.commands import ClosePosition
from tui_trader.model.values import Instrument, Position, Side
from tui_trader.panes.table import Column, TablePane

INK_OF_SIDE = {Side.BUY: "bid", Side.SELL: "ask"}


def ink_of_result(value: float | None) -> str:
    """Ink of a profit or loss."""
    if value is None or not round(value, 2):
        return "muted"
    return "up" if value > 0 else "down"


class PositionsPane(TablePane[Position]):
    """Positions; `x` closes the one under the cursor while the pane is armed."""

    KEY = "positions"
    TITLE = "Positions"
    CONTEXTS: ClassVar[tuple[str, ...]] = ("table", "positions")
    EMPTY = "no open position"

    def columns(self) -> Sequence[Column[Position]]:
        """Symbol, side, quantity and result stay to the end."""
        return (
            Column("Symbol", lambda row, now: (short_symbol(row.symbol), "strong"), right=False),
            Column("Side", self._side, right=False, minimum=5),
            Column("Quantity", lambda row, now: (numbers.quantity(row.quantity), "text")),
            Column("Entry", lambda row, now: self._price(row, row.entry_price), 1),
            Column("Mark", self._mark, 2),
            Column("P&L", lambda row, now: (numbers.signed(row.unrealised), self._bold(row)), minimum=9),
            Column("", lambda row, now: (self._currency(row), "muted"), 4, right=False, minimum=4),
            Column("P&L %", self._percent, 6),
            Column("Stop loss", lambda row, now: self._price(row, row.stop_loss), 3),
            Column("Take profit", lambda row, now: self._price(row, row.take_profit), 3),
            Column("Liquidation", lambda row, now: self._price(row, row.liquidation_price), 7),
            Column("Swap", lambda row, now: (numbers.signed(row.swap), "muted"), 8),
            Column("Account", lambda row, now: (row.link, "muted"), 5, right=False),
            Column("Id", lambda row, now: (row.id, "faint"), 9),
        )

    def revision(self) -> object:
        """Positions and what describes their instruments."""
        return (self.store.positions.revision, self.store.instruments.revision, len(self.store.accounts))

    def count(self) -> int | None:
        """Open positions."""
        return len(self.store.positions)

    def caption(self, now: float) -> str:
        """The result by currency."""
        totals: dict[str, float] = {}
        for position in self.store.positions:
            currency = self._currency(position)
            totals[currency] = totals.get(currency, 0.0) + (position.unrealised or 0.0)
        return "   ".join(f"{numbers.signed(total)} {currency}" for currency, total in totals.items())

    def sources(self) -> tuple[str, ...]:
        """Links that hold the listed positions."""
        return tuple({position.link for position in self.store.positions})

    def rows(self) -> Sequence[Position]:
        """As they were opened."""
        return list(self.store.positions)

    def identity(self, row: Position) -> Hashable:
        """Link and id."""
        return (row.link, row.id)

    def action_close(self) -> None:
        """Close the position under the cursor: reduces risk, so the armed key is enough."""
        row = self.current
        if row is not None:
            reference = self.desk.reference()
            self.desk.console.submit(ClosePosition(link=row.link, position_id=row.id, reference=reference))

    def chosen(self, *, again: bool) -> None:
        """A second click looks at the instrument."""
        row = self.current
        if again and row is not None:
            self.desk.console.look_at(row.symbol)

    # cells

    def _instrument(self, row: Position) -> Instrument:
        return self.store.instruments.describe(row.symbol)

    def _currency(self, row: Position) -> str:
        account = self.store.accounts.get(row.link)
        return row.currency or (account.currency if account else "")

    def _price(self, row: Position, value: float | None) -> tuple[str, str]:
        text = numbers.price(value, self._instrument(row).price_digits)
        return text, "faint" if value is None else "text"

    def _side(self, row: Position, now: float) -> tuple[str, str]:
        return "long" if row.side is Side.BUY else "short", INK_OF_SIDE[row.side]

    def _mark_price(self, row: Position) -> float | None:
        quote = self.store.quotes.get(row.symbol)
        if row.mark_price is None and quote is not None:
            return quote.bid if row.side is Side.BUY else quote.ask
        return row.mark_price

    def _mark(self, row: Position, now: float) -> tuple[str, str]:
        return self._price(row, self._mark_price(row))

    def _percent(self, row: Position, now: float) -> tuple[str, str]:
        """The link's own figure; without one, how far the price went from the entry."""
        percent, mark = row.unrealised_percent, self._mark_price(row)
        if percent is None and mark is not None and row.entry_price:
            percent = 100 * row.side.sign * (mark / row.entry_price - 1)
        return numbers.percent(percent), ink_of_result(percent)

    def _bold(self, row: Position) -> str:
        return f"bold {ink_of_result(row.unrealised)}"
