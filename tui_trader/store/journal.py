"""What happened, line by line, bounded; `sequence` never repeats, so a reader can tell what is new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from tui_trader.model.values import Severity

ENTRIES = 100_000
"""At least so many of the newest are kept."""
SLACK = 5_000
"""So many more may be kept, so that the oldest go in one cut and not one by one."""


class JournalEntry(Struct, frozen=True):
    """One line. `at` is monotonic seconds, `market_ms` the market's time then; `time_ms` the event's own."""

    sequence: int
    at: float
    link: str
    kind: str
    severity: Severity
    text: str
    time_ms: int | None = None
    market_ms: int | None = None

    @property
    def haystack(self) -> str:
        """What a search looks through, case folded."""
        return f"{self.link} {self.kind} {self.text}".casefold()


class Journal:
    """Entries, newest last; their sequences have no gap."""

    __slots__ = ("_entries", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._entries: list[JournalEntry] = []

    def __iter__(self) -> Iterator[JournalEntry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> Sequence[JournalEntry]:
        """All that is kept, oldest first."""
        return self._entries

    @property
    def first(self) -> int:
        """Sequence of the oldest entry that is kept."""
        return self.revision - len(self._entries) + 1

    def since(self, sequence: int) -> list[JournalEntry]:
        """Entries written after this sequence number, oldest first."""
        return self._entries[max(0, sequence + 1 - self.first) :]

    def write(
        self,
        now: float,
        link: str,
        kind: str,
        text: str,
        *,
        severity: Severity = Severity.INFO,
        time_ms: int | None = None,
        market_ms: int | None = None,
    ) -> None:
        """Append a line."""
        self.revision += 1
        entry = JournalEntry(self.revision, now, link, kind, severity, text, time_ms, market_ms)
        self._entries.append(entry)
        if len(self._entries) > ENTRIES + SLACK:
            del self._entries[:SLACK]
