"""Indicator values of every instrument and resolution, computed when asked for, kept until a bar closes.

Rule of the place: a value is a pure function of the market's closed bars. Asking changes nothing, so a façade
may read at any time, and a recovered engine computes the same numbers without having saved any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_server.analysis import indicators
from embedded_server.analysis.window import LENGTH, Window, window_of
from embedded_server.model.enums import Resolution
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import Bar, Indicators

if TYPE_CHECKING:
    from embedded_server.kernel.simulation import Simulation
    from embedded_server.market.market import Market

WARMING_UP = Indicators()


class Analysis:
    """Windows and indicators on the last closed bar."""

    def __init__(self, simulation: Simulation, market: Market) -> None:
        self._simulation = simulation
        self._market = market
        self._windows: dict[tuple[str, Resolution], Window] = {}
        self._indicators: dict[tuple[str, Resolution], tuple[int, Indicators]] = {}

    def __getstate__(self) -> dict[str, object]:
        """What a snapshot keeps: values are computed again when asked for."""
        return {**self.__dict__, "_windows": {}, "_indicators": {}}

    def window(self, key: str, resolution: Resolution) -> Window | None:
        """The last closed bars, at most `LENGTH`; None before the first has closed."""
        newest = self._closed(key, resolution, 1)
        if not newest:
            return None
        cached = self._windows.get((key, resolution))
        if cached is not None and cached.time == newest[-1].time:
            return cached
        window = window_of(self._closed(key, resolution, LENGTH))
        self._windows[key, resolution] = window
        return window

    def indicators(self, key: str, resolution: Resolution) -> Indicators:
        """Values on the last closed bar, in price units; every field None while warming up."""
        window = self.window(key, resolution)
        if window is None or not window.warm:
            return WARMING_UP
        cached = self._indicators.get((key, resolution))
        if cached is not None and cached[0] == window.time:
            return cached[1]
        values = indicators_of(window, self._market.instruments[key])
        self._indicators[key, resolution] = (window.time, values)
        return values

    def _closed(self, key: str, resolution: Resolution, count: int) -> list[Bar]:
        bars = list(self._market.bars(key, resolution, count=count + 1))
        if bars and bars[-1].time == self._market.forming(key, resolution).time:
            bars.pop()
        return bars[-count:]


def indicators_of(window: Window, instrument: Instrument) -> Indicators:
    """All indicator values on the newest bar of a warm window, in price units."""
    tick = float(instrument.tick_size)
    macd = indicators.macd(window.closes)
    bands = indicators.bollinger(window.closes)
    return Indicators(
        rsi=float(indicators.rsi(window.closes)[-1]),
        macd=float(macd.line[-1]) * tick,
        macd_signal=float(macd.signal[-1]) * tick,
        bollinger_upper=float(bands.upper[-1]) * tick,
        bollinger_middle=float(bands.middle[-1]) * tick,
        bollinger_lower=float(bands.lower[-1]) * tick,
        sma_fast=float(indicators.sma(window.closes, indicators.SMA_FAST)[-1]) * tick,
        sma_slow=float(indicators.sma(window.closes, indicators.SMA_SLOW)[-1]) * tick,
        atr=float(indicators.atr(window.highs, window.lows, window.closes)[-1]) * tick,
        volume_ratio=float(indicators.volume_ratio(window.volumes)[-1]),
    )
