"""The command line at the foot: verbs with completion, history and usage, all from the grammar."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from tui_trader.drawing.canvas import Canvas, Cell, Line, fit
from tui_trader.keys import bindings
from tui_trader.model.errors import CommandError

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.widget import Widget

    from tui_trader.commands.grammar import Grammar
    from tui_trader.desk import Desk

HISTORY = 200


class OfferLine(Canvas):
    """Words that Tab goes through, or the usage of the verb, or what was wrong."""

    GROUND = "bar"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="offers")
        self.offers: list[str] = []
        self.place = -1
        self.hint = ""
        self.wrong = ""

    def shown(self) -> object:
        """All of it."""
        return (tuple(self.offers), self.place, self.hint, self.wrong)

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """What is wrong first, then offers, then usage."""
        if self.wrong:
            return [(self.GROUND, ((fit(f" ✕ {self.wrong}", width), "bold caution", ""),))]
        if len(self.offers) > 1 or self.place >= 0:
            cells: list[Cell] = [(" ", "text", "")]
            first = max(0, self.place - 6)
            for place, offer in enumerate(self.offers[first:], first):
                ground = "cursor" if place == self.place else ""
                cells.append((f" {offer} ", "strong" if ground else "muted", ground))
            return [(self.GROUND, tuple(cells))]
        return [(self.GROUND, ((fit(f" {self.hint}", width), "muted", ""),))]


class LineInput(Input):
    """The text; Tab and arrows belong to completion and history."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("line")]

    async def _on_key(self, event: events.Key) -> None:
        """Complete in the order of typing: a binding would act after what was typed behind it."""
        if event.key in ("tab", "shift+tab"):
            event.stop()
            event.prevent_default()
            self._line.complete(1 if event.key == "tab" else -1)
        else:
            await super()._on_key(event)

    def action_complete(self, step: int) -> None:
        """Go through the offers."""
        self._line.complete(step)

    def action_recall(self, step: int) -> None:
        """Go through the history."""
        self._line.recall(step)

    def action_close(self) -> None:
        """Leave; a filter that was being typed goes with it."""
        if self.value.startswith("/"):
            self._line.desk.console.filter_markets("")
        self._line.close()

    @property
    def _line(self) -> CommandLine:
        line = self.parent
        assert isinstance(line, CommandLine)
        return line


class CommandLine(Vertical):
    """Offers above, text below; hidden until it is opened."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="command-line")
        self.desk = desk
        self.offers = OfferLine(desk)
        self.input = LineInput(
            compact=True,
            select_on_focus=False,
            id="line",
            placeholder="buy 0.5 EURUSD @ 1.0850 · chart BTCUSDT 5m · help",
        )
        self._history: list[str] = []
        self._recalled = 0
        self._stem = ""
        self._completed = ""
        self._before: Widget | None = None
        self.display = False

    def compose(self) -> ComposeResult:
        """Offers over text."""
        yield self.offers
        yield self.input

    @property
    def _grammar(self) -> Grammar:
        """All verbs; loaded when a line is opened or run, for the first screen needs none."""
        from tui_trader.commands.registry import GRAMMAR

        return GRAMMAR

    @property
    def origin(self) -> Widget | None:
        """What had the keyboard before."""
        return self._before

    def open(self, text: str = "") -> None:
        """Show it, with a text to go on from."""
        self._before = self.screen.focused
        self._recalled = len(self._history)
        self.display = True
        self.input.value = text
        self.input.cursor_position = len(text)
        self.screen.set_focus(self.input)
        self._look_up(text)

    def close(self) -> None:
        """Hide it and give the keyboard back."""
        self.display = False
        self.offers.wrong = ""
        before = self._before
        if before is not None and before.is_attached and before.display:
            self.screen.set_focus(before)
        else:
            self.screen.focus_next()

    def on_descendant_blur(self) -> None:
        """A click elsewhere closes it."""
        if self.display and self.screen.is_current and not self.input.has_focus:
            self.display = False

    def on_input_changed(self, event: Input.Changed) -> None:
        """Typed on: new offers, unless it was completion that typed."""
        event.stop()
        if event.value not in (self._completed, self._stem):
            self._look_up(event.value)

    def _look_up(self, text: str) -> None:
        self._stem = text
        self._completed = ""
        self.offers.wrong = ""
        self.offers.place = -1
        self.offers.offers = self._grammar.offers(text, self.desk) if text.strip() else []
        search = getattr(self._before, "SEARCH", "") if text.startswith("/") else None
        self.offers.hint = self._grammar.hint(text) if search is None else search
        if text.startswith("/"):
            self.desk.console.filter_markets(text[1:])

    def complete(self, step: int) -> None:
        """Put the next offer in place of the word being typed."""
        offers = self.offers
        if self.input.value != self._completed:
            self._look_up(self.input.value)
        if not offers.offers:
            offers.offers = self._grammar.offers(self._stem, self.desk)
        if not offers.offers:
            return
        offers.place = (offers.place + step) % len(offers.offers) if offers.place >= 0 else 0
        stem = self._stem if not self._stem or self._stem.endswith(" ") else self._stem.rpartition(" ")[0]
        stem = f"{stem.rstrip()} " if stem.strip() else ""
        only = len(offers.offers) == 1
        text = stem + offers.offers[offers.place] + (" " if only else "")
        self._completed = text
        self.input.value = text
        self.input.cursor_position = len(text)
        if only:
            self._look_up(text)
            self._completed = text

    def recall(self, step: int) -> None:
        """Show an earlier (-) or later (+) line."""
        place = self._recalled + step
        if 0 <= place <= len(self._history):
            self._recalled = place
            self.input.value = self._history[place] if place < len(self._history) else ""
            self.input.cursor_position = len(self.input.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do it; what is wrong is said in place, and the text stays."""
        event.stop()
        text = event.value.strip()
        if text and self._history[-1:] != [text]:
            self._history = [*self._history, text][-HISTORY:]
        self.close()
        self.run(text)

    def run(self, text: str) -> None:
        """Do what a line says; what is wrong is said beside it, and the line stays for the user to change."""
        try:
            self._grammar.run(text, self.desk)
        except CommandError as error:
            self.open(text)
            self.offers.wrong = str(error)
