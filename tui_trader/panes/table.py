"""A list with cursor and filter. Columns are dropped in a declared order when narrow; no figure is cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from rich.cells import set_cell_size

from tui_trader.drawing.canvas import Cell, Line, fit, width_of
from tui_trader.model.matters import Matter
from tui_trader.panes.pane import Pane, said

if TYPE_CHECKING:
    from textual import events

    from tui_trader.desk import Desk

Row = TypeVar("Row")
_FIGURE = re.compile(r"[+-]?\d[\d.,]*$")
GAP_LIMIT = 4
MINOR = 5
"""Columns above this rank go before titles become brief."""
MAJOR = 2
"""Columns up to this rank stay in short form before they go."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column. `rank` 0 is never dropped, the highest goes first, columns of one rank go together.

    `brief` is the title while not every column fits under its own; only a `grows` column may be cut.
    """

    title: str
    cell: Callable[[Row, float], tuple[str, str] | Cell]
    rank: int = 0
    right: bool = True
    grows: bool = False
    minimum: int = 0
    wanted: int = 0
    """What a growing column is given, if its texts are so long, before columns of a higher rank."""
    brief: str = ""
    short: Callable[[Row, float], tuple[str, str] | Cell] | None = None
    """The cell in fewer characters, where one that matters would have to go."""


def without_cut_figure(text: str, width: int) -> str:
    """A text too long for a width, shortened so that no ellipsis stands in a figure or at its end."""
    room = set_cell_size(text, max(0, width - 1))
    kept = room.rstrip()
    figure = _FIGURE.search(kept)
    if figure is None:
        return text
    return f"{kept} …" if kept != room else f"{kept[: figure.start()]}…"


class TablePane(Pane, Generic[Row]):
    """Base of lists. Subclasses give `columns`, `rows` and `identity`."""

    CONTEXTS: ClassVar[tuple[str, ...]] = ("table",)
    EMPTY = ""
    MATTER: ClassVar[Matter | None] = None
    """What its rows are told by, if only some protocols tell of that."""
    COLUMN_TITLES = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._columns = self.columns()
        self.sought = ""
        """Only rows with all its words are listed."""
        self._kept: tuple[object, Sequence[Row]] = (None, ())
        self._measured: list[int] = [0] * len(self._columns)
        """Cells that the contents of each column take."""
        self._measured_short: list[int] = [0] * len(self._columns)
        self._shortened = False
        self._heads: tuple[str, ...] = ()
        self._widths: list[int] = [0] * len(self._columns)
        self._visible: list[int] = []
        self._gap = 1
        self._laid_out: tuple[int, int] = (0, 0)
        self._outgrown = False
        self._cache: dict[Hashable, tuple[object, Line]] = {}
        self._cursor: Hashable = None
        self.moves = 0
        """How often the user moved the cursor."""
        self._place = 0
        self._top = 0
        self._page = 1
        self._rows: Sequence[Row] = ()

    def columns(self) -> Sequence[Column[Row]]:
        """All columns, from the left."""
        raise NotImplementedError

    def rows(self) -> Sequence[Row]:
        """What is listed, in order."""
        raise NotImplementedError

    def identity(self, row: Row) -> Hashable:
        """What stays the same while a row changes; the cursor follows it."""
        raise NotImplementedError

    def ground(self, row: Row, now: float) -> str:
        """Ground of a row that the cursor is not on."""
        return self.GROUND

    def empty(self) -> str:
        """What an empty list says."""
        return (self.desk.shortfall.of(self.MATTER) if self.MATTER else "") or self.EMPTY

    def version(self, row: Row, now: float) -> Hashable:
        """What a row's line depends on, where that is cheaper to tell than to draw; None: draw it."""
        return None

    def sifted(self) -> Sequence[Row]:
        """Rows that the filter leaves; looked through again only when they change."""
        if not self.sought:
            return self.rows()
        key = (self.sought, self.revision())
        if self._kept[0] != key:
            words = self.sought.casefold().split()
            texts = ((row, self.as_text(row).casefold()) for row in self.rows())
            self._kept = (key, [row for row, text in texts if all(word in text for word in words)])
        return self._kept[1]

    def as_text(self, row: Row) -> str:
        """What copying gives of a row: every column, shown or not, with tabs between."""
        now = self.desk.clock()
        texts = (column.cell(row, now)[0] for column in self._columns)
        return "\t".join(text for text in texts if text)

    def copied(self) -> str:
        """The row under the cursor."""
        row = self.current
        return "" if row is None else self.as_text(row)

    @property
    def filter_text(self) -> str:
        """What the list is filtered by."""
        return self.sought

    def set_filter(self, text: str) -> None:
        """List only rows that have all these words somewhere; nothing lists all."""
        self.sought = text.strip()
        self._laid_out = (0, 0)
        self.touch()

    def note(self, now: float) -> str:
        """The filter and how much it leaves; without one the caption."""
        if self.sought:
            return f"/{self.sought} {len(self.sifted())} of {len(self.rows())}"
        return self.caption(now)

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        rows = self.sifted()
        self._follow(rows)
        return rows[self._place] if rows else None

    def body(self, width: int, height: int, now: float) -> list[Line]:
        """Column titles and as many rows as fit, the cursor's among them."""
        rows = self._rows = self.sifted()
        if not rows:
            return self._empty(width, height)
        self._follow(rows)
        titles = self.COLUMN_TITLES and height > 1
        self._page = max(1, height - titles)
        self._top = max(min(self._top, self._place, len(rows) - self._page), self._place - self._page + 1, 0)
        window = rows[self._top : self._top + self._page]
        if self._laid_out != (width, len(rows)):
            self._lay_out(width, rows, window, now)
        drawn = [
            self._row_line(row, now, at_cursor=self._top + offset == self._place)
            for offset, row in enumerate(window)
        ]
        if self._outgrown:
            self._outgrown = False
            self._arrange(width)
            return self.body(width, height, now)
        return [self._titles(), *drawn] if titles else drawn

    def _empty(self, width: int, height: int) -> list[Line]:
        nothing = f"nothing matches /{self.sought}" if self.sought and self.rows() else self.empty()
        return said(nothing, width, min(1, max(0, height - 1)))

    def _lay_out(self, width: int, rows: Sequence[Row], window: Sequence[Row], now: float) -> None:
        """Measure all columns on the rows in sight; from then on they only grow."""
        self._laid_out = (width, len(rows))
        self._measured = [column.minimum for column in self._columns]
        for place, column in enumerate(self._columns):
            if not column.grows or column.wanted:
                texts = (width_of(column.cell(row, now)[0]) for row in window)
                widest = max(texts, default=0)
                self._measured[place] = max(
                    column.minimum, min(widest, column.wanted) if column.grows else widest
                )
        self._measured_short = list(self._measured)
        for place, column in enumerate(self._columns):
            if column.short is not None:
                texts = (width_of(column.short(row, now)[0]) for row in window)
                self._measured_short[place] = max(texts, default=0)
        self._arrange(width)

    def _arrange(self, width: int) -> None:
        """Choose the columns that fit and share out what is left."""
        self._cache.clear()
        self._visible = self._choose(width)
        used = sum(self._widths[place] for place in self._visible)
        gaps = max(1, len(self._visible) - 1)
        self._gap = 1
        grower = next((place for place in self._visible if self._columns[place].grows), None)
        if grower is None:
            self._gap = max(1, min(GAP_LIMIT, (width - 2 - used) // gaps))
        else:
            self._gap = 2 if width - 2 - used >= gaps * 2 else 1
            self._widths[grower] += max(0, width - 2 - used - self._gap * gaps)

    def _choose(self, width: int) -> list[int]:
        """Columns that fit; a text that has no room in the end takes no other column with it."""
        chosen = self._fitting(range(len(self._columns)), width)
        growing = {place for place, column in enumerate(self._columns) if column.grows}
        if growing <= set(chosen):
            return chosen
        return self._fitting([place for place in range(len(self._columns)) if place not in growing], width)

    def _fitting(self, places: Iterable[int], width: int) -> list[int]:
        """Of these columns those without the highest ranks; titles are brief before one that matters goes."""
        full = tuple(column.title if self.COLUMN_TITLES else "" for column in self._columns)
        brief = tuple(column.brief or title for column, title in zip(self._columns, full, strict=True))
        chosen = list(places)
        while True:
            rank = max(self._columns[place].rank for place in chosen)
            ways = [(full, False), (brief, False), (brief, True)]
            for heads, short in ways[: 1 if rank > MINOR else 2 if rank > MAJOR else 3]:
                self._heads, self._shortened = heads, short
                measured = self._measured_short if short else self._measured
                self._widths = [max(measured[n], width_of(heads[n])) for n in range(len(heads))]
                if sum(self._widths[place] for place in chosen) + len(chosen) - 1 + 2 <= width:
                    return chosen
            if not rank:
                return chosen
            chosen = [place for place in chosen if self._columns[place].rank != rank]

    def _titles(self) -> Line:
        cells: list[Cell] = [(" ", "muted", "")]
        for order, place in enumerate(self._visible):
            column = self._columns[place]
            text = fit(self._heads[place], self._widths[place], right=column.right)
            cells.append(((" " * self._gap if order else "") + text, self.title_ink(place), ""))
        return ("bar", tuple(cells))

    def title_ink(self, place: int) -> str:
        """Ink of a column's title."""
        return "muted"

    def _row_line(self, row: Row, now: float, *, at_cursor: bool) -> Line:
        """The line of a row, drawn anew only if its version says so."""
        version = self.version(row, now)
        if version is None:
            return self._line(row, now, at_cursor=at_cursor)
        key = (version, at_cursor, at_cursor and self.has_focus)
        identity = self.identity(row)
        known = self._cache.get(identity)
        if known is None or known[0] != key:
            known = self._cache[identity] = (key, self._line(row, now, at_cursor=at_cursor))
        return known[1]

    def _line(self, row: Row, now: float, *, at_cursor: bool) -> Line:
        ground = self.ground(row, now)
        if at_cursor:
            ground = "cursor" if self.has_focus else "cursor-idle"
        out: list[Cell] = [("▎" if at_cursor and self.has_focus else " ", "focus", "")]
        for order, place in enumerate(self._visible):
            column = self._columns[place]
            short = self._shortened and column.short
            text, ink, *own = (short or column.cell)(row, now)
            if order:
                out.append((" " * self._gap, "text", ""))
            wide = width_of(text)
            if wide > self._widths[place] and not column.grows:
                (self._measured_short if self._shortened else self._measured)[place] = wide
                self._outgrown = True
            if wide > self._widths[place]:
                text = without_cut_figure(text, self._widths[place])
            out.append((fit(text, self._widths[place], right=column.right), ink, own[0] if own else ""))
        return (ground, tuple(out))

    def _follow(self, rows: Sequence[Row]) -> None:
        """Keep the cursor on the row it was on, wherever that went."""
        if not rows:
            self._place = 0
            return
        if self._place < len(rows) and self.identity(rows[self._place]) == self._cursor:
            return
        found = next((place for place, row in enumerate(rows) if self.identity(row) == self._cursor), None)
        self._place = min(self._place, len(rows) - 1) if found is None else found
        self._cursor = self.identity(rows[self._place])

    def put_cursor(self, place: int) -> None:
        """Move the cursor to a row, counted from 0; -1 is the last."""
        rows = self.sifted()
        self.moves += 1
        if rows:
            self._place = len(rows) - 1 if place < 0 else min(place, len(rows) - 1)
            self._cursor = self.identity(rows[self._place])
            self.touch()

    def put_cursor_on(self, identity: Hashable) -> None:
        """Move the cursor to this row, if it is listed."""
        for place, row in enumerate(self.sifted()):
            if self.identity(row) == identity:
                self.put_cursor(place)

    def action_move(self, steps: int) -> None:
        """Move the cursor by lines."""
        self.put_cursor(max(0, self._place + steps))

    def action_page(self, pages: int) -> None:
        """Move the cursor by pages."""
        self.put_cursor(max(0, self._place + pages * self._page))

    def action_jump(self, place: int) -> None:
        """Move the cursor to the first (0) or last (-1) line."""
        self.put_cursor(place)

    def clicked(self, x: int, y: int) -> None:
        """Put the cursor on the clicked row; a click on the row under the cursor is Enter."""
        place = self._top + y - (1 if self.COLUMN_TITLES else 0)
        if 0 <= place < len(self._rows):
            again = place == self._place
            self.put_cursor(place)
            self.chosen(again=again)

    def chosen(self, *, again: bool) -> None:
        """A row was clicked; `again` if the cursor was on it already."""

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Wheel down."""
        event.stop()
        self.action_move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Wheel up."""
        event.stop()
        self.action_move(-3)
