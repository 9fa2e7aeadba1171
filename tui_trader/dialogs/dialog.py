"""Base of dialogs, and the sheet of lines most show. A key meant for what was there before is no answer."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.screen import ModalScreen

from tui_trader.desk import Desk
from tui_trader.drawing.canvas import Canvas, Line

Result = TypeVar("Result")
SETTLE_SECONDS = 0.5
"""For this long after it opened, a dialog takes no answer: the key was on its way to something else."""


class Dialog(ModalScreen[Result]):
    """A modal screen over the running board."""

    TELLS_EVENTS: ClassVar[bool] = False
    """Whether it tells by itself what happens, so that no toast has to."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.opened = desk.clock()

    def tick(self, now: float) -> None:
        """Look at the store, once a frame."""

    def key(self, action: str) -> str:
        """What this user presses for an action of the key table."""
        return self.desk.keymap.first(action)

    @property
    def settled(self) -> bool:
        """True once an answer can have been meant for this dialog."""
        return self.desk.clock() - self.opened >= SETTLE_SECONDS


class Sheet(Canvas):
    """Lines as tall as they are many."""

    def __init__(self, desk: Desk, lines: list[Line], *, id: str | None = None) -> None:
        super().__init__(desk, id=id)
        self._content = lines
        self.styles.height = len(lines)

    def put(self, lines: list[Line]) -> None:
        """Show other lines."""
        self._content = lines
        self.styles.height = len(lines)
        self.touch()

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """The lines as they were given."""
        return self._content


def heading(text: str, note: str = "") -> Line:
    """The first line of a dialog."""
    return ("head-focus", (("▌", "focus", ""), (text, "bold strong", ""), (f"  {note}", "muted", "")))


FIELD, ENTER = "Tab", "Enter"
"""Keys that a text field itself takes: they are the same for everyone."""


def hints(*pairs: tuple[str, str]) -> Line:
    """The last line of a dialog: keys, by the names that `Dialog.key` gives, and what they do."""
    cells = [cell for key, text in pairs for cell in ((f"  {key}", "focus", ""), (f" {text} ", "muted", ""))]
    return ("bar", tuple(cells))


BLANK: Line = ("pane", ())
