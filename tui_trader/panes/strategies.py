"""Strategies of the orchestrator: state, what they hold, result; start, pause and stop once armed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from tui_trader.commands.strategy_form import known, resumption, terms
from tui_trader.formatting import numbers
from tui_trader.model.commands import PauseStrategy
from tui_trader.model.matters import Matter
from tui_trader.model.values import RiskStrategy, Strategy
from tui_trader.panes.table import Column, TablePane

if TYPE_CHECKING:
    from tui_trader.desk import Desk

STATES = {
    "ACTIVE": ("● active", "ok"),
    "PAUSED": ("‖ paused", "pending"),
    "STOPPED": ("■ stopped", "muted"),
    "ERROR": ("▲ error", "alarm"),
}


class StrategiesPane(TablePane[Strategy]):
    """One line a strategy."""

    KEY = "strategies"
    TITLE = "Strategies"
    CONTEXTS = ("table", "strategies")
    EMPTY = "no strategies yet"
    MATTER = Matter.STRATEGIES

    def columns(self) -> Sequence[Column[Strategy]]:
        """Name, state and result stay to the end."""
        return (
            Column("Strategy", self._title_of, right=False),
            Column("State", self._state, right=False, minimum=9),
            Column("Symbols", self._symbols, 4, right=False),
            Column("Holds", self._holds, 3, right=False),
            Column("Value", self._value, 2),
            Column("Ord/min", self._rate, 1),
            Column("P&L", self._pnl),
        )

    def count(self) -> int | None:
        """How many are active."""
        return sum(one.status == "ACTIVE" for one in self.store.strategies)

    def caption(self, now: float) -> str:
        """Whether their orders are carried out."""
        stopped = [link for link, status in self.store.strategies.execution.items() if status != "RUNNING"]
        return "execution stopped" if stopped else ""

    def sources(self) -> tuple[str, ...]:
        """The links that listed them."""
        return tuple({one.link: None for one in self.store.strategies})

    def revision(self) -> object:
        """The list and the guardian's view of it; quotes too, since the result moves with them."""
        quotes = self.store.quotes.revision if self._holding() else 0
        return (self.store.strategies.revision, self.store.risk.revision, quotes)

    def _holding(self) -> bool:
        return any(one.positions for one in self.store.strategies)

    def rows(self) -> Sequence[Strategy]:
        """As the orchestrator lists them."""
        return list(self.store.strategies)

    def identity(self, row: Strategy) -> Hashable:
        """Link and id."""
        return (row.link, row.id)

    def action_start(self) -> None:
        """Start the strategy under the cursor with a config to look over, or let a paused one go on."""
        row = self.current
        if row is None:
            return
        if row.status == "PAUSED":
            command = resumption(row, self.desk)
            self.desk.console.confirm(f"Resume {row.name}?", command, details=terms(command))
        elif row.status == "ACTIVE":
            self.desk.console.report(f"{row.name} is running already.")
        else:
            self.desk.console.open_start(row)

    def action_pause(self) -> None:
        """Pause the strategy under the cursor."""
        row = self.current
        if row is not None:
            self.desk.console.submit(PauseStrategy(link=row.link, strategy_id=row.id))

    def action_stop(self) -> None:
        """Stop the strategy under the cursor; asks only about what it holds."""
        row = self.current
        if row is not None:
            self.desk.console.open_stop(row)

    def action_detail(self) -> None:
        """Show the strategy's own signals and trades."""
        self.desk.console.show_pane("strategy")

    def put_cursor(self, place: int) -> None:
        """Move the cursor; the detail follows it."""
        super().put_cursor(place)
        row = self.current
        if row is not None:
            self.store.selection.strategy = (row.link, row.id)

    def _title_of(self, row: Strategy, now: float) -> tuple[str, str]:
        return row.name or row.id, "text"

    def _state(self, row: Strategy, now: float) -> tuple[str, str]:
        return STATES.get(row.status, (f"? {row.status.lower()}", "unknown"))

    def _symbols(self, row: Strategy, now: float) -> tuple[str, str]:
        return " ".join(row.symbols), "muted"

    def _holds(self, row: Strategy, now: float) -> tuple[str, str]:
        held = " ".join(f"{numbers.quantity(one.quantity)} {one.symbol}" for one in row.positions)
        return held or numbers.NONE, "text" if held else "faint"

    def _rate(self, row: Strategy, now: float) -> tuple[str, str]:
        sent, most = rate(row, self.desk)
        ink = "caution" if sent is not None and most is not None and sent >= most else "text"
        return f"{numbers.NONE if sent is None else sent}/{numbers.NONE if most is None else most}", ink

    def _value(self, row: Strategy, now: float) -> tuple[str, str]:
        if not row.positions:
            return numbers.NONE, "faint"
        return numbers.fixed(marked(row, self.desk)[0], 0), "text"

    def _pnl(self, row: Strategy, now: float) -> tuple[str, str]:
        if not row.positions:
            return numbers.NONE, "faint"
        result = marked(row, self.desk)[1]
        ink = "faint" if result is None else "up" if result > 0 else "down" if result < 0 else "text"
        return numbers.signed(result), ink


def marked(strategy: Strategy, desk: Desk) -> tuple[float | None, float | None]:
    """Value and unrealised result of what a strategy holds, at the latest price; None where nobody tells."""
    value = result = 0.0
    for one in strategy.positions:
        quote = desk.store.quotes.get(one.symbol)
        price = quote.price if quote else None
        worth = one.value if price is None else price * one.quantity
        if worth is None:
            return None, None
        value += worth
        result += worth - one.entry_price * one.quantity
    return value, result


def watched(strategy: Strategy, desk: Desk) -> RiskStrategy | None:
    """A strategy as a guardian sees it, where one tells."""
    risk = desk.store.risk.latest
    rows = risk.strategies if risk is not None else ()
    return next((one for one in rows if one.strategy_id == strategy.id), None)


def rate(strategy: Strategy, desk: Desk) -> tuple[int | None, int | None]:
    """Orders of the last minute, and how many it may send in one; None for what nobody tells."""
    seen = watched(strategy, desk)
    most = known(strategy, desk).max_orders_per_minute
    return (None if seen is None else seen.orders_last_minute), most
