"""The guardian's limits: a field each, a complaint beside what is wrong, a second look before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from tui_trader.commands.limit_form import Change, label, plain, read, unit
from tui_trader.dialogs.dialog import BLANK, FIELD, SETTLE_SECONDS, Dialog, Sheet, heading, hints
from tui_trader.drawing.canvas import Line
from tui_trader.keys import bindings
from tui_trader.model.commands import SetRiskLimits

if TYPE_CHECKING:
    from tui_trader.desk import Desk
    from tui_trader.model.values import Risk


class LimitsDialog(Dialog[SetRiskLimits | None]):
    """The result is the command; the guardian says what the limits then are."""

    CSS_PATH = "limits.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("limits")]

    def __init__(self, desk: Desk, risk: Risk) -> None:
        super().__init__(desk)
        self._link = risk.link
        self._present = dict(risk.limits)
        self._complaints = {name: Sheet(desk, [BLANK]) for name in self._present}
        self._foot = Sheet(desk, self._keys(), id="foot")
        self._changes: list[Change] = []
        self._looked_over = 0.0

    def compose(self) -> ComposeResult:
        """A line for each limit, and the keys."""
        with Vertical(id="limits"):
            yield Sheet(self.desk, [heading("Risk limits", "of every account"), BLANK])
            for name, value in self._present.items():
                with Horizontal(classes="field"):
                    yield Sheet(self.desk, [("pane", ((f"  {label(name)} {unit(name)}", "muted", ""),))])
                    yield Input(f"{plain(value):f}", name=name, compact=True, select_on_focus=True)
                    yield self._complaints[name]
            yield Sheet(self.desk, [BLANK])
            yield self._foot

    def on_mount(self) -> None:
        """Start at the first field."""
        for field in self.query(Input):
            field.focus()
            break

    def _keys(self) -> list[Line]:
        return [
            hints(
                (FIELD, "field"),
                (self.key("limits.proceed"), "look over"),
                (self.key("limits.close"), "close"),
            )
        ]

    def on_input_changed(self, event: Input.Changed) -> None:
        """Any change takes the limits back to be looked over again."""
        self._changes = []
        self._foot.put(self._keys())
        self._complain(self._read()[1])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field."""
        event.stop()
        self.action_proceed()

    def _read(self) -> tuple[list[Change], dict[str, str]]:
        return read(self._present, {field.name or "": field.value for field in self.query(Input)})

    def _complain(self, complaints: dict[str, str]) -> None:
        for name, sheet in self._complaints.items():
            text = complaints.get(name, "")
            sheet.put([("pane", ((f" ◂ {text}", "caution", ""),))] if text else [BLANK])

    def action_proceed(self) -> None:
        """Look the changes over; the second time, send them."""
        now = self.desk.clock()
        if self._changes:
            if now - self._looked_over >= SETTLE_SECONDS:
                limits = tuple((change.name, change.new) for change in self._changes)
                self.dismiss(SetRiskLimits(link=self._link, limits=limits))
            return
        changes, complaints = self._read()
        self._complain(complaints)
        if complaints:
            next(field for field in self.query(Input) if (field.name or "") in complaints).focus()
            return
        if not changes:
            note: Line = ("cursor", (("  nothing to change", "text", ""),))
            self._foot.put([note, *self._keys()])
            return
        self._changes, self._looked_over = changes, now
        lines: list[Line] = [
            ("cursor", ((f"  {one.sentence}", "bold caution" if one.looser else "bold strong", ""),))
            for one in changes
        ]
        keys = hints(
            (self.key("limits.proceed"), "set them"),
            ("any change", "takes it back"),
            (self.key("limits.close"), "close"),
        )
        self._foot.put([*lines, keys])
