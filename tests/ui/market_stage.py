"""The real console on the real server over real sockets, with every clock in the test's hand.

Market, protocol timers, heartbeats, reconnects and the console's ages all read the time that `advance` moves;
only the bytes travel by themselves, and `travel` waits until none is under way.
"""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.pilot import Pilot
from websockets.exceptions import ConnectionClosed

from embedded_server.kernel.time import MINUTE
from embedded_server.model.commands import Command as MarketCommand
from embedded_server.model.events import Event as MarketEvent
from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from embedded_server.transport.limits import Limits
from embedded_server.transport.time_source import ManualTimeSource
from tests.ui.hand_clock import HandClock, hand_driven
from tests.ui.key_names import KEY_NAMES
from tests.ui.picture import text_of
from tests.ui.scripted_wires import Look
from tui_trader.app import TraderApp
from tui_trader.connection.link import Link
from tui_trader.connection.links import Links
from tui_trader.model.events import Event, RoundTripMeasured
from tui_trader.model.values import LinkState
from tui_trader.own_server import plans
from tui_trader.server_process import Announcement

SEED = 7
STEP_SECONDS = 0.5
PATIENCE_SECONDS = 30.0
ROUND_TRIP_SECONDS = 0.000_6
"""What every link is said to measure: the true figure is another one on each machine."""
MIDNIGHT_MS = 1_767_571_200_000
_PORTS = 16


@dataclass
class Seat:
    """One console at the market."""

    app: TraderApp
    pilot: Pilot[None]
    links: Links

    @property
    def screen(self) -> str:
        """The screen as text."""
        return text_of(self.app)

    @property
    def each_link(self) -> Sequence[Link]:
        """The links, one by one."""
        return list(self.links._links.values())

    async def show(self) -> None:
        """Paint what is due, once a dialog that was opened is there: keys reach only what is."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.app.screen.is_mounted:
                await self.pilot.pause()
        for _ in range(2):
            self.frame()
            await self.pilot.pause()

    def frame(self) -> None:
        """One tick of the frame clock."""
        with self.app._context():
            self.app.frame()


@dataclass
class MarketStage:
    """Server, clock and consoles. `press` and `type` go to the first console."""

    server: Server
    clock: HandClock
    seats: list[Seat]
    events: list[MarketEvent]
    settings: ServerSettings

    @property
    def seat(self) -> Seat:
        """The first console."""
        return self.seats[0]

    @property
    def app(self) -> TraderApp:
        """The first console's app."""
        return self.seat.app

    @property
    def store(self) -> object:
        """What the first console knows."""
        return self.app.store

    @property
    def screen(self) -> str:
        """The first console's screen as text."""
        return self.seat.screen

    @property
    def engine(self) -> object:
        """The market itself."""
        return self.server.engine

    def happened(self, kind: type[MarketEvent]) -> list[MarketEvent]:
        """Events of one type that the server told, oldest first."""
        return [event for event in self.events if isinstance(event, kind)]

    def decree(self, command: MarketCommand) -> object:
        """Let something happen on the market that no console asked for."""
        outcome = self.server.engine.submit(command)
        self.server.pacer.publish()
        return outcome

    async def advance(self, seconds: float, step: float = STEP_SECONDS) -> None:
        """Move the market in steps; after each, what it told has reached the screens."""
        while seconds > 1e-9:
            piece = min(step, seconds)
            seconds -= piece
            self.clock.advance(piece)
            await self.server.advance(piece)
            await self.travel()
            for seat in self.seats:
                seat.frame()
        await self.show()

    async def show(self) -> None:
        """Paint what is due."""
        for seat in self.seats:
            await seat.show()

    async def press(self, *keys: str) -> None:
        """Press keys one by one; what they send arrives, and its answer too, while time stands still."""
        for key in keys:
            await self.seat.pilot.press(key)
            await self.travel()
            await self.show()

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.seat.pilot.press(*(KEY_NAMES.get(character, character) for character in text))
        await self.show()

    async def go(self, pane: str) -> None:
        """Go to a pane, wherever it is."""
        await self.command(f"show {pane}")

    async def command(self, line: str) -> None:
        """Run a line of the command line."""
        await self.press("colon")
        await self.type(line)
        await self.press("enter")

    async def agree(self) -> None:
        """Say yes to a question, once it takes keys."""
        await self.advance(1.0)
        await self.press("y")

    async def until(self, condition: Callable[[], object], limit: float = 60.0) -> None:
        """Let the market run until something holds; `limit` market seconds."""
        while not condition():
            assert limit > 0, f"it did not come to that; the screen says\n{self.screen}"
            limit -= STEP_SECONDS
            await self.advance(STEP_SECONDS)

    async def travel(self) -> None:
        """Wait until no frame, request or answer is under way in either direction."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            quiet = False
            while not quiet:
                before = self._counted()
                self.server.pacer.publish()
                arrived = [await settled(one, self.clock) for seat in self.seats for one in seat.each_link]
                quiet = all(arrived) and self._counted() == before
                await asyncio.sleep(0 if all(arrived) else 0.001)

    def _counted(self) -> list[tuple[int, LinkState, int]]:
        links = [one for seat in self.seats for one in seat.each_link]
        return [(one._meter.messages, one.state, len(one._calls._tasks)) for one in links]

    async def fall(self) -> None:
        """End the server, as a backend that goes away."""
        await self.server.stop()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._talking():  # noqa: ASYNC110 - as a console sees it, not as a test is told
                await asyncio.sleep(0.001)
        await self.show()

    def _talking(self) -> bool:
        return any(one._conversation is not None for seat in self.seats for one in seat.each_link)

    async def rise(self, stack: AsyncExitStack) -> None:
        """Start the server again: same ports, same folder, so that its run goes on where it ended."""
        self.events.clear()
        self.server = await stack.enter_async_context(_server(self.settings, self.clock, self.events))


async def settled(one: Link, clock: HandClock) -> bool:
    """Whether all that was sent to and by a link has arrived: a pong overtakes nothing.

    A request that waits for time to pass, to be made once more, is not under way.
    """
    talk = one._conversation
    if talk is None or one.state is not LinkState.READY:
        return one.state in (
            LinkState.RECONNECTING,
            LinkState.CONFLICT,
            LinkState.OFFLINE,
            LinkState.CLOSED,
        )
    if talk.queued or not one._calls._tasks <= clock.sleepers:
        return False
    try:
        await (await talk._socket.ping())
    except ConnectionClosed:
        return False
    while talk._socket.recv_messages.frames:  # noqa: ASYNC110 - the library tells nobody
        await asyncio.sleep(0)
    return True


@asynccontextmanager
async def _server(
    settings: ServerSettings, clock: HandClock, events: list[MarketEvent]
) -> AsyncIterator[Server]:
    time_source = ManualTimeSource(epoch_ms=clock.time_ns() // 1_000_000)
    running = Server(settings, time_source=time_source, limits=Limits(close_seconds=0.2))
    running.engine.bus.subscribe(lambda sequence, batch: events.extend(batch))
    async with running:
        yield running


def free_base() -> int:
    """A port from which on enough are free."""
    for base in random.Random().sample(range(20_000, 32_000, _PORTS), 400):
        try:
            for port in range(base, base + _PORTS):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base
    raise AssertionError("no free ports")


@asynccontextmanager
async def seated(
    server: Server, clock: HandClock, size: tuple[int, int], *, theme: str | None = None, name: str = "test"
) -> AsyncIterator[Seat]:
    """A console at a server."""
    kept: list[Links] = []

    async def connect(sink: Callable[[Event], None]) -> Links:
        def steady(event: Event) -> None:
            if isinstance(event, RoundTripMeasured):
                event = RoundTripMeasured(event.link, ROUND_TRIP_SECONDS)
            sink(event)

        announcement = Announcement(True, server.endpoints, server.http, str(server.credentials_file))
        links = Links(plans(announcement), steady)
        links.start()
        kept.append(links)
        return links

    app = TraderApp(Look(theme=theme), connect, clock=clock, prefix=name)
    app.animation_level = "none"
    async with app.run_test(size=size, notifications=True) as pilot:
        app.command_line.input.cursor_blink = False
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not kept:
                await pilot.pause()
        yield Seat(app, pilot, kept[0])


@asynccontextmanager
async def market_stage(
    width: int = 120,
    height: int = 40,
    *,
    theme: str | None = None,
    consoles: int = 1,
    ports: str | int = "free",
    start_ms: int = MIDNIGHT_MS,
    warm_up_minutes: int = 0,
    keep: bool = False,
) -> AsyncIterator[MarketStage]:
    """Open a market and consoles on it; it may have run for a while when the first joins at `start_ms`.

    Every link is ready and every price has arrived when this gives the stage over. Only a market that is to
    `fall` and `rise` needs to `keep` its run.
    """
    clock, events = HandClock(start_ms), []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory())) if keep else None
        start = (start_ms - warm_up_minutes * 60_000) * 1_000_000
        settings = ServerSettings(
            seed=SEED, ports=ports, clock="manual", start=start, data=folder, control=False
        )
        stack.enter_context(hand_driven(clock))
        server = await stack.enter_async_context(_server(settings, clock, events))
        for _ in range(warm_up_minutes):
            server.engine.step(MINUTE)
            server.pacer.publish()
        it = MarketStage(server, clock, [], events, settings)
        for number in range(consoles):
            clock.advance(0.1)  # no two sign in at the same instant: the server takes that for a replay
            name = f"test{number or ''}"
            console = seated(server, clock, (width, height), theme=theme, name=name)
            it.seats.append(await stack.enter_async_context(console))
            await it.travel()
        await it.advance(2.5)
        yield it
