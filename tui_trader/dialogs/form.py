"""Base of forms that are looked over before they are sent; any change after that takes them back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual.widgets import Input

from tui_trader.desk import Desk
from tui_trader.dialogs.choice import Choice
from tui_trader.dialogs.dialog import FIELD, SETTLE_SECONDS, Dialog, Sheet, hints
from tui_trader.dialogs.fields import Fields, Row
from tui_trader.drawing.canvas import Cell, Line

Answer = TypeVar("Answer")


class Form(Dialog[Answer | None]):
    """A row for each field, its complaint beside it, and the keys at the foot."""

    CONTEXT: ClassVar[str]
    """Where the key table has its keys `proceed` and `close`."""

    fields: Fields

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.foot = Sheet(desk, [self.keys()], id="foot")
        self.answer: Answer | None = None
        """What was looked over, until something changes."""
        self._looked_over = 0.0

    def read(self) -> None:
        """Complain about what the fields say now."""
        raise NotImplementedError

    def look_over(self) -> Answer | None:
        """What the fields come to, shown at the foot; None, complaints and the focus on the first of them."""
        raise NotImplementedError

    def send(self, answer: Answer) -> None:
        """Give what was looked over, and close."""
        self.dismiss(answer)

    def rows(self, rows: Iterable[Row]) -> Fields:
        """A line for each field: its label before it, what is wrong with it behind."""
        self.fields = Fields(self.desk, rows)
        return self.fields

    def complain(self, name: str, text: str, note: Cell = ("", "faint", "")) -> None:
        """Say beside a field what is wrong with it; otherwise the note."""
        self.fields.complain(name, text, note)

    def keys(self) -> Line:
        """The keys before it is looked over."""
        proceed, close = self.key(f"{self.CONTEXT}.proceed"), self.key(f"{self.CONTEXT}.close")
        return hints((FIELD, "field"), (proceed, "look over"), (close, "close"))

    def show(self, lines: list[Line], word: str) -> None:
        """Show what it comes to; `word` says what the next press does."""
        proceed, close = self.key(f"{self.CONTEXT}.proceed"), self.key(f"{self.CONTEXT}.close")
        self.foot.put([*lines, hints((proceed, word), ("any change", "takes it back"), (close, "close"))])

    def on_input_changed(self, event: Input.Changed) -> None:
        """A field changed."""
        self.take_back()

    def on_choice_changed(self, event: Choice.Changed) -> None:
        """A choice changed."""
        self.take_back()

    def take_back(self) -> None:
        """It has to be looked over again."""
        self.answer = None
        self.foot.put([self.keys()])
        self.read()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field."""
        event.stop()
        self.action_proceed()

    def action_proceed(self) -> None:
        """Look it over; the second time, but not with the same press, send it."""
        now = self.desk.clock()
        if self.answer is None:
            self.answer, self._looked_over = self.look_over(), now
        elif now - self._looked_over >= SETTLE_SECONDS:
            self.send(self.answer)
