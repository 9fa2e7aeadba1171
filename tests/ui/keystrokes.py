"""Random keystrokes, and what each may send: told by the screen before it, not by the program's state."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from embedded_server.model import commands as c
from embedded_server.model.enums import Reason
from embedded_server.model.events import OrderPlaced, OrderRejected
from tests.ui.market_stage import MarketStage
from tui_trader.model.commands import Command

OPENING = (c.PlaceOrder, c.PlaceOcoOrders, c.ClosePosition)
"""Commands that make orders."""
CHANGING = (c.ModifyOrder, c.CancelOrder, c.ModifyPosition)
WATCHED = (
    *OPENING, *CHANGING, c.AnswerRequote, c.StartStrategy, c.PauseStrategy, c.StopStrategy, c.ControlBot,
    c.SetRiskLimits, c.EngageKillSwitch, c.ReleaseKillSwitch,
)  # fmt: skip
"""Commands that no key may send by itself."""

NAVIGATION = [
    "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "space",
    "question_mark", "slash", "less_than_sign", "greater_than_sign", "left_square_bracket",
    "right_square_bracket", "plus", "minus", "comma", "asterisk", "backspace", "ctrl+k", "ctrl+s", "colon",
    "f5", "f6", "f7", "f9", "escape", "escape", "escape", "shift+up", "shift+down",
]  # fmt: skip
LETTERS = [*"abcdefghijklmnopqrstuvwxyzGJKSTX123456789"]
REPEAT_SECONDS = 0.5

_ORDER_KEYS = {
    "order_book": {"b": c.PlaceOrder, "s": c.PlaceOrder},
    "positions": {"x": c.ClosePosition, "2": c.ClosePosition, "5": c.ClosePosition, "7": c.ClosePosition},
}
"""One press of these, armed, makes one order: closing a spot holding is a market order too."""
_OTHER_KEYS = {
    "order_book": {"X": OPENING, "x": CHANGING, "shift+up": CHANGING, "shift+down": CHANGING,
                   "K": CHANGING, "J": CHANGING},
    "positions": {"e": CHANGING, "f": CHANGING, "shift+up": CHANGING, "shift+down": CHANGING,
                  "K": CHANGING, "J": CHANGING},
    "orders": {"x": CHANGING, "c": CHANGING, "X": CHANGING, "shift+up": CHANGING, "shift+down": CHANGING,
               "K": CHANGING, "J": CHANGING},
    "strategies": {"p": (c.PauseStrategy,), "x": (c.StopStrategy,)},
    "bot": {"p": (c.ControlBot,), "x": (c.ControlBot,)},
}  # fmt: skip
_ANSWERS: dict[str, tuple[frozenset[str], tuple[type, ...]]] = {
    "ConfirmDialog": (
        frozenset({"enter", "y"}),
        (*OPENING, *CHANGING, c.StartStrategy, c.StopStrategy, c.ControlBot, c.ReleaseKillSwitch),
    ),
    "TicketDialog": (frozenset({"enter"}), OPENING),
    "AmendDialog": (frozenset({"enter"}), CHANGING),
    "RequoteDialog": (frozenset({"a", "r"}), (c.AnswerRequote,)),
    "StartDialog": (frozenset({"enter"}), (c.StartStrategy,)),
    "StopDialog": (frozenset({"k", "c"}), (c.StopStrategy,)),
    "LimitsDialog": (frozenset({"enter"}), (c.SetRiskLimits,)),
    "KillSwitchDialog": (frozenset({"enter"}), (c.EngageKillSwitch, c.ReleaseKillSwitch)),
}
_SENDS = {"TicketDialog": "send it", "StartDialog": "start it"}
"""Words on the screen without which Enter only looks over."""
_MACHINES = (c.PauseStrategy, c.StopStrategy, c.ControlBot)
_REDUCING = ("close", "cancel", "flatten", "strat", "bot")
"""Lines that are sent without a question, because they add no risk; the typed line is the confirmation."""


@dataclass(frozen=True)
class Leave:
    """What the next key may send: by which right, commands of which types, orders at most."""

    right: str
    commands: tuple[type, ...]
    orders: int
    certain: bool = False
    """An order must come of it, or a reason must be told."""


def leave_of(it: MarketStage, key: str) -> Leave | None:
    """What the screen promises of a key; None: nothing may come of it."""
    top, screen = type(it.app.screen).__name__, it.screen
    if top in _ANSWERS:
        keys, commands = _ANSWERS[top]
        if key not in keys or _SENDS.get(top, "") not in screen:
            return None
        return Leave("confirmation", commands, _orders_asked(it, screen) if top == "ConfirmDialog" else 2)
    if len(it.app.screen_stack) > 1:
        return None
    return _typed_line(it, key) if it.app.command_line.display else _armed_key(it, key)


def _typed_line(it: MarketStage, key: str) -> Leave | None:
    verb = "".join(it.app.command_line.input.value.split()[:1])
    reducing = key == "enter" and verb in _REDUCING
    return Leave("typed line", (*OPENING, *CHANGING, *_MACHINES), _held(it)) if reducing else None


def _armed_key(it: MarketStage, key: str) -> Leave | None:
    pane = getattr(it.app.focused, "KEY", "")
    if "disarm" not in it.screen.splitlines()[-1]:  # a toast may lie over the title's badge
        return None
    if order := _ORDER_KEYS.get(pane, {}).get(key):
        return Leave("armed key", (order, c.PlaceOrder), 1, certain="no open" not in it.screen)
    if changes := _OTHER_KEYS.get(pane, {}).get(key):
        return Leave("armed key", (*changes, c.PlaceOrder) if key == "X" else changes, _held(it))
    return None


def _orders_asked(it: MarketStage, screen: str) -> int:
    """Orders that a question on the screen says it makes."""
    if "Reverse to" in screen:
        return 2
    return _held(it) if "Flatten everything?" in screen else 2 if "cancels the other" in screen else 1


def _held(it: MarketStage) -> int:
    """Positions of the server that a closing may be meant for."""
    return sum(len(account.positions()) for account in it.server.engine.accounts)


@dataclass
class Ledger:
    """What arrived at the server, beside the right by which it was sent."""

    it: MarketStage
    arrived: list[c.Command] = field(default_factory=list)
    presses: int = 0
    accepted: list[int] = field(default_factory=list)
    """Numbers of the orders that were made of what arrived, in the order of arrival."""
    refused: int = 0
    granted: int = 0
    """Orders asked for by presses and confirmations."""
    rights: Counter[str] = field(default_factory=Counter)
    said: int = 0
    """Armed order keys that sent nothing because the console told why not."""

    def __post_init__(self) -> None:
        engine = self.it.server.engine
        carry_out = engine.submit

        def taken(command: c.Command) -> c.Outcome:
            outcome = carry_out(command)
            self._take(command, outcome)
            return outcome

        engine.submit = taken
        self.limits = engine.guardian.limits
        self._pressed = float("-inf")
        self._sent = self._under_way = 0
        links = self.it.seat.links
        send = links.send

        def counted(command: Command) -> None:
            self._sent += 1
            send(command)

        links.send = counted

    def _take(self, command: c.Command, outcome: c.Outcome) -> None:
        self.arrived.append(command)
        if isinstance(command, OPENING):
            if isinstance(outcome, c.Accepted):
                assert isinstance(outcome.id, int)
                self.accepted += range(outcome.id, outcome.id + _orders_of(command))
            else:
                self.refused += _orders_of(command)

    async def press(self, key: str) -> None:
        """Press a key; what arrives must be what the screen promised, and what it promised must come."""
        leave, before = leave_of(self.it, key), len(self.arrived)
        told = {one.identity for one in self.it.app._notifications}
        counts = self.it.clock.now - self._pressed >= REPEAT_SECONDS
        await self._carried_out(key)
        self.presses += 1
        self._pressed = self.it.clock.now
        came = [one for one in self.arrived[before:] if isinstance(one, WATCHED)]
        making = [one for one in came if isinstance(one, OPENING)]

        def where() -> str:  # only a failure needs the screen, which takes its time
            return f"{key} after {self.presses:,} presses sent {came}\n{self.it.screen}"

        if leave is None:
            assert not came, where()
            return
        assert {type(one) for one in came} <= set(leave.commands), where()
        assert sum(_orders_of(one) for one in making) <= leave.orders, where()
        if leave.certain and counts:
            spoke = any(one.identity not in told for one in self.it.app._notifications)
            assert making or spoke, f"an armed key was swallowed: {where()}"
            self.said += not making
        self.granted += sum(map(_orders_of, making))
        self.rights[leave.right] += bool(came)
        await self._undo(came)

    async def _carried_out(self, key: str) -> None:
        """Press it; only what sends something needs the way to the server, and all of it every few keys.

        What left past the counter arrives later and is then nobody's: it fails all the same.
        """
        await self.it.seat.pilot.press(key)
        if self._sent != self._under_way or self.presses % 16 == 0:
            await self.it.travel()
            self._under_way = self._sent
        await self.it.show()

    async def _undo(self, came: list[c.Command]) -> None:
        """Limits typed at random would refuse every order from then on."""
        if any(isinstance(one, c.SetRiskLimits) for one in came):
            self.it.server.engine.guardian.limits = self.limits

    async def wait(self, seconds: float) -> None:
        """Time passes: nothing may leave that was not pressed."""
        before = len(self.arrived)
        await self.it.advance(seconds)
        came = [one for one in self.arrived[before:] if isinstance(one, WATCHED)]
        assert not came, f"{came} left by itself\n{self.it.screen}"

    def orders(self) -> list[int]:
        """Numbers of every order that the server made for a client, as its events tell."""
        told = (event for event in self.it.events if isinstance(event, OrderPlaced | OrderRejected))
        return sorted({event.order.id for event in told if event.order.reason is Reason.CLIENT})


def _orders_of(command: c.Command) -> int:
    return len(command.orders) if isinstance(command, c.PlaceOcoOrders) else 1


_LINES = (
    "buy 0.1 EURUSD market", "sell 0.1 GBPUSD market", "buy 0.01 BTCUSDT market", "sell 0.2 USDJPY market",
    "buy 0.1 EURUSD @ 1.05", "sell 0.1 EURUSD @ 1.35 sl 1.4", "buy 1 ETHUSDT @ 900", "buy 0.1 AAPL market",
    "oco sell 0.1 EURUSD 1.35 1.01", "flatten", "flatten all", "cancel all", "cancel EUR*", "close EURUSD",
    "chart EURUSD", "chart GBPUSD 5m", "chart BTCUSDT", "chart AAPL", "show order_book", "show positions",
    "show orders", "show strategies", "show bot", "strat 1 pause", "bot start", "nonsense", "buy", "release",
)  # fmt: skip
_TYPED = {" ": "space", ".": "full_stop", "@": "at", "*": "asterisk"}


def typed(text: str) -> list[str]:
    """Keys of a text."""
    return [_TYPED.get(character, character) for character in text]


WAIT = "wait"
"""Not a key: time for what one wants to be taken for a press of its own."""


def armed_hand(chance: random.Random) -> Iterator[str]:
    """What a monkey with a trader's habits does: any key at any time, and often a whole move."""
    while True:
        move = chance.random()
        if move < 0.35:
            yield chance.choice([*NAVIGATION, *LETTERS, "enter", "enter", "enter"])
        elif move < 0.65:
            yield from _trade(chance)
        elif move < 0.75:
            yield from ["escape", "colon", *typed(chance.choice(_LINES)), "enter"]
            yield from chance.choice([["y"], [WAIT, "y"], [WAIT, "enter"], [WAIT, "enter", "enter"], ["n"]])
        elif move < 0.83:
            yield from _ticket(chance)
        elif move < 0.9:
            yield from ["escape", WAIT, chance.choice(["a", "r", "y", "enter"])]
        else:
            yield WAIT


def _trade(chance: random.Random) -> Iterator[str]:
    """To a pane that trades, armed or not, and its keys."""
    yield from ["escape", "escape"]
    if chance.random() < 0.3:
        pane = chance.choice(["order_book", "positions", "orders"])
        yield from ["colon", *typed(f"show {pane}"), "enter", WAIT]
    yield from chance.choice([["enter"], [WAIT, "enter", WAIT], ["enter", "enter"], []])
    for _ in range(chance.randrange(1, 7)):
        yield chance.choice([*"bsxXjkvefm257cJK", "shift+up", "shift+down", "space", WAIT, WAIT])


def _ticket(chance: random.Random) -> Iterator[str]:
    """A ticket filled in more or less well."""
    yield from ["escape", "f9", chance.choice("bs"), "tab", chance.choice("mlso"), "tab"]
    yield from typed(chance.choice(["0.1", "0.25", "1%", "$5000", "x"]))
    yield from ["tab", *typed(chance.choice(["1.05", "1.35", "", "0"]))]
    yield from ["enter", WAIT, "enter", *(["enter"] * chance.randrange(3))]


def unarmed_hand(chance: random.Random) -> Iterator[str]:
    """Every key but those that arm or confirm."""
    while True:
        yield chance.choice([*NAVIGATION, *LETTERS])


def figures_of(ledger: Ledger) -> str:
    """A line to report."""
    by = ", ".join(f"{count:,} by {right}" for right, count in ledger.rights.items())
    orders = f"{len(ledger.orders()):,} orders, {ledger.refused:,} refused, {ledger.said:,} told why not"
    return f"{ledger.presses:,} keys: {orders}; what was sent: {by or 'nothing'}"
