"""Statistics over the last 24 hours, in minutes: each is taken in once, a question is always cheap."""

from __future__ import annotations

from collections import deque

from embedded_server.kernel.time import DAY, MINUTE
from embedded_server.market.history import History
from embedded_server.market.series import Series
from embedded_server.model.states import Bar, DayStatistics


class DayWindow:
    """The minutes of the last 24 hours of one instrument; filled from history on the first question."""

    def __init__(self, history: History, series: Series, tick_value_micros: int) -> None:
        self._history = history
        self._series = series
        self._tick_value = tick_value_micros
        self._seeded = False
        self._minutes: deque[tuple[Bar, int]] = deque()
        self._highs: deque[Bar] = deque()
        self._lows: deque[Bar] = deque()
        self._lots = 0
        self._value = 0

    def statistics(self, now: int) -> DayStatistics:
        """The window that ends at `now`; at most a minute longer than 24 hours."""
        series = self._series
        if not self._seeded:
            self._seed(now)
        if series.minutes:
            for minute, value in series.minutes:
                self._add(minute, value)
            series.minutes.clear()
        self._forget(now - DAY - MINUTE)
        forming, value = series.traded()
        minutes = self._minutes
        last = series.last
        if not series.trading:
            forming, value = Bar(now, last, last, last, last, 0), 0
        return DayStatistics(
            open=minutes[0][0].open if minutes else forming.open,
            high=max(self._highs[0].high, forming.high) if minutes else forming.high,
            low=min(self._lows[0].low, forming.low) if minutes else forming.low,
            last=last,
            lots=self._lots + forming.lots,
            notional_micros=(self._value + value) * self._tick_value,
        )

    def _seed(self, now: int) -> None:
        self._seeded = True
        for bar in self._history.recent_minutes().bars():
            if bar.time > now - DAY - MINUTE:
                self._add(bar, (bar.high + bar.low + bar.close) * bar.lots // 3)

    def _add(self, minute: Bar, value: int) -> None:
        highs, lows = self._highs, self._lows
        while highs and highs[-1].high <= minute.high:
            highs.pop()
        while lows and lows[-1].low >= minute.low:
            lows.pop()
        highs.append(minute)
        lows.append(minute)
        self._minutes.append((minute, value))
        self._lots += minute.lots
        self._value += value

    def _forget(self, until: int) -> None:
        minutes = self._minutes
        while minutes and minutes[0][0].time <= until:
            minute, value = minutes.popleft()
            self._lots -= minute.lots
            self._value -= value
            if self._highs[0] is minute:
                self._highs.popleft()
            if self._lows[0] is minute:
                self._lows.popleft()
