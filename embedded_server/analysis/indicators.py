"""The one place that calls TA-Lib: typed, arrays to arrays of the same length, NaN while warming up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import talib
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

RSI_PERIOD = 14
MACD_FAST, MACD_SLOW, MACD_SIGNAL = 12, 26, 9
BOLLINGER_PERIOD, BOLLINGER_DEVIATIONS = 20, 2.0
ATR_PERIOD = 14
VOLUME_PERIOD = 20
SMA_FAST, SMA_SLOW = 10, 30
NEUTRAL_RSI = 50.0


class Macd(NamedTuple):
    """The MACD line, its signal line and their difference."""

    line: FloatArray
    signal: FloatArray
    histogram: FloatArray


class Bands(NamedTuple):
    """Bollinger bands around a simple moving average."""

    upper: FloatArray
    middle: FloatArray
    lower: FloatArray


def sma(values: FloatArray, period: int) -> FloatArray:
    """Simple moving average over `period` values."""
    return talib.SMA(values, timeperiod=period)


def rsi(closes: FloatArray, period: int = RSI_PERIOD) -> FloatArray:
    """Wilder's relative strength index, 0 to 100.

    A window without a change is 50 (SIMULATION.md, Trading rules): TA-Lib says 0, which reads as "oversold".
    """
    values = talib.RSI(closes, timeperiod=period)
    changes = np.concatenate(([0], np.cumsum(np.diff(closes) != 0.0)))
    still = np.zeros(len(closes), dtype=bool)
    still[period:] = changes[period:] == changes[:-period]
    values[still] = NEUTRAL_RSI
    return values


def macd(closes: FloatArray) -> Macd:
    """Moving average convergence and divergence, 12/26/9."""
    line, signal, histogram = talib.MACD(
        closes, fastperiod=MACD_FAST, slowperiod=MACD_SLOW, signalperiod=MACD_SIGNAL
    )
    return Macd(line, signal, histogram)


def bollinger(closes: FloatArray) -> Bands:
    """Bollinger bands, 20 values and 2 population standard deviations."""
    upper, middle, lower = talib.BBANDS(
        closes, timeperiod=BOLLINGER_PERIOD, nbdevup=BOLLINGER_DEVIATIONS, nbdevdn=BOLLINGER_DEVIATIONS
    )
    return Bands(upper, middle, lower)


def atr(highs: FloatArray, lows: FloatArray, closes: FloatArray, period: int = ATR_PERIOD) -> FloatArray:
    """Wilder's average true range, in the unit of the prices."""
    return talib.ATR(highs, lows, closes, timeperiod=period)


def volume_ratio(volumes: FloatArray, period: int = VOLUME_PERIOD) -> FloatArray:
    """Each bar's volume over the average of the `period` bars ending in it; 1 where nothing traded at all."""
    average = sma(volumes, period)
    ratio = np.ones(len(volumes), dtype=np.float64)
    np.divide(volumes, average, out=ratio, where=average > 0.0)
    ratio[np.isnan(average)] = np.nan
    return ratio
