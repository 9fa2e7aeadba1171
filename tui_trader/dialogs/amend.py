"""Changes fields of something that already works; a complaint stands beside the field it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from tui_trader.dialogs.dialog import BLANK, FIELD, Dialog, Sheet, heading, hints
from tui_trader.dialogs.fields import Fields
from tui_trader.keys import bindings

if TYPE_CHECKING:
    from tui_trader.commands import amending
    from tui_trader.desk import Desk

Check = Callable[[Mapping[str, str]], Mapping[str, str]]
"""Complaints by field for what is typed; none when it may be sent."""


class AmendDialog(Dialog[dict[str, str] | None]):
    """Present values to type over; the result is all of them as typed."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("amend")]

    def __init__(self, desk: Desk, title: str, fields: amending.Fields, check: Check) -> None:
        super().__init__(desk)
        self._title_text = title
        self._fields = Fields(
            desk,
            (
                (name, label, Input(text, id=name, compact=True, select_on_focus=True))
                for name, label, text in fields
            ),
        )
        self._check = check

    def compose(self) -> ComposeResult:
        """A line for each field, and the keys."""
        with Vertical(id="amend"):
            yield Sheet(self.desk, [heading(self._title_text), BLANK])
            yield self._fields
            accept, leave = (self.key("amend.accept"), "change it"), (self.key("amend.close"), "leave")
            yield Sheet(self.desk, [BLANK, hints((FIELD, "field"), accept, leave)])

    def on_mount(self) -> None:
        """Start in the first field."""
        self.query(Input).first().focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field."""
        event.stop()
        self.action_accept()

    def action_accept(self) -> None:
        """Close with what is typed, if nothing is wrong with it; a key that was on its way does not count."""
        if not self.settled:
            return
        typed = {field.id or "": field.value for field in self.query(Input)}
        complaints = self._check(typed)
        for name in typed:
            self._fields.complain(name, complaints.get(name, ""))
        if complaints:
            self.query_one(f"#{next(iter(complaints))}").focus()
        else:
            self.dismiss(typed)
