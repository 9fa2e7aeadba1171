"""A stage for account tests: the real books without makers, so that a test sets every price itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from embedded_server.accounts.accounts import Accounts
from embedded_server.accounts.venues import DOCUMENTED, Venue
from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.market import Market
from embedded_server.model.commands import (
    Accepted,
    AnswerRequote,
    CancelOrder,
    ClosePosition,
    ModifyOrder,
    ModifyPosition,
    Outcome,
    PlaceOrder,
    Refused,
)
from embedded_server.model.enums import OrderKind, Side
from embedded_server.model.events import DepthChanged, Event, QuoteChanged, TradePrinted
from embedded_server.model.states import OrderState, PositionState

START = 1_767_571_200 * SECOND
"""Monday, 2026-01-05, 00:00 UTC."""
STRANGERS = 1_000_000_000
"""Order ids from here are other people's: no account knows them."""

E = TypeVar("E", bound=Event)
Command = PlaceOrder | ModifyOrder | CancelOrder | AnswerRequote | ModifyPosition | ClosePosition

_ACCOUNT_OF = {"equity": "equities", "spot": "spot", "perpetual": "futures", "forex": "forex"}


class StillMarket(Market):
    """The real market, never started: books change only by orders, marks only by the test."""

    marks: dict[str, int]
    shut: set[str]

    def is_open(self, key: str) -> bool:
        """Closed when the test shut it, or by its own hours."""
        return key not in self.shut and super().is_open(key)

    def mark(self, key: str) -> int:
        """The mark the test set, or the middle of the book."""
        if key in self.marks:
            return self.marks[key]
        quote = self.quote(key)
        return (quote.bid + quote.ask) // 2


class Stage:
    """Four accounts on books that the test fills."""

    def __init__(
        self, venues: Sequence[Venue] = DOCUMENTED, *, start: int = START, sessions: bool = False
    ) -> None:
        self.simulation = Simulation(seed=5, start=start)
        self.market = StillMarket(self.simulation, CATALOGUE, sessions=sessions)
        self.market.shut = set()
        self.market.marks = {}
        self.accounts = Accounts(self.simulation, self.market, venues=venues)
        self.events: list[Event] = []
        self._strangers = STRANGERS
        self._quoted: dict[str, list[int]] = {}
        self.collect()

    def collect(self) -> None:
        """Keep what was emitted, market news left out."""
        noise = (QuoteChanged, DepthChanged, TradePrinted)
        self.events += [e for e in self.simulation.take_emitted() if not isinstance(e, noise)]

    def settle(self) -> None:
        """Run what is due now."""
        self.simulation.settle()
        self.collect()

    def run(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.simulation.run_until(self.simulation.now + round(seconds * SECOND))
        self.collect()

    def quote(self, key: str, bid: int, ask: int, lots: int = 1_000_000) -> None:
        """Replace the strangers' quotes by one of `lots` on each side; 0 leaves a side empty."""
        for number in self._quoted.pop(key, []):
            self.market.cancel(key, number)
        self.offer(key, Side.BUY, bid, lots)
        self.offer(key, Side.SELL, ask, lots)
        self.settle()

    def offer(self, key: str, side: Side, price: int, lots: int) -> None:
        """A stranger's limit order; what it crosses it takes."""
        if not price:
            return
        self._strangers += 1
        self._quoted.setdefault(key, []).append(self._strangers)
        self.market.submit(key, self._strangers, side, lots, price, rest=True)

    def take(self, key: str, side: Side, lots: int) -> None:
        """A stranger's market order."""
        self._strangers += 1
        self.market.submit(key, self._strangers, side, lots, None, rest=False)
        self.settle()

    def submit(self, command: Command) -> Outcome:
        """Submit as the engine does, immediate reactions included."""
        outcome = self.accounts.submit(command)
        self.settle()
        return outcome

    def try_order(
        self, key: str, side: Side, lots: int, kind: OrderKind = OrderKind.MARKET, **terms: Any
    ) -> Outcome:
        """Send an order to the account that trades the instrument."""
        account = _ACCOUNT_OF[self.market.instruments[key].asset_class.value]
        return self.submit(
            PlaceOrder(account=account, instrument=key, side=side, kind=kind, lots=lots, **terms)
        )

    def order(
        self, key: str, side: Side, lots: int, kind: OrderKind = OrderKind.MARKET, **terms: Any
    ) -> OrderState:
        """Send an order that must be accepted; as it is now."""
        outcome = self.try_order(key, side, lots, kind, **terms)
        assert isinstance(outcome, Accepted), outcome
        return self.state(int(outcome.id or 0))

    def refused(
        self, key: str, side: Side, lots: int, kind: OrderKind = OrderKind.MARKET, **terms: Any
    ) -> Refused:
        """Send an order that must be refused."""
        outcome = self.try_order(key, side, lots, kind, **terms)
        assert isinstance(outcome, Refused), outcome
        return outcome

    def state(self, order_id: int) -> OrderState:
        """An order as it is now."""
        for account in self.accounts:
            state = account.order(order_id)
            if state is not None:
                return state
        raise AssertionError(f"no order {order_id}")

    def position(self, account: str) -> PositionState:
        """The only open position of an account."""
        (position,) = self.accounts[account].positions()
        return position

    def of(self, kind: type[E]) -> list[E]:
        """Collected events of a kind."""
        return [e for e in self.events if isinstance(e, kind)]

    def names(self) -> list[str]:
        """Names of the collected events, and forget them."""
        names = [type(e).__name__ for e in self.events]
        self.events.clear()
        return names
