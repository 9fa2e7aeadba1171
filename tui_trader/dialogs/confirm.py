"""Asks before something that adds risk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui_trader.desk import Desk
from tui_trader.dialogs.dialog import BLANK, Dialog, Sheet, heading, hints
from tui_trader.drawing.canvas import Line
from tui_trader.keys import bindings


class ConfirmDialog(Dialog[bool]):
    """A question with its terms; the result is the answer."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("confirm")]

    def __init__(self, desk: Desk, question: str, details: Sequence[str]) -> None:
        super().__init__(desk)
        self._question = question
        self._details = details

    def compose(self) -> ComposeResult:
        """Question, terms, keys."""
        lines: list[Line] = [heading(self._question), BLANK]
        lines += [("pane", ((f"  {text}", "text", ""),)) for text in self._details]
        if self._details:
            lines.append(BLANK)
        lines.append(hints((self.key("confirm.yes"), "yes"), (self.key("confirm.no"), "no")))
        yield Sheet(self.desk, lines, id="sheet")

    def action_answer(self, answer: bool) -> None:
        """Close with the answer; a yes that comes too early is a repeat of the key before."""
        if not answer or self.settled:
            self.dismiss(answer)
