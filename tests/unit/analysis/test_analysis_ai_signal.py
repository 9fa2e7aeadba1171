"""What an AI signal says must be the numbers it was computed from."""

from __future__ import annotations

import math
import re
from decimal import Decimal

import numpy as np
import pytest

from embedded_server.analysis.ai_signal import (
    MODEL,
    action_of,
    compose,
    confidence_of,
    levels,
    overall_risk,
    trend_direction,
    volatility_level,
)
from embedded_server.analysis.analysis import indicators_of
from embedded_server.analysis.votes import MOVING_AVERAGE, RSI, WEIGHTS, Opinion, opinion_of, stretch_vote
from embedded_server.analysis.window import LENGTH, Window, window_of
from embedded_server.model.enums import Action, Resolution
from embedded_server.model.instruments import AssetClass, Instrument
from embedded_server.model.states import AiSignal, Bar

BTC = Instrument(
    key="BTCUSDT-PERP",
    symbol="BTCUSDT",
    name="Bitcoin",
    asset_class=AssetClass.PERPETUAL,
    base="BTC",
    quote="USDT",
    tick_size=Decimal("0.01"),
    lot_size=Decimal("0.001"),
    max_lots=1_000_000,
    number=1,
    initial_price=Decimal(67_000),
    annual_volatility=0.6,
    trades_per_minute=60.0,
    typical_lots=10.0,
)


def window(closes: list[int], volume: int = 100) -> Window:
    opens = [closes[0], *closes[:-1]]
    return window_of(
        [
            Bar(index, before, max(before, after) + 40, min(before, after) - 40, after, volume)
            for index, (before, after) in enumerate(zip(opens, closes, strict=True))
        ]
    )


def walk(seed: int, drift: float = 0.0) -> list[int]:
    steps = np.random.default_rng(seed).normal(drift, 900, 300)
    return [int(one) for one in 6_700_000 + np.cumsum(steps)]


def signal_of(closes: list[int]) -> AiSignal:
    return compose(
        window(closes), BTC, timeframe=Resolution.M15, identity="signal_1", time=5, price=closes[-1]
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_reasoning_states_the_very_indicator_values(seed: int) -> None:
    closes = walk(seed)
    values = indicators_of(window(closes), BTC)
    text = signal_of(closes).reasoning
    expected = {
        r"RSI (\S+),": values.rsi,
        r"MACD (\S+) (?:above|below)": values.macd,
        r"its signal (\S+),": values.macd_signal,
        r"bands (\S+) to": values.bollinger_lower,
        r"to (\S+), SMA": values.bollinger_upper,
        r"SMA (\S+) over": values.sma_fast,
        r"over (\S+), volume": values.sma_slow,
        r"volume (\S+) times": values.volume_ratio,
        r"ATR (\S+)$": values.atr,
    }
    for pattern, value in expected.items():
        found = re.search(pattern, text)
        assert found is not None, (pattern, text)
        digits = len(found[1].partition(".")[2])
        assert found[1] == f"{value:.{digits}f}"


@pytest.mark.parametrize("seed", range(40))
def test_every_number_of_a_signal_is_in_its_range(seed: int) -> None:
    signal = signal_of(walk(seed, drift=(seed % 5 - 2) * 150))
    assert signal.model == MODEL
    assert 0.0 <= signal.confidence <= 1.0
    assert set(signal.strategy_scores) == set(WEIGHTS)
    assert all(0.0 <= score <= 1.0 for score in signal.strategy_scores.values())
    assert 0.0 <= signal.trend_strength <= 1.0
    assert signal.trend_direction in {"Bullish", "Bearish", "Neutral"}
    assert signal.volatility_level in {"Low", "Medium", "High"}
    assert signal.overall_risk in {"Low", "Medium", "High"}
    assert 0.0 < signal.position_size <= 0.10


@pytest.mark.parametrize("seed", range(20))
def test_stop_and_target_stand_two_and_three_average_true_ranges_from_the_price(seed: int) -> None:
    closes = walk(seed, drift=(seed % 5 - 2) * 150)
    signal = signal_of(closes)
    atr = indicators_of(window(closes), BTC).atr
    assert atr is not None
    span = BTC.nearest_ticks(atr)
    sign = {Action.LONG: 1, Action.SHORT: -1}.get(signal.action)
    if sign is not None:
        assert signal.stop_loss == closes[-1] - sign * 2 * span
        assert signal.take_profit == closes[-1] + sign * 3 * span


def test_a_steady_rise_is_bullish_and_a_steady_fall_is_bearish() -> None:
    rise = signal_of(walk(2, drift=300))
    fall = signal_of([2 * 6_700_000 - one for one in walk(2, drift=300)])
    assert (rise.trend_direction, fall.trend_direction) == ("Bullish", "Bearish")
    assert rise.confidence == fall.confidence
    assert {rise.action, fall.action} in ({Action.LONG, Action.SHORT}, {Action.NEUTRAL})


def test_a_flat_window_gives_no_signal() -> None:
    signal = signal_of([6_700_000] * 300)
    assert signal.action is Action.NEUTRAL
    assert signal.trend_direction == "Neutral"


def test_a_window_that_warms_up_gives_a_neutral_signal_that_says_so() -> None:
    signal = signal_of([6_700_000 + one for one in range(120)])
    assert (signal.action, signal.confidence, signal.position_size) == (Action.NEUTRAL, 0.0, 0.0)
    assert signal.reasoning == "Warming up: 120 of 250 bars of 15m are known"


def test_weights_sum_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


def test_the_strategy_that_agrees_most_has_the_best_score() -> None:
    closes = walk(2, drift=300)
    signal = signal_of(closes)
    votes = opinion_of(window(closes)).votes
    if signal.action is Action.LONG:
        assert max(signal.strategy_scores, key=signal.strategy_scores.__getitem__) == max(
            votes, key=votes.__getitem__
        )


@pytest.mark.parametrize(
    ("position", "vote"),
    [(0.0, 0.0), (0.35, 0.5), (0.7, 1.0), (0.9, 0.5), (1.1, 0.0), (1.3, -0.5), (9.0, -1.0)],
)
def test_a_stretched_market_is_followed_then_doubted_then_opposed(position: float, vote: float) -> None:
    assert stretch_vote(position, turn=0.7, extreme=1.1) == pytest.approx(vote)
    assert stretch_vote(-position, turn=0.7, extreme=1.1) == pytest.approx(-vote)


def opinion(**votes: float) -> Opinion:
    return Opinion(dict.fromkeys(WEIGHTS, 0.0) | votes, 0.0, 1.0)


def test_votes_that_agree_give_more_confidence_than_votes_that_do_not() -> None:
    agreed = Opinion(dict.fromkeys(WEIGHTS, 0.5), 0.5, 1.0)
    split = opinion(**{RSI: 1.0, MOVING_AVERAGE: 1.0})
    assert agreed.mean == split.mean == pytest.approx(0.5)
    assert confidence_of(agreed, Action.LONG) > confidence_of(split, Action.LONG)


def test_the_ensemble_takes_no_side_when_votes_cancel_out() -> None:
    assert action_of(opinion(**{RSI: 1.0, MOVING_AVERAGE: -1.0})) is Action.NEUTRAL


def test_words_follow_their_thresholds() -> None:
    assert [volatility_level(one) for one in (0.5, 1.0, 2.0)] == ["Low", "Medium", "High"]
    assert [trend_direction(one) for one in (-0.5, 0.1, 0.5)] == ["Bearish", "Neutral", "Bullish"]
    assert overall_risk("High", 0.0, 0.9) == "High"
    assert overall_risk("Low", 0.1, 0.9) == "Low"
    assert overall_risk("Medium", 0.1, 0.9) == "Medium"


def test_a_level_is_never_below_one_tick() -> None:
    assert levels(Action.LONG, 10, 100) == (1, 310)
    assert levels(Action.SHORT, 10, 100) == (210, 1)


def test_a_market_that_stood_still_for_most_of_the_window_has_an_opinion() -> None:
    closes = np.concatenate([np.full(LENGTH - 20, 1_000.0), 1_000.0 + np.arange(20) % 3])
    window = Window(0, closes, closes, closes, closes, np.ones(LENGTH))
    assert not window.flat
    opinion = opinion_of(window)
    assert math.isfinite(opinion.volatility)
    assert opinion.volatility > 1.0
