"""One open socket: reader, writer, heartbeat, pings, until the first of them ends. Nothing outlives `run`.

The reader gives way every few milliseconds, also while frames are buffered: `recv` does not suspend by itself
then (measured: 3.8 s of frozen screen).
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_trader.connection.heartbeat import Beat, Pulse
from tui_trader.connection.losses import Ending, Lost, explain
from tui_trader.model.errors import CommandError
from tui_trader.protocols.codec import Frame, Heartbeat

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

CLOSE_SECONDS = 1.0
SLICE_SECONDS = 0.000_5
"""Longest stretch of reading without giving way. Eight links share the loop with the screen.

At 50,000 messages a second its lag (p99) was 37 ms with stretches of 2 ms, and 19 ms with those of 0.7 ms.
"""
FIRST_PING_SECONDS = 1.0
"""Not at once: while everything opens, the answer waits for this process more than for the network."""
PING_SECONDS = 20.0
PING_TIMEOUT = 10.0
MAX_QUEUE = 1_000
_RECEIVE_COST = 0.000_02
"""What the library spends on a frame before we see it, about."""


class Conversation:
    """`take` gets every frame and its monotonic arrival, `measured` the seconds of every round trip.

    `sent` gets every frame that left and when.
    """

    def __init__(
        self,
        socket: ClientConnection,
        heartbeat: Heartbeat | None,
        take: Callable[[str | bytes, float], None],
        measured: Callable[[float], None],
        sent: Callable[[str | bytes, float], None],
    ) -> None:
        self._socket = socket
        self._take = take
        self._measured = measured
        self._sent = sent
        self._outgoing: asyncio.Queue[tuple[str | bytes, bool]] = asyncio.Queue(MAX_QUEUE)
        self.unsent = 0
        """Frames of commands that were taken over and have not left."""
        self.over = False
        """Nothing that is sent now would leave: the peer is given its time to take part in the closing."""
        self._heard = time.monotonic()
        self._pulse = Pulse(heartbeat, self._heard, random.random) if heartbeat else None
        # Where a documented heartbeat finds a dead peer, a ping only measures, once.
        self._pings_on = heartbeat is None or heartbeat.timeout is None

    @property
    def queued(self) -> int:
        """Frames that wait to be sent."""
        return self._outgoing.qsize()

    @property
    def closing(self) -> tuple[int, str]:
        """Code and reason of the close frame; 1006 where none came."""
        return self._socket.close_code or 1006, self._socket.close_reason or ""

    def send(self, frame: Frame, *, command: bool = False) -> None:
        """Queue a frame. Raises `CommandError` when the server has stopped reading."""
        try:
            self._outgoing.put_nowait((frame.data, command))
            self.unsent += command
        except asyncio.QueueFull:
            raise CommandError("the server does not keep up: nothing was sent") from None

    def answered(self, now: float) -> None:
        """Note the answer to a heartbeat."""
        seconds = self._pulse.answered(now) if self._pulse else None
        if seconds is not None:
            self._measured(seconds)

    async def run(self) -> Ending:
        """Converse until the connection ends; return why it did."""
        parts = (self._read(), self._write(), self._beat(), self._ping())
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return explain(next(iter(done)).exception())
        finally:
            self.over = True
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await close(self._socket)

    async def _read(self) -> None:
        receive, take, clock = self._socket.recv, self._take, time.monotonic
        busy = 0.0
        while True:
            data = await receive()
            self._heard = arrived = clock()
            take(data, arrived)
            busy += clock() - arrived + _RECEIVE_COST
            if busy > SLICE_SECONDS:
                busy = 0.0
                await asyncio.sleep(0)

    async def _write(self) -> None:
        while True:
            data, command = await self._outgoing.get()
            await self._socket.send(data)
            self.unsent -= command
            self._sent(data, time.monotonic())

    async def _beat(self) -> None:
        pulse = self._pulse
        if pulse is None:
            await asyncio.Event().wait()
            return
        while True:
            await asyncio.sleep(max(0.0, pulse.deadline - time.monotonic()))
            match pulse.beat(time.monotonic()):
                case Beat.SEND:
                    self.send(Frame(pulse.policy.frame(epoch_ms())))
                case Beat.DEAD:
                    raise Lost(f"no answer to the heartbeat in {pulse.policy.timeout:g} s")
                case Beat.WAIT:
                    pass

    async def _ping(self) -> None:
        await asyncio.sleep(FIRST_PING_SECONDS)
        while True:
            sent = time.monotonic()
            pong = await self._socket.ping()
            try:
                async with asyncio.timeout(PING_TIMEOUT):
                    self._measured(await pong)
            except TimeoutError:
                if self._pings_on and self._heard < sent:
                    raise Lost(f"nothing was heard for {PING_TIMEOUT:g} s") from None
            await asyncio.sleep(PING_SECONDS if self._pings_on else float("inf"))


async def close(socket: ClientConnection) -> None:
    """Close in order, and abort where the peer takes no part: `close` alone may hang on a stuck one."""
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await socket.close()
    finally:
        socket.transport.abort()


def epoch_ms() -> int:
    """Wall-clock time, epoch milliseconds: for frames and signatures, never for ages."""
    return time.time_ns() // 1_000_000
