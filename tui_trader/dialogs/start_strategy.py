"""Starts a strategy: its config to type over, complaints beside the fields, a second look before that."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from tui_trader.commands.strategy_form import (
    FIELDS,
    LABELS,
    StrategyEntry,
    StrategyReading,
    assumed,
    present,
    terms,
)
from tui_trader.dialogs.choice import Choice
from tui_trader.dialogs.dialog import BLANK, Sheet, heading
from tui_trader.dialogs.form import Form
from tui_trader.keys import bindings
from tui_trader.model.commands import StartStrategy
from tui_trader.store.selection import TIMEFRAMES

if TYPE_CHECKING:
    from tui_trader.desk import Desk
    from tui_trader.model.values import Strategy

_NOTES = {
    "symbols": "blanks or commas between",
    "max_position_value": "money",
    "max_orders_per_minute": "1 to 600",
    "stop_loss": "2%, or 0.02",
}


class StartDialog(Form[StartStrategy]):
    """Keyboard only: Tab goes through the fields, Enter looks the config over, Enter again starts."""

    CONTEXT = "starting"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("starting")]

    def __init__(self, desk: Desk, strategy: Strategy) -> None:
        super().__init__(desk)
        self._strategy = strategy
        self._present = present(strategy, desk)
        self._assumed = assumed(strategy, desk)

    def compose(self) -> ComposeResult:
        """A line for each field, and the keys."""
        with Vertical(id="starting"):
            yield Sheet(self.desk, [heading(f"Start {self._strategy.name}", self._strategy.link), BLANK])
            yield self.rows((name, label, self._field(name)) for name, label in LABELS.items())
            yield Sheet(self.desk, [BLANK])
            yield self.foot

    def _field(self, name: str) -> Choice | Input:
        text = getattr(self._present, name)
        options = {"resolution": TIMEFRAMES, "real_trading": self._realities()}.get(name)
        if options is None:
            return Input(text, id=name, compact=True, select_on_focus=True)
        if text not in options:
            options = (text, *options)
        choice = Choice(self.desk, options, ("focus",) * len(options), id=name)
        choice.value = text
        return choice

    def _realities(self) -> tuple[str, ...]:
        """A simulator trades nothing real: nothing else is offered there."""
        wires = self.desk.wires
        return ("no",) if wires is None or wires.is_paper(self._strategy.link) else ("no", "yes")

    def on_mount(self) -> None:
        """Start at the first field; say at once where a figure is the document's, not the strategy's."""
        self.query_one("#symbols").focus()
        self._complain({})

    def entry(self) -> StrategyEntry:
        """What the fields say now."""
        values = {}
        for name in FIELDS:
            widget = self.query_one(f"#{name}")
            values[name] = widget.value if isinstance(widget, Input | Choice) else ""
        return StrategyEntry(**values)

    def read(self) -> None:
        """Complain about what bounds nothing."""
        reading = StrategyReading(self._strategy, self.entry(), self.desk)
        reading.command()
        self._complain(reading.complaints)

    def _complain(self, complaints: dict[str, str]) -> None:
        entry = self.entry()
        for name in FIELDS:
            if name in self._assumed and getattr(entry, name) == getattr(self._present, name):
                brief = name == "resolution"  # its choices leave no room for more
                note = (" not told" if brief else "   not told: an example", "caution", "")
            else:
                note = (f"   {_NOTES.get(name, '')}", "faint", "")
            self.complain(name, complaints.get(name, ""), note)

    def look_over(self) -> StartStrategy | None:
        """The config in words; the key that opened the form does not count."""
        if not self.settled:
            return None
        reading = StrategyReading(self._strategy, self.entry(), self.desk)
        command = reading.command()
        self._complain(reading.complaints)
        if command is None:
            self.query_one(f"#{next(name for name in FIELDS if name in reading.complaints)}").focus()
            return None
        self.show([("cursor", ((f"  {text}", "bold strong", ""),)) for text in terms(command)], "start it")
        return command
