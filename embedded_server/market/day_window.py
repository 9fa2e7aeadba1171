"""Statistics over the last 24 hours, in minutes: each is taken in once, a question is always cheap."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Sequence
from typing import cast

from embedded_server.kernel.time import DAY, MINUTE
from embedded_server.market.history import History
from embedded_server.market.series import MINUTE_FIELDS, Series
from embedded_server.model.states import Bar, DayStatistics

_FIELDS = 4
"""Numbers kept of a minute: opening, open, lots, ticks x lots."""
_SLACK = 500 * _FIELDS
"""Numbers of minutes that left the window before they are dropped together."""


class DayWindow:
    """The minutes of the last 24 hours of one instrument; filled from history on the first question."""

    def __init__(self, history: History, series: Series, tick_value_micros: int) -> None:
        self._history = history
        self._series = series
        self._tick_value = tick_value_micros
        self._seeded = False
        self._minutes = array("q")
        self._first = 0
        """Where the window begins in `_minutes`."""
        self._highs: deque[tuple[int, int]] = deque()
        """(opening, high) of the minutes that no later one surpasses; `_lows` likewise."""
        self._lows: deque[tuple[int, int]] = deque()
        self._lots = 0
        self._value = 0

    def __getstate__(self) -> dict[str, object]:
        """What a snapshot keeps."""
        return {**self.__dict__, "_minutes": self._minutes[self._first :].tolist(), "_first": 0}

    def __setstate__(self, state: dict[str, object]) -> None:
        """Come back from a snapshot."""
        self.__dict__.update(state)
        self._minutes = array("q", cast("list[int]", state["_minutes"]))

    def statistics(self, now: int) -> DayStatistics:
        """The window that ends at `now`; at most a minute longer than 24 hours."""
        series = self._series
        if not self._seeded:
            self._seed(now)
        if series.minutes:
            numbers = iter(series.minutes)
            for minute in zip(*[numbers] * MINUTE_FIELDS, strict=True):
                self._add(minute)
            del series.minutes[:]
        self._forget(now - DAY - MINUTE)
        forming, value = series.traded()
        last = series.last
        if not series.trading:
            forming, value = Bar(now, last, last, last, last, 0), 0
        some = self._first < len(self._minutes)
        return DayStatistics(
            open=self._minutes[self._first + 1] if some else forming.open,
            high=max(self._highs[0][1], forming.high) if some else forming.high,
            low=min(self._lows[0][1], forming.low) if some else forming.low,
            last=last,
            lots=self._lots + forming.lots,
            notional_micros=(self._value + value) * self._tick_value,
        )

    def _seed(self, now: int) -> None:
        self._seeded = True
        for bar in self._history.recent_minutes().bars():
            if bar.time > now - DAY - MINUTE:
                value = (bar.high + bar.low + bar.close) * bar.lots // 3
                self._add((bar.time, bar.open, bar.high, bar.low, bar.lots, value))

    def _add(self, minute: Sequence[int]) -> None:
        """Take in a minute as `Series.minutes` has it."""
        time, opened, high, low, lots, value = minute
        highs, lows = self._highs, self._lows
        while highs and highs[-1][1] <= high:
            highs.pop()
        while lows and lows[-1][1] >= low:
            lows.pop()
        highs.append((time, high))
        lows.append((time, low))
        self._minutes.extend((time, opened, lots, value))
        self._lots += lots
        self._value += value

    def _forget(self, until: int) -> None:
        minutes, first = self._minutes, self._first
        while first < len(minutes) and minutes[first] <= until:
            time = minutes[first]
            self._lots -= minutes[first + 2]
            self._value -= minutes[first + 3]
            if self._highs[0][0] == time:
                self._highs.popleft()
            if self._lows[0][0] == time:
                self._lows.popleft()
            first += _FIELDS
        if first > _SLACK:
            del minutes[:first]
            first = 0
        self._first = first
