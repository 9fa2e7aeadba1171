"""Wiring only: store, links, workspace and frame clock. Meaning lives in the store, looks in the panes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import ClassVar, Protocol
from uuid import uuid4

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.theme import Theme

from tui_trader.desk import Desk, Wires
from tui_trader.keys import bindings
from tui_trader.model.commands import Command
from tui_trader.model.errors import CommandError, ConsoleError
from tui_trader.model.events import Event
from tui_trader.model.values import Severity
from tui_trader.panes.canvas import Canvas
from tui_trader.panes.pane import Pane
from tui_trader.panes.registry import PANES
from tui_trader.store.selection import Selection
from tui_trader.store.store import Store
from tui_trader.themes import DARK, DEFAULT_THEME, LIGHT, THEMES, Inks
from tui_trader.workspaces.board import Board
from tui_trader.workspaces.lines import HintLine, InstrumentLine, StatusLine
from tui_trader.workspaces.trade import trade

Sink = Callable[[Event], None]
Connect = Callable[[Sink], Awaitable[Wires]]
FRAMES_PER_SECOND = 25
FIRST_SYMBOL = "EURUSD"


class Appearance(Protocol):
    """What the app reads of the settings."""

    @property
    def theme(self) -> str | None:
        """Name of a theme, None for the default."""
        ...


class TraderApp(App[None]):
    """The console. `connect` opens the links, which give every event to the sink it is called with."""

    CSS_PATH = "app.tcss"
    TITLE = "tui-trader"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("console")]

    def __init__(
        self,
        settings: Appearance,
        connect: Connect,
        *,
        clock: Callable[[], float] = monotonic,
        prefix: str = "",
    ) -> None:
        super().__init__()
        self._settings = settings
        self._connect = connect
        self.store = Store(Selection(FIRST_SYMBOL))
        self.desk = Desk(self.store, clock, prefix or uuid4().hex[:8])
        self.desk.console = self
        self.board = Board({pane.KEY: pane(self.desk) for pane in PANES}, trade)
        self.inks = Inks(DARK)
        self._watched: object = None
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = settings.theme or DEFAULT_THEME

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give stock themes the dark or the light set of the console's own colours."""
        return DARK if self.current_theme.dark else LIGHT

    def compose(self) -> ComposeResult:
        """Lay out the fixed lines around the board."""
        yield StatusLine(self.desk, id="status")
        yield InstrumentLine(self.desk, id="instrument")
        yield self.board
        yield HintLine(self.desk, id="hints")

    def on_mount(self) -> None:
        """Start the frame clock and the links."""
        self._take_inks(self.current_theme)
        self.theme_changed_signal.subscribe(self, self._take_inks)
        self.set_interval(1 / FRAMES_PER_SECOND, self.frame)
        self.board.panes["tickers"].focus()
        self.run_worker(self._open_links(), name="links", exit_on_error=False)

    async def _open_links(self) -> None:
        try:
            self.desk.wires = await self._connect(self.sink)
        except ConsoleError as error:
            self.exit(return_code=1, message=str(error))

    async def on_unmount(self) -> None:
        """Close the links with the screen."""
        if self.desk.wires is not None:
            await self.desk.wires.stop()

    def sink(self, event: Event) -> None:
        """Take one event over; nothing is drawn before the next frame."""
        self.store.apply(event, self.desk.clock())

    def frame(self) -> None:
        """Let what is visible and dirty repaint."""
        now = self.desk.clock()
        for canvas in self._canvases():
            canvas.tick(now)
        self._follow_selection()

    def _canvases(self) -> list[Canvas]:
        fixed = [self.query_one(f"#{name}", Canvas) for name in ("status", "instrument", "hints")]
        return [*fixed, *self.board.visible_panes]

    def _take_inks(self, theme: Theme) -> None:
        self.inks = Inks(self.theme_variables)
        for canvas in self.query(Canvas):
            canvas.repaint()

    def _follow_selection(self) -> None:
        """Ask for depth and candles of what is looked at, once a link can carry it."""
        store = self.store
        wanted = (store.selection.revision, store.instruments.revision, self.desk.wires is not None)
        if wanted == self._watched or self.desk.wires is None or not len(store.instruments):
            return
        self._watched = wanted
        if store.selection.symbol not in store.instruments:
            return
        try:
            self.desk.watch()
        except CommandError as error:
            self.report(str(error), Severity.WARNING)

    # what panes and dialogs ask for

    def look_at(self, symbol: str = "", timeframe: str = "") -> None:
        """Change what chart, order book and ticket follow."""
        self.store.selection.choose(symbol, timeframe)

    def show_pane(self, key: str) -> None:
        """Bring a pane to the front and give it the keyboard."""
        self.board.bring(key)

    def open_command_line(self, text: str = "") -> None:
        """Let the user type, starting from a text."""

    def report(self, text: str, severity: Severity = Severity.INFO) -> None:
        """Tell the user something, for a moment."""
        shown = {Severity.INFO: "information", Severity.WARNING: "warning"}.get(severity, "error")
        self.notify(text, severity=shown, markup=False)  # type: ignore[arg-type]

    def submit(self, command: Command) -> bool:
        """Send a command now; what is wrong is reported. Returns whether it left."""
        try:
            self.desk.send(command)
        except CommandError as error:
            self.report(str(error), Severity.ERROR)
            return False
        return True

    def confirm(self, question: str, command: Command, details: Sequence[str] = ()) -> None:
        """Send a command that adds risk once the user agrees."""
        self.submit(command)

    # actions of the key table

    def action_go(self, digit: int) -> None:
        """Go to the pane of this digit."""
        for pane in self.board.panes.values():
            if digit == pane.DIGIT:
                self.show_pane(pane.KEY)

    def action_zoom(self) -> None:
        """Give the focused pane the whole screen, or give it back."""
        focused = self.focused
        self.board.zoom(focused if self.board.zoomed is None and isinstance(focused, Pane) else None)

    def action_timeframe(self, steps: int) -> None:
        """Go to a longer or shorter timeframe."""
        self.store.selection.step_timeframe(steps)

    def action_next_theme(self) -> None:
        """Go through the console's own themes."""
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]

    def action_leave(self) -> None:
        """Go back from a zoomed pane, or quit."""
        if self.board.zoomed is not None:
            self.board.zoom(None)
        else:
            self.exit()
