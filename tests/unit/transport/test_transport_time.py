"""Time by hand, message rates, and the pacer's arithmetic."""

from __future__ import annotations

import asyncio

import pytest

from embedded_server.engine.clock import Clock
from embedded_server.kernel.time import SECOND
from embedded_server.transport.limits import MessageRate
from embedded_server.transport.pacer import FORGET_SECONDS, Pacer
from embedded_server.transport.time_source import ManualTimeSource


class FakeEngine:
    """Remembers how far it was moved."""

    def __init__(self) -> None:
        self.now = 0
        self.published = 0

    def advance(self, until: int) -> None:
        self.now = max(self.now, until)

    def publish(self) -> None:
        self.published += 1


def test_timers_run_in_order_each_at_its_own_instant() -> None:
    time = ManualTimeSource(epoch_ms=1_000)
    seen: list[tuple[str, float]] = []
    time.call_later(2.0, lambda: seen.append(("second", time.monotonic())))
    time.call_later(1.0, lambda: seen.append(("first", time.monotonic())))
    time.call_later(1.0, lambda: time.call_later(0.5, lambda: seen.append(("nested", time.monotonic()))))
    time.advance(3.0)
    assert seen == [("first", 1.0), ("nested", 1.5), ("second", 2.0)]
    assert time.epoch_ms() == 4_000


def test_a_cancelled_timer_does_not_run() -> None:
    time = ManualTimeSource()
    timer = time.call_later(1.0, lambda: pytest.fail("it was cancelled"))
    timer.cancel()
    timer.cancel()
    time.advance(2.0)


def test_a_rate_slides_and_refused_messages_do_not_count() -> None:
    rate = MessageRate(2)
    assert rate.allows(0.0)
    assert rate.allows(30.0)
    assert not rate.allows(59.0)
    assert rate.allows(60.0)
    assert not rate.allows(89.0)
    assert rate.allows(90.0)


def test_a_rate_of_zero_is_no_limit() -> None:
    rate = MessageRate(0)
    assert all(rate.allows(0.0) for _ in range(1000))


def paced(speed: float = 1.0) -> tuple[Pacer, FakeEngine]:
    engine = FakeEngine()
    return Pacer(engine, Clock(virtual=0, monotonic=0.0, speed=speed), lambda: None), engine


def test_the_market_follows_real_time_at_its_speed() -> None:
    pacer, engine = paced(speed=10.0)
    pacer.catch_up(0.01)
    assert engine.now == SECOND // 10


def test_after_a_stall_the_market_catches_up_in_bounded_steps() -> None:
    pacer, engine = paced()
    for tick in range(100):
        before = engine.now
        pacer.catch_up(1.0 + tick * 0.01)
        assert engine.now - before <= 0.051 * SECOND
    assert engine.now == pytest.approx(1.99 * SECOND)


def test_after_a_long_stall_the_market_was_paused() -> None:
    pacer, engine = paced()
    pacer.catch_up(FORGET_SECONDS + 60.0)
    pacer.catch_up(FORGET_SECONDS + 60.01)
    assert engine.now == pytest.approx(0.06 * SECOND)


async def test_commands_are_published_in_the_same_turn_however_often_it_is_asked() -> None:
    pacer, engine = paced()
    pacer.wake()
    pacer.wake()
    assert engine.published == 0
    await asyncio.sleep(0)
    assert engine.published == 1


async def test_a_stopped_pacer_does_nothing() -> None:
    pacer, engine = paced()
    pacer.start()
    pacer.wake()
    pacer.stop()
    await asyncio.sleep(0.03)
    assert engine.published == 0


async def test_a_running_clock_moves_the_market_tick_by_tick() -> None:
    engine = FakeEngine()
    loop = asyncio.get_running_loop()
    clock = Clock(virtual=0, monotonic=loop.time(), speed=10.0)
    moved = asyncio.Event()
    pacer = Pacer(
        engine, clock, lambda: moved.set() if engine.now > SECOND else None
    )  # a tick: half of it at most
    pacer.start()
    async with asyncio.timeout(5):
        await moved.wait()
    pacer.stop()
    assert engine.published > 1


async def test_an_engine_that_fails_is_reported_once_and_not_run_again() -> None:
    engine = FakeEngine()
    loop = asyncio.get_running_loop()
    reported: list[BaseException] = []
    loop.set_exception_handler(lambda _, context: reported.append(context["exception"]))

    def fail(until: int) -> None:
        raise RuntimeError("an invariant broke")

    engine.advance = fail  # type: ignore[method-assign]
    pacer = Pacer(engine, Clock(virtual=0, monotonic=loop.time()), lambda: None)
    pacer.start()
    await asyncio.sleep(0.05)
    assert [str(error) for error in reported] == ["an invariant broke"]
