"""Indicators are a function of closed bars: the forming one, and who asked before, make no difference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from talipp.indicators import RSI

from embedded_server.analysis.analysis import WARMING_UP, Analysis
from embedded_server.analysis.window import LENGTH, WARM_UP
from embedded_server.kernel.simulation import Simulation
from embedded_server.model.enums import Resolution

KEY = "BTCUSDT-PERP"


def walk(count: int, seed: int = 3) -> list[int]:
    return [int(one) for one in 6_700_000 + np.cumsum(np.random.default_rng(seed).normal(0, 900, count))]


@pytest.fixture
def analysis(simulation: Simulation, market: Any) -> Analysis:
    return Analysis(simulation, market)


def test_the_forming_bar_is_not_looked_at(analysis: Analysis, market: Any) -> None:
    closes = walk(400)
    market.set_closes(KEY, closes)
    window = analysis.window(KEY, Resolution.M15)
    assert window is not None
    assert len(window) == LENGTH
    assert window.close == closes[-1]


def test_indicators_are_in_price_units(analysis: Analysis, market: Any) -> None:
    closes = walk(300)
    market.set_closes(KEY, closes)
    values = analysis.indicators(KEY, Resolution.M15)
    assert values.bollinger_middle == pytest.approx(sum(closes[-20:]) / 20 * 0.01)
    assert values.sma_fast == pytest.approx(sum(closes[-10:]) / 10 * 0.01)
    assert values.sma_slow == pytest.approx(sum(closes[-30:]) / 30 * 0.01)
    assert values.rsi == pytest.approx(RSI(14, [float(one) for one in closes])[-1])
    assert values.volume_ratio is not None
    assert values.atr is not None


def test_every_indicator_is_unknown_until_the_window_is_warm(
    analysis: Analysis, simulation: Simulation, market: Any
) -> None:
    market.set_closes(KEY, walk(WARM_UP - 1))
    assert analysis.indicators(KEY, Resolution.M15) == WARMING_UP
    simulation.run_until(simulation.now + 900 * 10**9)
    market.set_closes(KEY, walk(WARM_UP))
    assert analysis.indicators(KEY, Resolution.M15).rsi is not None


def test_there_is_no_window_before_a_bar_has_closed(analysis: Analysis) -> None:
    assert analysis.window(KEY, Resolution.M15) is None
    assert analysis.indicators(KEY, Resolution.M15) == WARMING_UP


def test_a_value_is_kept_until_the_next_bar_closes(
    analysis: Analysis, simulation: Simulation, market: Any
) -> None:
    closes = walk(300)
    market.set_closes(KEY, closes)
    first = analysis.indicators(KEY, Resolution.M15)
    assert analysis.indicators(KEY, Resolution.M15) is first
    simulation.run_until(simulation.now + 900 * 10**9)
    market.set_closes(KEY, [*closes[1:], closes[-1] + 5_000])
    assert analysis.indicators(KEY, Resolution.M15) != first


def test_asking_early_and_often_gives_the_same_numbers_as_asking_once(
    simulation: Simulation, market: Any
) -> None:
    closes = walk(600)
    patient, eager = Analysis(simulation, market), Analysis(simulation, market)
    for end in range(300, 601, 50):
        simulation.run_until(simulation.now + 900 * 10**9)
        market.set_closes(KEY, closes[:end])
        eager.indicators(KEY, Resolution.M15)
    assert patient.indicators(KEY, Resolution.M15) == eager.indicators(KEY, Resolution.M15)
