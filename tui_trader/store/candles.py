"""Candle series with their server-side indicators, bounded, keyed by (instrument key, timeframe)."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from operator import attrgetter

from tui_trader.model.events import BarUpdated, HistoryLoaded, IndicatorsUpdated
from tui_trader.model.values import Bar
from tui_trader.store.quotes import NEVER

CANDLES = 3_000
_time = attrgetter("time")


@dataclass(slots=True)
class Series:
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

    def merge(self, loaded: tuple[Bar, ...]) -> None:
        """Add past candles; they win over known ones, except the forming one."""
        forming = self.bars[-1] if self.bars else None
        merged = {bar.time: bar for bar in self.bars}
        merged.update((bar.time, bar) for bar in loaded)
        if forming is not None:
            merged[forming.time] = forming
        self.bars = sorted(merged.values(), key=_time)
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
