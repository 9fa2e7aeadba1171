"""The guardian's limits: a field each, a complaint beside what is wrong, a second look before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from tui_trader.commands.limit_form import label, plain, read, unit
from tui_trader.dialogs.dialog import BLANK, Sheet, heading
from tui_trader.dialogs.form import Form
from tui_trader.drawing.canvas import Line
from tui_trader.keys import bindings
from tui_trader.model.commands import SetRiskLimits

if TYPE_CHECKING:
    from tui_trader.desk import Desk
    from tui_trader.model.values import Risk


class LimitsDialog(Form[SetRiskLimits]):
    """The result is the command; the guardian says what the limits then are."""

    CONTEXT = "limits"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("limits")]

    def __init__(self, desk: Desk, risk: Risk) -> None:
        self._link = risk.link
        self._present = dict(risk.limits)
        super().__init__(desk)

    def compose(self) -> ComposeResult:
        """A line for each limit, and the keys."""
        with Vertical(id="limits"):
            yield Sheet(self.desk, [heading("Risk limits", "of every account"), BLANK])
            yield self.rows(
                (
                    name,
                    f"{label(name)} {unit(name)}",
                    Input(f"{plain(value):f}", name=name, compact=True, select_on_focus=True),
                )
                for name, value in self._present.items()
            )
            yield Sheet(self.desk, [BLANK])
            yield self.foot

    def on_mount(self) -> None:
        """Start at the first field."""
        for field in self.query(Input):
            field.focus()
            break

    def _typed(self) -> dict[str, str]:
        return {field.name or "": field.value for field in self.query(Input)}

    def _complain(self, complaints: dict[str, str]) -> None:
        for name in self._present:
            self.complain(name, complaints.get(name, ""))

    def read(self) -> None:
        """Complain about what is no limit."""
        self._complain(read(self._present, self._typed())[1])

    def look_over(self) -> SetRiskLimits | None:
        """The changes, each as a sentence."""
        changes, complaints = read(self._present, self._typed())
        self._complain(complaints)
        if complaints:
            next(field for field in self.query(Input) if (field.name or "") in complaints).focus()
            return None
        if not changes:
            self.foot.put([("cursor", (("  nothing to change", "text", ""),)), self.keys()])
            return None
        lines: list[Line] = [
            ("cursor", ((f"  {one.sentence}", "bold caution" if one.looser else "bold strong", ""),))
            for one in changes
        ]
        self.show(lines, "set them")
        return SetRiskLimits(link=self._link, limits=tuple((change.name, change.new) for change in changes))
