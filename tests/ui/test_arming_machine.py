"""The ladder's arming against a model of a few lines, under anything a hand and a network may do.

`ARMING_EXAMPLES` and `ARMING_STEPS` make it longer, `ARMING_SEED` another one.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from random import Random
from typing import Any

from hypothesis import note, seed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.state_machines import walks
from tests.torture import figures
from tests.ui import scene
from tui_trader.model.commands import CancelOrder, ClosePosition, ModifyOrder, PlaceOrder
from tui_trader.model.events import LinkChanged
from tui_trader.model.values import LinkState

EXAMPLES = int(os.environ.get("ARMING_EXAMPLES", "1"))
STEPS = int(os.environ.get("ARMING_STEPS", "45"))
SEED = int(os.environ.get("ARMING_SEED", "1"))
FRESH_SECONDS = 3.0
REPEAT_SECONDS = 0.5
FEEDS = ("onetrade", "market_data_gateway")
"""The account's link, and the one the depth comes by."""
TRADES = {"b": PlaceOrder, "s": PlaceOrder, "X": ClosePosition}
OUT_OF_BAND = (PlaceOrder, ModifyOrder, CancelOrder, ClosePosition)

KEYS = ["enter"] * 5 + ["b", "b", "s", "X", "x", "shift+up", "escape", "j", "3", "space"]
WAYS = ["tab", "line", "look"]


def happening(chance: Random) -> tuple[str, Any]:
    """What happens next. Not hypothesis' own choice: its first example is the dullest there is."""
    plain: list[tuple[str, Any]] = [
        ("press", chance.choice(KEYS)),
        ("press", chance.choice(KEYS)),
        ("wait", chance.choice([0.1, 0.3, 0.6, 0.6, 1.0, 2.0, 3.5])),
        ("feed", ""),
        ("feed", ""),
        ("lose", chance.choice(FEEDS)),
        ("regain", chance.choice(FEEDS)),
        ("regain", chance.choice(FEEDS)),
    ]
    while_armed: list[tuple[str, Any]] = [
        ("leave", chance.choice(WAYS)),
        ("lose", chance.choice(FEEDS)),
        ("wait", 3.5),
        ("press", chance.choice(KEYS)),
    ]
    return chance.choice([*plain, *(("armed", one) for one in while_armed)])


class ArmingMachine(RuleBasedStateMachine):
    """`armed_at` is all that the model remembers of the pane; everything else is the world."""

    make_stage: Any

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.armed_at: float | None = None
        self.pressed = float("-inf")
        self.depth = self.quote = 0.0
        self.down: set[str] = set()
        self.step = 0

    @initialize()
    def begin(self) -> None:
        """Open a console on a busy day, the keyboard on the ladder."""
        self.runner.run(self.open())

    async def open(self) -> None:
        self.it = await self.stack.enter_async_context(self.make_stage())
        self.pane = self.it.app.board.panes["order_book"]
        await self.it.press("tab", "tab")
        await self.tell_prices()

    @rule(number=st.integers(0, 2**32))
    def happens(self, number: int) -> None:
        """Something happens; then console and model must say the same."""
        self.step += 1
        event = happening(Random(f"{SEED}/{self.step}/{number}"))
        note(f"{event}")
        name, term = event
        figures.add(inputs=1)
        before = len(self.it.wires.sent)
        expected = self.runner.run(getattr(self, name)(term))
        if not self.live():
            self.armed_at = None
        sent = [one for one in self.it.wires.sent[before:] if isinstance(one, OUT_OF_BAND)]
        assert [type(one) for one in sent] == expected, (event, sent)
        assert (self.pane.armed_since is not None) == (self.armed_at is not None), event
        assert ("ARMED" in self.it.screen) == (self.armed_at is not None), event

    @property
    def now(self) -> float:
        """The console's clock."""
        return self.it.clock.now

    def live(self) -> bool:
        """Whether the market may be traded on."""
        fresh = self.now - min(self.depth, self.quote) <= FRESH_SECONDS
        return fresh and not self.down

    async def armed(self, event: tuple[str, Any]) -> list[type]:
        """Make sure that it is armed, and then something happens."""
        for link in FEEDS:
            await self.regain(link)
        await self.wait(1.0)
        if not self.live():
            self.armed_at = None
        await self.tell_prices()
        if self.armed_at is None:
            await self.press("enter")
        assert self.pane.armed_since is not None
        name, term = event
        expected: list[type] = await getattr(self, name)(term)
        return expected

    async def press(self, key: str) -> list[type]:
        """Press a key; what must have been sent by it."""
        if key == "3" and self.armed_at is None:
            return []  # it would go to another workspace
        await self.it.press(key)
        return self.model_of(key)

    def model_of(self, key: str) -> list[type]:
        armed = self.armed_at is not None
        if key == "enter":
            if not armed and self.live():
                self.armed_at = self.now
            elif self.armed_at is not None and self.now - self.armed_at > REPEAT_SECONDS:
                self.armed_at = None
        elif key == "escape":
            self.armed_at = None
        elif key in (*TRADES, "x", "shift+up") and armed:
            repeated = self.now - self.pressed < REPEAT_SECONDS
            if key != "shift+up":  # every press of a move counts
                self.pressed = self.now
            if key in TRADES and not repeated:
                return [TRADES[key]]
        return []

    async def wait(self, seconds: float) -> list[type]:
        """Time passes."""
        await self.it.wait(seconds)
        return []

    async def feed(self, _: str) -> list[type]:
        """Fresh prices arrive, by the links that are there."""
        await self.tell_prices()
        return []

    async def tell_prices(self) -> None:
        if "market_data_gateway" not in self.down:
            await self.it.tell(scene.depth())
            self.depth = self.now
        if "onetrade" not in self.down:
            await self.it.tell(*(q for q in scene.quotes(scene.BEATS - 1) if q.link == "onetrade"))
            self.quote = self.now

    async def lose(self, link: str) -> list[type]:
        """A link is lost."""
        self.down.add(link)
        await self.it.tell(LinkChanged(link, LinkState.RECONNECTING))
        return []

    async def regain(self, link: str) -> list[type]:
        """A link is back: nothing is armed by that."""
        if link in self.down:
            self.down.discard(link)
            await self.it.tell(LinkChanged(link, LinkState.READY))
        return []

    async def leave(self, how: str) -> list[type]:
        """The keyboard goes elsewhere and comes back, or the instrument changes: both disarm."""
        match how:
            case "tab":
                await self.it.press("tab")
                assert not self.pane.has_focus
                await self.it.press("shift+tab")
            case "line":
                await self.it.press("colon")
                await self.it.press("escape")
            case _:
                self.it.app.front.look_at("GBPUSD")
                await self.it.show()
                self.it.app.front.look_at("EURUSD")
                await self.it.show()
        self.armed_at = None
        if not self.pane.has_focus:
            self.it.app.front.show_pane("order_book")
            await self.it.until(lambda: self.pane.has_focus)
        await self.it.show()
        return []

    def teardown(self) -> None:
        """Close the console."""
        self.runner.run(self.stack.aclose())
        self.runner.close()


def test_nothing_leaves_a_ladder_that_is_not_armed_and_live(stage: Any) -> None:
    class Machine(ArmingMachine):
        make_stage = staticmethod(stage)

    run_state_machine_as_test(seed(SEED)(Machine), settings=walks(EXAMPLES, STEPS))
