"""The guardian in the console: figures, alerts, and the kill switch line by line."""

from __future__ import annotations

import json

from wire_examples import ENDPOINT, NOW, wire

from tui_trader.model import events as e
from tui_trader.model.values import Severity
from tui_trader.protocols.risk_guardian.codec import RiskGuardianCodec


def test_the_guardians_figures_are_read_whole() -> None:
    codec = RiskGuardianCodec("risk", ENDPOINT)
    (updated,) = codec.decode(wire("risk_guardian/risk_status"), NOW).events
    assert isinstance(updated, e.RiskUpdated)
    example = json.loads(wire("risk_guardian/risk_status"))["data"]
    assert updated.risk.equity == example["equity"]
    assert dict(updated.risk.limits) == example["limits"]
    assert [account.account for account in updated.risk.accounts] == [
        a["account"] for a in example["accounts"]
    ]


def test_the_kill_switch_is_told_line_by_line_and_never_verified_by_wish() -> None:
    codec = RiskGuardianCodec("risk", ENDPOINT)
    left = wire("risk_guardian/kill_switch", engaged=True, verified=False, ordersStillWorking=2)
    (changed,) = codec.decode(left, NOW).events
    assert isinstance(changed, e.KillSwitchChanged)
    assert (changed.engaged, changed.verified) == (True, False)
    assert "orders still working: 2 !" in changed.lines
    assert "NOT verified yet" in changed.lines
    (released,) = codec.decode(wire("risk_guardian/kill_switch", engaged=False), NOW).events
    assert isinstance(released, e.KillSwitchChanged)
    assert len(released.lines) == 1


def test_an_alert_has_its_level_and_figures() -> None:
    codec = RiskGuardianCodec("risk", ENDPOINT)
    (alert,) = codec.decode(wire("risk_guardian/risk_alert", level="CRITICAL"), NOW).events
    assert isinstance(alert, e.RiskAlertRaised)
    assert alert.severity is Severity.CRITICAL
    example = json.loads(wire("risk_guardian/risk_alert"))["data"]
    assert (alert.rule, alert.account) == (example["rule"], example["account"])
    assert (alert.value, alert.limit) == (example["value"], example["limit"])


def test_the_guardians_accounts_are_known_by_the_links_that_lead_to_them() -> None:
    codec = RiskGuardianCodec("risk", ENDPOINT)
    codec.meet({"risk": "risk_guardian", "broker": "onetrade"})
    (updated,) = codec.decode(wire("risk_guardian/risk_status"), NOW).events
    assert isinstance(updated, e.RiskUpdated)
    example = json.loads(wire("risk_guardian/risk_status"))["data"]
    named = {account["account"] for account in example["accounts"]}
    assert {one.account: one.link for one in updated.risk.accounts if one.link} == (
        {"forex": "broker"} if "forex" in named else {}
    )
    assert [one.strategy_id for one in updated.risk.strategies] == [
        one["strategyId"] for one in example["strategies"]
    ]
