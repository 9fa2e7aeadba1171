"""Rows of a form, drawn as one: labels at the left, the fields over it, a note or a complaint behind each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui_trader.drawing.canvas import Canvas, Cell, Line

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget

    from tui_trader.desk import Desk

Row = tuple[str, str, "Widget"]
"""Name, label and field."""


class Fields(Canvas):
    """Every row is one line. Widgets cost a screen its pace: a row has one, its field."""

    def __init__(self, desk: Desk, rows: Iterable[Row]) -> None:
        super().__init__(desk)
        self._rows = {name: (label, field) for name, label, field in rows}
        self._notes: dict[str, Cell] = {}
        self._left = 4 + max((len(label) for label, _ in self._rows.values()), default=0)
        for _, field in self._rows.values():
            field.styles.margin = (0, 0, 0, self._left)

    def compose(self) -> ComposeResult:
        """The fields; the rest is drawn."""
        yield from (field for _, field in self._rows.values())

    def note(self, name: str, cell: Cell) -> None:
        """Say something behind a field."""
        if self._notes.get(name) != cell:
            self._notes[name] = cell
            self.touch()

    def complain(self, name: str, text: str, note: Cell = ("", "faint", "")) -> None:
        """Say behind a field what is wrong with it; otherwise the note."""
        self.note(name, (f" ◂ {text}", "caution", "") if text else note)

    def offer(self, name: str, *, there: bool) -> None:
        """Show a row, or leave it out."""
        self._rows[name][1].display = there

    def offers(self, name: str) -> bool:
        """Whether a row is shown."""
        return self._rows[name][1].display

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """Labels, and behind the fields what is said about them."""
        lines: list[Line] = []
        for name, (label, field) in self._rows.items():
            if field.display:
                words = f"  {label:<{self._left - 2}}"
                note = self._notes.get(name, ("", "faint", ""))
                room = (" " * field.outer_size.width, "text", "")
                lines.append(("pane", ((words, "muted", ""), room, note)))
        return lines
