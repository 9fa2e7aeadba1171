"""Counts and rates of a link."""

from __future__ import annotations

from tui_trader.connection.health import Meter


def test_the_rate_is_that_of_the_last_whole_seconds() -> None:
    meter = Meter()
    for second in range(10):
        for message in range(20):
            meter.count(1_000.0 + second + message / 20)
    assert meter.messages == 200
    assert meter.rate(1_010.0) == 20.0


def test_a_burst_fades_away_when_nothing_follows() -> None:
    meter = Meter()
    for _ in range(50):
        meter.count(1_000.5)
    assert meter.rate(1_001.0) == 10.0
    assert meter.rate(1_005.9) == 10.0
    assert meter.rate(1_006.0) == 0.0
    assert meter.last == 1_000.5


def test_a_link_that_never_heard_anything_has_no_rate() -> None:
    assert Meter().rate(123_456.0) == 0.0
    assert Meter().last is None
