"""A list that grows at its end: it follows what is new until the cursor leaves the last line."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from tui_trader.drawing.canvas import Line
from tui_trader.panes.signals import beside
from tui_trader.panes.table import TablePane
from tui_trader.store.query import FIELDS, USAGE, Query, Record, parse

if TYPE_CHECKING:
    from tui_trader.desk import Desk

WIDE = 130
"""From this width on the detail stands beside the list."""
DETAIL_SHARE = 0.45
QUERY_CELLS = 28
"""What the title shows of a search; the command line shows all of it."""
_SEQUENCE = attrgetter("sequence")


class Numbered(Record, Protocol):
    """A record whose number rises."""

    @property
    def sequence(self) -> int:
        """Its number."""
        ...


N = TypeVar("N", bound=Numbered)


class TailPane(TablePane[N]):
    """Base of journal and inspector: search, detail of one record, copying. Subclasses give `rows`."""

    CONTEXTS: ClassVar[tuple[str, ...]] = ("table", "records")
    FIELDS: ClassVar[tuple[str, ...]] = FIELDS
    SEARCH: ClassVar[str] = USAGE
    """What may be typed after `/`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.search = Query()
        self.following = True
        self.detailed = False
        self._scrolled = 0

    def detail(self, row: N, width: int) -> list[Line]:
        """Everything about one record."""
        raise NotImplementedError

    def as_text(self, row: N) -> str:
        """What copying gives."""
        raise NotImplementedError

    def newer(self) -> int:
        """How many records came after the last one in sight while it does not follow."""
        return 0

    def total(self) -> int:
        """How many records there are, shown or not."""
        return len(self.rows())

    def identity(self, row: N) -> Hashable:
        """The record's number."""
        return row.sequence

    def caption(self, now: float) -> str:
        """The search, how much it found, and whether the list stands still."""
        parts = []
        if self.search.text:
            parts.append(f"{len(self.rows()):,} of {self.total():,}  /{fit_end(self.search.text)}")
        if self.search.problem:
            parts.append(self.search.problem)
        if not self.following:
            newer = self.newer()
            key = self.desk.keymap.first("records.follow")
            parts.append(f"paused, {newer:,} newer: {key}" if newer else f"paused: {key} follows")
        return "  ".join(parts)

    def empty(self) -> str:
        """Say whether there is nothing or nothing was found."""
        return f"nothing matches /{self.search.text}" if self.search else self.EMPTY

    def body(self, width: int, height: int, now: float) -> list[Line]:
        """The list, and the record under the cursor beside or below it."""
        row = self.current if self.detailed else None
        if row is None:
            return super().body(width, height, now)
        if width >= WIDE:
            right = int(width * DETAIL_SHARE)
            shown = self._window(self.detail(row, right - 1), height)
            framed = [(ground, (("│", "faint", ""), *cells)) for ground, cells in shown]
            framed += [("pane", (("│", "faint", ""),))] * (height - len(framed))
            return beside(super().body(width - right, height, now), framed, width - right, height)
        lines = self.detail(row, width)
        listed_lines = len(self.rows()) + 1
        least = min(listed_lines, max(2, height // 3))
        above = max(least, min(height - len(lines) - 1, listed_lines))
        listed = super().body(width, above, now)
        listed += [("pane", ())] * (above - len(listed))
        rule: Line = ("pane", (("─" * width, "faint", ""),))
        return [*listed, rule, *self._window(lines, height - above - 1)]

    def _window(self, lines: list[Line], height: int) -> list[Line]:
        """As much of the detail as fits, from where it was scrolled to."""
        self._scrolled = max(0, min(self._scrolled, len(lines) - height))
        shown = lines[self._scrolled : self._scrolled + max(0, height)]
        hidden = len(lines) - self._scrolled - len(shown)
        if hidden and shown:
            key = self.desk.keymap.first("records.detail_down")
            shown[-1] = ("pane", ((f" … {hidden + 1:,} more lines: {key}", "faint", ""),))
        return shown

    def _follow(self, rows: Sequence[N]) -> None:
        """Stay at the end, or on the record the cursor is on, which may have moved up."""
        if not rows:
            self._place = 0
            return
        if self.following:
            self._place = len(rows) - 1
        else:
            assert isinstance(self._cursor, int)
            place = min(bisect_left(rows, self._cursor, key=_SEQUENCE), len(rows) - 1)
            self._top = max(0, self._top + place - self._place)
            self._place = place
        self._cursor = rows[self._place].sequence

    def put_cursor(self, place: int) -> None:
        """Move the cursor; away from the last line the list stands still, on it the list follows."""
        count = len(self.rows())
        before = self._cursor
        super().put_cursor(place)
        self.following = place < 0 or place >= count - 1
        if self._cursor != before:
            self._scrolled = 0

    def sifted(self) -> Sequence[N]:
        """Records that the query lets through."""
        return self.rows()

    @property
    def filter_text(self) -> str:
        """The query."""
        return self.search.text

    def set_filter(self, text: str) -> None:
        """Show only records that the query lets through."""
        self.search = parse(text, self.FIELDS)
        self._laid_out = (0, 0)
        self.touch()

    def action_follow(self) -> None:
        """Follow what is new, or stand still."""
        rows = self.rows()
        if self.following and rows:
            self._follow(rows)
            self.following = False
        else:
            self.put_cursor(-1)
            self.following = True
        self.touch()

    def action_detail(self) -> None:
        """Show everything about the record under the cursor, or the list alone."""
        self.detailed = not self.detailed
        self._scrolled = 0
        self.touch()

    def action_scroll_detail(self, lines: int) -> None:
        """Scroll the detail."""
        self._scrolled = max(0, self._scrolled + lines)
        self.touch()

    def chosen(self, *, again: bool) -> None:
        """A click on the record under the cursor shows its detail."""
        if again:
            self.action_detail()


def fit_end(text: str) -> str:
    """The text, cut where a title has no room for more."""
    return text if len(text) <= QUERY_CELLS else text[: QUERY_CELLS - 1] + "…"


def fact(name: str, text: str, ink: str = "text") -> Line:
    """A line of a detail: a name and what it is."""
    return ("pane", ((f" {name:<11}", "muted", ""), (text, ink, "")))
