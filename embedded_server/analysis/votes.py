"""What each classic strategy thinks of a market: votes from -1 (short) over 0 (no opinion) to +1 (long)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from embedded_server.analysis import indicators
from embedded_server.analysis.indicators import NEUTRAL_RSI
from embedded_server.analysis.window import Window

MOVING_AVERAGE = "Moving Average Crossover"
RSI = "RSI Strategy"
MACD = "MACD Strategy"
BOLLINGER = "Bollinger Bands Strategy"
VOLUME = "Volume Strategy"

WEIGHTS = {RSI: 0.25, MACD: 0.25, BOLLINGER: 0.15, VOLUME: 0.10, MOVING_AVERAGE: 0.25}
"""How much each vote counts in the ensemble; they sum to one."""

FLOW_BARS = 10
"""Bars over which the volume of rises is weighed against that of falls."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """Votes by strategy name, and the trend and volatility they were cast in."""

    votes: dict[str, float]
    trend: float
    """Signed strength of the trend, -1 to 1."""
    volatility: float
    """ATR over its median in the window (its mean where most bars stood still): 1 is usual."""

    @property
    def mean(self) -> float:
        """Weighted mean of the votes, -1 to 1."""
        return sum(WEIGHTS[name] * vote for name, vote in self.votes.items())

    @property
    def dissent(self) -> float:
        """Weighted mean distance of the votes from their mean, 0 to 1."""
        mean = self.mean
        return min(1.0, sum(WEIGHTS[name] * abs(vote - mean) for name, vote in self.votes.items()))


def opinion_of(window: Window) -> Opinion:
    """Let every strategy vote on a warm window; on a flat one nobody has an opinion."""
    if window.flat:
        return Opinion(dict.fromkeys(WEIGHTS, 0.0), 0.0, 0.0)
    ranges = indicators.atr(window.highs, window.lows, window.closes)
    span = float(ranges[-1])
    trend = _trend(window, span)
    votes = {
        RSI: _relative_strength(window),
        MACD: _momentum(window, span),
        BOLLINGER: _band(window),
        VOLUME: _flow(window),
        MOVING_AVERAGE: trend,
    }
    return Opinion(votes, trend, span / (float(np.nanmedian(ranges)) or float(np.nanmean(ranges))))


def stretch_vote(position: float, *, turn: float, extreme: float) -> float:
    """Follow a move up to `turn`, doubt it from there, have no opinion at `extreme`, oppose it beyond."""
    size = abs(position)
    vote = size / turn if size <= turn else 1.0 - (size - turn) / (extreme - turn)
    return math.copysign(max(-1.0, vote), position * vote)


def _trend(window: Window, span: float) -> float:
    fast = indicators.sma(window.closes, indicators.SMA_FAST)[-1]
    slow = indicators.sma(window.closes, indicators.SMA_SLOW)[-1]
    return math.tanh(float(fast - slow) / span)


def _relative_strength(window: Window) -> float:
    distance = float(indicators.rsi(window.closes)[-1]) - NEUTRAL_RSI
    return stretch_vote(distance, turn=15.0, extreme=25.0)


def _momentum(window: Window, span: float) -> float:
    lines = indicators.macd(window.closes)
    return math.tanh(float(lines.line[-1] + 2.0 * lines.histogram[-1]) / span)


def _band(window: Window) -> float:
    bands = indicators.bollinger(window.closes)
    half = float(bands.upper[-1] - bands.middle[-1])
    if half <= 0.0:
        return 0.0
    return stretch_vote((window.close - float(bands.middle[-1])) / half, turn=0.7, extreme=1.1)


def _flow(window: Window) -> float:
    moves = np.sign(np.diff(window.closes[-(FLOW_BARS + 1) :]))
    traded = window.volumes[-FLOW_BARS:]
    total = float(traded.sum())
    if total <= 0.0:
        return 0.0
    ratio = float(indicators.volume_ratio(window.volumes)[-1])
    return math.tanh(2.0 * float((moves * traded).sum()) / total * min(1.5, max(0.5, ratio)))
