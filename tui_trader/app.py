"""Wiring only: store, links, workspace and frame clock. Meaning lives in the store, looks in the panes."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import ClassVar
from uuid import uuid4

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.command import CommandPalette, Provider
from textual.events import Event, InputEvent, Key, Resize
from textual.theme import Theme
from textual.widgets import Input

from tui_trader.crash import last_words
from tui_trader.departure import DRAWN_ON, hang_up_with, leave_on_signals
from tui_trader.desk import Desk, Wires
from tui_trader.drawing.canvas import Canvas
from tui_trader.drawing.terminal import PaintedApp
from tui_trader.frame_clock import FrameClock, frame_rate
from tui_trader.keymap import OVERALL, Keymap
from tui_trader.keys import bindings, keys_of
from tui_trader.model import events
from tui_trader.model.errors import ConsoleError
from tui_trader.panes.pane import Pane
from tui_trader.panes.registry import PANES
from tui_trader.remembered import StateFile
from tui_trader.settings import Settings
from tui_trader.store.selection import Selection
from tui_trader.store.store import Store
from tui_trader.themes import DARK, DEFAULT_THEME, LIGHT, THEMES, Inks
from tui_trader.workspaces.alarms import Alarms
from tui_trader.workspaces.attention import Attention
from tui_trader.workspaces.board import Board
from tui_trader.workspaces.command_line import CommandLine, LineInput
from tui_trader.workspaces.first_steps import FirstSteps
from tui_trader.workspaces.front import Front
from tui_trader.workspaces.lines import HintLine, InstrumentLine, StatusLine
from tui_trader.workspaces.registry import WORKSPACES
from tui_trader.workspaces.remembering import Remembering
from tui_trader.workspaces.savings import Savings
from tui_trader.workspaces.watching import Watching

Sink = Callable[[events.Event], None]
Connect = Callable[[Sink], Awaitable[Wires]]
FRAMES_PER_SECOND = 30
FIRST_SYMBOL = "EURUSD"
EVERYWHERE = frozenset(key.action for key in keys_of("console") if key.everywhere)
"""Actions that no text field and no dialog holds back."""


def _palette() -> type[Provider]:
    from tui_trader.palette import ConsoleCommands

    return ConsoleCommands


class TraderApp(PaintedApp[None]):
    """The console. `connect` opens the links, which give every event to the sink it is called with."""

    CSS_PATH = "app.tcss"
    TITLE = "tui-trader"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("console", "replay")]
    COMMANDS = App.COMMANDS | {_palette}
    NOTIFICATION_TIMEOUT = 6

    def __init__(
        self,
        settings: Settings,
        connect: Connect,
        *,
        clock: Callable[[], float] = monotonic,
        prefix: str = "",
        state: StateFile | None = None,
    ) -> None:
        super().__init__()
        self._connect_links = connect
        self.frames = FrameClock(self._show)
        self._frame_rate = settings.frame_rate
        self.store = Store(Selection(settings.symbol or FIRST_SYMBOL))
        self.desk = Desk(self.store, clock, prefix or uuid4().hex[:8])
        self.desk.keymap = Keymap(settings.keys, [{*pane.CONTEXTS, OVERALL} for pane in PANES])
        self.set_keymap(self.desk.keymap.changes)
        self.desk.gate.allowed = settings.live
        self.desk.expects_live = not all(link.paper for link in settings.connected().values())
        self.board = Board({pane.KEY: pane(self.desk) for pane in PANES}, WORKSPACES)
        self.command_line = CommandLine(self.desk)
        first_steps = FirstSteps(self, self.desk)
        self._lines = (
            StatusLine(self.desk, self.board),
            InstrumentLine(self.desk),
            HintLine(self.desk, first_steps),
        )
        self.attention = Attention(self, self.desk)
        self._remembering = Remembering(self, self.desk, self.board, first_steps, state)
        self._attendants = (
            Watching(self.desk),
            Savings(self.desk),
            self.attention,
            Alarms(self, self.desk, settings),
            first_steps,
            self._remembering,
        )
        self._take_theme(settings.theme)
        self.front = self.desk.console = Front(self, self.desk, self.board, self.command_line, settings)
        self._remembering.restore(settings)

    def _take_theme(self, wanted: str) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = wanted if wanted in self.available_themes else DEFAULT_THEME

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give stock themes the dark or the light set of the console's own colours."""
        return DARK if self.current_theme.dark else LIGHT

    def compose(self) -> ComposeResult:
        """Lay out the fixed lines around the board."""
        status, instrument, hints = self._lines
        yield from (status, instrument, self.board, self.command_line, hints)

    def on_mount(self) -> None:
        """Start the frame clock and the links."""
        for complaint in self.desk.keymap.complaints:
            self.desk.warn("settings", complaint)
        self._take_inks(self.current_theme)
        self.theme_changed_signal.subscribe(self, self._take_inks)
        self.frames.start(frame_rate(self._frame_rate, FRAMES_PER_SECOND, os.environ))
        self.screen.set_focus(self.board.visible_panes[0])
        if not self.is_headless:
            leave_on_signals(self.front.leave)
            hang_up_with(DRAWN_ON)
        self.call_after_refresh(self._start_links)

    def _start_links(self) -> None:
        self.run_worker(self._open_links(), name="links", exit_on_error=False)

    async def _open_links(self) -> None:
        try:
            self.desk.wires = await self._connect_links(self.sink)
        except ConsoleError as error:
            self.exit(return_code=1, message=str(error))

    async def on_unmount(self) -> None:
        """Close the links with the screen."""
        self.frames.stop()
        self._remembering.close()
        if self.desk.wires is not None:
            await self.desk.wires.stop()

    def _fatal_error(self) -> None:
        """End on a fault of our own; Textual's way prints the variables, secrets included."""
        error = sys.exception() or self._exception
        self.bell()
        self.panic(last_words(error) if error is not None else "")

    async def on_event(self, event: Event) -> None:
        """Let a key of the table act before the next key is read.

        Keys that arrive together, as they do over a slow line, must each meet the focus that the one before
        it left; Textual alone would move the focus after it has handed all of them out.
        """
        if isinstance(event, InputEvent):
            self.frames.hurry()
        elif isinstance(event, Resize):
            self.terminal.forget()
        fresh = isinstance(event, Key) and not event.is_forwarded and self._acts_at_once(event.key)
        if not (fresh and isinstance(event, Key) and await self._check_bindings(event.key)):
            await super().on_event(event)

    def _acts_at_once(self, key: str) -> bool:
        """True unless a text field must first take in what was typed before this key."""
        focused = self.focused
        if isinstance(focused, Input):
            return key in ("tab", "shift+tab") and not isinstance(focused, LineInput)
        return True

    # socket -> store -> screen

    def sink(self, event: events.Event) -> None:
        """Take one event over; nothing is drawn before the next frame."""
        now = self.desk.clock()
        self.desk.recorder.take(event, now)
        self.store.apply(event, now)
        self.frames.stir()

    def _show(self) -> None:
        try:
            self.frame()
        except Exception as error:  # noqa: BLE001 - as Textual treats what a timer of its own raises
            self._handle_exception(error)

    def frame(self) -> None:
        """Let what is visible and dirty repaint."""
        if not self.screen_stack:  # the last frame may come while the screens are being taken down
            return
        now = self.desk.clock()
        for attendant in self._attendants:
            attendant.tick(now)
        changed = [canvas for canvas in self._canvases() if canvas.tick(now, self.terminal)]
        below = [canvas.region for canvas in changed if canvas.screen is not self.screen]
        for dialog in self.screen_stack[1:-1] if below else ():
            dialog.refresh(*below)  # what it shows of the screens below is a picture that it keeps
        self.terminal.flush()

    def _canvases(self) -> Sequence[Canvas]:
        over = [canvas for screen in self.screen_stack[1:] for canvas in screen.query(Canvas)]
        return [*self._lines, *self.board.visible_panes, self.command_line.offers, *over]

    def _take_inks(self, theme: Theme) -> None:
        told = {name: value for name, value in self.theme_variables.items() if value.startswith("#")}
        self.front.inks = Inks({**self.get_theme_variable_defaults(), **told})
        for screen in self.screen_stack:
            for canvas in screen.query(Canvas):
                canvas.repaint()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep the console's keys dead while a text field has the keyboard."""
        if action == "replay":
            return self.desk.player is not None
        own = any(binding.action.partition("(")[0] == action for binding in bindings("console"))
        return not (own and action not in EVERYWHERE and isinstance(self.focused, Input))

    def action_run(self, line: str) -> None:
        """Do what a line of the command line says."""
        self.command_line.run(line)

    def action_workspace(self, number: int) -> None:
        """Go to the workspace of this number."""
        self.board.open(number - 1)

    def action_tab(self, step: int) -> None:
        """Go to the next or the previous tab."""
        self.board.turn(step)

    def action_kill_switch(self) -> None:
        """Open the kill switch."""
        self.front.open_kill_switch()

    def action_zoom(self) -> None:
        """Give the focused pane the whole screen, or give it back."""
        focused = self.focused
        self.board.zoom(focused if self.board.zoomed is None and isinstance(focused, Pane) else None)

    def action_timeframe(self, steps: int) -> None:
        """Go to a longer or shorter timeframe."""
        self.store.selection.step_timeframe(steps)

    def action_replay(self, steps: int) -> None:
        """Play slower (-) or faster (+); 0: stand still, or go on."""
        player = self.desk.player
        if player is not None and steps:
            player.change_speed(steps)
        elif player is not None:
            player.pause()

    def deliver_screenshot(
        self, filename: str | None = None, path: str | None = None, time_format: str | None = None
    ) -> str | None:
        """Save the screen where all exports go, whoever asks: the key, a command, Textual's palette."""
        self.front.screenshot()
        return None

    def action_command_palette(self) -> None:
        """Open the palette, unless it is open below something: Textual looks at the topmost screen only."""
        if not any(isinstance(screen, CommandPalette) for screen in self.screen_stack):
            super().action_command_palette()

    def action_command_line(self) -> None:
        """Open the command line."""
        self.front.open_command_line()

    def action_ticket(self) -> None:
        """Open the ticket."""
        self.front.open_ticket()

    def action_help(self) -> None:
        """Open the help."""
        self.front.show_help()

    def action_requotes(self) -> None:
        """Go back to open offers."""
        self.attention.open_requotes()

    def action_filter(self) -> None:
        """Type a filter for the focused list."""
        self.front.open_filter()

    def action_copy(self) -> None:
        """Copy what is under the focused pane's cursor."""
        self.front.copy_from_pane()

    def action_settings(self) -> None:
        """Show the settings."""
        self.front.open_settings()

    def action_next_theme(self) -> None:
        """Go through the console's own themes."""
        self.front.choose_theme("")

    def action_leave(self) -> None:
        """Go back from a zoomed pane, or quit."""
        if self.board.zoomed is not None:
            self.board.zoom(None)
        else:
            self.exit()
