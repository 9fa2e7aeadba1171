"""Where the settings are, what is set, and what is wrong; a key opens the file in the user's editor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui_trader.desk import Desk
from tui_trader.dialogs.dialog import BLANK, Dialog, Sheet, heading, hints
from tui_trader.drawing.canvas import Line
from tui_trader.keys import bindings

LABEL = 12
WIDTH = 74


class SettingsDialog(Dialog[None]):
    """`facts` are (name, value) pairs; `edit` lets the user change the file and returns a sentence."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("settings")]

    def __init__(
        self, desk: Desk, file: Path, facts: Sequence[tuple[str, str]], edit: Callable[[], Awaitable[str]]
    ) -> None:
        super().__init__(desk)
        self._file = file
        self._facts = facts
        self._edit = edit
        self._sheet = Sheet(desk, [], id="settings")
        self._said = ""
        self._editing = False

    def compose(self) -> ComposeResult:
        """One sheet."""
        yield self._sheet

    def on_mount(self) -> None:
        """Tell it."""
        self._tell()

    def _tell(self) -> None:
        there = self._file.exists()
        lines: list[Line] = [heading("Settings", "take effect at the next start"), BLANK]
        text = str(self._file)
        room = WIDTH - LABEL - 4
        pieces = [text[start : start + room] for start in range(0, len(text), room)]
        lines += [_fact("file" if not n else "", piece, "strong") for n, piece in enumerate(pieces)]
        if not there:
            lines.append(_fact("", "not there yet: everything is as the program has it", "muted"))
        lines.append(BLANK)
        lines += [_fact(name, value, "text") for name, value in self._facts]
        lines.append(BLANK)
        for complaint in self.desk.keymap.complaints:
            lines += _sentence(f"▲ {complaint}", "caution")
        lines += _sentence(self._said, "bold caution")
        lines += _sentence("The links go on while the editor has the screen; no key reaches them.", "muted")
        word = "edit it" if there else "make one, explained, and edit it"
        lines.append(hints((self.key("settings.edit"), word), (self.key("settings.close"), "close")))
        self._sheet.put(lines)

    def action_edit(self) -> None:
        """Open the file in the user's editor; made from the example where there is none."""
        if self.settled and not self._editing:
            self._editing = True
            self.app.run_worker(self._edited(), name="editor", exit_on_error=False)

    async def _edited(self) -> None:
        try:
            self._said = await self._edit()
        finally:
            self._editing = False
        self._tell()


def _sentence(text: str, ink: str) -> list[Line]:
    return [("pane", ((f"  {line}", ink, ""),)) for line in wrap(text, WIDTH - 4)]


def _fact(name: str, text: str, ink: str) -> Line:
    return ("pane", ((f"  {name:<{LABEL}}", "muted", ""), (text, ink, "")))
