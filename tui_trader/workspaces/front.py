"""What panes, dialogs and commands may ask of the screen: the app's side of `desk.Console`.

A dialog is imported where it is opened: none of them is on the first screen (`launch.py` loads them
soon after it).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tui_trader.model.commands import (
    Command,
    PlaceOcoOrders,
    PlaceOrder,
    SetRiskLimits,
    StartStrategy,
    StopStrategy,
    orders_of,
)
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Severity
from tui_trader.panes.pane import Pane
from tui_trader.panes.table import TablePane
from tui_trader.panes.tail import TailPane
from tui_trader.panes.tickers import TickersPane
from tui_trader.settings import used_file
from tui_trader.themes import THEMES, Inks
from tui_trader.trading_gate import PhraseNeeded

if TYPE_CHECKING:
    from textual.app import App
    from textual.notifications import SeverityLevel

    from tui_trader.desk import Desk
    from tui_trader.model.values import Strategy
    from tui_trader.settings import Settings
    from tui_trader.workspaces.board import Board
    from tui_trader.workspaces.command_line import CommandLine

_TOASTS: dict[Severity, SeverityLevel] = {Severity.INFO: "information", Severity.WARNING: "warning"}


class Front:
    """The one `desk.Console` of a running app. `inks` are the present theme's."""

    def __init__(
        self, app: App[None], desk: Desk, board: Board, command_line: CommandLine, settings: Settings
    ) -> None:
        self._settings = settings
        self.inks = Inks(app.theme_variables)
        self._app = app
        self._desk = desk
        self._board = board
        self._command_line = command_line
        self._deviation = ""

    def look_at(self, symbol: str = "", timeframe: str = "") -> None:
        """Change what chart, order book and ticket follow."""
        self._desk.store.selection.choose(symbol, timeframe)

    def show_pane(self, key: str) -> None:
        """Bring a pane, by its key or its title, to the front and give it the keyboard."""
        titles = {pane.TITLE.casefold(): name for name, pane in self._board.panes.items()}
        name = key if key in self._board.panes else titles.get(key)
        if name is None:
            raise CommandError(f"There is no pane {key!r}; Tab lists them.")
        self._board.bring(name)

    @property
    def panes(self) -> Sequence[str]:
        """Names of all panes, in Tab's order."""
        return tuple(self._board.panes)

    def open_command_line(self, text: str = "") -> None:
        """Let the user type, starting from a text."""
        self._command_line.open(text)

    def filter_markets(self, text: str) -> None:
        """Show only what matches in the list that the line was opened from; by default the markets."""
        origin = self._command_line.origin
        pane = origin if isinstance(origin, TablePane) else self._board.panes[TickersPane.KEY]
        assert isinstance(pane, TablePane)
        pane.set_filter(text)

    def open_filter(self) -> None:
        """Let the user type what the focused list is filtered by; from elsewhere the markets."""
        focused = self._app.focused
        pane = focused if isinstance(focused, TablePane) else self._board.panes[TickersPane.KEY]
        assert isinstance(pane, TablePane)
        self.open_command_line(f"/{pane.filter_text}")

    def copy_from_pane(self) -> None:
        """Copy what the focused pane has under its cursor."""
        focused = self._app.focused
        text = focused.copied() if isinstance(focused, Pane) else ""
        if text:
            self.copy(text)

    def open_settings(self) -> None:
        """Show where the settings are and what is set; a key there opens the user's editor."""
        from tui_trader.dialogs.settings import SettingsDialog
        from tui_trader.workspaces import preferences

        told = preferences.facts(self._settings)
        edit = partial(preferences.edit, self._app)
        self._app.push_screen(SettingsDialog(self._desk, used_file(), told, edit))

    def search(self, key: str, text: str) -> None:
        """Bring a pane of records to the front, showing what a query lets through."""
        pane = self._board.panes[key]
        assert isinstance(pane, TailPane)
        pane.set_filter(text)
        self.show_pane(key)

    def copy(self, text: str) -> None:
        """Put a text on the clipboard, as far as the terminal lets programs do that."""
        self._app.copy_to_clipboard(text)
        self.report("Copied.")

    def screenshot(self, name: str = "") -> None:
        """Save the screen as SVG in the export folder."""
        from tui_trader.export_folder import shown
        from tui_trader.workspaces.files import save_screen

        try:
            self.report(f"The screen is saved: {shown(save_screen(self._app, self._desk, name))}")
        except CommandError as error:
            self.report(str(error), Severity.ERROR)

    def in_background(self, work: Callable[[], str]) -> None:
        """Do in a thread what takes a while; its sentence, or its `CommandError`, is reported."""
        from tui_trader.workspaces.files import do_aside

        do_aside(self._app, work, self.report)

    def choose_theme(self, name: str) -> None:
        """Change the colours; an empty name is the console's next theme. Raises `CommandError`."""
        own = [theme.name for theme in THEMES]
        if name and name not in self._app.available_themes:
            raise CommandError(f"There is no theme {name!r}: {', '.join(own)}.")
        present = self._app.theme
        self._app.theme = name or own[(own.index(present) + 1) % len(own) if present in own else 0]

    def open_ticket(
        self,
        symbol: str = "",
        fields: Mapping[str, str] | None = None,
        note: str = "",
        signal: tuple[str, str] | None = None,
    ) -> None:
        """Let the user fill in an order; `fields` stand in it already, the deviation is remembered."""
        from tui_trader.dialogs.ticket import TicketDialog

        symbol = symbol or self._desk.store.selection.symbol
        if not self._desk.carriers(symbol, PlaceOrder):
            symbol = ""

        def send(command: PlaceOrder | PlaceOcoOrders | None) -> None:
            if isinstance(command, PlaceOrder):
                if command.deviation_points is not None:
                    self._deviation = str(command.deviation_points)
                self.submit(replace(command, signal=signal))
            elif command is not None:
                first, second = command.orders
                both = (replace(first, signal=signal), replace(second, signal=signal))
                self.submit(replace(command, orders=both))

        given = {"deviation": self._deviation, **(fields or {}), "symbol": symbol}
        self._app.push_screen(TicketDialog(self._desk, given, note), send)

    def open_kill_switch(self) -> None:
        """Show the kill switch; only a typed word throws it."""
        from tui_trader.dialogs.kill_switch import KillSwitchDialog

        if not isinstance(self._app.screen, KillSwitchDialog):
            self._app.clear_notifications()  # nothing may lie over the word
            self._app.push_screen(KillSwitchDialog(self._desk))

    def open_session(self, link: str) -> None:
        """Say that a link's session is in use elsewhere, and let the user choose who stays."""
        from tui_trader.dialogs.session_in_use import SessionDialog

        self._app.push_screen(SessionDialog(self._desk, link))

    def open_limits(self) -> None:
        """Let the user change the risk limits, once the guardian has told them."""
        from tui_trader.dialogs.limits import LimitsDialog

        risk = self._desk.store.risk.latest
        if risk is None or not risk.limits or not self._desk.can(risk.link, SetRiskLimits):
            self.report("No guardian has told its limits.", Severity.WARNING)
            return

        def send(command: SetRiskLimits | None) -> None:
            if command is not None:
                self.submit(command)

        self._app.push_screen(LimitsDialog(self._desk, risk), send)

    def open_start(self, strategy: Strategy) -> None:
        """Let the user look over and change the config that a strategy is to start with."""
        from tui_trader.dialogs.start_strategy import StartDialog

        def send(command: StartStrategy | None) -> None:
            if command is not None:
                self.submit(command)

        self._app.push_screen(StartDialog(self._desk, strategy), send)

    def open_stop(self, strategy: Strategy) -> None:
        """Stop a strategy; where it holds something, the user says what is to become of that."""
        from tui_trader.dialogs.stop_strategy import StopDialog

        def send(command: StopStrategy | None) -> None:
            if command is not None:
                self.submit(command)

        if self._desk.store.strategies.may_hold(strategy):
            self._app.push_screen(StopDialog(self._desk, strategy), send)
        else:
            send(StopStrategy(link=strategy.link, strategy_id=strategy.id))

    def show_help(self) -> None:
        """Show every key and command, those of the focused pane first."""
        from tui_trader.dialogs.help import HelpDialog

        focused = self._app.focused
        here = focused.CONTEXTS if isinstance(focused, Pane) else ()
        self._app.push_screen(HelpDialog(self._desk, here))

    def leave(self) -> None:
        """Quit."""
        self._app.exit()

    def report(self, text: str, severity: Severity = Severity.INFO) -> None:
        """Tell the user something, for a moment; said again, it takes the place of what was said before."""
        for shown in list(self._app._notifications):
            if shown.message == text:
                self._app._unnotify(shown, refresh=False)  # Textual has no public way to take one away
        self._app.notify(text, severity=_TOASTS.get(severity, "error"), markup=False)

    def submit(self, *commands: Command) -> bool:
        """Send commands now, each only after the one before left; what is wrong is reported.

        Returns whether all left. What waits for a phrase waits together.
        """
        for place, command in enumerate(commands):
            try:
                self._desk.send(command)
            except PhraseNeeded as need:
                self._ask_phrase(need, commands[place:])
                return False
            except CommandError as error:
                self.report(str(error), Severity.ERROR)
                return False
        return True

    def _ask_phrase(self, need: PhraseNeeded, commands: tuple[Command, ...]) -> None:
        """Let the user arm a live link; what waits for it leaves then, unless its price went stale."""
        from tui_trader.dialogs.live import LiveDialog

        present = self._app.screen
        if isinstance(present, LiveDialog) and present.link == need.command.link:
            present.add(commands)
            return
        dialog = LiveDialog(self._desk, need, commands)

        def answered(armed: bool | None) -> None:
            for together in dialog.waiting if armed else ():
                self._submit_in_time(*together)

        self._app.push_screen(dialog, answered)

    def _submit_in_time(self, *commands: Command) -> None:
        """Send what a dialog kept waiting; nothing of it when the quote of an order went stale meanwhile."""
        stale, now = self._desk.store.stale, self._desk.clock()
        if any(stale(order.symbol, now) for command in commands for order in orders_of(command)):
            self.report("Not sent: the quote went stale meanwhile.", Severity.WARNING)
        else:
            self.submit(*commands)

    def confirm(self, question: str, *commands: Command, details: Sequence[str] = ()) -> None:
        """Send commands that add risk once the user agrees, as `submit` does."""
        self.ask(question, lambda: self._submit_in_time(*commands), details)

    def amend(
        self,
        title: str,
        fields: tuple[tuple[str, str, str], ...],
        check: Callable[[Mapping[str, str]], Mapping[str, str]],
        done: Callable[[Mapping[str, str]], None],
    ) -> None:
        """Let the user type over fields; `check` gives complaints by field."""
        from tui_trader.dialogs.amend import AmendDialog

        def answered(typed: Mapping[str, str] | None) -> None:
            if typed is not None:
                done(typed)

        self._app.push_screen(AmendDialog(self._desk, title, fields, check), answered)

    def ask(self, question: str, agreed: Callable[[], object], details: Sequence[str] = ()) -> None:
        """Do something once the user agrees."""
        from tui_trader.dialogs.confirm import ConfirmDialog

        def answered(answer: bool | None) -> None:
            if answer:
                agreed()

        self._app.push_screen(ConfirmDialog(self._desk, question, details), answered)
