"""Readers that stopped, and slow ones, among many healthy clients: gone in time, at a bounded price.

`CROWD=real` takes the limits of production and RELIABILITY.md's 30 seconds, and prints the figures.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from harness import Served, serving

from embedded_server.model.events import Event
from embedded_server.protocols.facade import Client, Facade
from embedded_server.transport.limits import Limits
from tests.torture import figures as torture

REAL = os.environ.get("CROWD") == "real"
LIMITS = Limits(close_seconds=0.2) if REAL else Limits(probe_seconds=1.0, probe_answer_seconds=1.0)
WITHIN_SECONDS = 30.0 if REAL else 6.0
AFTER_SECONDS = 5.0 if REAL else 0.5
HEALTHY, STUCK, SLOW = (int(size) for size in os.environ.get("CROWD_SIZE", "200,20,20").split(","))
SLOW_BYTES_A_SECOND = 300
MESSAGES_A_SECOND = 10
FILLER = "x" * 270
MIB = 1024 * 1024
PAGE = resource.getpagesize()


class Ticker(Facade):
    """Everybody listens."""

    name = "ticker"
    port = 1
    path = "/ws"

    def opened(self, client: Client) -> None:
        self.topics.subscribe(client, "ticks")

    def received(self, client: Client, message: str | bytes) -> None:
        pass

    def publish(self, events: Sequence[Event]) -> None:
        pass


class Broadcast:
    """Ten numbered messages a second, and what they cost."""

    def __init__(self, served: Served) -> None:
        self._endpoint = served.endpoints[0]
        self.sent = 0
        self.waiting_bytes = 0
        self.resident_bytes = 0
        self.gone_after: float | None = None

    async def run(self) -> None:
        """Send until all that do not read are gone, and a while longer."""
        started = time.monotonic()
        before = _resident()
        end = started + WITHIN_SECONDS
        while time.monotonic() < end:
            message = json.dumps([self.sent, time.monotonic(), FILLER]).encode()
            self._endpoint.topics.publish("ticks", message)
            self.sent += 1
            await asyncio.sleep(1 / MESSAGES_A_SECOND)
            waiting = sum(session.unwritten_bytes for session in self._endpoint.sessions)
            self.waiting_bytes = max(self.waiting_bytes, waiting)
            self.resident_bytes = max(self.resident_bytes, _resident() - before)
            if self.gone_after is None and self._endpoint.evictions == STUCK + SLOW:
                self.gone_after = time.monotonic() - started
                end = time.monotonic() + AFTER_SECONDS


async def test_those_that_do_not_read_are_gone_in_time_and_the_others_miss_nothing() -> None:
    async with serving(Ticker, limits=LIMITS) as served:
        sizes = (HEALTHY, STUCK, SLOW, SLOW_BYTES_A_SECOND)
        crowd = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.crowd", served.url(), *map(str, sizes)),
            cwd=Path(__file__).parents[2],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert crowd.stdout is not None
            async with asyncio.timeout(60):
                assert await crowd.stdout.readline() == b"ready\n"
            assert len(served.endpoints[0].sessions) == HEALTHY + STUCK + SLOW
            broadcast = Broadcast(served)
            await broadcast.run()
            await asyncio.sleep(0.3)
            output, _ = await asyncio.wait_for(crowd.communicate(b""), 30)
        finally:
            if crowd.returncode is None:
                crowd.kill()
                await crowd.wait()
        seen = json.loads(output)
    figures = {
        **seen,
        "sent": broadcast.sent,
        "gone_after_seconds": broadcast.gone_after,
        "waiting_bytes": broadcast.waiting_bytes,
        "resident_mib": round(broadcast.resident_bytes / MIB, 1),
    }
    if REAL:
        print(json.dumps(figures))
    due = broadcast.sent * HEALTHY
    torture.add(
        inputs=due,
        faults=STUCK + SLOW,
        lost=max(0, due - seen["received"]),
        duplicated=max(0, seen["received"] - due),
        leaked=STUCK + SLOW - served.endpoints[0].evictions,
    )
    assert broadcast.gone_after is not None, figures
    assert served.endpoints[0].evictions == STUCK + SLOW, figures
    assert (seen["gaps"], seen["fewest"], seen["most"]) == (0, broadcast.sent, broadcast.sent), figures
    assert broadcast.resident_bytes <= 40 * MIB, figures


def _resident() -> int:
    """Bytes of this process in memory, where the platform tells."""
    file = Path("/proc/self/statm")
    return int(file.read_text().split()[1]) * PAGE if file.exists() else 0
