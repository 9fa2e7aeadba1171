"""Signals of strategies and AI services, newest last, bounded; unique by (source, id), whoever tells."""

from __future__ import annotations

from collections.abc import Iterator

from tui_trader.model.values import Signal

SIGNALS = 500


class Signals:
    """All signals of all links."""

    __slots__ = ("_signals", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._signals: dict[tuple[str, str], Signal] = {}

    def __iter__(self) -> Iterator[Signal]:
        return iter(self._signals.values())

    def __len__(self) -> int:
        return len(self._signals)

    @property
    def newest_first(self) -> Iterator[Signal]:
        """Signals, the latest first."""
        return reversed(self._signals.values())

    def add(self, signal: Signal) -> None:
        """Keep a signal; one heard again, by whichever link, is replaced in its place."""
        self._signals[signal.source, signal.id] = signal
        while len(self._signals) > SIGNALS:
            del self._signals[next(iter(self._signals))]
        self.revision += 1
