"""A few days of each asset class, judged by what a few days can show; the gate is `make realism`."""

from __future__ import annotations

import numpy as np
import pytest

from tests.statistics.criteria import CRITERIA
from tests.statistics.market_run import record
from tests.statistics.measures import autocorrelations, excess_kurtosis, hill_index, measure, spearman

ROBUST = {
    "return autocorrelation 1",
    "return autocorrelation 2",
    "variance ratio 10",
    "kurtosis 1",
    "Hill index, top 5 %",
    "|return| autocorrelation 1",
    "|return| autocorrelation 10",
    "corr(volume, |return|)",
    "Spearman(spread, |return|)",
    "volume at the ends over midday",
}


@pytest.mark.parametrize(
    ("key", "days", "sessions"),
    [("BTCUSDT", 4, False), ("EURUSD", 4, False), ("AAPL", 14, True)],
    ids=["crypto", "forex", "equity"],
)
def test_a_few_days_look_like_a_market(key: str, days: int, sessions: bool) -> None:
    found = measure(record(key, 3, days, sessions=sessions), equity=sessions)
    judged = [criterion for criterion in CRITERIA if criterion.statistic in ROBUST & found.keys()]
    outside = {c.statistic: found[c.statistic] for c in judged if not c.accepts(found[c.statistic])}
    assert not outside
    assert len(judged) >= 9


def test_the_measures_know_independent_numbers() -> None:
    normal = np.random.default_rng(1).standard_normal(50_000)
    assert np.all(np.abs(autocorrelations(normal, 20)[1:]) < 0.02)
    assert abs(excess_kurtosis(normal)) < 0.1
    assert abs(spearman(normal, np.exp(normal)) - 1.0) < 1e-9


def test_the_hill_index_finds_a_known_tail() -> None:
    pareto = np.random.default_rng(1).pareto(3.0, 100_000) + 1.0
    assert abs(hill_index(pareto, 0.05) - 3.0) < 0.15
