"""Candle series with their server-side indicators, bounded, keyed by (instrument key, timeframe)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import attrgetter, lt

from msgspec import Struct, field

from tui_trader.model.events import BarUpdated, HistoryLoaded, IndicatorsUpdated
from tui_trader.model.values import Bar
from tui_trader.store.quotes import NEVER

CANDLES = 530_000
"""Kept of a series: a year of minutes, where a server tells so many."""
_time = attrgetter("time")


class Series(Struct):
    """One instrument in one timeframe: bars oldest first, unique by opening time, as indicators are."""

    symbol: str
    timeframe: str
    link: str = ""
    """Where the latest candle came from."""
    bars: list[Bar] = field(default_factory=list)
    indicators: dict[int, dict[str, float]] = field(default_factory=dict)
    arrived: float = NEVER
    revision: int = 0

    def put(self, bar: Bar) -> None:
        """Insert a candle or replace the one of the same opening time."""
        bars = self.bars
        if not bars or bar.time > bars[-1].time:
            bars.append(bar)
        elif bar.time == bars[-1].time:
            bars[-1] = bar
        else:
            place = bisect_left(bars, bar.time, key=_time)
            if bars[place].time == bar.time:
                bars[place] = bar
            else:
                bars.insert(place, bar)
        self._trim()

    def merge(self, loaded: Sequence[Bar]) -> None:
        """Add past candles; they win over known ones, except the forming one."""
        times = list(map(_time, loaded))
        if not all(map(lt, times, times[1:])):  # not as `HistoryLoaded` has it, oldest first and each once
            loaded = sorted({bar.time: bar for bar in loaded}.values(), key=_time)
        if not loaded:
            return
        known = self.bars
        first = bisect_left(known, loaded[0].time, key=_time)
        end = bisect_right(known, loaded[-1].time, key=_time)
        if first < end:
            merged = {bar.time: bar for bar in (*known[first:end], *loaded)}
            if known[-1].time in merged:
                merged[known[-1].time] = known[-1]
            loaded = sorted(merged.values(), key=_time)
        self.bars = [*known[:first], *loaded, *known[end:]]
        self._trim()

    def _trim(self) -> None:
        surplus = len(self.bars) - CANDLES
        if surplus > 0:
            for bar in self.bars[:surplus]:
                self.indicators.pop(bar.time, None)
            del self.bars[:surplus]


class Candles:
    """All series; made on first use."""

    __slots__ = ("_series", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._series: dict[tuple[str, str], Series] = {}

    def get(self, symbol: str, timeframe: str) -> Series:
        """The series, empty where nothing arrived."""
        key = (symbol, timeframe)
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = Series(symbol, timeframe)
        return series

    def update(self, event: BarUpdated, now: float) -> None:
        """Take over one candle."""
        series = self.get(event.symbol, event.timeframe)
        series.put(event.bar)
        series.link = event.link
        self._touch(series, now)

    def load(self, event: HistoryLoaded, now: float) -> None:
        """Take over past candles."""
        series = self.get(event.symbol, event.timeframe)
        series.merge(event.bars)
        series.link = event.link
        self._touch(series, now)

    def indicate(self, event: IndicatorsUpdated, now: float) -> None:
        """Take over indicator values of one candle."""
        series = self.get(event.symbol, event.timeframe)
        series.indicators.setdefault(event.time_ms, {}).update(event.values)
        while len(series.indicators) > CANDLES:
            del series.indicators[next(iter(series.indicators))]
        self._touch(series, now)

    def _touch(self, series: Series, now: float) -> None:
        series.arrived = now
        series.revision += 1
        self.revision += 1
