"""One instrument's candles while it trades: minutes are fed by trades, longer ones by closed minutes."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import cast

from embedded_server.kernel.time import MINUTE
from embedded_server.market.closed_candles import ClosedCandles
from embedded_server.market.columns import Columns
from embedded_server.market.history import History
from embedded_server.market.intervals import closing, opening
from embedded_server.model.enums import Resolution
from embedded_server.model.states import Bar

_KEPT = 30_000
_DROPPED = 10_000
"""A list longer than `_KEPT` loses this many of its oldest candles (and then the history before the run)."""

MINUTE_FIELDS = 6
_MINUTES_KEPT = 2_000
_MINUTES_DROPPED = 500
"""What stays is more than a day of them."""

LONGER = tuple(resolution for resolution in Resolution if resolution is not Resolution.M1)


class Candle:
    """A forming candle longer than a minute; `bar` is None until a minute in it has closed."""

    __slots__ = ("bar", "end", "resolution", "start")

    def __init__(self, resolution: Resolution, time: int) -> None:
        self.resolution = resolution
        self.start = opening(resolution, time)
        self.end = closing(resolution, self.start)
        self.bar: Bar | None = None

    def add(self, minute: Bar) -> None:
        """Take in a closed minute."""
        self.bar = joined(self.bar, minute, self.start)


def joined(first: Bar | None, second: Bar, time: int) -> Bar:
    """One candle, opening at `time`, out of two that follow each other."""
    if first is None:
        return Bar(time, second.open, second.high, second.low, second.close, second.lots)
    return Bar(
        time,
        first.open,
        max(first.high, second.high),
        min(first.low, second.low),
        second.close,
        first.lots + second.lots,
    )


class Series:
    """Closed and forming candles of every resolution."""

    def __init__(self, history: History, start: int, last: int, *, is_open: bool) -> None:
        self._history = history
        self._run_start = start
        self._trading = is_open
        self.last = last
        self.end = opening(Resolution.M1, start) + MINUTE
        self._open = self._high = self._low = last
        self._lots = 0
        self._value = 0
        self._candles = tuple(Candle(resolution, start) for resolution in LONGER)
        self._by_resolution = {candle.resolution: candle for candle in self._candles}
        self._closed = {resolution: ClosedCandles() for resolution in Resolution}
        self._unreported: list[tuple[Resolution, Bar]] = []
        self._history_kept = dict.fromkeys(Resolution, True)
        self.minutes = array("q")
        """Closed minutes until the day's statistics take them: opening, open, high, low, lots, value."""

    def __getstate__(self) -> dict[str, object]:
        """What a snapshot keeps: closed candles as columns."""
        closed = {resolution: candles.columns() for resolution, candles in self._closed.items()}
        return {**self.__dict__, "_closed": closed, "minutes": self.minutes.tolist()}

    def __setstate__(self, state: dict[str, object]) -> None:
        """Come back from a snapshot."""
        self.__dict__.update(state)
        self.minutes = array("q", cast("list[int]", state["minutes"]))
        closed = cast("dict[Resolution, Columns]", state["_closed"])
        self._closed = {resolution: ClosedCandles.of(columns) for resolution, columns in closed.items()}

    def record(self, time: int, price: int, lots: int) -> None:
        """Take in a trade."""
        if time >= self.end:
            self._roll(time)
        if not self._lots:
            self._open = self._high = self._low = price
        elif price > self._high:
            self._high = price
        elif price < self._low:
            self._low = price
        self._lots += lots
        self._value += price * lots
        self.last = price

    def close_until(self, time: int) -> list[tuple[Resolution, Bar]]:
        """Close what ended at or before `time`; returns what closed since the last call, shortest first."""
        if time >= self.end:
            self._roll(time)
        self._close_longer(time)
        closed, self._unreported = self._unreported, []
        return closed

    def suspend(self, time: int) -> None:
        """The session ended: no candles from `time` until `resume`."""
        self._roll(time)
        self._trading = False

    def resume(self, time: int) -> None:
        """A session begins."""
        self._trading = True
        self._begin(opening(Resolution.M1, time) + MINUTE)

    def forming(self, resolution: Resolution) -> Bar:
        """The candle that is forming; between sessions the last one that did."""
        return self._current(resolution) or self._last_closed(resolution)

    def since(self, resolution: Resolution, start: int | None, count: int | None) -> list[Bar]:
        """Candles that open from `start` on, or at least the newest `count`; the last may be forming."""
        closed = self._closed[resolution]
        earliest = 0 if start is None else max(0, closed.opening_from(start) - 1)
        bars = closed.bars(first=earliest) if count is None else closed.newest(count)
        current = self._current(resolution)
        if current is not None:
            bars.append(current)
        if count is None or len(bars) < count:
            reaches = start is not None and bool(bars) and bars[0].time <= start
            if not reaches:
                wanted = None if count is None or start is not None else count - len(bars)
                bars = self._before(resolution, wanted) + bars
        if start is not None:
            bars = bars[bisect_left(bars, start, key=_opening) :]
        return bars

    def traded(self) -> tuple[Bar, int]:
        """The forming minute since the start or the minute's, and its ticks x lots."""
        return self._minute(), self._value

    @property
    def trading(self) -> bool:
        """Whether a minute is forming."""
        return self._trading

    def _current(self, resolution: Resolution) -> Bar | None:
        """The candle that is not closed yet, if there is one."""
        minute = self._minute() if self._trading else None
        if resolution is Resolution.M1:
            return minute
        candle = self._by_resolution[resolution]
        if minute is None:
            return self._with_history(candle)
        if minute.time >= candle.end:
            return joined(None, minute, opening(resolution, minute.time))
        return joined(self._with_history(candle), minute, candle.start)

    def _before(self, resolution: Resolution, count: int | None) -> list[Bar]:
        """Candles closed before the run, at least `count` of them if there are that many."""
        if not self._history_kept[resolution]:
            return []
        if count is not None:
            recent = self._history.closed(resolution, whole=False)
            if len(recent) >= count:
                return recent.newest(count).bars()
        return self._history.closed(resolution).bars()

    def _minute(self) -> Bar:
        start = self.end - MINUTE
        bar = Bar(start, self._open, self._high, self._low, self.last, self._lots)
        return self._after_part(bar) if start < self._run_start else bar

    def _after_part(self, bar: Bar) -> Bar:
        """The run's first minute, with what history has of it."""
        part = self._history.partial(Resolution.M1)
        return bar if part is None else joined(part, bar, bar.time)

    def _roll(self, time: int) -> None:
        while self._trading and time >= self.end:
            minute = self._minute()
            self._keep(minute)
            self._append(Resolution.M1, minute)
            self._close_longer(minute.time)
            for candle in self._candles:
                candle.add(minute)
            self._begin(self.end + MINUTE)

    def _keep(self, minute: Bar) -> None:
        minutes = self.minutes
        minutes.extend((minute.time, minute.open, minute.high, minute.low, minute.lots, self._value))
        if len(minutes) > _MINUTES_KEPT * MINUTE_FIELDS:
            del minutes[: _MINUTES_DROPPED * MINUTE_FIELDS]

    def _begin(self, end: int) -> None:
        self.end = end
        self._open = self._high = self._low = self.last
        self._lots = 0
        self._value = 0

    def _close_longer(self, time: int) -> None:
        for candle in self._candles:
            if time >= candle.end:
                bar = self._with_history(candle)
                if bar is not None:
                    self._append(candle.resolution, bar)
                candle.start = opening(candle.resolution, time)
                candle.end = closing(candle.resolution, candle.start)
                candle.bar = None

    def _with_history(self, candle: Candle) -> Bar | None:
        if candle.start >= self._run_start:
            return candle.bar
        part = self._history.partial(candle.resolution)
        if part is None or candle.bar is None:
            return part or candle.bar
        return joined(part, candle.bar, candle.start)

    def _append(self, resolution: Resolution, bar: Bar) -> None:
        closed = self._closed[resolution]
        closed.append(bar)
        self._unreported.append((resolution, bar))
        if len(closed) > _KEPT:
            closed.drop(_DROPPED)
            self._history_kept[resolution] = False

    def _last_closed(self, resolution: Resolution) -> Bar:
        return (self._closed[resolution] or self._history.closed(resolution)).last()


def _opening(bar: Bar) -> int:
    return bar.time
