"""The fixed lines around the board: status, instrument, hints at the foot. Parts give way by rank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_trader.drawing.canvas import Canvas, Cell, Line, width_of
from tui_trader.drawing.marks import mark_of_link
from tui_trader.formatting import numbers
from tui_trader.formatting.gauges import Gauge
from tui_trader.formatting.symbols import short_symbol
from tui_trader.formatting.times import clock, duration
from tui_trader.keys import Key
from tui_trader.panes.pane import Pane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual import events

    from tui_trader.desk import Desk
    from tui_trader.store.quotes import Quote
    from tui_trader.workspaces.board import Board
    from tui_trader.workspaces.first_steps import FirstSteps

BAR_CELLS = 16
PROGRESS_SECONDS = 0.25
Part = tuple[int, tuple[Cell, ...]]
"""Rank (0 never dropped, the highest goes first) and cells."""


def _length(part: Part) -> int:
    return sum(width_of(text) for text, _, _ in part[1])


def compose(width: int, left: list[Part], right: list[Part]) -> tuple[Cell, ...]:
    """Put parts at both ends, dropping the highest rank until they fit."""
    left, right = list(left), list(right)
    while sum(map(_length, left + right)) > width:
        victim = max((part for part in left + right if part[0]), key=lambda part: part[0], default=None)
        if victim is None:
            break
        (left if victim in left else right).remove(victim)
    space = max(0, width - sum(map(_length, left + right)))
    cells = [cell for part in left for cell in part[1]]
    return (*cells, (" " * space, "text", ""), *(cell for part in right for cell in part[1]))


def mode_of(desk: Desk) -> tuple[Cell, ...]:
    """PAPER or LIVE, and what LIVE lets one do: look, trade after a phrase, trade."""
    live = desk.live_links
    if not (live or (desk.wires is None and desk.expects_live)):
        return ((" PAPER ", "bold on-badge", "paper"), *_tape(desk))
    armed = any(desk.gate.armed(link) for link in live)
    word = "ARMED" if armed else "locked" if desk.gate.allowed else "view only"
    ink = "bold alarm" if armed else "bold caution"
    return ((" LIVE ", "bold on-badge", "live"), (f" {word}", ink, ""), *_tape(desk))


def _tape(desk: Desk) -> tuple[Cell, ...]:
    """Whether the session is a recording, or is being recorded."""
    gap: Cell = (" ", "text", "")
    player = desk.player
    if player is not None:
        state = "ended" if player.ended else "paused" if player.paused else f"{player.speed:g}×"
        text = f" REPLAY {state} {duration(player.position)} "
        return (gap, (text, "bold on-badge", "armed"))
    return (gap, (" REC ", "bold on-badge", "live")) if desk.recorder.active else ()


class StatusLine(Canvas):
    """PAPER or LIVE, the workspaces, a dot per link, what waits for the user, equity, the market's time."""

    GROUND = "bar"

    def __init__(self, desk: Desk, board: Board) -> None:
        super().__init__(desk)
        self._board = board
        self._places: list[tuple[int, int, int]] = []

    def shown(self) -> object:
        """Everything that the line tells."""
        store = self.store
        second = (store.quotes.server_ms or 0) // 1_000
        parts = (store.links, store.accounts, store.risk, store.requotes, store.selection, store.instruments)
        seen = (second, mode_of(self.desk), self._board.place, self.desk.halting.engaged)
        return (*seen, *(part.revision for part in parts))

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """The badge is never dropped."""
        left: list[Part] = [
            (0, mode_of(self.desk)),
            *self._workspaces(),
            (1, ((" ", "text", ""), *self._dots())),
        ]
        down = sum(not view.ready for view in self.store.links)
        if down:
            word = "link" if down == 1 else "links"
            left.append((0, ((f" {down} {word} not ready", "bold caution", ""),)))
        if self.desk.halted:
            left.append((0, (("  ", "text", ""), (" KILL SWITCH ENGAGED ", "bold on-badge", "live"))))
        waiting = len(self.store.requotes.queue)
        if waiting:
            key = self.desk.keymap.first("console.requotes")
            text = f" {waiting} requote{'s' if waiting > 1 else ''}: {key} "
            left.append((0, (("  ", "text", ""), (text, "bold on-badge", "armed"))))
        right = [*self._equity(), (2, ((f"  {clock(self.store.quotes.server_ms)} UTC ", "muted", ""),))]
        cells = compose(width, left, right)
        self._places = list(self._found(cells))
        return [(self.GROUND, cells)]

    def _found(self, cells: tuple[Cell, ...]) -> Iterator[tuple[int, int, int]]:
        """Where each workspace stands: from, to, and which."""
        x, place = 0, -1
        for text, ink, ground in cells:
            wide = width_of(text)
            number = text.split()[:1]
            if number == [str(place + 2)] and (ink == "focus" or ground == "cursor"):
                place += 1
                yield x, x + wide, place
            elif text.strip() and text.strip() == self._title(place):
                yield x, x + wide, place
            x += wide

    def _title(self, place: int) -> str:
        known = self._board.workspaces
        return known[place].title if 0 <= place < len(known) else ""

    def on_click(self, event: events.Click) -> None:
        """A click on a workspace opens it."""
        for start, end, place in self._places:
            if start <= event.x < end:
                self._board.open(place)

    def _workspaces(self) -> list[Part]:
        """A digit each; names go before the digits, that of the open one stays."""
        parts: list[Part] = [(1, ((" ", "text", ""),))]
        for place, workspace in enumerate(self._board.workspaces):
            if place == self._board.place:
                text = f" {place + 1} {workspace.title} "
                parts.append((0, ((text, "bold strong", "cursor"),)))
            else:
                parts.append((1, ((f" {place + 1}", "focus", ""),)))
                parts.append((6, ((f" {workspace.title}", "muted", ""),)))
                parts.append((1, ((" ", "text", ""),)))
        return parts

    def _dots(self) -> list[Cell]:
        return [(*mark_of_link(view.state), "") for view in self.store.links]

    def _equity(self) -> list[Part]:
        """Accounts, the one that trades what is looked at first: the others go first where it is narrow."""
        near = self.store.instruments.links_of(self.store.selection.symbol)
        parts: list[Part] = []
        for place, account in enumerate(sorted(self.store.accounts, key=lambda one: one.link not in near)):
            if account.equity is None and account.balance is None:
                continue
            value = account.equity if account.equity is not None else account.balance
            cells: tuple[Cell, ...] = (
                (f"  {account.link} ", "muted", ""),
                (numbers.fixed(value), "strong", ""),
                (f" {account.currency}", "muted", ""),
            )
            parts.append((3 + place, cells))
        return parts


class InstrumentLine(Canvas):
    """The instrument that chart, order book and ticket follow."""

    GROUND = "pane"

    def shown(self) -> object:
        """The choice and its quote."""
        store = self.store
        quote = store.quotes.get(store.selection.symbol)
        return (
            store.selection.revision,
            store.instruments.revision,
            store.links.revision,
            quote.arrived if quote else None,
        )

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """Symbol and price stay to the end."""
        symbol = self.store.selection.symbol
        quote = self.store.quotes.get(symbol)
        if quote is None:
            return [(self.GROUND, ((" " + (symbol or "no instrument yet"), "muted", ""),))]
        self.wake_at(quote.arrived + 3.01)
        stale = self.store.stale(symbol, now)
        right: list[Part] = [(0, ((" STALE ", "bold caution", ""),))] if stale else []
        return [(self.GROUND, compose(width, self._parts(quote, stale), right))]

    def _parts(self, quote: Quote, stale: bool) -> list[Part]:
        instrument = self.store.instruments.describe(quote.symbol)
        digits = instrument.price_digits

        def part(rank: int, label: str, text: str, ink: str) -> Part:
            return (rank, ((f"  {label} ", "muted", ""), (text, "stale" if stale else ink, "")))

        arrow, up = {1: ("▲", "up"), -1: ("▼", "down"), 0: (" ", "text")}[quote.direction]
        price = f"  {numbers.price(quote.price, digits)} {arrow}"
        change = quote.change_percent or 0.0
        parts: list[Part] = [
            (0, ((" ", "text", ""), (short_symbol(quote.symbol), "bold strong", ""))),
            (9, ((f" {instrument.description or instrument.kind}", "muted", ""),)),
            (0, ((price, "stale" if stale else f"bold {up}", ""),)),
            part(2, "day", numbers.percent(quote.change_percent), "up" if change >= 0 else "down"),
            part(1, "bid", numbers.price(quote.bid, digits), "bid"),
            part(1, "ask", numbers.price(quote.ask, digits), "ask"),
        ]
        if quote.spread is not None:
            parts.append(part(4, "spread", str(numbers.points(quote.spread, instrument.tick_size)), "text"))
        reach = f"{numbers.price(quote.low, digits)} … {numbers.price(quote.high, digits)}"
        parts.append(part(5, "range", reach, "text"))
        parts.append(part(6, "volume", numbers.compact(quote.volume), "text"))
        return parts


class HintLine(Canvas):
    """Keys that work now, dropped by rank."""

    GROUND = "bar"

    def __init__(self, desk: Desk, steps: FirstSteps) -> None:
        super().__init__(desk)
        self.steps = steps
        self._places: list[tuple[int, int, Key]] = []

    def shown(self) -> object:
        """What has the keyboard, and whether it is armed."""
        focused = self.screen.focused
        armed = focused.armed_since if isinstance(focused, Pane) else None
        return (focused, armed, self.steps.hint, self._under_way(self.desk.clock()))

    def _under_way(self, now: float) -> tuple[str, float | None] | None:
        """What has taken longer than a moment, and how far it is."""
        task = self.desk.progress.shown(now)
        if self.desk.progress.active:
            self.wake_at(now + PROGRESS_SECONDS)
        if task is None:
            return None
        share = task.share
        return (f"{task.name} {duration(now - task.since)}" if share is None else task.name, share)

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """A first session's hint, then the pane's own keys."""
        focused = self.screen.focused
        armed = isinstance(focused, Pane) and focused.armed_since is not None
        contexts = type(focused).CONTEXTS if isinstance(focused, Pane) else ()
        rows = self.desk.keymap.rows
        played = ("replay",) if self.desk.player is not None else ()
        keys = [key for key in (*rows(*contexts), *rows(*played), *rows("console")) if key.hint]
        parts: list[Part] = [(key.rank, self._hint(key, armed)) for key in keys]
        told = self._under_way(now)
        right: list[Part] = [(0, _bar(*told))] if told else []
        if hint := self.steps.hint:
            parts.insert(0, (0, ((f"{hint}   ", "bold focus", ""),)))
        cells = ((" ", "text", ""), *compose(width - 1, parts, right))
        self._places = list(_found(cells, {self._hint(key, armed): key for key in keys}))
        return [(self.GROUND, cells)]

    def on_click(self, event: events.Click) -> None:
        """A click on a hint is the key it names, no more and no less."""
        for start, end, key in self._places:
            if start <= event.x < end:
                self.app.simulate_key(key.keys.split(",")[0])

    @staticmethod
    def _hint(key: Key, armed: bool) -> tuple[Cell, ...]:
        dead = key.trades and not armed
        hint = "disarm" if armed and key.hint == "arm" else key.hint
        return (
            (key.display, "faint" if dead else "bold armed" if key.trades else "focus", ""),
            (f" {hint}   ", "faint" if dead else "muted", ""),
        )


def _found(cells: tuple[Cell, ...], known: dict[tuple[Cell, ...], Key]) -> Iterator[tuple[int, int, Key]]:
    """Where each key's hint stands: from, to, and which."""
    x = 0
    for place, cell in enumerate(cells):
        key = known.get(cells[place : place + 2])
        if key is not None:
            yield x, x + sum(width_of(text) for text, _, _ in cells[place : place + 2]), key
        x += width_of(cell[0])


def _bar(name: str, share: float | None) -> tuple[Cell, ...]:
    """What is under way: a bar where anybody knows how far it is."""
    if share is None:
        return ((f"{name} ", "pending", ""),)
    used, rest = Gauge(name, "", "", share).bar(BAR_CELLS)
    return (
        (f"{name} ", "pending", ""),
        (used, "focus", ""),
        (rest, "faint", ""),
        (f" {share:4.0%} ", "text", ""),
    )
