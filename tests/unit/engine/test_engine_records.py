"""Activity and reports: numbered from 1, the newest kept, so that a server may run for days."""

from __future__ import annotations

import pytest

from embedded_server.engine import records
from embedded_server.engine.engine import Engine, EngineSettings
from embedded_server.kernel.time import SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.model.commands import Accepted, RecordActivity, RequestReport
from embedded_server.model.events import ReportPrepared


@pytest.fixture
def engine() -> Engine:
    return Engine(EngineSettings(instruments=tuple(one for one in CATALOGUE if one.key == "EURUSD")))


def report(engine: Engine) -> int:
    outcome = engine.submit(RequestReport(account="forex", kind="orders", start=0, end=engine.now))
    assert isinstance(outcome, Accepted)
    assert isinstance(outcome.id, int)
    return outcome.id


def test_the_oldest_activity_makes_room_and_numbers_go_on(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "ACTIVITY_KEPT", 3)
    kept = records.Records(engine.simulation, engine.accounts)
    for number in range(5):
        kept.submit(RecordActivity(account="forex", description=f"login {number}"))
    assert [(one.id, one.description) for one in kept.activity("forex")] == [
        (3, "login 2"),
        (4, "login 3"),
        (5, "login 4"),
    ]


def test_the_oldest_report_makes_room_and_numbers_are_never_used_twice(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "REPORTS_KEPT", 2)
    assert [report(engine) for _ in range(4)] == [1, 2, 3, 4]
    assert [one.id for one in engine.records.reports("forex")] == [3, 4]
    assert engine.records.report(1) is None
    engine.simulation.take_emitted()
    engine.step(SECOND)
    ready = [one for one in engine.simulation.take_emitted() if isinstance(one, ReportPrepared)]
    assert [one.report.id for one in ready] == [3, 4]
