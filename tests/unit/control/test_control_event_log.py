"""The log of recent events: order, filters, what it says about what it forgot."""

from __future__ import annotations

import pytest

from embedded_server.control import event_log
from embedded_server.control.event_log import EventLog
from embedded_server.model import events as e


def depth(time: int) -> e.DepthChanged:
    return e.DepthChanged(time=time, instrument="AAPL")


def service(time: int) -> e.ExecutionServiceChanged:
    return e.ExecutionServiceChanged(time=time, running=True)


def test_events_come_in_their_order_whatever_ring_they_are_in() -> None:
    log = EventLog()
    log.append(5, [depth(0), service(1), depth(2)])
    log.append(8, [service(3)])
    assert [number for number, _ in log.after(-1, (), 10)] == [5, 6, 7, 8]
    assert [number for number, _ in log.after(6, (), 10)] == [7, 8]
    assert [number for number, _ in log.after(-1, (), 2)] == [5, 6]
    assert log.after(8, (), 10) == []


def test_types_narrow_what_is_read() -> None:
    log = EventLog()
    log.append(0, [depth(0), service(1), depth(2)])
    assert [number for number, _ in log.after(-1, (e.ExecutionServiceChanged,), 10)] == [1]
    assert [number for number, _ in log.after(-1, (e.DepthChanged,), 1)] == [0]


def test_market_data_does_not_wash_away_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "KEPT_MARKET_DATA", 2)
    log = EventLog()
    log.append(0, [service(0), *(depth(time) for time in range(1, 5))])
    assert [number for number, _ in log.after(-1, (), 10)] == [0, 3, 4]
    assert log.lost(-1, ())
    assert log.lost(1, (e.DepthChanged,))
    assert not log.lost(2, ())
    assert not log.lost(-1, (e.ExecutionServiceChanged,))
