"""The order book against a naive one that sorts everything, under random orders.

`LEDGER_EXAMPLES` makes it longer.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from embedded_server.market.order_book import OrderBook
from embedded_server.model.enums import Side
from tests.torture import figures

PRICES = st.integers(90, 110)
LOTS = st.integers(1, 20)
SIDES = st.sampled_from(list(Side))
EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "60"))


@dataclass
class Order:
    """A resting order of the naive book."""

    order_id: int
    side: Side
    price: int
    lots: int


class NaiveBook:
    """Orders in one list in order of arrival; everything is found by sorting."""

    def __init__(self) -> None:
        self.orders: list[Order] = []

    def side(self, side: Side) -> list[Order]:
        """Best price first, then oldest (the sort is stable)."""
        return sorted((o for o in self.orders if o.side is side), key=lambda o: -side.sign * o.price)

    def match(self, side: Side, lots: int, limit: int | None) -> list[tuple[int, int, int]]:
        """Fills of an incoming order."""
        fills = []
        for order in self.side(side.opposite):
            worse = limit is not None and side.sign * (order.price - limit) > 0
            if not lots or worse:
                break
            quantity = min(lots, order.lots)
            order.lots -= quantity
            lots -= quantity
            fills.append((order.order_id, order.price, quantity))
        self.orders = [order for order in self.orders if order.lots]
        return fills

    def levels(self, side: Side) -> list[tuple[int, int]]:
        """(price, lots), best first."""
        totals: dict[int, int] = {}
        for order in self.side(side):
            totals[order.price] = totals.get(order.price, 0) + order.lots
        return list(totals.items())


class OrderBookMachine(RuleBasedStateMachine):
    """Both books are told the same and must say the same."""

    def __init__(self) -> None:
        super().__init__()
        self.book = OrderBook()
        self.naive = NaiveBook()
        self.next_id = 1
        self.entered = self.filled = self.removed = 0

    @rule(side=SIDES, price=PRICES, lots=LOTS)
    def limit_order(self, side: Side, price: int, lots: int) -> None:
        self.entered += lots
        fills = self.book.match(side, lots, price)
        assert fills == self.naive.match(side, lots, price)
        taken = sum(quantity for _, _, quantity in fills)
        self.filled += 2 * taken
        if lots > taken:
            self.book.rest(self.next_id, side, price, lots - taken)
            self.naive.orders.append(Order(self.next_id, side, price, lots - taken))
        self.next_id += 1

    @rule(side=SIDES, lots=LOTS)
    def market_order(self, side: Side, lots: int) -> None:
        available = self.book.available(side, None)
        fills = self.book.match(side, lots, None)
        assert fills == self.naive.match(side, lots, None)
        taken = sum(quantity for _, _, quantity in fills)
        assert taken == min(lots, available)
        self.entered += taken
        self.filled += 2 * taken

    @precondition(lambda self: self.naive.orders)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.naive.orders))
        assert self.book.cancel(order.order_id) == order.lots
        self.naive.orders.remove(order)
        self.removed += order.lots

    @precondition(lambda self: self.naive.orders)
    @rule(data=st.data())
    def reduce(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.naive.orders))
        lots = data.draw(st.integers(1, order.lots))
        self.book.reduce(order.order_id, lots)
        self.removed += order.lots - lots
        order.lots = lots

    @precondition(lambda self: self.naive.orders)
    @rule(data=st.data(), lots=LOTS)
    def renew(self, data: st.DataObject, lots: int) -> None:
        order = data.draw(st.sampled_from(self.naive.orders))
        self.book.renew(order.order_id, self.next_id, lots)
        self.naive.orders.remove(order)
        self.naive.orders.append(Order(self.next_id, order.side, order.price, lots))
        self.removed += order.lots
        self.entered += lots
        self.next_id += 1

    @rule(order_id=st.integers(1, 60))
    def cancel_whatever(self, order_id: int) -> None:
        known = next((o for o in self.naive.orders if o.order_id == order_id), None)
        assert self.book.cancel(order_id) == (known.lots if known else 0)
        if known:
            self.naive.orders.remove(known)
            self.removed += known.lots

    @invariant()
    def both_books_hold_the_same_levels(self) -> None:
        for side in Side:
            levels = [(level.price, level.lots) for level in self.book.depth(side, 100)]
            assert levels == self.naive.levels(side)

    @invariant()
    def the_book_is_not_crossed(self) -> None:
        bid, ask = self.book.best_bid(), self.book.best_ask()
        assert bid is None or ask is None or bid < ask

    @invariant()
    def no_lot_is_lost_or_made(self) -> None:
        resting = sum(sum(level.queue.values()) for level in set(self.book.orders.values()))
        assert self.entered == self.filled + self.removed + resting

    @invariant()
    def places_in_the_queue_agree(self) -> None:
        for order in self.naive.orders:
            same = [o for o in self.naive.orders if o.side is order.side and o.price == order.price]
            ahead = sum(o.lots for o in same[: same.index(order)])
            assert self.book.queue_ahead(order.order_id) == ahead

    def teardown(self) -> None:
        figures.add(inputs=self.next_id - 1)


OrderBookMachine.TestCase.settings = settings(max_examples=EXAMPLES, stateful_step_count=50, deadline=None)
TestOrderBook = OrderBookMachine.TestCase
