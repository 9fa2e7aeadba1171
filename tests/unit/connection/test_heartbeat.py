"""The documents' heartbeats on a clock of the test's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trader.connection.heartbeat import Beat, Pulse
from tui_trader.protocols.codec import Heartbeat


def pulse(*, jitter: float = 0.0, at_once: bool = False, timeout: float | None = 10.0) -> Pulse:
    policy = Heartbeat(30.0, timeout, lambda now_ms: "ping", jitter=1.0, at_once=at_once)
    return Pulse(policy, 100.0, lambda: jitter)


def test_the_first_beat_comes_an_interval_after_opening() -> None:
    one = pulse()
    assert one.deadline == 130.0
    assert one.beat(129.9) is Beat.WAIT
    assert one.beat(130.0) is Beat.SEND
    assert one.beat(130.1) is Beat.WAIT


def test_a_heartbeat_may_begin_on_opening() -> None:
    one = pulse(at_once=True)
    assert one.deadline == 100.0
    assert one.beat(100.0) is Beat.SEND


def test_an_answer_measures_the_round_trip_once() -> None:
    one = pulse()
    one.beat(130.0)
    assert one.answered(130.25) == 0.25
    assert one.answered(130.5) is None


def test_no_answer_in_time_is_the_end() -> None:
    one = pulse()
    one.beat(130.0)
    assert one.deadline == 140.0
    assert one.beat(139.9) is Beat.WAIT
    assert one.beat(140.0) is Beat.DEAD


def test_an_answer_in_time_is_not() -> None:
    one = pulse()
    one.beat(130.0)
    one.answered(139.9)
    assert one.beat(140.0) is Beat.WAIT
    assert one.deadline == 160.0


def test_asking_again_does_not_put_off_the_end() -> None:
    one = Pulse(Heartbeat(2.0, 5.0, lambda now_ms: "ping"), 0.0, lambda: 0.0)
    assert [one.beat(float(now)) for now in (2, 4, 6, 7)] == [Beat.SEND, Beat.SEND, Beat.SEND, Beat.DEAD]


def test_without_a_timeout_nothing_ends() -> None:
    one = pulse(timeout=None)
    one.beat(130.0)
    assert one.beat(160.0) is Beat.SEND
    assert one.beat(190.0) is Beat.SEND


def test_a_beat_that_was_late_is_not_followed_by_a_quick_one() -> None:
    one = pulse()
    one.beat(150.0)
    one.answered(150.1)
    assert one.deadline == 180.0


@given(st.lists(st.floats(min_value=0, max_value=0.999), min_size=3, max_size=20))
def test_jitter_only_ever_delays(jitters: list[float]) -> None:
    source = iter([*jitters, *[0.5] * 30])
    one = Pulse(Heartbeat(30.0, 10.0, lambda now_ms: "", jitter=1.0), 0.0, lambda: next(source))
    before = 0.0
    for _ in jitters:
        now = one.deadline
        assert now - before >= 30.0 - 1e-9
        assert now - before == pytest.approx(30.5, abs=0.51)
        assert one.beat(now) is Beat.SEND
        one.answered(now)
        before = now
