"""Executions of every account, newest first."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from tui_trader.formatting import numbers
from tui_trader.formatting.symbols import short_symbol
from tui_trader.formatting.times import clock
from tui_trader.model.matters import Matter
from tui_trader.model.values import Deal, Side
from tui_trader.panes.table import Column, TablePane

_DIRECTIONS = {True: "out", False: "in", None: ""}


class DealsPane(TablePane[Deal]):
    """One line a deal."""

    KEY = "deals"
    TITLE = "Deals"
    EMPTY = "no deal yet"
    MATTER = Matter.DEALS

    def columns(self) -> Sequence[Column[Deal]]:
        """Symbol, side, quantity, price and result stay to the end."""
        return (
            Column("Time", lambda row, now: (clock(row.time_ms), "muted"), 1, right=False, minimum=8),
            Column("Symbol", lambda row, now: (short_symbol(row.symbol), "strong"), right=False),
            Column("Side", self._side, right=False, minimum=4),
            Column("", lambda row, now: (_DIRECTIONS[row.closing], "muted"), 3, right=False, minimum=3),
            Column("Quantity", lambda row, now: (numbers.quantity(row.quantity), "text"), brief="Qty"),
            Column("Price", self._price),
            Column("Result", self._result, minimum=8),
            Column("Fee", self._fee, 2),
            Column("Account", lambda row, now: (row.link, "muted"), 4, right=False),
            Column("Strategy", self._strategy, 5, right=False),
            Column("Why", lambda row, now: (row.reason, "muted"), 6, right=False),
            Column("Order", lambda row, now: (row.order_id, "faint"), 7),
        )

    def revision(self) -> object:
        """Deals and what describes their instruments."""
        return (self.store.deals.revision, self.store.instruments.revision, self.store.strategies.revision)

    def count(self) -> int | None:
        """How many are known."""
        return len(self.store.deals)

    def rows(self) -> Sequence[Deal]:
        """Newest first."""
        return list(self.store.deals)[::-1]

    def identity(self, row: Deal) -> Hashable:
        """Link and id."""
        return (row.link, row.id)

    def version(self, row: Deal, now: float) -> Hashable:
        """A deal never changes; what describes its instrument may."""
        return (self.store.instruments.revision, self.store.strategies.revision)

    def chosen(self, *, again: bool) -> None:
        """A second click looks at the instrument."""
        row = self.current
        if again and row is not None:
            self.desk.console.look_at(row.symbol)

    def _side(self, row: Deal, now: float) -> tuple[str, str]:
        return row.side.value, "bid" if row.side is Side.BUY else "ask"

    def _price(self, row: Deal, now: float) -> tuple[str, str]:
        return numbers.price(row.price, self.store.instruments.describe(row.symbol).price_digits), "text"

    def _result(self, row: Deal, now: float) -> tuple[str, str]:
        if row.profit is None or (row.closing is False and not row.profit):
            return numbers.NONE, "faint"
        ink = "up" if row.profit > 0 else "down" if row.profit < 0 else "muted"
        return numbers.signed(row.profit), ink

    def _fee(self, row: Deal, now: float) -> tuple[str, str]:
        return (numbers.fixed(row.fee), "muted") if row.fee else (numbers.NONE, "faint")

    def _strategy(self, row: Deal, now: float) -> tuple[str, str]:
        if not row.strategy:
            return "", "muted"
        found = self.store.strategies.find(row.strategy)
        return (found.name if found else row.strategy), "muted"
