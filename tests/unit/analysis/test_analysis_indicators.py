"""The TA-Lib wrapper against talipp, an independent implementation, and where TA-Lib surprises."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from talipp.indicators import ATR, BB, MACD, RSI, SMA
from talipp.ohlcv import OHLCV

from embedded_server.analysis import indicators

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=25, deadline=None, derandomize=True)


def closes_of(seed: int, count: int = 300) -> indicators.FloatArray:
    """A walk in whole ticks with fat steps and some unchanged closes."""
    steps = np.random.default_rng(seed).standard_t(4, count) * 12
    return 10_000.0 + np.cumsum(np.rint(steps))


def near(ours: float, oracle: float | None) -> bool:
    assert oracle is not None
    return math.isclose(ours, oracle, rel_tol=1e-6, abs_tol=1e-6)


@FEW
@given(SEEDS)
def test_the_moving_average_agrees_with_the_oracle(seed: int) -> None:
    closes = closes_of(seed)
    assert near(indicators.sma(closes, 30)[-1], SMA(30, closes.tolist())[-1])


@FEW
@given(SEEDS)
def test_the_rsi_agrees_with_the_oracle(seed: int) -> None:
    closes = closes_of(seed)
    assert near(indicators.rsi(closes)[-1], RSI(14, closes.tolist())[-1])


@FEW
@given(SEEDS)
def test_the_macd_and_its_signal_agree_with_the_oracle_once_warm(seed: int) -> None:
    closes = closes_of(seed)
    ours, oracle = indicators.macd(closes), MACD(12, 26, 9, closes.tolist())[-1]
    assert near(ours.line[-1], oracle.macd)
    assert near(ours.signal[-1], oracle.signal)
    assert near(ours.histogram[-1], oracle.histogram)


@FEW
@given(SEEDS)
def test_the_bollinger_bands_agree_with_the_oracle(seed: int) -> None:
    closes = closes_of(seed)
    ours, oracle = indicators.bollinger(closes), BB(20, 2.0, closes.tolist())[-1]
    assert near(ours.upper[-1], oracle.ub)
    assert near(ours.middle[-1], oracle.cb)
    assert near(ours.lower[-1], oracle.lb)


@FEW
@given(SEEDS)
def test_the_average_true_range_agrees_with_the_oracle_once_warm(seed: int) -> None:
    closes = closes_of(seed)
    spread = np.random.default_rng(seed + 1).integers(0, 30, len(closes))
    opens = np.concatenate(([closes[0]], closes[:-1]))
    highs, lows = np.maximum(opens, closes) + spread, np.minimum(opens, closes) - spread
    bars = [OHLCV(*row) for row in zip(opens, highs, lows, closes, strict=True)]
    assert near(indicators.atr(highs, lows, closes)[-1], ATR(14, bars)[-1])


def test_a_flat_window_is_rsi_fifty() -> None:
    assert indicators.rsi(np.full(300, 5_000.0))[-1] == 50.0


def test_a_market_that_fell_and_then_halted_is_rsi_fifty_after_one_period_without_a_change() -> None:
    closes = np.concatenate((np.linspace(5_000.0, 4_000.0, 285), np.full(14, 4_000.0)))
    values = indicators.rsi(closes)
    assert values[-1] == 50.0
    assert values[-2] < 1.0


def test_a_volume_ratio_is_the_bar_over_the_average_of_the_twenty_bars_that_end_in_it() -> None:
    volumes = np.array([100.0] * 19 + [300.0])
    assert indicators.volume_ratio(volumes)[-1] == 300.0 / 110.0


def test_a_volume_ratio_is_one_where_nothing_traded() -> None:
    assert indicators.volume_ratio(np.zeros(30))[-1] == 1.0


def test_values_are_nan_while_there_are_too_few_bars() -> None:
    closes = closes_of(1, 40)
    assert math.isnan(indicators.macd(closes).signal[32])
    assert not math.isnan(indicators.macd(closes).signal[33])
    assert math.isnan(indicators.volume_ratio(closes)[18])
