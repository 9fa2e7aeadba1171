"""Strategies of the orchestrator: state, what they hold, result; start, pause and stop once armed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from tui_trader.formatting import numbers
from tui_trader.model.commands import Command, PauseStrategy, StartStrategy, StopStrategy
from tui_trader.model.values import Strategy
from tui_trader.panes.table import Column, TablePane

_STATES = {
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

    def columns(self) -> Sequence[Column[Strategy]]:
        """Name, state and result stay to the end."""
        return (
            Column("Strategy", self._title_of, right=False),
            Column("State", self._state, right=False, minimum=9),
            Column("Symbols", self._symbols, 3, right=False),
            Column("Holds", self._holds, 2, right=False),
            Column("Value", self._value, 1),
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
        """The list; quotes too, since the result moves with them."""
        return (self.store.strategies.revision, self.store.quotes.revision if self._holding() else 0)

    def _holding(self) -> bool:
        return any(one.positions for one in self.store.strategies)

    def rows(self) -> Sequence[Strategy]:
        """As the orchestrator lists them."""
        return list(self.store.strategies)

    def identity(self, row: Strategy) -> Hashable:
        """Link and id."""
        return (row.link, row.id)

    # actions

    def action_start(self) -> None:
        """Start or resume the strategy under the cursor; asks first, since it will trade."""
        row = self.current
        if row is not None:
            verb = "Resume" if row.status == "PAUSED" else "Start"
            command = StartStrategy(link=row.link, strategy_id=row.id, symbols=row.symbols)
            self.desk.console.confirm(f"{verb} {row.name}?", command, self._terms(command))

    def action_pause(self) -> None:
        """Pause the strategy under the cursor."""
        row = self.current
        if row is not None:
            self._submit(PauseStrategy(link=row.link, strategy_id=row.id))

    def action_stop(self) -> None:
        """Stop the strategy under the cursor; it keeps what it holds."""
        row = self.current
        if row is not None:
            self._submit(StopStrategy(link=row.link, strategy_id=row.id))

    def _submit(self, command: Command) -> None:
        self.desk.console.submit(command)

    @staticmethod
    def _terms(command: StartStrategy) -> tuple[str, ...]:
        return (f"symbols {', '.join(command.symbols or ()) or 'as configured'}",)

    # cells

    def _title_of(self, row: Strategy, now: float) -> tuple[str, str]:
        return row.name or row.id, "text"

    def _state(self, row: Strategy, now: float) -> tuple[str, str]:
        return _STATES.get(row.status, (f"? {row.status.lower()}", "unknown"))

    def _symbols(self, row: Strategy, now: float) -> tuple[str, str]:
        return " ".join(row.symbols), "muted"

    def _holds(self, row: Strategy, now: float) -> tuple[str, str]:
        held = " ".join(f"{numbers.quantity(one.quantity)} {one.symbol}" for one in row.positions)
        return held or numbers.NONE, "text" if held else "faint"

    def _marked(self, row: Strategy) -> tuple[float, float]:
        """Value and unrealised result of what it holds, at the latest price."""
        value = result = 0.0
        for one in row.positions:
            quote = self.store.quotes.get(one.symbol)
            price = quote.price if quote else None
            worth = one.value if price is None else price * one.quantity
            value += worth
            result += worth - one.entry_price * one.quantity
        return value, result

    def _value(self, row: Strategy, now: float) -> tuple[str, str]:
        return (numbers.fixed(self._marked(row)[0], 0), "text") if row.positions else (numbers.NONE, "faint")

    def _pnl(self, row: Strategy, now: float) -> tuple[str, str]:
        if not row.positions:
            return numbers.NONE, "faint"
        result = self._marked(row)[1]
        return numbers.signed(result), "up" if result > 0 else "down" if result < 0 else "text"
