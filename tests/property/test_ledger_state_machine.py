"""Random commands and time on the real market: orders end once; fills, positions and money agree exactly.

The checks read only what everybody can read: the events, and the accounts' states. `LEDGER_EXAMPLES` makes it
longer; with `NO_SHRINK` a failure is told as it was found.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from embedded_server.accounts.accounts import Accounts
from embedded_server.accounts.venues import DOCUMENTED, REALISTIC
from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import HOUR, MILLISECOND, SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.market import Market
from embedded_server.model.commands import (
    Accepted,
    AnswerRequote,
    CancelOrder,
    ClosePosition,
    ModifyOrder,
    ModifyPosition,
    PlaceOcoOrders,
    PlaceOrder,
)
from embedded_server.model.enums import OrderKind, OrderStatus, Side, TimeInForce
from embedded_server.model.states import OrderState, PositionState
from tests.property.ledger_judge import PAIR, LedgerJudge
from tests.torture import figures

KEYS = {
    "AAPL": "equities",
    "BTCUSDT": "spot",
    "BTCUSDT-PERP": "futures",
    "EURUSD": "forex",
    "USDJPY": "forex",
}
START = 1_767_571_200 * SECOND + 72 * HOUR - 15 * SECOND
"""A quarter of a minute before the midnight that ends a Wednesday."""
STRANGER = 1_000_000_000
SIZES = {"AAPL": 400, "BTCUSDT": 3_000, "BTCUSDT-PERP": 4_000, "EURUSD": 150, "USDJPY": 150}

keys = st.sampled_from(sorted(KEYS))
sides = st.sampled_from(list(Side))
steps = st.integers(-60, 60)
"""Distances from the price, in hundred-thousandths of it: six basis points either way."""
picks = st.integers(0, 30)
parts = st.floats(0.01, 3.0)


def _failing() -> bool:
    """Whether a rule or a check has failed; hypothesis also ends examples that it gives up."""
    error = sys.exc_info()[1]
    return isinstance(error, Exception) and not isinstance(error, HypothesisException)


class LedgerMachine(RuleBasedStateMachine):
    """Four accounts, five instruments, anything a client may try."""

    told_failure = False
    """hypothesis plays a failure again, to make it small and to show it: its figures count once."""

    @initialize(seed=st.integers(0, 5), realistic=st.booleans())
    def begin(self, seed: int, realistic: bool) -> None:
        """Open the market."""
        self.simulation = Simulation(seed=seed, start=START)
        self.market = Market(self.simulation, [i for i in CATALOGUE if i.key in KEYS])
        self.accounts = Accounts(self.simulation, self.market, venues=REALISTIC if realistic else DOCUMENTED)
        self.market.start()
        self.strangers = STRANGER
        self.judge = LedgerJudge(self.accounts, self.market)
        self.accepted: set[int] = set()
        self.commands = 0
        self.collect()

    @rule(
        key=keys,
        side=sides,
        kind=st.sampled_from(list(OrderKind)),
        size=parts,
        step=steps,
        stop=steps,
        extras=st.fixed_dictionaries(
            {},
            optional={
                "stop_loss": steps,
                "take_profit": steps,
                "trailing": st.integers(5, 60),
                "deviation": st.integers(0, 20),
                "time_in_force": st.sampled_from(list(TimeInForce)),
                "reduce_only": st.just(True),
                "position": picks,
                "group": st.sampled_from("abcdefgh"),
                "leverage": st.sampled_from([5, 50, 125]),
                "strategy": st.sampled_from(["sma", "rsi"]),
            },
        ),
    )
    def place(  # noqa: PLR0917 - one parameter a term
        self, key: str, side: Side, kind: OrderKind, size: float, step: int, stop: int, extras: dict[str, Any]
    ) -> None:
        """Send an order, sound or not."""
        account = KEYS[key]
        held = [p for p in self.accounts[account].positions() if p.instrument == key]
        position = held[extras["position"] % len(held)] if held and "position" in extras else None
        force = extras.get("time_in_force", TimeInForce.GTC)
        limited = kind in (OrderKind.LIMIT, OrderKind.STOP_LIMIT) or "deviation" in extras
        command = PlaceOrder(
            account=account,
            instrument=key,
            side=position.side.opposite if position else side,
            kind=kind,
            lots=max(1, round(size * SIZES[key])),
            price=self.near(key, step) if limited else None,
            stop_price=self.near(key, stop) if kind in (OrderKind.STOP, OrderKind.STOP_LIMIT) else None,
            stop_loss=self.near(key, extras["stop_loss"]) if "stop_loss" in extras else None,
            take_profit=self.near(key, extras["take_profit"]) if "take_profit" in extras else None,
            trailing_ticks=self.distance(key, extras["trailing"]) if "trailing" in extras else None,
            time_in_force=force,
            expires_at=self.simulation.now + 20 * SECOND if force is TimeInForce.GTD else None,
            reduce_only="reduce_only" in extras,
            deviation_ticks=extras.get("deviation"),
            position_id=position.id if position else None,
            oco_group=extras.get("group"),
            leverage=extras.get("leverage"),
            strategy=extras.get("strategy"),
        )
        before = Counter(a.id for a in self.accounts for _ in a.order_history())
        outcome = self.accounts.submit(command)
        self.simulation.settle()
        if isinstance(outcome, Accepted):
            assert self.accounts[account].order(int(outcome.id or 0)) is not None
        else:
            assert before == Counter(a.id for a in self.accounts for _ in a.order_history())

    @rule(key=keys, side=sides, size=parts)
    def trade(self, key: str, side: Side, size: float) -> None:
        """Send a plain market order: most of them fill, so that there is something to lose."""
        self.at_market(key, side, 4 * size * SIZES[key])

    @rule(
        key=st.sampled_from(["EURUSD", "USDJPY"]),
        side=sides,
        size=parts,
        deviation=st.integers(0, 5),
        forced=st.booleans(),
        closing=st.booleans(),
    )
    def deal(self, *, key: str, side: Side, size: float, deviation: int, forced: bool, closing: bool) -> None:
        """Send an order to the dealer and wait for the decision."""
        if forced:
            self.accounts.dealer.force(1, deviation)
        held = [p for p in self.accounts["forex"].positions() if p.instrument == key]
        position = held[0] if held and closing else None
        side = position.side.opposite if position else side
        quote = self.market.quote(key)
        self.at_market(
            key,
            side,
            position.lots if position else size * SIZES[key],
            price=(quote.ask if side is Side.BUY else quote.bid) or quote.last,
            deviation_ticks=deviation,
            position_id=position.id if position else None,
        )
        self.wait(1_200)

    @rule(side=sides, size=parts, leverage=st.sampled_from([50, 125]))
    def gamble(self, side: Side, size: float, leverage: int) -> None:
        """Open a future that a small move liquidates."""
        self.at_market("BTCUSDT-PERP", side, 3 * size * SIZES["BTCUSDT-PERP"], leverage=leverage)

    @rule(key=keys, size=parts, exits=st.tuples(st.integers(2, 40), st.integers(2, 40)))
    def bracket(self, key: str, size: float, exits: tuple[int, int]) -> None:
        """Buy, and leave a target and a stop that cancel each other."""
        lots = max(1, round(size * SIZES[key]))
        group = f"bracket-{len(self.judge.orders)}"
        outcome = self.at_market(key, Side.BUY, lots)
        mine = [p.id for p in self.accounts[KEYS[key]].positions() if p.instrument == key]
        if not isinstance(outcome, Accepted) or not mine:
            return
        terms: dict[str, Any] = {"account": KEYS[key], "instrument": key, "side": Side.SELL, "lots": lots}
        terms["oco_group"] = group
        if KEYS[key] == "futures":
            terms["reduce_only"] = True
        if KEYS[key] == "forex":
            terms["position_id"] = max(mine)
        self.submit(PlaceOrder(kind=OrderKind.LIMIT, price=self.near(key, exits[0]), **terms))
        self.submit(PlaceOrder(kind=OrderKind.STOP, stop_price=self.near(key, -exits[1]), **terms))

    @rule(
        key=keys,
        sides=st.tuples(sides, sides),
        size=parts,
        distances=st.tuples(steps, steps),
        trailing=st.none() | st.integers(5, 60),
    )
    def pair(
        self,
        key: str,
        sides: tuple[Side, Side],
        size: float,
        distances: tuple[int, int],
        trailing: int | None,
    ) -> None:
        """Send two orders at once of which only one may ever fill."""
        terms: dict[str, Any] = {"account": KEYS[key], "instrument": key}
        terms["lots"] = max(1, round(size * SIZES[key]))
        limit = PlaceOrder(kind=OrderKind.LIMIT, side=sides[0], price=self.near(key, distances[0]), **terms)
        stop = PlaceOrder(
            kind=OrderKind.STOP,
            side=sides[1],
            stop_price=self.near(key, distances[1]),
            trailing_ticks=None if trailing is None else self.distance(key, trailing),
            **terms,
        )
        group = f"{PAIR}{self.commands}"
        self.submit(PlaceOcoOrders(account=KEYS[key], orders=(limit, stop), oco_group=group))

    @precondition(lambda self: self.working())
    @rule(pick=picks)
    def cancel(self, pick: int) -> None:
        """Cancel something that works."""
        order = self.pick(self.working(), pick)
        self.submit(CancelOrder(account=order.account, order_id=order.id))

    @precondition(lambda self: self.working())
    @rule(pick=picks, size=parts, step=st.none() | steps, stop=st.none() | steps)
    def amend(self, pick: int, size: float, step: int | None, stop: int | None) -> None:
        """Change something that works."""
        order = self.pick(self.working(), pick)
        self.submit(
            ModifyOrder(
                account=order.account,
                order_id=order.id,
                lots=max(1, round(order.lots * size)),
                price=None if step is None else self.near(order.instrument, step),
                stop_price=None if stop is None else self.near(order.instrument, stop),
            )
        )

    @precondition(lambda self: any(o.status is OrderStatus.REQUOTED for o in self.working()))
    @rule(pick=picks, accepted=st.sampled_from([True, True, False]), late=st.sampled_from([0, 0, 6_000]))
    def answer(self, pick: int, accepted: bool, late: int) -> None:
        """Answer an offer, in time or late, and again: the second answer must not fill anything."""
        self.wait(late)
        offers = [o for o in self.working() if o.status is OrderStatus.REQUOTED]
        if not offers:
            return
        order = self.pick(offers, pick)
        command = AnswerRequote(account=order.account, order_id=order.id, accepted=accepted)
        self.submit(command)
        state = self.accounts[order.account].order(order.id)
        if state is not None and state.status.terminal:
            fills = len(self.accounts[order.account].deals())
            assert not isinstance(self.submit(command), Accepted)
            assert len(self.accounts[order.account].deals()) == fills

    @precondition(lambda self: self.held())
    @rule(pick=picks, stop=st.none() | steps, goal=st.none() | steps, trailing=st.none() | st.integers(0, 60))
    def protect(self, pick: int, stop: int | None, goal: int | None, trailing: int | None) -> None:
        """Change the protection of a position."""
        position = self.pick(self.held(), pick)
        key = position.instrument
        self.submit(
            ModifyPosition(
                account=position.account,
                position_id=position.id,
                stop_loss=None if stop is None else self.near(key, stop),
                take_profit=None if goal is None else self.near(key, goal),
                trailing_ticks=None if trailing is None else self.distance(key, trailing),
            )
        )

    @precondition(lambda self: self.held())
    @rule(pick=picks, part=st.none() | st.floats(0.01, 1.2))
    def close(self, pick: int, part: float | None) -> None:
        """Close a position, or a part of it."""
        position = self.pick(self.held(), pick)
        lots = None if part is None else max(1, round(position.lots * part))
        self.submit(ClosePosition(account=position.account, position_id=position.id, lots=lots))

    @rule(milliseconds=st.integers(1, 30_000))
    def wait(self, milliseconds: int) -> None:
        """Let time pass."""
        self.simulation.run_until(self.simulation.now + milliseconds * MILLISECOND)

    @rule(key=keys, fraction=st.sampled_from([-0.2, -0.03, -0.004, 0.004, 0.03, 0.15]))
    def jump(self, key: str, fraction: float) -> None:
        """Move the price."""
        self.market.move(key, fraction)
        self.simulation.settle()

    @rule(key=keys, side=sides, share=st.sampled_from([0.3, 1.0]))
    def drain(self, key: str, side: Side, share: float) -> None:
        """Somebody takes much, or all, of one side of the book."""
        self.strangers += 1
        lots = round(self.market.available(key, side, None) * share)
        if lots:
            self.market.submit(key, self.strangers, side, lots, None, rest=False)
            self.simulation.settle()

    @rule(count=st.integers(1, 3), ticks=st.integers(0, 30))
    def force_requotes(self, count: int, ticks: int) -> None:
        """Make the dealer stubborn."""
        self.accounts.dealer.force(count, ticks)

    @invariant()
    def everything_agrees(self) -> None:
        """Events first, then what the accounts say."""
        if not hasattr(self, "accounts"):
            return
        self.collect()
        self.judge.judge()

    def teardown(self) -> None:
        """What rests on the book is exactly what the accounts say."""
        if not hasattr(self, "accounts"):
            return
        if not LedgerMachine.told_failure:
            self.tell()
        LedgerMachine.told_failure |= _failing()
        for order in self.working():
            waiting = order.stop_price is not None and not order.triggered
            resting = order.status in (OrderStatus.WORKING, OrderStatus.PARTIALLY_FILLED) and not waiting
            on_book = self.market.cancel(order.instrument, order.id)
            assert on_book == (order.remaining_lots if resting else 0), order

    def tell(self) -> None:
        """Count what was accepted, and what is there of it: once, twice or not."""
        there = [o.id for a in self.accounts for o in (*a.working_orders(), *a.order_history())]
        lost = len(self.accepted - set(there))
        twice = len(there) - len(set(there))
        figures.add(inputs=self.commands, acknowledged=len(self.accepted), lost=lost, duplicated=twice)

    def collect(self) -> None:
        """Follow the events: every order one beginning and one ending, every position likewise."""
        for event in self.simulation.take_emitted():
            self.judge.follow(event)

    def at_market(self, key: str, side: Side, lots: float, **terms: Any) -> Any:
        """Send a market order of at least one lot."""
        whole = max(1, round(lots))
        terms |= {"account": KEYS[key], "instrument": key, "side": side, "lots": whole}
        return self.submit(PlaceOrder(kind=OrderKind.MARKET, **terms))

    def submit(self, command: Any) -> Any:
        """Submit as the engine does."""
        self.commands += 1
        outcome = self.accounts.submit(command)
        if isinstance(command, PlaceOrder) and isinstance(outcome, Accepted):
            self.accepted.add(int(outcome.id))
        self.simulation.settle()
        return outcome

    def near(self, key: str, step: int) -> int:
        """A price so many basis points / 10 from the last."""
        last = self.market.quote(key).last
        return max(1, last + step * last // 100_000)

    def distance(self, key: str, step: int) -> int:
        """A distance in ticks."""
        return step * self.market.quote(key).last // 100_000

    def working(self) -> list[OrderState]:
        """Every order that has not ended."""
        return [o for a in self.accounts for o in a.working_orders()]

    def held(self) -> list[PositionState]:
        """Every open position."""
        return [p for a in self.accounts for p in a.positions()]

    @staticmethod
    def pick(items: list[Any], number: int) -> Any:
        """One of the items."""
        return items[number % len(items)]


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(
    max_examples=int(os.environ.get("LEDGER_EXAMPLES", "60")),
    phases=[phase for phase in Phase if phase is not Phase.shrink or "NO_SHRINK" not in os.environ],
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
