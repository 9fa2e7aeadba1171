"""What panes, dialogs and commands may ask of the program: read the store, send a command, know the time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Protocol

from tui_trader.alerts.alert_book import AlertBook
from tui_trader.halting import Halting
from tui_trader.keymap import Keymap
from tui_trader.model.commands import Command, PlaceOrder, WatchBars, WatchDepth, orders_of
from tui_trader.model.errors import CommandError
from tui_trader.model.matters import Matter
from tui_trader.model.order_terms import PLAIN, OrderTerms
from tui_trader.model.values import LinkState, Severity
from tui_trader.playback.recorder import Recorder
from tui_trader.progress import Progress
from tui_trader.shortfall import Shortfall
from tui_trader.store.store import Store
from tui_trader.store.watch_lists import WatchLists
from tui_trader.trading_gate import TradingGate, Weight, weight_of

if TYPE_CHECKING:
    from tui_trader.connection.tap import Tap
    from tui_trader.model.values import Strategy
    from tui_trader.playback.player import Player
    from tui_trader.themes import Inks


class Health(Protocol):
    """How a link is, as connection/ measures it; ages are told in monotonic seconds."""

    @property
    def state(self) -> LinkState:
        """Its present state."""
        ...

    @property
    def last_message(self) -> float | None:
        """When the last frame arrived, monotonic seconds."""
        ...

    @property
    def round_trip(self) -> float | None:
        """Seconds of the last answered heartbeat."""
        ...

    @property
    def messages_per_second(self) -> float:
        """Frames received a second, over a short while."""
        ...

    @property
    def messages(self) -> int:
        """Frames received since the start."""
        ...

    @property
    def reconnects(self) -> int:
        """Times the link had to connect again."""
        ...

    @property
    def queue(self) -> int:
        """Frames that wait to be sent."""
        ...


class Wires(Protocol):
    """The links as the console uses them; connection/links.py is one, tests have a scripted one."""

    @property
    def names(self) -> Sequence[str]:
        """All links, in the order of the settings."""
        ...

    def supports(self, name: str, command: type[Command]) -> bool:
        """Whether there is such a link and its protocol can carry such a command."""
        ...

    def tells(self, name: str) -> frozenset[Matter] | None:
        """What messages of the link can tell of; None: it may be anything."""
        ...

    def terms(self, name: str) -> OrderTerms:
        """What orders of the link can be."""
        ...

    def send(self, command: Command) -> None:
        """Send by `command.link`. Raises `CommandError` when it cannot be sent."""
        ...

    def is_paper(self, name: str) -> bool:
        """Whether a simulator is behind the link; anything else is LIVE."""
        ...

    def dismiss(self, reference: str) -> None:
        """Forget an order of unknown outcome."""
        ...

    def retry(self, name: str) -> None:
        """Connect now instead of waiting."""
        ...

    def take_over(self, name: str) -> None:
        """Connect, and displace whoever holds the link's session."""
        ...

    def status(self, name: str) -> Health:
        """How the link is."""
        ...

    def tap(self, name: str) -> Tap:
        """Frames of the link, both ways. Raises `CommandError` where there is no such link."""
        ...

    async def stop(self) -> None:
        """Close every link."""
        ...


class Console(Protocol):
    """What the screen around a pane can do for it; the app is one."""

    @property
    def inks(self) -> Inks:
        """Styles of the present theme."""
        ...

    def look_at(self, symbol: str = "", timeframe: str = "") -> None:
        """Change what chart, order book and ticket follow."""
        ...

    @property
    def panes(self) -> Sequence[str]:
        """Names of all panes."""
        ...

    def show_pane(self, key: str) -> None:
        """Bring a pane to the front and give it the keyboard."""
        ...

    def open_command_line(self, text: str = "") -> None:
        """Let the user type, starting from a text."""
        ...

    def filter_markets(self, text: str) -> None:
        """Show only what matches in the list that the line was opened from; by default the markets."""
        ...

    def search(self, key: str, text: str) -> None:
        """Bring a pane of records to the front, showing what a query lets through."""
        ...

    def copy(self, text: str) -> None:
        """Put a text on the clipboard."""
        ...

    def open_settings(self) -> None:
        """Show where the settings are and what is set."""
        ...

    def screenshot(self, name: str = "") -> None:
        """Save the screen as SVG in the export folder."""
        ...

    def in_background(self, work: Callable[[], str]) -> None:
        """Do in a thread what takes a while; its sentence, or its `CommandError`, is reported."""
        ...

    def choose_theme(self, name: str) -> None:
        """Change the colours; an empty name is the next theme. Raises `CommandError` for an unknown one."""
        ...

    def open_kill_switch(self) -> None:
        """Show the kill switch; only a typed word throws it."""
        ...

    def open_session(self, link: str) -> None:
        """Say that a link's session is in use elsewhere, and let the user choose who stays."""
        ...

    def open_limits(self) -> None:
        """Let the user change the risk limits."""
        ...

    def open_ticket(
        self,
        symbol: str = "",
        fields: Mapping[str, str] | None = None,
        note: str = "",
        signal: tuple[str, str] | None = None,
    ) -> None:
        """Let the user fill in an order; `fields` (commands/order_form.py, Entry) stand in it already.

        `note` says in the ticket's heading where they come from. Nothing is sent by itself; what is sent is
        remembered as having come from `signal` (source and id).
        """
        ...

    def open_start(self, strategy: Strategy) -> None:
        """Let the user look over and change the config that a strategy is to start with."""
        ...

    def open_stop(self, strategy: Strategy) -> None:
        """Stop a strategy; where it holds something, the user says what is to become of that."""
        ...

    def show_help(self) -> None:
        """Show every key and command."""
        ...

    def leave(self) -> None:
        """Quit."""
        ...

    def report(self, text: str, severity: Severity = Severity.INFO) -> None:
        """Tell the user something, for a moment."""
        ...

    def submit(self, *commands: Command) -> bool:
        """Send commands now, each only after the one before left; what is wrong is reported.

        Returns whether all left. What waits for a phrase waits together.
        """
        ...

    def ask(self, question: str, agreed: Callable[[], object], details: Sequence[str] = ()) -> None:
        """Do something once the user agrees."""
        ...

    def confirm(self, question: str, *commands: Command, details: Sequence[str] = ()) -> None:
        """Send commands that add risk once the user agrees, as `submit` does."""
        ...

    def amend(
        self,
        title: str,
        fields: tuple[tuple[str, str, str], ...],
        check: Callable[[Mapping[str, str]], Mapping[str, str]],
        done: Callable[[Mapping[str, str]], None],
    ) -> None:
        """Let the user type over (name, label, text) fields; `check` gives complaints by field."""
        ...


class Desk:
    """Store and links in one hand. Commands are noted in the store before they leave."""

    def __init__(self, store: Store, clock: Callable[[], float], prefix: str) -> None:
        self.store = store
        self.clock = clock
        self.wires: Wires | None = None
        self.keymap = Keymap()
        self.recorder = Recorder(lambda text: self.warn("recording", text))
        self.player: Player | None = None
        """What plays where this is no market but a recording."""
        self.alerts = AlertBook()
        self.lists = WatchLists()
        self.trades_sent = 0
        self.gate = TradingGate(store.links)
        self.halting = Halting(self)
        self.shortfall = Shortfall(self)
        self.progress = Progress()
        self.expects_live = False
        """Whether live links are to come; tells the badge before any link is open."""
        self.console: Console
        self._prefix = prefix
        self._numbers = count(1)

    def reference(self) -> str:
        """A name for the next request, unique for each press of a key."""
        return f"{self._prefix}-{next(self._numbers)}"

    def send(self, command: Command, *, typed: bool = False) -> None:
        """Send a command: the only way to the links; `typed` as the gate has it.

        Raises `CommandError` with a sentence for the user.
        """
        if self.wires is None:
            raise CommandError("No link is open yet.")
        self.gate.check(command, self.wires.is_paper, typed=typed)
        orders = orders_of(command)
        if orders:
            self.store.sent(command, self.clock())
        try:
            self.wires.send(command)
        except CommandError as error:
            if orders:
                self.store.unsent(command, str(error), self.clock())
            raise
        if not orders:
            self.store.sent(command, self.clock())
        self.trades_sent += weight_of(command) is Weight.TRADES

    @property
    def halted(self) -> bool:
        """Whether a kill switch is engaged, the guardian's or the console's own."""
        return self.store.risk.engaged or self.halting.engaged

    def dismiss(self, reference: str) -> None:
        """Forget an order of unknown outcome that the user has verified."""
        self.store.orders.forget(reference)
        if self.wires is not None:
            self.wires.dismiss(reference)

    def warn(self, kind: str, text: str) -> None:
        """Tell the user in the journal, and so by a toast too."""
        self.store.journal.write(self.clock(), "", kind, text, severity=Severity.WARNING)

    def carriers(self, symbol: str, command: type[Command]) -> list[str]:
        """Links that can carry such a command for an instrument, the owner of its quotes first."""
        instruments = self.store.instruments
        owner = instruments.describe(symbol).link
        able = [link for link in instruments.links_of(symbol) if self.can(link, command)]
        if owner not in able and self.can(owner, command):
            able.append(owner)
        return sorted(able, key=lambda link: link != owner)

    def terms(self, symbol: str) -> OrderTerms:
        """What orders on an instrument can be, on the account that takes them."""
        carriers = self.carriers(symbol, PlaceOrder) if symbol else []
        return self.terms_of(carriers[0]) if carriers else PLAIN

    def tells(self, link: str) -> frozenset[Matter] | None:
        """What messages of a link can tell of; None: it may be anything."""
        return None if self.wires is None else self.wires.tells(link)

    def terms_of(self, link: str) -> OrderTerms:
        """What orders of a link can be."""
        return PLAIN if self.wires is None else self.wires.terms(link)

    @property
    def market_ms(self) -> int:
        """The market's present time as far as it was told, else ours, epoch milliseconds."""
        told = self.store.market_ms(self.clock())
        return time.time_ns() // 1_000_000 if told is None else told

    def moment_ms(self, at: float) -> int:
        """When something happened, epoch milliseconds: by the market's clock, by ours before it was told."""
        told = self.store.market_ms(at)
        return time.time_ns() // 1_000_000 - round((self.clock() - at) * 1_000) if told is None else told

    @property
    def names(self) -> Sequence[str]:
        """All links, in the order of the settings."""
        return self.wires.names if self.wires is not None else ()

    @property
    def live_links(self) -> Sequence[str]:
        """Links that no simulator is behind."""
        return () if self.wires is None else [x for x in self.wires.names if not self.wires.is_paper(x)]

    def can(self, link: str, command: type[Command]) -> bool:
        """Whether a link is there and its protocol can carry such a command."""
        return self.wires is not None and self.wires.supports(link, command)

    def watch(self) -> None:
        """Stream depth and candles of the selected instrument over the first link that can."""
        selection = self.store.selection
        if not selection.symbol:
            return
        for link in self.carriers(selection.symbol, WatchDepth)[:1]:
            self.send(WatchDepth(link=link, symbol=selection.symbol))
        charts = self.carriers(selection.symbol, WatchBars)
        if not charts and not self.store.instruments.listed(selection.symbol):
            charts = [link for link in self.names if self.can(link, WatchBars)]
        for link in charts[:1]:
            self.send(WatchBars(link=link, symbol=selection.symbol, timeframe=selection.timeframe))
