"""Signals of strategies and AI services, newest last, bounded; unique by (source, id), whoever tells."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from msgspec.structs import asdict, replace

from tui_trader.model.events import NoticeReceived
from tui_trader.model.values import Signal

SIGNALS = 500
FAILURES = 100
_FAILED = frozenset({"TRADE_EXECUTION_FAILED", "INSUFFICIENT_BALANCE"})
"""bot-core.md, 8. Error: an order that a machine could not place."""
Key = tuple[str, str]


def key_of(signal: Signal) -> Key:
    """What is the same of a signal, whichever service tells it."""
    return (signal.source, signal.id)


class Signals:
    """All signals of all links, when each arrived (monotonic), and the orders sent from it by hand."""

    __slots__ = ("_arrived", "_references", "_signals", "failures", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._signals: dict[Key, Signal] = {}
        self._arrived: dict[Key, float] = {}
        self._references: dict[Key, tuple[str, ...]] = {}
        self.failures: deque[NoticeReceived] = deque(maxlen=FAILURES)

    def __iter__(self) -> Iterator[Signal]:
        return iter(self._signals.values())

    def __len__(self) -> int:
        return len(self._signals)

    @property
    def newest_first(self) -> Iterator[Signal]:
        """Signals, the latest first."""
        return reversed(self._signals.values())

    def knows(self, signal: Signal) -> bool:
        """Whether some link has told this signal already."""
        return key_of(signal) in self._signals

    def arrived(self, signal: Signal) -> float | None:
        """When it was first heard of, monotonic seconds; None for one that is no longer kept."""
        return self._arrived.get(key_of(signal))

    def references(self, signal: Signal) -> Sequence[str]:
        """References of the orders that were sent from its ticket."""
        return self._references.get(key_of(signal), ())

    def add(self, signal: Signal, now: float) -> None:
        """Keep a signal; one heard again keeps its place, and what the second one leaves out."""
        key = key_of(signal)
        known = self._signals.get(key)
        if known is not None:
            silent = {name: value for name, value in asdict(known).items() if not getattr(signal, name)}
            signal = replace(signal, **silent)
        self._signals[key] = signal
        self._arrived.setdefault(key, now)
        while len(self._signals) > SIGNALS:
            oldest = next(iter(self._signals))
            del self._signals[oldest]
            del self._arrived[oldest]
            self._references.pop(oldest, None)
        self.revision += 1

    def fail(self, notice: NoticeReceived) -> None:
        """Keep the notice of an order that a machine could not place, where it says on what."""
        if notice.code in _FAILED and notice.symbol:
            self.failures.append(notice)
            self.revision += 1

    def follow(self, key: Key, reference: str) -> None:
        """Remember that an order was sent from this signal's ticket."""
        self._references[key] = (*self._references.get(key, ()), reference)
        self.revision += 1
