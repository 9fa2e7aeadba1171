"""What reaches a terminal: on an emulator, the same screen as Textual's own painting would make, for less."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from unittest.mock import patch

import pyte
import pytest
from rich.color import ColorSystem
from textual._context import active_app
from textual.driver import Driver
from textual.events import Resize
from textual.geometry import Size
from textual.pilot import Pilot

import tui_trader.app
from tests.ui import scene, scripted_wires
from tests.ui.settling import settle
from tui_trader.app import TraderApp
from tui_trader.drawing import terminal
from tui_trader.model.events import LinkChanged, NoticeReceived
from tui_trader.model.values import LinkState, Severity

WIDE = "行情 行情 ✅ naïve e\u0301 |"


class EmulatedTerminal(Driver):
    """A terminal of which everything that is written to it is known."""

    written: list[str]

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.written.append(data)

    def start_application_mode(self) -> None:
        self.written = []
        width, height = self._size or (80, 25)
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        size = Size(width, height)
        self.process_message(Resize(size, size))

    def disable_input(self) -> None:
        pass

    def stop_application_mode(self) -> None:
        pass


class Witness:
    """An app on such a terminal, which an emulator shows."""

    def __init__(self, app: TraderApp, clock: scripted_wires.Clock, size: tuple[int, int]) -> None:
        self.app, self.clock = app, clock
        self.pilot = Pilot(app)
        self.screen = pyte.Screen(*size)
        self.stream = pyte.Stream(self.screen)
        self.bytes = 0

    async def show(self) -> int:
        """Let the console paint all there is to paint; returns the bytes that it wrote."""
        for _ in range(2):
            self.app.frame()
            await settle(self.app)
        text = "".join(self.app._driver.written)
        self.app._driver.written.clear()
        self.stream.feed(text)
        return len(text.encode())

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def resize(self, width: int, height: int) -> None:
        """A terminal keeps what fits when its size changes."""
        self.screen.resize(height, width)
        self.app._driver.resize(width, height)
        await until(lambda: self.app.screen._compositor.size == (width, height))
        await settle(self.app)

    async def compare(self, what: str) -> None:
        """What is on the emulator is what a full painting by Textual alone would put there."""
        await self.show()
        width, height = self.app.size
        whole = pyte.Screen(width, height)
        update = self.app.screen._compositor.render_full_update()
        pyte.Stream(whole).feed(update.render_segments(self.app.console))
        for y in range(height):
            there, wanted = ([screen.buffer[y][x] for x in range(width)] for screen in (self.screen, whole))
            assert there == wanted, f"{what}, line {y}:\n{text(there)}\n{text(wanted)}"


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - Textual tells nobody
            await asyncio.sleep(0.002)


def text(cells: list[object]) -> str:
    return "".join(cell.data for cell in cells)


@asynccontextmanager
async def witness(width: int = 120, height: int = 40) -> AsyncIterator[Witness]:
    clock, wires = scripted_wires.Clock(), scripted_wires.ScriptedWires()

    async def connect(sink: scene.Sink) -> scripted_wires.ScriptedWires:
        return wires

    app = TraderApp(scripted_wires.Look(theme=""), connect, clock=clock, prefix="test")
    app.animation_level = "none"
    app.driver_class = EmulatedTerminal
    app.console._color_system = ColorSystem.TRUECOLOR
    with patch.object(tui_trader.app, "FRAMES_PER_SECOND", 1 / 3_600):
        running = asyncio.create_task(app.run_async(size=(width, height)))
        await until(lambda: app._running and app.screen_stack and app.board.size)
        active_app.set(app)
        it = Witness(app, clock, (width, height))
        await settle(app)
        app.command_line.input.cursor_blink = False
        try:
            yield it
        finally:
            app.exit()
            await running


async def test_the_terminal_shows_what_textual_alone_would_paint() -> None:
    async with witness() as it:
        await it.compare("at the start")
        for event in scene.links_ready():
            it.app.sink(event)
        scene.play(it.app.sink, it.clock, scene.busy_day(beats=4))
        await it.compare("a busy day")
        for step in range(4, 7):
            for event in scene.quotes(step):
                it.app.sink(event)
            it.clock.now += 0.5
            await it.compare("prices move")
        it.app.sink(NoticeReceived("onetrade", Severity.INFO, WIDE, "WIDE"))
        await it.press("4")
        await it.compare("wide characters in the journal")
        it.app.sink(NoticeReceived("onetrade", Severity.INFO, "narrow " + WIDE[2:], "WIDE"))
        await it.compare("wide characters move")
        for workspace in "231":
            await it.press(workspace)
            await it.compare(f"workspace {workspace}")
        await it.press("z")
        await it.compare("a pane on the whole screen")
        await it.press("escape")
        await it.compare("all panes again")


async def test_dialogs_toasts_and_what_moves_behind_them_are_shown_whole() -> None:
    async with witness() as it:
        scene.play(it.app.sink, it.clock, scene.busy_day(beats=4))
        await it.compare("before")
        for opening in ("f9", "question_mark", "ctrl+k"):
            await it.press(opening)
            await it.compare(f"{opening}: a dialog")
            for event in scene.quotes(5):
                it.app.sink(event)
            await it.compare(f"{opening}: prices move behind it")
            await it.press("escape")
            await it.compare(f"{opening}: closed")
        it.app.notify("行情 told in a toast", markup=False)
        await it.compare("a toast")
        it.app.sink(LinkChanged("onetrade", LinkState.RECONNECTING))
        await it.compare("panes turn stale beside a toast")
        it.app.clear_notifications()
        await it.compare("no toast")
        await it.press("colon", "b", "u", "y")
        await it.compare("the command line and its offers")
        for event in scene.quotes(6):
            it.app.sink(event)
        await it.compare("prices move beside them")
        await it.press("escape")
        await it.compare("the end")


async def test_sizes_and_themes_are_painted_anew() -> None:
    async with witness(80, 24) as it:
        scene.play(it.app.sink, it.clock, scene.busy_day(beats=4))
        await it.compare("small")
        for size in ((120, 40), (61, 17), (200, 60), (80, 24)):
            await it.resize(*size)
            await it.compare(f"{size}")
        for theme in ("paper", "nord", "midnight-blue-orange"):
            it.app.theme = theme
            await it.compare(theme)


@pytest.mark.parametrize("painted", [True, False])
async def test_one_price_costs_a_few_bytes_and_textual_alone_works_too(
    painted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not painted:
        monkeypatch.setattr(terminal, "TESTED", ("none",))
    async with witness() as it:
        scene.play(it.app.sink, it.clock, scene.busy_day(beats=4))
        await it.compare("before")
        written = []
        for step in range(4, 10):
            for event in scene.quotes(step):
                it.app.sink(event)
            it.clock.now += 0.5
            written.append(await it.show())
            await it.compare(f"step {step}")
        assert (sum(written) < 25_000) is painted, f"{written} bytes"
