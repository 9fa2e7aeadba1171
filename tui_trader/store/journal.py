"""What happened, line by line, bounded; `sequence` never repeats, so a reader can tell what is new."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from tui_trader.model.values import Severity

ENTRIES = 5_000


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line. `at` is monotonic seconds; `time_ms` the server's time where it told one."""

    sequence: int
    at: float
    link: str
    kind: str
    severity: Severity
    text: str
    time_ms: int | None = None


class Journal:
    """Entries, newest last."""

    __slots__ = ("_entries", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._entries: deque[JournalEntry] = deque(maxlen=ENTRIES)

    def __iter__(self) -> Iterator[JournalEntry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def since(self, sequence: int) -> list[JournalEntry]:
        """Entries written after this sequence number, oldest first."""
        fresh: list[JournalEntry] = []
        for entry in reversed(self._entries):
            if entry.sequence <= sequence:
                break
            fresh.append(entry)
        return fresh[::-1]

    def write(
        self,
        now: float,
        link: str,
        kind: str,
        text: str,
        *,
        severity: Severity = Severity.INFO,
        time_ms: int | None = None,
    ) -> None:
        """Append a line."""
        self.revision += 1
        self._entries.append(JournalEntry(self.revision, now, link, kind, severity, text, time_ms))
