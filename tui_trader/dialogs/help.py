"""Every key and command, generated from their tables."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui_trader.commands.registry import GRAMMAR
from tui_trader.desk import Desk
from tui_trader.dialogs.dialog import BLANK, Dialog, heading, hints
from tui_trader.drawing.canvas import Canvas, Line, fit, width_of
from tui_trader.keymap import Keymap
from tui_trader.keys import bindings, every_context

if TYPE_CHECKING:
    from textual import events

KEY_WIDTH = 11
COLUMN = 54
VERB_WIDTH = 1 + max(len(verb.name) for verb in GRAMMAR.verbs)


def key_lines(keymap: Keymap) -> list[Line]:
    """Keys by where they work; neighbours that differ only in a digit are one line."""
    lines: list[Line] = []
    for context, title in every_context().items():
        rows = [key for key in keymap.rows(context) if not key.id.startswith("console.workspace_")]
        lines.append(("pane", ((f" {title}", "bold strong", ""),)))
        if context == "console":
            lines.append(_row("1 … 9", "Go to the workspace of this number"))
        lines += [_row(key.names, key.description, armed=key.armed) for key in rows]
        lines.append(BLANK)
    return lines


def command_lines() -> list[Line]:
    """Verbs of the command line."""
    lines: list[Line] = [("pane", ((" Commands", "bold strong", ""),))]
    for verb in GRAMMAR.verbs:
        lines.append(_command(verb.name, verb.usage, "text"))
        lines.append(_command("", verb.summary, "muted"))
    lines.append(_command("SYMBOL", "a symbol alone jumps to it", "muted"))
    lines.append(_command("verb?", "explains a verb; Tab completes, ↑ repeats", "muted"))
    lines.append(BLANK)
    return lines


def _command(name: str, text: str, ink: str) -> Line:
    return ("pane", ((f" {name:<{VERB_WIDTH}}", "focus", ""), (text, ink, "")))


def _row(key: str, text: str, *, armed: bool = False) -> Line:
    note = "  once armed" if armed else ""
    return ("pane", ((" " + fit(key, KEY_WIDTH), "focus", ""), (text, "text", ""), (note, "armed", "")))


def _wrapped(line: Line, width: int) -> list[Line]:
    """A line that is too wide goes on below its own text."""
    ground, cells = line
    if line is BLANK or sum(width_of(text) for text, _, _ in cells) <= width:
        return [line]
    place = max(range(len(cells)), key=lambda at: width_of(cells[at][0]))
    text, ink, own = cells[place]
    indent = sum(width_of(one) for one, _, _ in cells[:place])
    note = sum(width_of(one) for one, _, _ in cells[place + 1 :])
    first, *more = wrap(text, max(10, width - indent - note)) or [""]
    head: Line = (ground, (*cells[:place], (first, ink, own), *cells[place + 1 :]))
    return [head, *((ground, ((" " * indent + part, ink, own),)) for part in more)]


def in_columns(lines: list[Line], width: int) -> list[Line]:
    """Set sections side by side where the width allows, never splitting a section."""
    number = max(1, width // COLUMN)
    lines = [part for line in lines for part in _wrapped(line, width // number - 1)]
    target = -(-len(lines) // number)
    columns: list[list[Line]] = [[]]
    section: list[Line] = []
    for line in lines:
        section.append(line)
        if line is BLANK:
            if len(columns[-1]) + len(section) > target + 2 and len(columns) < number and columns[-1]:
                columns.append([])
            columns[-1] += section
            section = []
    each = width // number
    out: list[Line] = []
    for y in range(max(len(column) for column in columns)):
        cells = []
        for column in columns:
            row = column[y][1] if y < len(column) else ()
            used = sum(width_of(text) for text, _, _ in row)
            cells += [*row, (" " * max(0, each - used), "text", "")]
        out.append(("pane", tuple(cells)))
    return out


class HelpSheet(Canvas, can_focus=True):
    """The lines from `top` on."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("table")]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="help")
        self._top = 0
        self._length = 0

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """Heading, a window of the lines, keys."""
        lines = in_columns([*key_lines(self.desk.keymap), *command_lines()], width)
        room = height - 2
        self._length = len(lines)
        self._top = max(0, min(self._top, len(lines) - room))
        window = lines[self._top : self._top + room]
        more = self._length > room
        note = f"{self._top + 1}–{self._top + len(window)} of {self._length}" if more else ""
        name = self.desk.keymap.first
        close = (name("help.close"), "close")
        scroll = (f"{name('table.down')} {name('table.up')}", "scroll")
        keys = (scroll, close) if more else (close,)
        return [heading("Keys and commands", note), *window, *[BLANK] * (room - len(window)), hints(*keys)]

    def action_move(self, steps: int) -> None:
        """Scroll by lines."""
        self._top = max(0, self._top + steps)
        self.touch()

    def action_page(self, pages: int) -> None:
        """Scroll by pages."""
        self.action_move(pages * max(1, self.size.height - 3))

    def action_jump(self, place: int) -> None:
        """Go to the first (0) or last (-1) line."""
        self._top = 0 if place == 0 else self._length
        self.touch()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Wheel down."""
        self.action_move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Wheel up."""
        self.action_move(-3)


class HelpDialog(Dialog[None]):
    """The `?` screen."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("help")]

    def compose(self) -> ComposeResult:
        """One sheet."""
        yield HelpSheet(self.desk)
