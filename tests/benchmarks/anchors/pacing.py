"""What every measured server has in common: commands on stdin, paced ticks, its own CPU time. Stdlib only.

Driven by JSON lines: {"do": "plan", ...} says what a tick sends, {"do": "run", ...} sends it, {"do": "cpu"}
ends the measurement once all of it has arrived, {"do": "rss"} tells the memory. Groups are sets of clients
that get the same messages; a client names its group by the path it opens.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

Plan = Mapping[str, Sequence[int]]
"""Sizes of the payloads that each group is sent in a tick."""
Tick = Callable[[str], Awaitable[None] | None]
"""Send what a tick of the named load sends."""


def payload(size: int) -> str:
    """A JSON text of so many bytes, a number where an object would be longer."""
    return '{"payload":"' + "x" * (size - 14) + '"}' if size > 14 else "1" * size


def answer(**content: Any) -> None:
    """Tell the driver."""
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def resident_kib() -> int:
    """Resident memory of this process, KiB."""
    gc.collect()
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(os.getpid())], capture_output=True, check=True)
    return int(told.stdout)


async def obey(port: int, plan: Callable[[str, Plan], Plan | None], tick: Tick, **about: Any) -> None:
    """Say the port, then carry out commands until stdin ends. Ours plans for itself and says what."""
    answer(port=port, **about)
    started = 0.0
    while line := await asyncio.to_thread(sys.stdin.readline):
        command = json.loads(line)
        match command["do"]:
            case "plan":
                answer(plan=plan(command["load"], command["plan"]))
            case "run":
                gc.collect()
                started = time.process_time()
                answer(
                    sent=await run(
                        tick, command["load"], command["ticks"], command["burst"], command["pause"]
                    )
                )
            case "cpu":
                answer(cpu=time.process_time() - started)
            case "rss":
                answer(kib=resident_kib())


async def run(tick: Tick, load: str, ticks: int, burst: int, pause: float) -> list[float]:
    """Send ticks in bursts, one turn of the loop after another, and pause between the bursts.

    Bursts keep the caches as warm as those of a server with much to do; pauses let the clients read. Returns
    when each tick began, monotonic seconds. `idle` sends nothing: what pacing itself costs.
    """
    sent = []
    due = time.monotonic()
    for number in range(1, ticks + 1):
        sent.append(time.monotonic())
        if load != "idle":
            waiting = tick(load)
            if waiting is not None:
                await waiting
        if number % burst:
            await asyncio.sleep(0)
        else:
            due += pause
            await asyncio.sleep(max(0.0, due - time.monotonic()))
    return sent
