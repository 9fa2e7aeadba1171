"""Indicators against an independent library."""

from __future__ import annotations

import math
import random

import pytest
import talipp.indicators as oracle

from tui_trader.formatting.indicators import bollinger, macd, rsi, sma

CLOSES = [100 + 3 * math.sin(n / 7) + random.Random(n).uniform(-1, 1) for n in range(180)]


def agree(ours: list[float | None], theirs: list[float | None]) -> None:
    assert len(ours) == len(theirs)
    for own, other in zip(ours, theirs, strict=True):
        assert own == (None if other is None else pytest.approx(other, rel=1e-9, abs=1e-9))


def test_the_moving_average_agrees() -> None:
    agree(sma(CLOSES, 50), list(oracle.SMA(50, CLOSES)))


def test_the_bands_agree() -> None:
    theirs = list(oracle.BB(20, 2.0, CLOSES))
    upper, middle, lower = bollinger(CLOSES)
    agree(upper, [None if band is None else band.ub for band in theirs])
    agree(middle, [None if band is None else band.cb for band in theirs])
    agree(lower, [None if band is None else band.lb for band in theirs])


def test_relative_strength_agrees() -> None:
    agree(rsi(CLOSES), list(oracle.RSI(14, CLOSES)))


def test_macd_and_its_signal_agree() -> None:
    theirs = list(oracle.MACD(12, 26, 9, CLOSES))
    line, signal = macd(CLOSES)
    agree(line, [None if one is None else one.macd for one in theirs])
    agree(signal, [None if one is None else one.signal for one in theirs])


@pytest.mark.parametrize("count", [0, 1, 14])
def test_too_few_closes_give_no_figure_but_a_place_each(count: int) -> None:
    closes = CLOSES[:count]
    assert sma(closes, 50) == rsi(closes) == macd(closes)[0] == bollinger(closes)[0] == [None] * count


def test_a_market_that_only_rises_is_as_strong_as_can_be() -> None:
    assert rsi([float(n) for n in range(30)])[-1] == 100.0
