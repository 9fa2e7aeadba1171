"""The console's own kill switch, for links that no guardian watches: pauses, cancels, closes, looks again.

What is left is what the links tell now, never what was sent. Each thing is asked for once, for a closing that
is sent twice might open; typing the word again asks once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from tui_trader.formatting import numbers
from tui_trader.formatting.symbols import short_symbol
from tui_trader.model.commands import (
    CancelOrder,
    ClosePosition,
    Command,
    ControlBot,
    EngageKillSwitch,
    ListStrategies,
    PauseStrategy,
    StopStrategy,
)
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Severity, Strategy
from tui_trader.trading_gate import LIVE_FLAG

if TYPE_CHECKING:
    from tui_trader.desk import Desk

LOOK_SECONDS = 2.0
"""Nothing is called verified sooner: what was on its way has arrived by then."""
LATE_SECONDS = 10.0
"""What is left after so long is not on its way any more."""
REMAINS, FAILED = " !", " !!"
"""Ends of report lines: something of it is left; and nothing more will come of it."""
STOPPING = (PauseStrategy, ControlBot, CancelOrder, ClosePosition)
RESTING = frozenset({"PAUSED", "STOPPED", "ERROR"})
"""States in which no machine trades; one that a backend calls anything else may."""
_DONE = {
    "strategies": "paused",
    "bot": "paused",
    "orders": "canceled",
    "positions": "closed",
    "holdings": "closed",
}
_LEFT = {
    "strategies": "still active",
    "bot": "still running",
    "orders": "still working",
    "positions": "still open",
    "holdings": "still held",
}
_HELD = "no command closes what a strategy holds"
LISTED = 5
"""What is left of one kind is told one by one up to so many."""


class Thing(Struct, frozen=True):
    """Something that can still trade or lose, and what stops it, if anything does."""

    link: str
    what: str
    id: str
    name: str
    stop: Callable[..., Command] | None
    kind: type[Command] | None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from others."""
        return (self.link, self.what, self.id)


class Halting:
    """`engaged` refuses new risk until it is released; `verified` says that nothing is left on its links."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.engaged = False
        self.verified = False
        self.links: tuple[str, ...] = ()
        self.revision = 0
        self._late = False
        self._since = self._looked = 0.0
        self._asked: dict[tuple[str, str, str], str] = {}
        """What was asked for, and why it could not be sent."""

    def able(self) -> tuple[str, ...]:
        """Links on which the console can stop something itself."""
        return tuple(x for x in self._desk.names if any(self._desk.can(x, kind) for kind in STOPPING))

    def guardians(self) -> tuple[str, ...]:
        """Links that have a kill switch of their own and can be told to throw it."""
        ready = self._desk.store.links.ready
        return tuple(x for x in self._desk.names if self._desk.can(x, EngageKillSwitch) and ready(x))

    def unguarded(self) -> tuple[str, ...]:
        """Links that no guardian can stop: all without one; with one those that it does not tell of."""
        desk, risk = self._desk, self._desk.store.risk.latest
        if not self.guardians():
            return self.able()
        if risk is None or desk.wires is None or not any(account.link for account in risk.accounts):
            return ()
        paper = desk.wires.is_paper
        watched = {one.link for one in risk.accounts if one.link and paper(one.link) == paper(risk.link)}
        return tuple(link for link in self.able() if link not in watched)

    def engage(self, links: Iterable[str], now: float) -> None:
        """Stop everything on these links; once more, ask again for what is left."""
        self.engaged, self.verified, self._late, self._since = True, False, False, now
        self._looked = now
        self.links = tuple(dict.fromkeys((*self.links, *links)))
        self._desk.gate.halted = True
        self._asked.clear()
        text = f"kill switch engaged by the console: {', '.join(self.links)}"
        self._desk.store.journal.write(now, "", "risk", text, severity=Severity.CRITICAL)
        self.revision += 1
        self.follow(now)

    def release(self, now: float) -> None:
        """Allow orders again; what was paused stays paused."""
        self.engaged = self.verified = self._desk.gate.halted = False
        self.links = ()
        text = "kill switch of the console released"
        self._desk.store.journal.write(now, "", "risk", text, severity=Severity.CRITICAL)
        self.revision += 1

    def follow(self, now: float) -> None:
        """Ask for what came up since, and look whether anything is left; called by the frame clock."""
        if not self.engaged:
            return
        left = list(self.left())
        for thing in left:
            if thing.key not in self._asked and self._ready(thing.link):
                self._asked[thing.key] = self._ask(thing)
                self.revision += 1
        if any(one.what == "holdings" for one in left):
            self._look_again(now)
        verified = not left and all(self._told(link, now) for link in self.links)
        late = now >= self._since + LATE_SECONDS
        if (verified, late) != (self.verified, self._late):
            self.verified, self._late = verified, late
            self.revision += 1

    def _look_again(self, now: float) -> None:
        """What a strategy holds is told only when it is asked for."""
        if now < self._looked + LOOK_SECONDS:
            return
        self._looked = now
        for link in self.links:
            if self._desk.can(link, ListStrategies) and self._ready(link):
                with suppress(CommandError):  # asked again soon
                    self._desk.send(ListStrategies(link=link))

    def _told(self, link: str, now: float) -> bool:
        """Whether a link has had the time to tell what it has: some tell it one by one after connecting."""
        view = self._desk.store.links.get(link)
        return view is not None and view.ready and now >= max(self._since, view.since) + LOOK_SECONDS

    def _ready(self, link: str) -> bool:
        return self._desk.store.links.ready(link)

    def _ask(self, thing: Thing) -> str:
        stop = thing.stop
        if stop is None or thing.kind is None:
            return _HELD if thing.what == "holdings" else "has no number yet: verify"
        if not self._desk.can(thing.link, thing.kind):
            return "this link carries no such command"
        wires, gate = self._desk.wires, self._desk.gate
        if not gate.allowed and wires is not None and not wires.is_paper(thing.link):
            return f"not sent: LIVE, and started without {LIVE_FLAG}"
        more = {"reference": self._desk.reference()} if thing.kind in (CancelOrder, ClosePosition) else {}
        try:
            self._desk.send(stop(**more), typed=True)
        except CommandError as error:
            return f"not sent: {str(error).removeprefix('Not sent: ')}"
        return ""

    def left(self) -> Iterator[Thing]:
        """What can still trade or lose, in the order in which it is stopped."""
        yield from self._machines()
        yield from self._trades()

    def _machines(self) -> Iterator[Thing]:
        store = self._desk.store
        for one in store.strategies:
            if one.link in self.links and one.status not in RESTING:
                pause = partial(PauseStrategy, link=one.link, strategy_id=one.id)
                yield Thing(one.link, "strategies", one.id, one.name or one.id, pause, PauseStrategy)
        for bot in (view.bot for view in store.bots):
            if bot.link in self.links and bot.status not in RESTING:
                stop = partial(ControlBot, link=bot.link, command="PAUSE")
                yield Thing(bot.link, "bot", "", "the bot", stop, ControlBot)

    def _trades(self) -> Iterator[Thing]:
        store = self._desk.store
        for order in (one for one in store.orders.active if one.link in self.links):
            identity = order.id or order.reference or ""
            name = f"{short_symbol(order.symbol)} {order.side} {numbers.quantity(order.quantity)}"
            cancel = partial(CancelOrder, link=order.link, order_id=order.id) if order.id else None
            yield Thing(order.link, "orders", identity, name, cancel, CancelOrder)
        for held in (one for one in store.positions if one.link in self.links):
            name = f"{short_symbol(held.symbol)} {held.side} {numbers.quantity(held.quantity)}"
            close = partial(ClosePosition, link=held.link, position_id=held.id)
            yield Thing(held.link, "positions", held.id, name, close, ClosePosition)
        for one in (one for one in store.strategies if one.link in self.links):
            yield from self._holdings(one)

    def _holdings(self, one: Strategy) -> Iterator[Thing]:
        """What a strategy holds: one stop closes all of it, where the link said that a stop can."""
        held = [f"{numbers.quantity(own.quantity)} {own.symbol}" for own in one.positions]
        of = f" of {one.name or one.id}"
        able = one.status != "STOPPED" and self._desk.store.strategies.closes_positions(one.link)
        if held and (able or (one.link, "holdings", one.id) in self._asked):
            stop = partial(StopStrategy, link=one.link, strategy_id=one.id, close_positions=True)
            yield Thing(one.link, "holdings", one.id, f"{', '.join(held)}{of}", stop, StopStrategy)
        else:
            for own, text in zip(one.positions, held, strict=True):
                yield Thing(one.link, "holdings", f"{one.id} {own.symbol}", text + of, None, None)

    def report(self) -> tuple[str, ...]:
        """`name: value` a line: what was done on each link, and one by one what is left."""
        left = list(self.left())
        lines = [f"engaged: by the console itself, on {len(self.links)} link{'s' * (len(self.links) > 1)}"]
        for link in self.links:
            view = self._desk.store.links.get(link)
            if view is None or not view.ready:
                state = view.state if view else "not there"
                lines.append(f"{link}: {state}, nothing can be verified{FAILED}")
            for what in _DONE:
                lines += self._lines(
                    link, what, [one for one in left if (one.link, one.what) == (link, what)]
                )
        return (
            *lines,
            "verified: nothing is left" if self.verified else f"NOT verified yet: {len(left)} left",
        )

    def _lines(self, link: str, what: str, left: list[Thing]) -> Iterator[str]:
        hopeless = _HELD  # what nothing was sent for is not counted among what was
        asked = sum(key[:2] == (link, what) and why != hopeless for key, why in self._asked.items())
        remaining = sum(self._asked.get(one.key, hopeless) != hopeless for one in left)
        waits = FAILED if self._late else REMAINS
        if asked:
            yield f"{link} {what}: {asked - remaining} of {asked} {_DONE[what]}{waits if remaining else ''}"
        for one in left[:LISTED]:
            why = self._asked.get(one.key, "")
            yield f"  {one.name}: {why or _LEFT[what]}{FAILED if why else waits}"
        if len(left) > LISTED:
            yield f"  and {len(left) - LISTED} more: {_LEFT[what]}{waits}"
