"""A console on a scripted backend, and snapshots of its screen."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest
from textual.pilot import Pilot

import tui_trader.app
from tests.ui import scene, scripted_wires
from tests.ui.key_names import KEY_NAMES
from tests.ui.picture import lines_of, svg_of, text_of
from tests.ui.settling import settling
from tui_trader.app import TraderApp
from tui_trader.model.events import Event
from tui_trader.remembered import StateFile

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.fixture(autouse=True)
def _settling() -> Iterator[None]:
    with settling():
        yield


@dataclass
class Stage:
    """A running console with everything that a test moves it by."""

    app: TraderApp
    pilot: Pilot[None]
    clock: scripted_wires.Clock
    wires: scripted_wires.ScriptedWires

    async def play(self, script: Iterator[Event]) -> None:
        """Tell a script and show it."""
        scene.play(self.app.sink, self.clock, script)
        await self.show()

    async def tell(self, *events: Event) -> None:
        """Tell events at the present time and show them."""
        for event in events:
            self.app.sink(event)
        await self.show()

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.now += seconds
        await self.show()

    async def show(self) -> None:
        """Paint what is due."""
        for _ in range(2):
            self.app.frame()
            await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys, a second apart as far as the console can tell; quotes stay fresh."""
        for key in keys:
            await self.pilot.press(key)
            await self.show()

    async def go(self, pane: str) -> None:
        """Go to a pane, wherever it is."""
        await self.press("colon")
        await self.type(f"show {pane}")
        await self.press("enter")

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.pilot.press(*(KEY_NAMES.get(character, character) for character in text))
        await self.show()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for what Textual does in its own time."""
        async with asyncio.timeout(20):
            while not condition():
                await self.pilot.pause(0.01)

    @property
    def screen(self) -> str:
        """The screen as text."""
        return text_of(self.app)

    async def trade_for_a_while(self) -> None:
        """Closed trades, alerts, and eight minutes of an account's equity."""
        await self.tell(*scene.trading_record())
        for step in range(240):
            self.clock.now += 2.0
            self.app.sink(scene.equity_step(step))
        for health in self.wires.health.values():
            health.last_message = self.clock.now - 0.2
        await self.tell(*scene.quotes(scene.BEATS - 1), scene.depth(), scene.risk())
        self.app.clear_notifications()
        await self.show()

    async def fresh(self) -> None:
        """Half a second passes and every quote comes anew."""
        self.clock.now += 0.6
        await self.tell(*scene.quotes(scene.BEATS - 1))


MakeStage = Callable[..., AbstractAsyncContextManager[Stage]]


@pytest.fixture
def stage() -> MakeStage:
    """Open a console of a size; by default on a busy day."""

    @asynccontextmanager
    async def make(
        width: int = 120,
        height: int = 40,
        *,
        theme: str = "",
        busy: bool = True,
        state: StateFile | None = None,
        **settings: object,
    ) -> AsyncIterator[Stage]:
        clock, wires = scripted_wires.Clock(), scripted_wires.ScriptedWires()

        async def connect(sink: scene.Sink) -> scripted_wires.ScriptedWires:
            return wires

        app = TraderApp(
            scripted_wires.Look(theme=theme, **settings), connect, clock=clock, prefix="test", state=state
        )
        app.animation_level = "none"
        async with AsyncExitStack() as stack:
            stack.enter_context(patch.object(tui_trader.app, "FRAMES_PER_SECOND", 1 / 3_600))
            pilot = await stack.enter_async_context(app.run_test(size=(width, height), notifications=True))
            it = Stage(app, pilot, clock, wires)
            app.command_line.input.cursor_blink = False
            await pilot.pause()
            if busy:
                await it.play(scene.busy_day())
                for health in wires.health.values():
                    health.last_message = clock.now - 0.2
                await it.show()
            yield it

    return make


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[TraderApp, str], None]:
    """Compare the screen with the one accepted before; a difference is told as a diff of its text."""

    def check(app: TraderApp, name: str) -> None:
        svg = svg_of(app)
        path = SNAPSHOTS / f"{name}.svg"
        if request.config.getoption("--snapshot-update"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(svg, encoding="utf-8")
            return
        if not path.exists():
            pytest.fail(f"there is no snapshot {name}; run with --snapshot-update to accept the screen")
        accepted = path.read_text(encoding="utf-8")
        if svg == accepted:
            return
        diff = list(
            difflib.unified_diff(lines_of(accepted), lines_of(svg), "accepted", "now", lineterm="", n=0)
        )
        what = "\n".join(diff) if diff else "the same text in other colours"
        pytest.fail(f"the screen {name} changed:\n{what}", pytrace=False)

    return check
