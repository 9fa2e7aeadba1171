"""The console's links, store and desk, without a screen, on the real server behind chaos proxies.

All clocks are the test's hand; only bytes travel by themselves. Every event is noted on its way to the store,
so that what the store shows can be judged by what arrived.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal
from unittest.mock import patch
from urllib.parse import urlsplit

from embedded_server.model.states import OrderState
from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from embedded_server.transport.limits import Limits
from embedded_server.transport.time_source import ManualTimeSource
from tests.faults.chaos_proxy import ChaosProxy, Weather
from tests.ui.hand_clock import HandClock, hand_driven
from tests.ui.market_stage import settled
from tui_trader.connection import rest
from tui_trader.connection.link import Link
from tui_trader.connection.links import Links
from tui_trader.desk import Desk
from tui_trader.model import events as e
from tui_trader.model.commands import Command, PlaceOrder
from tui_trader.model.errors import CommandError
from tui_trader.model.values import LinkState, OrderKind, OrderStatus, Side
from tui_trader.own_server import plans
from tui_trader.server_process import Announcement
from tui_trader.store.quotes import STALE_SECONDS
from tui_trader.store.store import Store

MIDNIGHT_MS = 1_767_571_200_000
PATIENCE_SECONDS = 30.0
ACCOUNTS = {"onetrade": "forex", "channels": "spot"}
"""Links that carry orders, and the account behind each."""
RESTING = {
    "EURUSD": (Decimal("1.00000"), Decimal("0.10")),
    "BTCUSDT": (Decimal("1000.00"), Decimal("0.0100")),
}
"""A price far below the market, and a size."""
REST_SECONDS = 0.3
WAITING = (LinkState.OFFLINE, LinkState.CONFLICT)


class ChaosStage:
    """A console at a server, with weather in between."""

    def __init__(self, server: Server, clock: HandClock) -> None:
        self.server = server
        self.clock = clock
        self.store = Store()
        self.desk = Desk(self.store, clock, "chaos")
        self.proxies: dict[str, tuple[ChaosProxy, ChaosProxy]] = {}
        """Of each link: WebSocket and HTTP."""
        self.heard: dict[tuple[str, str], float] = {}
        """When the last quote of each (link, symbol) arrived."""
        self.states: dict[str, LinkState] = {}
        self.confirmed: dict[str, PlaceOrder] = {}
        """Orders that the user confirmed, by reference."""
        self.refused: set[str] = set()
        """... and that were not sent: the user was told so at once."""
        self.replayed: set[str] = set()
        """... and that a middlebox sent twice: the copy may be taken and the original refused, truthfully."""
        self.acknowledged: set[str] = set()
        """... and of which the server told that it has them."""
        self.links: Links

    async def open(self, stack: AsyncExitStack) -> None:
        """Put proxies before every endpoint, and connect through them."""
        endpoints, https = {}, {}
        for number, (name, url) in enumerate(self.server.endpoints.items()):
            ports = []
            for address, frames in ((url, True), (self.server.http[name], False)):
                proxy = ChaosProxy(urlsplit(address).port or 0, self.clock.sleep, frames=frames, seed=number)
                ports.append((proxy, await proxy.start()))
                stack.push_async_callback(proxy.stop)
            endpoints[name] = f"ws://127.0.0.1:{ports[0][1]}{urlsplit(url).path}"
            https[name] = f"http://127.0.0.1:{ports[1][1]}"
            self.proxies[name] = (ports[0][0], ports[1][0])
        announcement = Announcement(True, endpoints, https, str(self.server.credentials_file))
        self.links = Links(plans(announcement), self.take)
        self.desk.wires = self.links
        self.links.start()
        stack.push_async_callback(self.links.stop)
        await self.ready()

    def take(self, event: e.Event) -> None:
        """Note an event, and give it to the store."""
        now = self.clock()
        if isinstance(event, e.QuoteUpdated):
            self.heard[event.link, event.symbol] = now
        elif isinstance(event, e.LinkChanged):
            self.states[event.link] = event.state
        elif isinstance(event, e.CommandAnswered) and event.accepted:
            self.acknowledged |= {event.reference} & self.confirmed.keys()
        self.store.apply(event, now)

    @property
    def each_link(self) -> list[Link]:
        """The links, one by one."""
        return list(self.links._links.values())

    def all_weather(self, **changes: object) -> None:
        """The same weather everywhere."""
        for name in self.proxies:
            self.weather(name, **changes)

    def weather(self, link: str, **changes: object) -> None:
        """Change the weather between a link and its server."""
        for proxy in self.proxies[link]:
            proxy.weather = Weather(**changes)  # type: ignore[arg-type]  # a test's shorthand

    async def advance(self, seconds: float, step: float = 0.5) -> None:
        """Move the market and every clock; what it causes may travel a little."""
        while seconds > 1e-9:
            piece = min(step, seconds)
            seconds -= piece
            self.clock.advance(piece)
            await self.server.advance(piece)
            await self.breathe()

    async def breathe(self, turns: int = 4) -> None:
        """Give sockets and tasks a few turns."""
        for _ in range(turns):
            await asyncio.sleep(0.0005)

    async def confirm(self, link: str, symbol: str, side: Side, *, resting: bool) -> None:
        """Order once, as the desk does after the user's key."""
        await self.advance(0.01)  # no two requests are signed at the same instant
        price, quantity = RESTING[symbol]
        command = PlaceOrder(
            link=link,
            symbol=symbol,
            side=Side.BUY if resting else side,
            kind=OrderKind.LIMIT if resting else OrderKind.MARKET,
            quantity=quantity,
            price=price if resting else None,
            reference=self.desk.reference(),
        )
        self.confirmed[command.reference] = command
        if self.proxies[link][1].weather.replay:
            self.replayed.add(command.reference)
        if not self.send(command):
            self.refused.add(command.reference)
        await self.breathe()

    def send(self, command: Command) -> bool:
        """Send; whether it left."""
        try:
            self.desk.send(command)
        except CommandError:
            return False
        return True

    async def ready(self) -> None:
        """Let time pass until every link is ready and nothing is under way; waiting ones are retried."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                if all(link.state is LinkState.READY for link in self.each_link) and await self._quiet():
                    return
                for link in self.each_link:
                    if link.state in WAITING:
                        self.links.retry(link.name)
                await self.advance(1.0, 1.0)
                await asyncio.sleep(0.002)

    async def _quiet(self) -> bool:
        before = self._counted()
        self.server.pacer.publish()
        arrived = [await asyncio.wait_for(settled(link, self.clock), 5) for link in self.each_link]
        await asyncio.sleep(0)
        return all(arrived) and before == self._counted()

    def _counted(self) -> list[tuple[int, LinkState]]:
        return [(link._meter.messages, link.state) for link in self.each_link]

    async def quiesce(self, *, anew: bool) -> None:
        """Calm weather; connect anew where messages were lost or bytes vanished, which no TCP would tell."""
        self.all_weather()
        if anew:
            for proxies in self.proxies.values():
                for proxy in proxies:
                    proxy.reset()
            await self.breathe()
        await self.advance(12.0, 1.0)
        await self.ready()
        await self.advance(4.0, 1.0)
        await self.ready()

    def check_live(self) -> None:
        """I11: what is not shown stale came within three seconds by a link that is ready."""
        now = self.clock()
        for quote in self.store.quotes:
            if not self.store.stale(quote.symbol, now):
                assert self.states[quote.link] is LinkState.READY, quote
                assert now - self.heard[quote.link, quote.symbol] <= STALE_SECONDS, quote

    def orders_of(self, link: str) -> list[OrderState]:
        """Every order the server ever had on a link's account."""
        account = self.server.engine.accounts[ACCOUNTS[link]]
        return [*account.working_orders(), *account.order_history()]

    def check_orders(self, *, at_rest: bool = False) -> None:
        """I2, I10, I12: at no time more orders than confirmations, and no fate is shown that is not so.

        Only until things are at rest a refusal may be shown of an order that the network sent twice.
        """
        for link in ACCOUNTS:
            theirs = [o for o in self.orders_of(link) if (o.reference or "").startswith("chaos")]
            references = [str(order.reference) for order in theirs]
            assert len(references) == len(set(references)), f"{link}: an order exists twice"
            assert set(references) <= self.confirmed.keys() - self.refused, "an order nobody confirmed"
            known = dict(zip(references, theirs, strict=True))
            for reference, command in self.confirmed.items():
                shown = self.store.orders.by_reference(reference)
                told_so = reference in self.replayed and shown and shown.status is OrderStatus.REJECTED
                if command.link == link and shown is not None and (at_rest or not told_so):
                    _agree(shown.status, known.get(reference), reference)

    def check_same(self) -> None:
        """I9: working orders, positions, cash, prices, strategies: console and server say the same."""
        for link, name in ACCOUNTS.items():
            account = self.server.engine.accounts[name]
            theirs = {
                str(o.id): (o.reference, float(self._quantity(o.instrument, o.filled_lots)))
                for o in account.working_orders()
            }
            ours = {
                o.id: (o.reference, o.filled)
                for o in self.store.orders.active
                if o.link == link and o.status not in (OrderStatus.PENDING, OrderStatus.UNKNOWN)
            }
            assert ours == theirs, link
            held: dict[str, float] = {}
            for one in account.positions():
                key = str(one.id) if link == "onetrade" else one.instrument
                lots = held.get(key, 0.0) + one.side.sign * float(self._quantity(one.instrument, one.lots))
                held[key] = round(lots, 8)
            shown = {p.id: round(p.side.sign * p.quantity, 8) for p in self.store.positions if p.link == link}
            assert shown == held, link
            totals = self.store.accounts.get(link)
            assert totals is not None
            assert totals.balance is not None
            assert abs(totals.balance - account.state().balance_micros / 1e6) < 0.011, link
        for symbol in ("EURUSD", "BTCUSDT", "AAPL"):
            quote, instrument = self.store.quotes.get(symbol), self.server.engine.market.instruments[symbol]
            truth = self.server.engine.market.quote(symbol)
            assert quote is not None
            assert (quote.bid, quote.ask) == tuple(
                float(instrument.price(x)) for x in (truth.bid, truth.ask)
            ), symbol
        told = {one.id: one.status for one in self.store.strategies}
        assert told == {s.id: s.status.value.upper() for s in self.server.engine.strategies.states()}

    def _quantity(self, instrument: str, lots: int) -> Decimal:
        return self.server.engine.market.instruments[instrument].quantity(lots)

    def check_fates(self) -> None:
        """I10, I12 at rest: every confirmation is an order, was refused, or is shown as unknown."""
        self.check_orders(at_rest=True)
        for reference, command in self.confirmed.items():
            shown = self.store.orders.by_reference(reference)
            if reference in self.refused:
                assert shown is None, f"{reference} was not sent and is shown as {shown}"
                continue
            assert shown is not None, f"{reference} was sent and is shown nowhere"
            exists = any(o.reference == reference for o in self.orders_of(command.link))
            allowed = (OrderStatus.UNKNOWN, OrderStatus.REJECTED)
            assert exists or shown.status in allowed, f"{reference} does not exist: {shown.status}"
            assert shown.status is not OrderStatus.PENDING, f"{reference} is pending for ever"

    def _wrongly_over(self, order: OrderState) -> bool:
        """Whether an order that the server has is shown nowhere, or as refused though it was not."""
        shown = self.store.orders.by_reference(str(order.reference))
        refused = order.status.value == OrderStatus.REJECTED.value
        return shown is None or (shown.status is OrderStatus.REJECTED and not refused)

    def figures(self) -> dict[str, int]:
        """What was gone through, counted from what was sent and heard, and from what the server has."""
        faults = sum(sum(p.faults.values()) for pair in self.proxies.values() for p in pair)
        orders = [o for link in ACCOUNTS for o in self.orders_of(link) if o.reference in self.confirmed]
        ours = {str(order.reference) for order in orders}
        unseen = {str(order.reference) for order in orders if self._wrongly_over(order)}
        unknown = [o for o in self.store.orders.active if o.status is OrderStatus.UNKNOWN]
        return {
            "faults": faults,
            "confirmed": len(self.confirmed),
            "refused at once": len(self.refused),
            "on the server": len(ours),
            "acknowledged": len(self.acknowledged),
            "lost": len((self.acknowledged - ours) | unseen),
            "duplicated": len(orders) - len(ours),
            "shown unknown": len(unknown),
            "reconnects": sum(self.links.status(name).reconnects for name in self.links.names),
        }


def _agree(shown: OrderStatus, order: OrderState | None, reference: str) -> None:
    """A console may know less than the server, and never something else."""
    if order is None:
        assert shown in (OrderStatus.PENDING, OrderStatus.REJECTED, OrderStatus.UNKNOWN), (reference, shown)
    elif shown.terminal:
        assert shown.value == order.status.value, (reference, shown, order.status)


@asynccontextmanager
async def chaos_stage(*, seed: int = 7) -> AsyncIterator[ChaosStage]:
    """A server and a console with everything ready between them."""
    clock = HandClock(MIDNIGHT_MS)
    async with AsyncExitStack() as stack:
        settings = ServerSettings(
            seed=seed, ports="free", clock="manual", start=MIDNIGHT_MS * 1_000_000, ephemeral=True
        )
        stack.enter_context(hand_driven(clock))
        stack.enter_context(patch.object(rest, "TIMEOUT_SECONDS", REST_SECONDS))
        time = ManualTimeSource(epoch_ms=clock.time_ns() // 1_000_000)
        server = await stack.enter_async_context(
            Server(settings, time_source=time, limits=Limits(close_seconds=0.05))
        )
        it = ChaosStage(server, clock)
        await it.open(stack)
        yield it
