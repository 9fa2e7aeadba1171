"""A console killed with an order in its hand: the next one shows it unknown, asks, and never sends it again.

The console that dies is a process of its own with real links to a real server; where it dies is chosen.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from embedded_server.transport.limits import Limits
from tui_trader.connection.intents import IntentFile
from tui_trader.connection.links import LinkPlan, Links
from tui_trader.model.commands import PlaceOrder
from tui_trader.model.events import Event, OrderRecalled
from tui_trader.model.values import Order, OrderKind, OrderStatus, Side
from tui_trader.protocols.codec import Endpoint
from tui_trader.store.orders import NOT_KNOWN
from tui_trader.store.store import Store

REFERENCE = "killed-1"
BUY = {
    "onetrade": {"symbol": "EURUSD", "kind": "limit", "price": "0.90000", "quantity": "0.10"},
    "channels": {"symbol": "BTCUSDT", "kind": "market", "quantity": "0.01"},
}
"""One that still works afterwards, and one that has ended by then."""
ACCOUNT = {"onetrade": "forex", "channels": "spot"}

CONSOLE = """
import asyncio, json, os, signal, sys
from pathlib import Path
import msgspec
from tui_trader.connection.intents import IntentFile
from tui_trader.connection.link import Link
from tui_trader.connection.links import LinkPlan, Links
from tui_trader.model.commands import PlaceOrder
from tui_trader.model.events import OrdersReplaced, OrderUpdated
from tui_trader.protocols.codec import Endpoint

folder, point, name = sys.argv[1:]
endpoint, order = sys.stdin.read().splitlines()
endpoint, order = Endpoint(**json.loads(endpoint)), msgspec.json.decode(order, type=PlaceOrder)

def die(*ignored):
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    listed = asyncio.Event()
    def sink(event):
        if isinstance(event, OrderUpdated):
            die()
        if isinstance(event, OrdersReplaced):
            asyncio.get_running_loop().call_later(0.2, listed.set)
    plan = LinkPlan(name, name, endpoint, paper=True, account="a")
    links = Links([plan], sink, IntentFile(Path(folder), "dies"))
    links.start()
    await listed.wait()
    if point == "before it is sent":
        Link.send = die
    else:
        links._links[name]._calls._answered = lambda request, *more: request.purpose == "place" and die()
    links.send(order)
    await asyncio.sleep(20)

asyncio.run(main())
"""


class NextConsole:
    """Links and a store, as a console has them, on what the one before left."""

    def __init__(self, folder: Path, plan: LinkPlan) -> None:
        self.store = Store()
        self.events: list[Event] = []
        self._news = asyncio.Event()
        self.file = IntentFile(folder, f"next-{time.time_ns()}")
        self.links = Links([plan], self._take, self.file)

    def _take(self, event: Event) -> None:
        self.events.append(event)
        self.store.apply(event, time.monotonic())
        self._news.set()

    @property
    def order(self) -> Order | None:
        return self.store.orders.by_reference(REFERENCE)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self._news.clear()
                await self._news.wait()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    settings = ServerSettings(ports="free", clock="manual", data=tmp_path / "server")
    async with Server(settings, limits=Limits(close_seconds=0.2)) as running:
        yield running


async def kill_a_console(server: Server, name: str, point: str, folder: Path) -> LinkPlan:
    """Let a console die at this point; return the plan of its link."""
    credentials = json.loads(server.credentials_file.read_text())[name]
    endpoint = {"url": server.endpoints[name], "http": server.http[name], "credentials": credentials}
    order = {"link": name, "side": "buy", "reference": REFERENCE, **BUY[name]}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CONSOLE, str(folder), point, name, stdin=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(20):
            await child.communicate(f"{json.dumps(endpoint)}\n{json.dumps(order)}\n".encode())
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    assert child.returncode == -signal.SIGKILL
    return LinkPlan(name, name, Endpoint(**endpoint), paper=True, account="a")


def on_the_server(server: Server, name: str) -> list[str | None]:
    """References of all orders that ever were."""
    account = server.engine.accounts[ACCOUNT[name]]
    return [order.reference for order in (*account.working_orders(), *account.order_history())]


@pytest.mark.parametrize("name", ["onetrade", "channels"])
async def test_an_order_that_was_not_sent_is_shown_unknown_and_is_not_sent_later(
    server: Server, tmp_path: Path, name: str
) -> None:
    plan = await kill_a_console(server, name, "before it is sent", tmp_path / "intents")
    console = NextConsole(tmp_path / "intents", plan)
    console.links.start()
    assert console.order is not None
    assert console.order.status is OrderStatus.UNKNOWN
    await console.until(lambda: console.order is not None and console.order.reason == NOT_KNOWN)
    assert console.order.status is OrderStatus.UNKNOWN
    assert on_the_server(server, name) == []
    assert REFERENCE in console.file, "until its user has verified it"
    console.links.dismiss(REFERENCE)
    await console.links.stop()
    assert list((tmp_path / "intents").iterdir()) == []


@pytest.mark.parametrize("name", ["onetrade", "channels"])
async def test_an_order_whose_answer_was_not_seen_is_found_and_is_there_once(
    server: Server, tmp_path: Path, name: str
) -> None:
    plan = await kill_a_console(server, name, "before the answer", tmp_path / "intents")
    console = NextConsole(tmp_path / "intents", plan)
    console.links.start()
    assert [type(event) for event in console.events[:1]] == [OrderRecalled]
    found = OrderStatus.WORKING if name == "onetrade" else OrderStatus.FILLED
    await console.until(lambda: console.order is not None and console.order.status is found)
    assert on_the_server(server, name) == [REFERENCE]
    assert [order.reference for order in console.store.orders.active] == [REFERENCE] * (name == "onetrade")
    assert REFERENCE not in console.file
    await console.links.stop()
    assert list((tmp_path / "intents").iterdir()) == []


async def test_an_order_that_fills_while_the_link_is_down_is_asked_for_by_its_name(
    server: Server, tmp_path: Path
) -> None:
    credentials = json.loads(server.credentials_file.read_text())["channels"]
    endpoint = Endpoint(server.endpoints["channels"], server.http["channels"], credentials)
    console = NextConsole(tmp_path, LinkPlan("channels", "channels", endpoint, account="a"))
    console.links.start()
    await console.until(lambda: console.store.links.ready("channels"))
    bid = Decimal(str(server.engine.market.quote("BTCUSDT").bid)) / 100
    order = PlaceOrder(
        link="channels", symbol="BTCUSDT", side=Side.BUY, kind=OrderKind.LIMIT, quantity=Decimal("0.01"),
        price=bid * Decimal("0.9"), reference=REFERENCE,
    )  # fmt: skip
    order = msgspec.structs.replace(order, price=order.price.quantize(Decimal("0.01")))
    console.store.sent(order, 0.0)
    console.links.send(order)
    assert REFERENCE in console.file
    await console.until(lambda: console.order is not None and console.order.status is OrderStatus.WORKING)
    assert REFERENCE not in console.file
    endpoint_of = server.endpoint("channels")
    for session in list(endpoint_of.sessions):
        session.close(1011, "gone")
    server.engine.market.move("BTCUSDT", -0.2)
    await server.advance(5)
    await console.until(lambda: console.order is not None and console.order.status is OrderStatus.FILLED)
    await console.links.stop()
