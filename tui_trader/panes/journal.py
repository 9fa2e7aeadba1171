"""The journal: what happened, searchable, newest last."""

from __future__ import annotations

import textwrap
from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from tui_trader.drawing.canvas import Line
from tui_trader.formatting.times import clock, moment
from tui_trader.model.values import Severity
from tui_trader.panes.table import Column
from tui_trader.panes.tail import TailPane, fact
from tui_trader.store.journal import JournalEntry
from tui_trader.store.query import Query

if TYPE_CHECKING:
    from tui_trader.desk import Desk

_MARKS = {
    Severity.INFO: ("·", "faint"),
    Severity.WARNING: ("▲", "caution"),
    Severity.ERROR: ("✕", "alarm"),
    Severity.CRITICAL: ("■", "bold alarm"),
}
_INKS = {
    Severity.INFO: "text",
    Severity.WARNING: "caution",
    Severity.ERROR: "alarm",
    Severity.CRITICAL: "bold alarm",
}
_SENT = ("→", "focus")
_SEQUENCE = attrgetter("sequence")


class JournalPane(TailPane[JournalEntry]):
    """One line an event, message or action."""

    KEY = "journal"
    TITLE = "Journal"
    EMPTY = "nothing happened yet"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._found: list[JournalEntry] = []
        self._sought: Query | None = None
        self._read = 0

    def columns(self) -> Sequence[Column[JournalEntry]]:
        """Mark and text stay to the end."""
        return (
            Column("", self._mark, right=False, minimum=1),
            Column("Time", self._time, 1, right=False, minimum=8),
            Column("Link", lambda row, now: (row.link or "console", "muted"), 2, right=False, minimum=8),
            Column("Kind", lambda row, now: (row.kind, "muted"), 3, right=False, minimum=8),
            Column(
                "What", lambda row, now: (row.text, _INKS[row.severity]), right=False, grows=True, minimum=44
            ),
        )

    def revision(self) -> object:
        """The journal, what of it is shown, and where."""
        return (self.store.journal.revision, self.search.text, self.detailed, self.following)

    def rows(self) -> Sequence[JournalEntry]:
        """Entries that the query lets through; new ones are judged once, as they come."""
        journal = self.store.journal
        if not self.search:
            return journal.entries
        if self._sought is not self.search:
            self._sought, self._read = self.search, journal.revision
            self._found = self.search.select(journal.entries)
        elif self._read != journal.revision:
            self._found += self.search.select(journal.since(self._read))
            self._read = journal.revision
        if self._found and self._found[0].sequence < journal.first:
            del self._found[: bisect_left(self._found, journal.first, key=_SEQUENCE)]
        return self._found

    def total(self) -> int:
        """Entries that are kept."""
        return len(self.store.journal)

    def newer(self) -> int:
        """Entries below the cursor."""
        return len(self.rows()) - 1 - self._place

    def detail(self, row: JournalEntry, width: int) -> list[Line]:
        """Every field, the text in full."""
        first, *others = textwrap.wrap(row.text, max(20, width - 13)) or [""]
        lines = [
            fact("text", first, _INKS[row.severity]),
            *(fact("", text, _INKS[row.severity]) for text in others),
        ]
        lines.append(fact("time", _moment(self._ms(row))))
        if row.time_ms is not None:
            lines.append(fact("event time", _moment(row.time_ms)))
        return [
            *lines,
            fact("link", row.link or "console"),
            fact("kind", row.kind),
            fact("severity", row.severity.value),
            fact("number", f"{row.sequence:,}"),
        ]

    def as_text(self, row: JournalEntry) -> str:
        """The line with all its fields."""
        return f"{clock(self._ms(row))} {row.link or 'console'} {row.kind} {row.severity} {row.text}"

    def _ms(self, row: JournalEntry) -> int:
        return row.market_ms if row.market_ms is not None else self.desk.moment_ms(row.at)

    def _mark(self, row: JournalEntry, now: float) -> tuple[str, str]:
        return _SENT if row.kind == "sent" else _MARKS[row.severity]

    def _time(self, row: JournalEntry, now: float) -> tuple[str, str]:
        return clock(self._ms(row)), "muted"


def _moment(epoch_ms: int) -> str:
    return f"{moment(epoch_ms):%Y-%m-%d %H:%M:%S}.{epoch_ms % 1000:03} UTC"
