"""The guardian over real accounts: what it measures, what it refuses, when it raises its voice."""

from __future__ import annotations

import math
from typing import Any

import pytest
from msgspec.structs import replace

from embedded_server.kernel.time import DAY, SECOND
from embedded_server.model.commands import Accepted, ModifyOrder, Refused, SetRiskLimits
from embedded_server.model.enums import AlertLevel, OrderKind, Reason, RefusalCode, Side
from embedded_server.model.events import RiskAlertRaised, RiskLimitsChanged
from embedded_server.model.risk import RiskLimits

HALF_EUR = 50
"""Lots of 0.01 that make 50 000 EUR."""


def refused(outcome: object) -> Refused:
    assert isinstance(outcome, Refused), outcome
    assert outcome.message
    return outcome


def test_an_account_without_positions_has_no_exposure(exchange: Any) -> None:
    risk = exchange.risk("forex")
    assert (risk.exposure_micros, risk.exposure_percent, risk.drawdown_percent) == (0, 0.0, 0.0)
    assert risk.margin_level_percent is None
    assert risk.equity_micros == exchange.accounts["forex"].state().equity_micros


def test_exposure_is_the_notional_in_the_accounts_currency(exchange: Any) -> None:
    exchange.place("forex", "USDJPY", 10)
    risk = exchange.risk("forex")
    assert risk.exposure_micros == pytest.approx(10_000 * 10**6, rel=1e-6)
    assert risk.exposure_percent == pytest.approx(100 * risk.exposure_micros / risk.equity_micros)
    exchange.place("forex", "USDJPY", 10, side=Side.SELL)
    assert exchange.risk("forex").exposure_micros == pytest.approx(20_000 * 10**6, rel=1e-6)


def test_totals_are_the_sums_over_four_accounts(exchange: Any) -> None:
    exchange.place("forex", "EURUSD", 10)
    exchange.place("spot", "BTCUSDT", 100)
    state = exchange.guardian.state()
    assert [one.account for one in state.accounts] == ["equities", "futures", "forex", "spot"]
    assert state.equity_micros == sum(one.equity_micros for one in state.accounts)
    assert state.exposure_micros == sum(one.exposure_micros for one in state.accounts) > 0
    assert not state.kill_switch


def test_reading_the_state_changes_nothing(exchange: Any) -> None:
    exchange.place("forex", "EURUSD", 10)
    exchange.run(30)
    first = exchange.guardian.state()
    assert all(exchange.guardian.state() == first for _ in range(3))


def test_drawdown_counts_from_the_highest_equity(exchange: Any) -> None:
    exchange.place("spot", "BTCUSDT", 5_000)
    exchange.market.move("BTCUSDT", 0.10)
    exchange.run(5)
    peak = exchange.accounts["spot"].state().peak_equity_micros
    exchange.market.move("BTCUSDT", -0.20)
    exchange.run(5)
    risk = exchange.risk("spot")
    equity = exchange.accounts["spot"].state().equity_micros
    assert risk.drawdown_percent == pytest.approx(100 * (peak - equity) / peak)
    assert risk.drawdown_percent > 1.0
    assert exchange.guardian.state().drawdown_percent > 0.0


def test_the_days_result_begins_anew_at_midnight(exchange_before_midnight: Any) -> None:
    exchange = exchange_before_midnight
    exchange.place("spot", "BTCUSDT", 1_000)
    exchange.market.move("BTCUSDT", -0.10)
    exchange.run(5)
    assert exchange.risk("spot").daily_pnl_micros < 0
    exchange.simulation.run_until((exchange.simulation.now // DAY + 1) * DAY)
    risk = exchange.risk("spot")
    assert risk.daily_pnl_micros == 0
    assert risk.drawdown_percent > 0.0


def test_a_strategys_figures_are_those_of_its_own_positions(exchange: Any) -> None:
    strategy = exchange.strategies.states()[0].id
    exchange.place("equities", "AAPL", 20, strategy=strategy)
    exchange.place("equities", "AAPL", 7)
    (position,) = [one for one in exchange.accounts["equities"].positions() if one.strategy == strategy]
    figures = {one.strategy_id: one for one in exchange.guardian.state().strategies}[strategy]
    value = exchange.market.instruments["AAPL"].notional_micros(position.mark, 20)
    assert figures.exposure_micros == value
    assert figures.pnl_micros == position.unrealised_micros - position.fees_micros
    exchange.place("equities", "AAPL", 20, strategy=strategy, side=Side.SELL)
    figures = {one.strategy_id: one for one in exchange.guardian.state().strategies}[strategy]
    (closed,) = exchange.accounts["equities"].closed_positions()
    assert (figures.exposure_micros, figures.pnl_micros) == (0, closed.realised_micros - closed.fees_micros)


def test_an_order_above_the_allowed_share_of_equity_is_refused(exchange: Any) -> None:
    allowed = exchange.order("forex", "USDJPY", 39)
    too_large = exchange.order("forex", "USDJPY", 41)
    assert exchange.guardian.gate(allowed) is None
    refusal = refused(exchange.guardian.gate(too_large))
    assert (refusal.code, refusal.field) == (RefusalCode.LIMIT_EXCEEDED, "lots")
    assert refused(exchange.accounts.submit(too_large)).code is RefusalCode.LIMIT_EXCEEDED


def test_the_price_of_a_limit_order_is_what_it_is_judged_by(exchange: Any) -> None:
    quote = exchange.market.quote("EURUSD")
    near = exchange.order("forex", "EURUSD", 34, kind=OrderKind.LIMIT, price=quote.bid)
    far = exchange.order("forex", "EURUSD", 34, kind=OrderKind.LIMIT, price=quote.bid * 2)
    assert exchange.guardian.gate(near) is None
    assert refused(exchange.guardian.gate(far)).code is RefusalCode.LIMIT_EXCEEDED


@pytest.mark.parametrize(
    "changes",
    [
        {"reduce_only": True},
        {"position_id": 3},
        {"reason": Reason.STOP_LOSS},
        {"reason": Reason.LIQUIDATION},
        {"reason": Reason.KILL_SWITCH},
    ],
)
def test_what_reduces_risk_always_passes(exchange: Any, changes: dict[str, object]) -> None:
    assert exchange.guardian.gate(exchange.order("forex", "EURUSD", 10_000, **changes)) is None


def alerts(exchange: Any, rule: str) -> list[tuple[AlertLevel, str]]:
    return [
        (event.alert.level, event.alert.account)
        for event in exchange.of(RiskAlertRaised)
        if event.alert.rule == rule
    ]


def test_exposure_warns_near_its_limit_and_is_critical_past_it_each_once(exchange: Any) -> None:
    rule = "max_exposure_percent"
    exchange.place("forex", "USDJPY", 38)
    exchange.run(5)
    assert alerts(exchange, rule) == []
    exchange.place("forex", "USDJPY", 5)
    exchange.run(5)
    assert alerts(exchange, rule) == [(AlertLevel.WARNING, "forex")]
    exchange.place("forex", "USDJPY", 12)
    exchange.run(20)
    assert alerts(exchange, rule) == [(AlertLevel.WARNING, "forex"), (AlertLevel.CRITICAL, "forex")]
    last = exchange.guardian.alerts()[-1]
    assert (last.limit, last.value > 500.0) == (500.0, True)
    assert last.message == f"forex: {last.value:.2f} % has passed the limit of 500 % (max exposure)"


def test_new_limits_are_announced_and_judged_at_once(exchange: Any) -> None:
    exchange.place("forex", "USDJPY", 10)
    exchange.run(2)
    limits = replace(exchange.guardian.limits, max_exposure_percent=50.0)
    assert exchange.guardian.submit(SetRiskLimits(limits=limits)) == Accepted()
    assert [event.limits for event in exchange.of(RiskLimitsChanged)] == [limits]
    assert exchange.guardian.state().limits == limits
    assert alerts(exchange, "max_exposure_percent") == [(AlertLevel.CRITICAL, "forex")]


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize("field", RiskLimits.__struct_fields__)
def test_a_limit_that_is_no_finite_number_above_zero_is_refused(
    exchange: Any, field: str, value: float
) -> None:
    before = exchange.guardian.limits
    outcome = exchange.guardian.submit(SetRiskLimits(limits=replace(before, **{field: value})))
    assert (refused(outcome).code, refused(outcome).field) == (RefusalCode.INVALID, field)
    assert exchange.guardian.limits == before


def test_the_guardian_looks_every_second(exchange: Any) -> None:
    exchange.run(1)
    exchange.place("forex", "USDJPY", 39)
    exchange.place("forex", "USDJPY", 20)
    exchange.forget()
    exchange.run(1)
    (event,) = [one for one in exchange.of(RiskAlertRaised) if one.alert.rule == "max_exposure_percent"]
    assert (event.time - exchange.simulation.start) % SECOND == 0


@pytest.mark.parametrize(
    "terms",
    [
        {"price": 1, "deviation_ticks": 1_000_000},
        {"side": Side.SELL, "kind": OrderKind.LIMIT, "price": 1},
        {"side": Side.SELL, "kind": OrderKind.STOP_LIMIT, "stop_price": 90_000, "price": 1},
    ],
)
def test_a_price_its_sender_made_up_does_not_make_an_order_small(
    exchange: Any, terms: dict[str, Any]
) -> None:
    plain = refused(exchange.accounts.submit(exchange.order("forex", "EURUSD", 100 * HALF_EUR)))
    assert plain.code is RefusalCode.LIMIT_EXCEEDED
    outcome = refused(exchange.accounts.submit(exchange.order("forex", "EURUSD", 100 * HALF_EUR, **terms)))
    assert outcome.code is RefusalCode.LIMIT_EXCEEDED


def test_a_ruined_account_has_figures_that_json_can_say(
    exchange: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.place("forex", "EURUSD", HALF_EUR // 2)
    monkeypatch.setattr(exchange.market, "is_open", lambda key: False)  # so that nothing stops the loss
    exchange.market.move("EURUSD", -0.5)
    exchange.collect()
    risk = exchange.risk("forex")
    assert risk.equity_micros < 0
    figures = (
        risk.exposure_percent,
        risk.drawdown_percent,
        risk.daily_pnl_percent,
        risk.margin_level_percent,
    )
    assert all(math.isfinite(figure) for figure in figures if figure is not None)
    assert risk.exposure_percent > exchange.guardian.limits.max_exposure_percent


def test_an_order_does_not_grow_past_the_limit_after_it_was_accepted(exchange: Any) -> None:
    quote = exchange.market.quote("EURUSD")
    number = exchange.place("forex", "EURUSD", 1, kind=OrderKind.LIMIT, price=quote.bid - 500)
    command = ModifyOrder(account="forex", order_id=number, lots=10 * HALF_EUR)
    assert refused(exchange.accounts.submit(command)).code is RefusalCode.LIMIT_EXCEEDED
    assert exchange.accounts["forex"].order(number).lots == 1


def test_an_order_may_shrink_though_it_is_still_past_a_limit_set_since(exchange: Any) -> None:
    quote = exchange.market.quote("EURUSD")
    number = exchange.place("forex", "EURUSD", 20, kind=OrderKind.LIMIT, price=quote.bid - 500)
    limits = replace(exchange.guardian.limits, max_order_notional_percent=1.0)
    exchange.guardian.submit(SetRiskLimits(limits=limits))
    assert isinstance(
        exchange.accounts.submit(ModifyOrder(account="forex", order_id=number, lots=10)), Accepted
    )
