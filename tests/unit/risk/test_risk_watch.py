"""Alerts: warning from 80 %, critical when passed, each once until the figure has recovered."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedded_server.model.enums import AlertLevel
from embedded_server.model.risk import AccountRisk, RiskLimits
from embedded_server.risk.watch import Watch, figures

WARNING, CRITICAL = AlertLevel.WARNING, AlertLevel.CRITICAL


def raised(*shares: float) -> list[AlertLevel | None]:
    watch = Watch()
    return [watch.observe("forex", "max_drawdown_percent", share) for share in shares]


def test_a_warning_comes_at_eighty_percent_and_a_critical_alert_above_the_limit() -> None:
    assert raised(0.79, 0.80, 1.0, 1.001) == [None, WARNING, None, CRITICAL]


def test_an_alert_is_raised_once_while_the_figure_stays() -> None:
    assert raised(0.85, 0.9, 0.85, 0.81) == [WARNING, None, None, None]
    assert raised(1.2, 1.5, 1.2) == [CRITICAL, None, None]


def test_a_figure_that_trembles_around_a_threshold_does_not_repeat_its_alert() -> None:
    assert raised(0.80, 0.79, 0.80, 0.78, 0.81) == [WARNING, None, None, None, None]
    assert raised(1.01, 0.99, 1.01, 0.96, 1.02) == [CRITICAL, None, None, None, None]


def test_after_recovery_an_alert_may_be_raised_again() -> None:
    assert raised(0.85, 0.7, 0.85) == [WARNING, None, WARNING]
    assert raised(1.1, 0.9, 1.1) == [CRITICAL, None, CRITICAL]
    assert raised(1.1, 0.5, 0.85, 1.1) == [CRITICAL, None, WARNING, CRITICAL]


def test_a_critical_figure_that_eases_does_not_warn_as_well() -> None:
    assert raised(1.1, 0.85) == [CRITICAL, None]


def test_accounts_and_rules_are_watched_apart() -> None:
    watch = Watch()
    assert watch.observe("forex", "a", 0.9) is WARNING
    assert watch.observe("spot", "a", 0.9) is WARNING
    assert watch.observe("forex", "b", 0.9) is WARNING
    assert watch.observe("forex", "a", 0.9) is None


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 2), max_size=60))
def test_between_two_equal_alerts_the_figure_recovered(shares: list[float]) -> None:
    last: dict[AlertLevel, int] = {}
    for index, level in enumerate(raised(*shares)):
        if level is None:
            continue
        recovery = 0.95 if level is CRITICAL else 0.75
        if level in last:
            assert min(shares[last[level] : index]) < recovery
        last[level] = index


def risk(**changes: object) -> AccountRisk:
    plain: dict[str, object] = {
        "account": "forex",
        "currency": "USD",
        "equity_micros": 10,
        "exposure_micros": 0,
        "exposure_percent": 0.0,
        "drawdown_percent": 0.0,
        "daily_pnl_micros": 0,
        "daily_pnl_percent": 0.0,
        "margin_level_percent": None,
        "positions": 0,
        "working_orders": 0,
    }
    return AccountRisk(**(plain | changes))  # type: ignore[arg-type]


def shares(one: AccountRisk) -> dict[str, float]:
    return {rule: used for rule, _, _, used in figures(one, RiskLimits())}


def test_a_gain_of_the_day_is_no_loss() -> None:
    assert shares(risk(daily_pnl_percent=30.0))["max_daily_loss_percent"] == 0.0
    assert shares(risk(daily_pnl_percent=-9.0))["max_daily_loss_percent"] == pytest.approx(0.9)


def test_margin_level_is_a_floor_and_absent_without_margin() -> None:
    assert "min_margin_level_percent" not in shares(risk())
    assert shares(risk(margin_level_percent=125.0))["min_margin_level_percent"] == pytest.approx(0.8)
    assert shares(risk(margin_level_percent=90.0))["min_margin_level_percent"] > 1.0
    assert shares(risk(margin_level_percent=-5.0))["min_margin_level_percent"] == math.inf
