"""Asks for the phrase that arms a LIVE link. What waits for it is shown, and leaves only with the phrase."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Input

from tui_trader.dialogs.dialog import BLANK, ENTER, Dialog, Sheet, heading, hints
from tui_trader.keys import bindings
from tui_trader.store.chronicle import line_of_command

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui_trader.desk import Desk
    from tui_trader.drawing.canvas import Line
    from tui_trader.model.commands import Command
    from tui_trader.trading_gate import PhraseNeeded

SHOWN = 4


class LiveDialog(Dialog[bool]):
    """The result says whether the link was armed; `waiting` has what it was asked for.

    Commands that were asked for together leave together.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("live")]

    def __init__(self, desk: Desk, need: PhraseNeeded, commands: tuple[Command, ...]) -> None:
        super().__init__(desk)
        self.link = need.command.link
        self.waiting: list[tuple[Command, ...]] = [commands]
        self._phrase = need.phrase
        self._sheet = Sheet(desk, [], id="sheet")
        self._answer = Sheet(desk, [], id="live-answer")
        self.input = Input(id="live-phrase", compact=True)

    def compose(self) -> ComposeResult:
        """What waits, the field, what was wrong."""
        yield self._sheet
        yield self.input
        yield self._answer

    def on_mount(self) -> None:
        """Show what waits and let the user type."""
        self._tell()
        self.set_focus(self.input)

    def add(self, commands: tuple[Command, ...]) -> None:
        """Let more commands wait for the same phrase."""
        self.waiting.append(commands)
        self._tell()

    def _tell(self, wrong: str = "") -> None:
        lines: list[Line] = [heading(f"{self.link} is LIVE", "real money"), BLANK]
        commands = [command for together in self.waiting for command in together]
        texts = [line_of_command(command) or type(command).__name__ for command in commands]
        lines += [("pane", ((f"  {text}", "bold strong", ""),)) for text in texts[:SHOWN]]
        if len(texts) > SHOWN:
            lines.append(("pane", ((f"  and {len(texts) - SHOWN} more", "strong", ""),)))
        lines += [BLANK, ("pane", (("  To send it, type  ", "text", ""), (self._phrase, "bold alarm", "")))]
        lines.append(("pane", (("  The link stays armed until it reconnects.", "muted", ""),)))
        self._sheet.put(lines)
        told: Line = ("pane", ((f"  {wrong}", "bold caution", ""),))
        self._answer.put(
            [
                told if wrong else BLANK,
                hints((ENTER, "arm and send"), (self.key("live.close"), "send nothing")),
            ]
        )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Arm with the right phrase; a wrong one sends nothing."""
        event.stop()
        if not self.settled:
            return
        if self.desk.gate.arm(self.link, event.value):
            self.dismiss(True)
        elif self.desk.store.links.ready(self.link):
            self._tell("That is not the phrase.")
        else:
            self._tell(f"{self.link} is not connected.")
