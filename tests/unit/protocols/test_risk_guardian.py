"""The guardian's endpoint: figures, limits, alerts and the kill switch on the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest
from facade_fakes import FacadeScene, FakeClient, FakeEngine, services, vector, vectors
from msgspec.structs import replace

from embedded_server.kernel.time import SECOND
from embedded_server.model import events as e
from embedded_server.model.commands import EngageKillSwitch, Refused, ReleaseKillSwitch, SetRiskLimits
from embedded_server.model.enums import AlertLevel, LedgerKind, RefusalCode, StrategyStatus
from embedded_server.model.risk import (
    AccountRisk,
    KillSwitchReport,
    RiskAlert,
    RiskLimits,
    RiskState,
    StrategyRisk,
)
from embedded_server.model.states import LedgerEntry, Quote
from embedded_server.protocols.risk_guardian.facade import READER, RiskGuardianFacade

TIME = 1_688_992_496_000_000_000
STATE = RiskState(
    equity_micros=110_500_500_000,
    exposure_micros=25_250_000_000,
    drawdown_percent=1.25,
    limits=RiskLimits(),
    accounts=(
        AccountRisk(
            account="futures",
            currency="USDT",
            equity_micros=10_500_500_000,
            exposure_micros=5_250_000_000,
            exposure_percent=50.0,
            drawdown_percent=1.25,
            daily_pnl_micros=500_500_000,
            daily_pnl_percent=5.005,
            margin_level_percent=2000.1,
            positions=2,
            working_orders=1,
        ),
    ),
    strategies=(
        StrategyRisk(
            strategy_id="strategy-123",
            status=StrategyStatus.ACTIVE,
            exposure_micros=1_550_500_000,
            pnl_micros=48_000_000,
            orders_last_minute=2,
        ),
    ),
    kill_switch=False,
)
ALERT = RiskAlert(
    id="alert_7",
    level=AlertLevel.WARNING,
    rule="max_drawdown_percent",
    account="futures",
    value=16.4,
    limit=20.0,
    message="futures: drawdown 16.4 % of 20 %",
    time=TIME,
)
REPORT = KillSwitchReport(
    engaged=True,
    reason="fat finger",
    strategies_paused=("strategy-123",),
    bot_paused=True,
    orders_canceled=3,
    positions_closed=2,
    verified=True,
    time=TIME,
)
EVENTS: dict[str, e.Event] = {
    "server.risk_limits": e.RiskLimitsChanged(
        time=TIME, limits=RiskLimits(max_drawdown_percent=15.0, max_exposure_percent=300.0)
    ),
    "server.risk_alert": e.RiskAlertRaised(time=TIME, alert=ALERT),
    "server.kill_switch": e.KillSwitchChanged(time=TIME, report=REPORT),
}
QUOTED = e.QuoteChanged(time=TIME, quote=Quote("AAPL", TIME, 1, 2, 3, 4, 5))
POSTED = e.LedgerPosted(
    time=TIME,
    entry=LedgerEntry(
        id=1, account="spot", kind=LedgerKind.TRADE, amount_micros=1, balance_micros=1, time=TIME
    ),
)


class Scene(FacadeScene):
    """A façade, its engine and one connected client."""

    def __init__(self) -> None:
        self.engine = FakeEngine()
        self.engine.now = TIME
        self.engine.risk = STATE
        given, _ = services(self.engine)
        self.facade = RiskGuardianFacade(given)
        self.client = FakeClient()
        self.facade.opened(self.client)
        self.greeting = self.client.take()


@pytest.fixture
def scene() -> Scene:
    return Scene()


def ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return [(key, ordered(item)) for key, item in value.items()]
    return [ordered(item) for item in value] if isinstance(value, list) else value


def test_the_figures_are_the_first_message(scene: Scene) -> None:
    assert ordered(scene.greeting) == ordered([vector("risk_guardian", "server.risk_status")])


def test_the_figures_come_on_request(scene: Scene) -> None:
    assert scene.ask({"type": "get_risk_status"}) == [vector("risk_guardian", "server.risk_status")]


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_told_as_agreed(scene: Scene, name: str) -> None:
    assert ordered(scene.publish(EVENTS[name])[0]) == ordered(vector("risk_guardian", name))


@pytest.mark.parametrize("name", vectors("risk_guardian", "client"))
def test_every_client_message_is_understood(name: str) -> None:
    READER.read(json.dumps(vector("risk_guardian", name)))


def test_prices_alone_bring_the_figures_once_a_second(scene: Scene) -> None:
    assert len(scene.publish(QUOTED)) == 1
    assert scene.publish(QUOTED) == []
    scene.engine.now += SECOND
    assert len(scene.publish(QUOTED)) == 1


def test_an_account_event_brings_the_figures_at_once(scene: Scene) -> None:
    scene.publish(QUOTED)
    assert [message["type"] for message in scene.publish(POSTED)] == ["risk_status"]


def test_limits_are_laid_over_the_present_ones(scene: Scene) -> None:
    scene.engine.guardian.limits = RiskLimits(max_daily_loss_percent=3.0)
    scene.ask(vector("risk_guardian", "client.set_risk_limits"))
    expected = RiskLimits(max_daily_loss_percent=3.0, max_drawdown_percent=15.0, max_exposure_percent=300.0)
    assert scene.engine.commands == [SetRiskLimits(limits=expected)]


@pytest.mark.parametrize("value", [0, -1, 1e30, "15", True, [15]])
def test_a_limit_that_is_no_percentage_is_refused_by_name(scene: Scene, value: object) -> None:
    (error,) = scene.ask({"type": "set_risk_limits", "data": {"maxDrawdownPercent": value}})
    assert (error["type"], error["data"]["code"]) == ("error", "INVALID_LIMITS")
    assert "maxDrawdownPercent" in error["data"]["message"]
    assert scene.engine.commands == []


def test_the_error_vector_is_what_is_sent(scene: Scene) -> None:
    (error,) = scene.ask({"type": "set_risk_limits", "data": {"maxDrawdownPercent": 0}})
    assert error == vector("risk_guardian", "server.error")


def test_the_kill_switch_is_engaged_with_a_reason_or_without(scene: Scene) -> None:
    scene.ask({"type": "engage_kill_switch", "data": {"reason": "fat \x1b finger"}})
    scene.ask({"type": "engage_kill_switch"})
    scene.ask({"type": "release_kill_switch"})
    assert scene.engine.commands == [
        EngageKillSwitch(reason="fat � finger"),
        EngageKillSwitch(),
        ReleaseKillSwitch(),
    ]


@pytest.mark.parametrize(
    ("refusal", "code"),
    [(RefusalCode.INVALID_STATE, "INVALID_STATE"), (RefusalCode.INVALID, "INVALID_LIMITS")],
)
def test_the_engines_refusal_is_told_to_who_asked(scene: Scene, refusal: RefusalCode, code: str) -> None:
    scene.engine.outcome = Refused(refusal, "no")
    (error,) = scene.ask({"type": "release_kill_switch"})
    assert error["data"] == {"code": code, "message": "no", "request": "release_kill_switch"}


def test_an_account_without_margin_in_use_has_no_margin_level(scene: Scene) -> None:
    bare = replace(STATE.accounts[0], margin_level_percent=None)
    scene.engine.risk = replace(STATE, accounts=(bare,))
    (status,) = scene.ask({"type": "get_risk_status"})
    assert status["data"]["accounts"][0]["marginLevelPercent"] is None


@pytest.mark.parametrize("message", ["", "{}", '{"type":"panic"}', b"\xff"])
def test_what_cannot_be_used_is_an_error(scene: Scene, message: str | bytes) -> None:
    (error,) = scene.ask(message)
    assert error["data"]["code"] == "INVALID_MESSAGE"


def test_nothing_is_measured_for_nobody(scene: Scene) -> None:
    scene.facade.closed(scene.client)
    scene.engine.guardian.state = None
    scene.facade.publish([POSTED])
