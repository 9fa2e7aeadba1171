"""I13: after many reconnects no task, file descriptor, subscription or session is left, on either side.

`LEAK_RECONNECTS` is how many; RELIABILITY.md asks for 1,000.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections import deque
from collections.abc import Callable
from pathlib import Path

from embedded_server.transport.session import Session
from tests.faults.chaos_stage import ChaosStage, chaos_stage
from tests.torture import figures
from tui_trader.connection.conversation import Conversation
from tui_trader.model import commands as c

RECONNECTS = int(os.environ.get("LEAK_RECONNECTS", "15"))
WARM_UP = 3
PATIENCE_SECONDS = 60.0
LOOKS = 10
"""So often, half a minute of the market apart, is looked again for what was on its way out."""
OURS = (
    "embedded_server.protocols",
    "embedded_server.transport",
    "tui_trader.connection",
    "tui_trader.protocols",
)
BOUNDED = ("_ring", "_told")
"""What is kept of frames, up to so many bytes, and of positions while they are open."""
Held = dict[str, int]


async def held(it: ChaosStage) -> Held:
    """All that may pile up, counted; idle connections of the links' HTTP pools are closed before."""
    for link in it.each_link:
        await link._rest.close()
    await it.breathe(20)
    gc.collect()
    objects = gc.get_objects()
    tasks = [task for task in asyncio.all_tasks() if "ChaosProxy" not in str(task.get_coro())]
    endpoints = [it.server.endpoint(name) for name in it.proxies]
    sessions = endpoints[list(it.proxies).index("onetrade")].facade._sessions._by_id  # type: ignore[attr-defined]
    timers = it.server.time._timers  # type: ignore[attr-defined]
    return {
        "tasks": len(tasks),
        "proxied connections": sum(len(proxy._tasks) for pair in it.proxies.values() for proxy in pair),
        "descriptors": _descriptors(),
        "conversations": sum(isinstance(one, Conversation) for one in objects),
        "sessions alive": sum(isinstance(one, Session) for one in objects),
        "logins": len(sessions),
        "timers": sum(timer.callback is not None for _, _, timer in timers),
        **{f"sessions of {one.facade.name}": len(one.sessions) for one in endpoints},
        **{k: n for one in endpoints for k, n in entries(one.facade, one.facade.name).items()},
        **{k: n for one in endpoints for k, n in entries(one.topics, f"{one.facade.name}.topics").items()},
        **{k: n for one in it.each_link for k, n in entries(one, f"link {one.name}").items()},
        **{f"{one.facade.name} {topic}": 1 for one in endpoints for topic in one.topics.active()},
    }


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def entries(root: object, name: str) -> Held:
    """Entries of every dictionary, list and set of an object, and of the objects of our own that it has."""
    counted: Held = {}
    seen: set[int] = set()
    left = [(name, root)]
    while left:
        path, one = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, dict | list | set | deque):
            counted |= {} if path.endswith(BOUNDED) else {path: len(one)}
        elif type(one).__module__.startswith(OURS):
            left += [(f"{path}.{key}", value) for key, value in _attributes(one)]
    return counted


def _attributes(one: object) -> list[tuple[str, object]]:
    slots = [slot for kind in type(one).__mro__ for slot in getattr(kind, "__slots__", ())]
    named = {**getattr(one, "__dict__", {}), **{slot: getattr(one, slot, None) for slot in slots}}
    return list(named.items())


def more(before: Held, after: Held) -> Held:
    """What there is more of."""
    return {name: count - before.get(name, 0) for name, count in after.items() if count > before.get(name, 0)}


async def settled(it: ChaosStage, before: Held) -> Held:
    """What is held when nothing is on its way out any more."""
    for _ in range(LOOKS):
        await it.advance(30.0, 10.0)
        await it.ready()
        after = await held(it)
        if after == before:
            break
    return after


async def _again(it: ChaosStage, *, rudely: bool) -> None:
    before = sum(link.health().reconnects for link in it.each_link)
    for web, _ in it.proxies.values():
        web.reset() if rudely else web.cut()
    await _until(it, lambda: sum(x.health().reconnects for x in it.each_link) >= before + len(it.each_link))
    for link in it.each_link:
        it.links.retry(link.name)
    await it.ready()


async def _until(it: ChaosStage, condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await it.breathe(1)


async def test_nothing_is_left_of_connections_that_are_gone() -> None:
    async with chaos_stage() as it:
        it.send(c.WatchDepth(link="channels", symbol="BTCUSDT"))
        it.send(c.WatchBars(link="market_data_gateway", symbol="EURUSD", timeframe="1m", count=50))
        for number in range(WARM_UP):
            await _again(it, rudely=number % 2 == 0)
        await it.advance(70.0, 10.0)
        await it.ready()
        before = await held(it)
        done = 0
        try:
            for number in range(RECONNECTS):
                await _again(it, rudely=number % 2 == 0)
                done += 1
        finally:
            left = more(before, after := await settled(it, before))
            figures.add(faults=done * len(it.proxies), leaked=sum(left.values()))
        assert not left
        assert after == before
