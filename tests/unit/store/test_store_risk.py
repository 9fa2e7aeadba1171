"""Risk in the store: alerts, the kill switch, equity over time, reports that wait."""

from __future__ import annotations

from tui_trader.model import events as e
from tui_trader.model.commands import EngageKillSwitch
from tui_trader.model.values import Account, Deal, Risk, RiskAccount, Severity, Side
from tui_trader.statistics import Drawdown
from tui_trader.store.equity import SAMPLES, Curve
from tui_trader.store.store import Store


def risk(equity: float, *, engaged: bool = False) -> e.RiskUpdated:
    accounts = (
        RiskAccount(account="forex", link="onetrade", equity=equity),
        RiskAccount(account="equities", link="orchestrator", equity=equity * 2),
    )
    return e.RiskUpdated(
        Risk(
            link="guard",
            equity=equity,
            exposure=0.0,
            drawdown_percent=0.0,
            accounts=accounts,
            kill_switch=engaged,
        )
    )


def alert(text: str) -> e.RiskAlertRaised:
    return e.RiskAlertRaised(
        link="guard", severity=Severity.WARNING, rule="exposure", text=text, account="forex"
    )


def test_an_account_is_sampled_by_its_link_and_by_the_guardian_only_where_no_link_tells_it() -> None:
    store = Store()
    store.apply(e.AccountUpdated(Account(link="onetrade", equity=100.0)), 1.0)
    store.apply(risk(500.0), 2.0)
    assert store.equity.get("onetrade").values == [100.0]
    assert store.equity.get("equities").values == [1_000.0]
    assert store.equity.get("forex").values == []


def test_samples_are_a_second_apart_and_the_last_is_the_latest() -> None:
    curve = Curve()
    for now, value in ((0.0, 10.0), (0.4, 11.0), (1.2, 12.0), (1.4, 13.0), (1.6, 14.0), (2.3, 15.0)):
        curve.put(value, now)
    assert curve.values == [10.0, 14.0, 15.0]


def test_a_long_day_keeps_its_shape_in_fewer_samples() -> None:
    curve = Curve()
    for second in range(SAMPLES * 3):
        curve.put(float(second), float(second))
    assert len(curve.values) <= SAMPLES
    assert curve.values[0] == 0.0
    assert curve.values[-1] == SAMPLES * 3 - 1
    assert curve.values == sorted(curve.values)
    assert curve.period > 1.0


def test_asking_for_the_kill_switch_forgets_what_it_reported_before() -> None:
    store = Store()
    store.apply(e.KillSwitchChanged("guard", True, True, ("engaged: first", "verified")), 1.0)
    store.sent(EngageKillSwitch(link="guard"), 5.0)
    assert (store.risk.report, store.risk.verified, store.risk.asked_at) == ((), False, 5.0)
    store.apply(e.KillSwitchChanged("guard", True, False, ("engaged: again",)), 5.1)
    assert store.risk.engaged
    assert store.risk.report == ("engaged: again",)


def test_alerts_are_kept_and_told_in_the_journal() -> None:
    store = Store()
    store.apply(alert("near"), 1.0)
    store.apply(alert("passed"), 2.0)
    assert [(one.number, one.alert.text) for one in store.risk.alerts] == [(1, "near"), (2, "passed")]
    assert [(line.kind, line.text) for line in store.journal] == [("alert", "near"), ("alert", "passed")]


def test_past_deals_stand_before_those_that_came_meanwhile() -> None:
    def deal(number: int) -> Deal:
        return Deal(link="fx", id=str(number), order_id="1", symbol="X", side=Side.BUY, quantity=1, price=1)

    store = Store()
    store.apply(e.DealDone(deal(3)), 1.0)
    store.apply(e.DealsListed("fx", (deal(1), deal(2))), 2.0)
    assert [one.id for one in store.deals] == ["1", "2", "3"]
    store.apply(e.DealsListed("fx", (deal(1), deal(2), deal(3))), 3.0)
    assert [one.id for one in store.deals] == ["1", "2", "3"]


def test_reports_wait_until_they_are_taken() -> None:
    store = Store()
    store.apply(e.ReportReceived("fx", "trades-1.csv", b"a,b"), 1.0)
    assert [one.name for one in store.reports.take()] == ["trades-1.csv"]
    assert store.reports.take() == []


def test_the_deepest_fall_outlives_the_samples_it_was_seen_in() -> None:
    curve = Curve()
    for moment, equity in ((0.0, 100.0), (1.0, 120.0), (1.2, 60.0), (1.4, 110.0)):
        curve.put(equity, moment)  # the fall to 60 is over before its second is
    assert 60.0 not in curve.values
    assert curve.fall == Drawdown(60.0, 50.0)
    for step in range(3 * SAMPLES):
        curve.put(110.0 + step % 2, 2.0 + 4 * step)
    assert len(curve.values) <= SAMPLES
    assert curve.fall == Drawdown(60.0, 50.0)
