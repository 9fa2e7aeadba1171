"""Every key and command: those of the pane one came from first, sections by Tab, words by `/`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from tui_trader.desk import Desk
from tui_trader.dialogs.dialog import BLANK, ENTER, Dialog, heading, hints
from tui_trader.dialogs.help_lines import TITLE, in_columns, sections
from tui_trader.drawing.canvas import Canvas, Line, width_of
from tui_trader.keys import bindings

if TYPE_CHECKING:
    from textual import events


class HelpSheet(Canvas, can_focus=True):
    """The lines from `top` on, of those that have all the words of `sought`."""

    def __init__(self, desk: Desk, here: Sequence[str]) -> None:
        super().__init__(desk, id="help-sheet")
        self._sections = sections(desk.keymap, here)
        self._top = 0
        self._lines_in_all: list[Line] = []
        self.sought = ""
        self.typing = False

    def shown(self) -> object:
        """The filter, and whether it is being typed."""
        return (self.sought, self.typing)

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """Heading, a window of the lines, keys."""
        words = self.sought.casefold().split()
        found = [line for section in self._sections for line in section.lines(words)]
        nothing: Line = ("pane", ((f" nothing has {self.sought!r} in it", "faint", ""),))
        lines = in_columns(found, width) if found else [nothing]
        room = height - 2
        self._lines_in_all = lines
        self._top = max(0, min(self._top, len(lines) - room))
        window = lines[self._top : self._top + room]
        below = len(lines) - self._top - len(window)
        note = f"{self._top + 1}–{self._top + len(window)} of {len(lines)}" if len(lines) > room else ""
        told = f"/{self.sought}  {note}" if self.sought else note
        foot = self._keys(width, scrolls=len(lines) > room, below=below)
        return [heading("Keys and commands", told), *window, *[BLANK] * (room - len(window)), foot]

    def _keys(self, width: int, *, scrolls: bool, below: int) -> Line:
        """The keys as far as there is room, and how much is below."""
        name = self.desk.keymap.first
        scroll = (f"{name('table.down')} {name('table.up')}", "scroll")
        section, find = (name("help.next"), "section"), (name("help.filter"), "find")
        close = (name("help.close"), "show all" if self.sought or self.typing else "close")
        pairs = (
            [(ENTER, "done"), close]
            if self.typing
            else [*((scroll, section) if scrolls else ()), find, close]
        )
        left = f"  {below} more below" if below else ""
        ground, cells = hints(*pairs)
        while len(pairs) > 1 and sum(width_of(text) for text, _, _ in cells) + len(left) > width:
            del pairs[0]
            ground, cells = hints(*pairs)
        return (ground, (*cells, (left, "strong", "")))

    def find(self, text: str) -> None:
        """Show only what has all these words."""
        self.sought, self._top = text.strip(), 0
        self.touch()

    def scroll_by(self, steps: int) -> None:
        """Scroll by lines."""
        self._top = max(0, self._top + steps)
        self.touch()

    def scroll_pages(self, pages: int) -> None:
        """Scroll by pages."""
        self.scroll_by(pages * max(1, self.size.height - 3))

    def go_to(self, place: int) -> None:
        """Go to the first (0) or last (-1) line."""
        self._top = 0 if place == 0 else len(self._lines_in_all)
        self.touch()

    def go_to_section(self, step: int) -> None:
        """Bring the title of the next section, or of the one before, to the top."""
        titles = [
            y for y, (_, cells) in enumerate(self._lines_in_all) if any(ink == TITLE for _, ink, _ in cells)
        ]
        later, before = [y for y in titles if y > self._top], [y for y in titles if y < self._top]
        self._top = (later[0] if later else self._top) if step > 0 else (before[-1] if before else 0)
        self.touch()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Wheel down."""
        self.scroll_by(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Wheel up."""
        self.scroll_by(-3)


class HelpDialog(Dialog[None]):
    """The `?` screen; `here` are the contexts of the pane that has the keyboard below it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("help", "table")]

    def __init__(self, desk: Desk, here: Sequence[str] = ()) -> None:
        super().__init__(desk)
        self._sheet = HelpSheet(desk, here)
        self._field = Input(id="help-filter", compact=True, placeholder="words")

    def compose(self) -> ComposeResult:
        """The sheet, and the field below it while something is sought."""
        with Vertical(id="help"):
            yield self._sheet
            yield self._field

    def on_mount(self) -> None:
        """The field comes when it is asked for."""
        self._field.display = False

    def _type(self, typing: bool) -> None:
        self._field.display = self._sheet.typing = typing
        (self._field if typing else self._sheet).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Find while it is typed."""
        self._sheet.find(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: give the keys back to the lines."""
        event.stop()
        self._type(False)

    def action_filter(self) -> None:
        """Type words."""
        self._type(True)

    def action_close(self) -> None:
        """Show all again, or close."""
        if self._sheet.typing or self._sheet.sought:
            self._field.value = ""
            self._type(False)
        else:
            self.dismiss(None)

    def action_section(self, step: int) -> None:
        """Go to the next section or the one before."""
        self._sheet.go_to_section(step)

    def action_move(self, steps: int) -> None:
        """Scroll by lines."""
        self._sheet.scroll_by(steps)

    def action_page(self, pages: int) -> None:
        """Scroll by pages."""
        self._sheet.scroll_pages(pages)

    def action_jump(self, place: int) -> None:
        """Go to the first or the last line."""
        self._sheet.go_to(place)
