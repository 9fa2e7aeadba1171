"""Watching keeps below the servers' 100 messages a minute whatever the user does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_trader.connection.pace import BURST, Pace


def test_the_first_choices_go_out_at_once() -> None:
    pace = Pace(0.0)
    for _ in range(BURST):
        assert pace.wait(0.0) == 0.0
        pace.spend(0.0, 1)
    assert pace.wait(0.0) == 1.0
    assert pace.wait(1.0) == 0.0


@given(st.lists(st.tuples(st.floats(0.0, 2.0), st.integers(1, 4)), max_size=400))
def test_no_minute_has_more_than_a_hundred_messages(choices: list[tuple[float, int]]) -> None:
    pace = Pace(0.0)
    now = 0.0
    sent: list[float] = []
    for pause, messages in choices:
        now += pause
        if not pace.wait(now):
            pace.spend(now, messages)
            sent += [now] * messages
    for start in sent:
        assert sum(start <= moment < start + 60 for moment in sent) < 100


@given(st.floats(0.0, 1e6), st.lists(st.floats(0.0, 2.0), min_size=1, max_size=40), st.integers(1, 4))
def test_who_waits_as_long_as_is_said_need_not_wait_again(
    start: float, pauses: list[float], messages: int
) -> None:
    pace = Pace(start)
    pace.spend(start, BURST)
    now = start
    for pause in pauses:
        now += pause
        if wait := pace.wait(now):
            now += wait
        assert not pace.wait(now)
        pace.spend(now, messages)
