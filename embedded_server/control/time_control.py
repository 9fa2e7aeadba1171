"""Time by request: pause, speed, steps, runs to a condition; manual protocol timers move along."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from embedded_server.control.answers import ClockState, LoggedEvent, RunUntilAnswer, StepAnswer
from embedded_server.control.calls import ControlError
from embedded_server.control.conditions import Watch
from embedded_server.control.human import Human
from embedded_server.control.requests import RunUntil, SetClock, Step
from embedded_server.engine.engine import Engine
from embedded_server.kernel.time import SECOND
from embedded_server.protocols.facade import TimeSource
from embedded_server.protocols.wire_time import iso_z
from embedded_server.transport.pacer import Pacer
from embedded_server.transport.time_source import ManualTimeSource

SLICE = SECOND
"""Virtual time between two turns of the loop while a condition is awaited."""


class TimeControl:
    """One request at a time moves the clock."""

    def __init__(
        self,
        engine: Engine,
        pacer: Pacer,
        time: TimeSource,
        human: Human,
        advance: Callable[[float], Awaitable[None]],
    ) -> None:
        self._engine = engine
        self._pacer = pacer
        self._time = time
        self._human = human
        self._advance = advance
        self._moving = asyncio.Lock()

    def state(self) -> ClockState:
        """Where time stands."""
        clock = self._pacer.clock
        return ClockState(
            time=iso_z(self._engine.now),
            time_ns=self._engine.now,
            mode="paused" if clock.paused else "real",
            speed=clock.speed,
            sequence=self._engine.bus.sequence,
            timers="manual" if isinstance(self._time, ManualTimeSource) else "real",
            timers_ms=self._time.epoch_ms(),
        )

    async def set(self, request: SetClock) -> ClockState:
        """Pause, run, change the speed."""
        async with self._moving:
            clock = self._pacer.clock
            now = asyncio.get_running_loop().time()
            if request.speed is not None:
                clock.set_speed(request.speed, now)
            if request.mode == "paused" and not clock.paused:
                clock.pause(now)
                clock.set(self._engine.now, now)
            elif request.mode == "real" and clock.paused:
                clock.resume(now)
                self._pacer.start()
            return self.state()

    async def step(self, request: Step) -> StepAnswer:
        """Run a standing clock forward by a span."""
        async with self._moving:
            first = self._begin()
            await self._advance(request.seconds)
            self._end()
            if self._engine.halted:
                raise _standing(self._engine)
            return StepAnswer(
                time=iso_z(self._engine.now),
                time_ns=self._engine.now,
                events=self._engine.bus.sequence - first,
            )

    async def run_until(self, request: RunUntil) -> RunUntilAnswer:
        """Run a standing clock until a condition holds, to the very instant."""
        async with self._moving:
            first = self._begin()
            watch = Watch(request.condition, self._engine)
            held = request.condition.holds(self._engine)
            if not held:
                deadline = self._engine.now + round(request.limit_seconds * SECOND)
                unsubscribe = self._engine.bus.subscribe(watch.look)
                try:
                    await self._run(watch, deadline)
                finally:
                    unsubscribe()
                    self._end()
            return RunUntilAnswer(
                matched=held or watch.event is not None,
                event=self._shown(watch),
                time=iso_z(self._engine.now),
                time_ns=self._engine.now,
                events=self._engine.bus.sequence - first,
            )

    async def _run(self, watch: Watch, deadline: int) -> None:
        engine = self._engine
        while watch.event is None and engine.now < deadline:
            if engine.halted:
                raise _standing(engine)
            start, end = engine.now, min(deadline, engine.now + SLICE)
            while watch.event is None and engine.now < end and not engine.halted:
                due = engine.simulation.next_time()
                engine.advance(end if due is None else min(due, end))
                engine.publish()
            if isinstance(self._time, ManualTimeSource):
                self._time.advance((engine.now - start) / SECOND)
            self._pacer.publish()
            await asyncio.sleep(0)

    def _begin(self) -> int:
        """The sequence before the first step."""
        if not self._pacer.clock.paused:
            raise ControlError(409, "CLOCK_RUNS", "time runs by itself; pause the clock first")
        self._pacer.publish()
        return self._engine.bus.sequence

    def _end(self) -> None:
        """Let the clock go on from here when it is started again."""
        self._pacer.clock.set(self._engine.now, asyncio.get_running_loop().time())

    def _shown(self, watch: Watch) -> LoggedEvent | None:
        if watch.event is None or watch.sequence is None:
            return None
        event = self._human.show(watch.event)
        return LoggedEvent(sequence=watch.sequence, type=type(watch.event).__name__, event=event)


def _standing(engine: Engine) -> ControlError:
    why = (
        "the market stopped because of an internal error"
        if engine.failure
        else "the journal cannot be written"
    )
    return ControlError(503, "UNAVAILABLE", f"{why}, so time stands")
