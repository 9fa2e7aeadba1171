"""Every close code at every point of a link's life: the console comes back, and no order is sent twice.

`CLOSE_CODES=all` tries every code at every point; by default each code meets one point and each point a code.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle, product
from typing import Any
from unittest.mock import patch

from embedded_server.model import commands as engine
from embedded_server.protocols.facade import Client
from tests.faults.chaos_stage import ACCOUNTS, RESTING, ChaosStage, chaos_stage
from tests.torture import figures
from tui_trader.connection.link import Link
from tui_trader.model import commands as c
from tui_trader.model.values import LinkState, Side

CODES = (1000, 1001, 1003, 1006, 1008, 1009, 1011, 1012, 1013)
POINTS = (
    "handshake",
    "login",
    "subscribe",
    "streaming",
    "order sent",
    "order acked",
    "cancel",
    "reconnecting",
)
ALL = os.environ.get("CLOSE_CODES") == "all"
Close = Callable[[Client], None]


def plan() -> Iterator[tuple[int, str]]:
    """What is tried."""
    yield from product(CODES, POINTS) if ALL else zip(CODES, cycle(POINTS), strict=False)


def closer(code: int) -> Close:
    """Ends a client's connection with a code; 1006 is no close frame at all."""
    return lambda client: client.abort() if code == 1006 else client.close(code, "fault")  # type: ignore[attr-defined]


def end_all(it: ChaosStage, close: Close) -> None:
    """End what is open, on every endpoint."""
    for name in it.proxies:
        for session in list(it.server.endpoint(name).sessions):
            close(session)


@contextmanager
def trap(it: ChaosStage, point: str, close: Close) -> Iterator[None]:
    """Close connections at a point of theirs, each link's once."""
    with ExitStack() as stack:
        if point in ("handshake", "login", "subscribe", "reconnecting"):
            for name in it.proxies:
                _watch(stack, it.server.endpoint(name).facade, point, close)
        elif point != "streaming":
            _guard(stack, it, point, close)
        yield


def _watch(stack: ExitStack, facade: Any, point: str, close: Close) -> None:
    """On opening (twice for a link that reconnects), or at the first or second message."""
    left = {"handshake": 1, "reconnecting": 2, "login": 1, "subscribe": 2}[point]
    opened, received = facade.opened, facade.received

    def on_opened(client: Client) -> None:
        nonlocal left
        if point in ("handshake", "reconnecting") and left:
            left -= 1
            close(client)
        else:
            opened(client)

    def on_received(client: Client, message: str | bytes) -> None:
        nonlocal left
        if point in ("login", "subscribe") and left:
            left -= 1
            if not left:
                close(client)
                return
        received(client, message)

    stack.enter_context(patch.object(facade, "opened", on_opened))
    stack.enter_context(patch.object(facade, "received", on_received))


def _guard(stack: ExitStack, it: ChaosStage, point: str, close: Close) -> None:
    """When an order or a cancel reaches the market: before it is carried out, or after."""
    submit = it.server.engine.submit
    wanted = engine.CancelOrder if point == "cancel" else engine.PlaceOrder

    def on_submit(command: engine.Command) -> engine.Outcome:
        mine = isinstance(command, wanted) and command.account in ACCOUNTS.values()
        if mine and point != "order acked":
            end_all(it, close)
        outcome = submit(command)
        if mine and point == "order acked":
            end_all(it, close)
        return outcome

    stack.enter_context(patch.object(it.server.engine, "submit", on_submit))


async def provoke(it: ChaosStage, point: str, close: Close) -> None:
    """Bring every link to the point."""
    if point in ("handshake", "login", "subscribe", "reconnecting"):
        for proxies in it.proxies.values():
            proxies[0].cut()
    elif point == "streaming":
        end_all(it, close)
    elif point == "cancel":
        for order in [o for o in it.store.orders.active if o.id]:
            await it.advance(0.01)
            it.send(c.CancelOrder(link=order.link, order_id=order.id, reference=it.desk.reference()))
            await it.breathe()
    else:
        for link, symbol in zip(ACCOUNTS, RESTING, strict=True):
            await it.confirm(link, symbol, Side.BUY, resting=False)
            await it.ready()


async def test_after_any_close_at_any_point_the_console_is_back_and_agrees() -> None:
    async with chaos_stage() as it:
        tried: list[str] = []
        try:
            for code, point in plan():
                tried.append(f"{code} at {point}")
                await tear(it, code, point, thoroughly=ALL or len(tried) == len(CODES))
        finally:
            counted = it.figures()
            told = {name: counted[name] for name in ("acknowledged", "lost", "duplicated")}
            figures.add(inputs=len(tried), faults=len(tried) * len(it.proxies), **told)
        assert len(tried) >= len(CODES)


async def tear(it: ChaosStage, code: int, point: str, *, thoroughly: bool) -> None:
    """Close every connection once at a point; the console must be back, and at rest agree."""
    for link, symbol in zip(ACCOUNTS, RESTING, strict=True):
        await it.confirm(link, symbol, Side.BUY, resting=True)
    before = reconnects(it.each_link)
    with trap(it, point, closer(code)):
        await provoke(it, point, closer(code))
        await it.advance(3.0, 1.0)
        it.check_live()
        await it.ready()
    after = reconnects(it.each_link)
    assert all(after[name] > before[name] for name in after), (code, point, before, after)
    assert {link.state for link in it.each_link} == {LinkState.READY}, (code, point)
    if thoroughly:
        await it.quiesce(anew=False)
        it.check_fates()
        it.check_same()
    await clear(it)
    for one in it.each_link:
        one._reconnect.start_over()  # as after 30 stable seconds: the first wait is a second again


def reconnects(links: list[Link]) -> dict[str, int]:
    """How often each link had to connect again."""
    return {link.name: link.health().reconnects for link in links}


async def clear(it: ChaosStage) -> None:
    """Cancel what rests, so that no list grows from one round to the next."""
    for order in [o for o in it.store.orders.active if o.id and o.link in ACCOUNTS]:
        await it.advance(0.01)
        it.send(c.CancelOrder(link=order.link, order_id=order.id, reference=it.desk.reference()))
        await it.breathe()
    await it.ready()
