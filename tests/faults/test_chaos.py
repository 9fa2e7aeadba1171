"""Store against server under chaos: a state machine of user, market and network; at rest both say the same.

`CHAOS_EXAMPLES` and `CHAOS_STEPS` make it longer, `CHAOS_SEED` another one.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from random import Random
from typing import Any

from hypothesis import note, seed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from embedded_server.model import commands as engine
from tests.faults.chaos_stage import ACCOUNTS, RESTING, ChaosStage, chaos_stage
from tests.state_machines import walks
from tests.torture import figures
from tui_trader.model import commands as c
from tui_trader.model.values import Side

EXAMPLES = int(os.environ.get("CHAOS_EXAMPLES", "1"))
STEPS = int(os.environ.get("CHAOS_STEPS", "25"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))

SYMBOLS = dict(zip(ACCOUNTS, RESTING, strict=True))
CODES = [1000, 1001, 1003, 1006, 1008, 1009, 1011, 1012, 1013]
ANYWHERE = [*ACCOUNTS, *ACCOUNTS, "market_data_gateway", "orchestrator", "bot_core", "risk_guardian", "bars"]
SPELLS: list[dict[str, Any]] = [
    {"delay_seconds": 0.05},
    {"delay_seconds": 0.5},
    {"delay_seconds": 5.0},
    {"sliced": True},
    {"silent": True},
    {"stuck": True},
    {"truncate_after": 1},
    {"truncate_after": 700},
    {"mangle": "double"},
    {"mangle": "swap"},
    {"mangle": "drop"},
    {"replay": True},
]


def happening(chance: Random) -> tuple[str, dict[str, Any]]:
    """What happens next. Not hypothesis' own choice: its first example is the dullest there is."""
    link, anywhere = chance.choice(sorted(ACCOUNTS)), chance.choice(ANYWHERE)
    side, weather, pick = chance.choice(list(Side)), chance.choice(SPELLS), chance.randrange(6)
    heads = chance.random() < 0.5
    plan = [(chance.choice(list(Side)), chance.random() < 0.5) for _ in range(chance.randint(1, 4))]
    stormy = {
        "link": link,
        "weather": weather,
        "plan": plan,
        "seconds": chance.choice([0.2, 1.0, 12.0]),
        "ending": chance.choice(["", "cut", "reset"]),
    }
    return chance.choice(
        [
            *[("order_in_a_storm", stormy)] * 3,
            ("order", {"link": link, "side": side, "resting": heads}),
            ("cancel", {"link": link, "pick": pick}),
            ("close", {"link": link, "pick": pick}),
            ("strategy", {"pick": pick, "start": heads}),
            ("market", {"fraction": chance.choice([-0.01, 0.002, 0.02])}),
            ("wait", {"seconds": chance.choice([0.2, 1.0, 4.0, 31.0, 75.0])}),
            ("storm", {"link": anywhere, "weather": weather}),
            ("cut", {"link": anywhere, "rudely": heads}),
            ("close_code", {"code": chance.choice(CODES), "link": anywhere}),
            ("wall_clock", {"seconds": chance.choice([-3_600, 3_600])}),
            ("freeze", {"console": heads, "seconds": chance.choice([2.0, 15.0, 45.0])}),
            ("rest", {}),
        ]
    )


LOSSY = ("silent", "mangle", "truncate_after")
"""What TCP does not mend: the connection must be made anew before both can agree."""


class ChaosMachine(RuleBasedStateMachine):
    """A user who orders, a market that moves, and a network that does what it wants."""

    told_failure = False
    """hypothesis plays a failure again, to show it: its figures count once."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.it: ChaosStage
        self.lossy = False
        self.happened = 0
        self.failed = False

    def run(self, work: Any) -> Any:
        """Do it, then judge what is always so."""
        result = self.runner.run(work)
        self.it.check_live()
        self.it.check_orders()
        return result

    @initialize(seed=st.integers(1, 3))
    def begin(self, seed: int) -> None:
        """Open server, proxies and console."""

        async def work() -> None:
            self.it = await self.stack.enter_async_context(chaos_stage(seed=seed))

        self.runner.run(work())

    @rule(number=st.integers(0, 2**32))
    def happens(self, number: int) -> None:
        """Something happens; what is always so is judged after it."""
        self.happened += 1
        name, terms = happening(Random(f"{SEED}/{self.happened}/{number}"))
        note(f"{name} {terms}")
        try:
            getattr(self, name)(**terms)
        except BaseException:
            self.failed = True
            raise

    def order(self, link: str, side: Side, resting: bool) -> None:
        """Confirm an order."""
        self.run(self.it.confirm(link, SYMBOLS[link], side, resting=resting))

    def order_in_a_storm(
        self,
        link: str,
        weather: dict[str, Any],
        plan: list[tuple[Side, bool]],
        seconds: float,
        ending: str,
    ) -> None:
        """Confirm orders in the middle of it; the connections may end before the answers are there."""
        self.storm(link, weather)
        for side, resting in plan:
            self.run(self.it.confirm(link, SYMBOLS[link], side, resting=resting))
        if ending:
            self.cut(link, ending == "reset")
        self.wait(seconds)

    def cancel(self, link: str, pick: int) -> None:
        """Cancel something that is shown as working."""
        shown = [o for o in self.it.store.orders.active if o.link == link and o.id]
        if shown:
            order = shown[pick % len(shown)]
            self.say(c.CancelOrder(link=link, order_id=order.id, reference=self.it.desk.reference()))

    def close(self, link: str, pick: int) -> None:
        """Close something that is shown as held."""
        held = [one for one in self.it.store.positions if one.link == link]
        if held:
            one = held[pick % len(held)]
            self.say(c.ClosePosition(link=link, position_id=one.id, reference=self.it.desk.reference()))

    def strategy(self, pick: int, start: bool) -> None:
        """Start or stop a strategy."""
        known = list(self.it.store.strategies)
        if known:
            name = known[pick % len(known)].id
            self.say(
                c.StartStrategy(link="orchestrator", strategy_id=name)
                if start
                else c.StopStrategy(link="orchestrator", strategy_id=name)
            )

    def market(self, fraction: float) -> None:
        """Something happens that the user did not do."""
        for key in RESTING:
            self.it.server.engine.submit(engine.MovePrice(instrument=key, fraction=fraction))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.run(self.it.advance(seconds, 1.0))

    def storm(self, link: str, weather: dict[str, Any]) -> None:
        """The weather of a link changes."""
        self.lossy |= any(name in LOSSY for name in weather)
        self.it.weather(link, **weather)

    def cut(self, link: str, rudely: bool) -> None:
        """A link's connections end."""
        for proxy in self.it.proxies[link]:
            proxy.reset() if rudely else proxy.cut()
        self.run(self.it.breathe())

    def close_code(self, code: int, link: str) -> None:
        """The server ends a link's connection, for whatever reason."""

        async def work() -> None:
            for session in list(self.it.server.endpoint(link).sessions):
                session.abort() if code == 1006 else session.close(code, "chaos")
            await self.it.breathe()

        self.run(work())

    def wall_clock(self, seconds: int) -> None:
        """The wall clocks of both machines are set; no age may follow them."""
        self.it.clock._epoch_ms += seconds * 1_000
        self.it.server.time._epoch_ms += seconds * 1_000  # type: ignore[attr-defined]

    def freeze(self, console: bool, seconds: float) -> None:
        """One side's loop stands still (a stopped process, a suspended machine); all its timers are late."""

        async def work() -> None:
            if console:
                await self.it.server.advance(seconds)
                self.it.clock.advance(seconds)
            else:
                for _ in range(int(seconds)):
                    self.it.clock.advance(1.0)
                    await self.it.breathe()
                await self.it.server.advance(seconds)
            await self.it.breathe()

        self.run(work())

    def rest(self) -> None:
        """The storm is over: both sides must come to say the same."""
        self.run(self.it.quiesce(anew=self.lossy))
        self.lossy = False
        self.it.check_fates()
        self.it.check_same()

    def say(self, command: c.Command) -> None:
        """Send a command that is not an order; it may be refused."""

        async def work() -> None:
            await self.it.advance(0.01)
            self.it.send(command)
            await self.it.breathe()

        self.run(work())

    def teardown(self) -> None:
        """Judge once more, add the figures up as they are, and leave nothing."""
        try:
            if hasattr(self, "it"):
                self._judge()
        finally:
            self.runner.run(self.stack.aclose())
            self.runner.close()

    def _judge(self) -> None:
        try:
            self.rest()
        except BaseException:
            self.failed = True
            raise
        finally:
            if not ChaosMachine.told_failure:
                tell(self.it.figures(), self.happened)
            ChaosMachine.told_failure |= self.failed


def tell(counted: dict[str, int], happened: int) -> None:
    """Add up what was counted, also where the judgement is that it failed."""
    names = ("faults", "acknowledged", "lost", "duplicated")
    figures.add(inputs=happened, **{name: counted[name] for name in names})


TestChaosMachine = seed(SEED)(ChaosMachine.TestCase)
TestChaosMachine.settings = walks(EXAMPLES, STEPS)
