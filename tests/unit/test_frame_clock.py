"""Frames come when something happens, no more than may be, seldom otherwise. Time is moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tui_trader.frame_clock import IDLE_SECONDS, LIVELY_SECONDS, FrameClock, frame_rate


class HandLoop:
    """Time and timers of a loop, moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.due: list[tuple[float, Callable[[], None], asyncio.TimerHandle]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, moment: float, callback: Callable[[], None], *, context: object) -> asyncio.TimerHandle:
        loop = self

        class Handle:
            def when(self) -> float:
                return moment

            def cancel(self) -> None:
                loop.due = [one for one in loop.due if one[2] is not self]

        handle = Handle()
        self.due.append((moment, callback, handle))
        return handle

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self.due and min(one[0] for one in self.due) <= end:
            first = min(self.due, key=lambda one: one[0])
            self.due.remove(first)
            self.now = max(self.now, first[0])
            first[1]()
        self.now = end


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> HandLoop:
    made = HandLoop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: made)
    return made


def test_nothing_happens_and_frames_are_few(loop: HandLoop) -> None:
    frames: list[float] = []
    FrameClock(lambda: frames.append(loop.now)).start(25)
    loop.run(2.0)
    assert len(frames) == pytest.approx(2.0 / IDLE_SECONDS, abs=1)


def test_the_first_message_after_a_pause_is_seen_at_once(loop: HandLoop) -> None:
    frames: list[float] = []
    clock = FrameClock(lambda: frames.append(loop.now))
    clock.start(25)
    loop.run(0.141)
    frames.clear()
    clock.stir()
    loop.run(0.001)
    assert len(frames) == 1


def test_a_flood_of_messages_has_no_more_frames_than_it_may(loop: HandLoop) -> None:
    frames: list[float] = []
    clock = FrameClock(lambda: frames.append(loop.now))
    clock.start(25)
    for _ in range(1_000):
        clock.stir()
        loop.run(0.001)
    assert len(frames) == pytest.approx(25, abs=1)


def test_a_key_has_its_frame_sooner_and_more_of_them(loop: HandLoop) -> None:
    frames: list[float] = []
    clock = FrameClock(lambda: frames.append(loop.now))
    clock.start(10)
    loop.run(0.101)
    frames.clear()
    clock.hurry()
    loop.run(0.026)
    assert len(frames) == 1
    loop.run(LIVELY_SECONDS)
    assert len(frames) >= 5


def test_a_stopped_clock_draws_no_more(loop: HandLoop) -> None:
    frames: list[float] = []
    clock = FrameClock(lambda: frames.append(loop.now))
    clock.start(25)
    clock.stop()
    clock.stir()
    clock.hurry()
    loop.run(1.0)
    assert frames == []


def test_a_slow_line_gets_ten_frames_unless_others_are_chosen() -> None:
    assert frame_rate(None, 30, {}) == 30
    assert frame_rate(None, 30, {"SSH_CONNECTION": "192.0.2.1 22"}) == 10
    assert frame_rate(25, 30, {"SSH_TTY": "/dev/pts/1"}) == 25
