"""What the help says, section by section, as generated from the tables of keys and verbs; and its columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from msgspec import Struct

from tui_trader.commands.registry import GRAMMAR
from tui_trader.dialogs.dialog import BLANK
from tui_trader.drawing.canvas import Line, fit, width_of
from tui_trader.keymap import OVERALL, Keymap
from tui_trader.keys import every_context

KEY_WIDTH = 11
COLUMN = 54
VERB_WIDTH = 1 + max(len(verb.name) for verb in GRAMMAR.verbs)
TITLE = "bold strong"
"""Ink of a section's title, and of nothing else."""

Entry = tuple[Line, ...]
"""Lines that are shown together or not at all."""


class Section(Struct, frozen=True):
    """A title and what stands under it."""

    title: str
    entries: tuple[Entry, ...]
    note: str = ""

    def lines(self, words: Sequence[str]) -> list[Line]:
        """Title, entries that have all these words in them or in the title, and a blank line; or nothing."""
        kept = [entry for entry in self.entries if all(word in self._text(entry) for word in words)]
        if not kept:
            return []
        head: Line = ("pane", ((f" {self.title}", TITLE, ""), (self.note, "muted", "")))
        return [head, *(line for entry in kept for line in entry), BLANK]

    def _text(self, entry: Entry) -> str:
        texts = (text for _, cells in entry for text, _, _ in cells)
        return " ".join((self.title, *texts)).casefold()


def sections(keymap: Keymap, here: Sequence[str] = ()) -> list[Section]:
    """Keys by where they work, those that work `here` (contexts of a pane) first; then the commands."""
    titles = every_context()
    first = [*reversed(here), OVERALL] if here else []
    order = [*first, *(context for context in titles if context not in first)]
    return [
        *(_keys(keymap, context, titles[context], place=place if here else 1)
          for place, context in enumerate(order)),
        Section("Commands", tuple(_commands())),
    ]  # fmt: skip


def _keys(keymap: Keymap, context: str, title: str, *, place: int) -> Section:
    """Keys of one context; those of workspaces, which differ only in a digit, are one line."""
    rows = [key for key in keymap.rows(context) if not key.id.startswith("console.workspace_")]
    entries = [(_row(key.names, key.description, armed=key.trades),) for key in rows]
    if context == OVERALL:
        entries.insert(0, (_row("1 … 9", "Go to the workspace of this number"),))
    return Section(title, tuple(entries), "" if place else "  where you are")


def _commands() -> Iterator[Entry]:
    for verb in GRAMMAR.verbs:
        yield (_command(verb.name, verb.usage, "text"), _command("", verb.summary, "muted"))
    yield (_command("SYMBOL", "a symbol alone jumps to it", "muted"),)
    yield (_command("verb?", "explains a verb; Tab completes, ↑ repeats", "muted"),)


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
