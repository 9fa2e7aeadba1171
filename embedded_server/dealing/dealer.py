"""The dealer of instant execution: fills within the client's deviation, requotes beyond it (SIMULATION.md).

A fill within deviation is the client's own order on the book. An accepted offer is filled by the dealer as
principal at the offered price, and the dealer at once trades the same lots on the book for itself: the client
has exactly one fill at the offered price, the book loses the liquidity exactly once, the difference is the
dealer's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial

import numpy as np

from embedded_server.dealing.client import Client
from embedded_server.dealing.sweep import sweep
from embedded_server.kernel.simulation import Priority, Simulation
from embedded_server.kernel.time import MILLISECOND, SECOND
from embedded_server.market.market import Market
from embedded_server.model.commands import Accepted, Outcome, Refused
from embedded_server.model.enums import OrderStatus, Reason, RefusalCode, Side
from embedded_server.model.states import OrderState

OFFER_LIFE = 5 * SECOND
ANSWER_GRACE = 10 * SECOND
"""How long a lapsed offer may still be answered (and then requoted) before the order expires."""
OFFERS = 4
"""The first offer and three more for late answers."""
FASTEST_MS, SLOWEST_MS = 200, 1_200


class Dealer:
    """Deals one account's instant-execution orders. Its delays are random, a stream an instrument."""

    def __init__(
        self, simulation: Simulation, market: Market, client: Client, next_order_id: Callable[[], int]
    ) -> None:
        self._simulation = simulation
        self._market = market
        self._client = client
        self._next_order_id = next_order_id
        self._streams: dict[str, np.random.Generator] = {}
        self._forced = 0
        self._forced_ticks = 0
        self.inventory: dict[str, int] = defaultdict(int)
        """Signed lots the book could not take off the dealer's hands; hedged with its next deal."""

    def force(self, count: int, ticks: int) -> None:
        """Requote the next `count` instant executions, `ticks` against the client, whatever the price did."""
        self._forced, self._forced_ticks = max(0, count), ticks

    def deal(self, order_id: int) -> None:
        """Take an order in; the decision falls after the dealer's delay."""
        order = self._client.order(order_id)
        if order is None:
            return
        stream = self._streams.get(order.instrument)
        if stream is None:
            stream = self._streams[order.instrument] = self._simulation.stream(f"dealing/{order.instrument}")
        delay = int(stream.integers(FASTEST_MS, SLOWEST_MS + 1)) * MILLISECOND
        self._simulation.after(delay, Priority.DEALING, partial(self._decide, order_id))

    def answer(self, order_id: int, accepted: bool) -> Outcome:
        """Carry out the client's answer, one an offer: in time it fills at the offer, late it is requoted."""
        order = self._client.order(order_id)
        if order is None or order.status is not OrderStatus.REQUOTED or order.offer_price is None:
            return _no_offer(order)
        if not accepted:
            self._client.cancel(order_id, Reason.CLIENT)
            return Accepted(order_id)
        if not self._market.is_open(order.instrument):
            return Refused(RefusalCode.NOT_TRADABLE, f"{order.instrument} is closed")
        if self._simulation.now > (order.offer_expires_at or 0):
            self._offer_again(order)
            return Accepted(order_id)
        obstacle = self._client.obstacle(order_id, order.offer_price)
        if obstacle is not None:
            return obstacle
        self._client.fill(order_id, order.offer_price)
        self._hedge(order.instrument, order.side.sign * order.remaining_lots)
        return Accepted(order_id)

    def _decide(self, order_id: int) -> None:
        order = self._client.order(order_id)
        if order is None or order.status is not OrderStatus.DEALING:
            return
        present = self._present(order)
        if present is None:
            self._client.reject(order_id, "the market cannot take this quantity now")
            return
        sign = order.side.sign
        if self._forced:
            self._forced -= 1
            self._offer(order, present + sign * self._forced_ticks)
            return
        seen = present if order.price is None else order.price
        if (present - seen) * sign > (order.deviation_ticks or 0):
            self._offer(order, present)
            return
        obstacle = self._client.obstacle(order_id, present)
        if obstacle is not None:
            self._client.reject(order_id, obstacle.message)
        else:
            self._client.execute(order_id, present)

    def _present(self, order: OrderState) -> int | None:
        """The price at which the whole order can be had now; None when there is none."""
        if not self._market.is_open(order.instrument):
            return None
        met = sweep(self._market, order.instrument, order.side, order.remaining_lots)
        return met.worst if met.lots == order.remaining_lots else None

    def _offer(self, order: OrderState, price: int) -> None:
        expires_at = self._simulation.now + OFFER_LIFE
        self._client.requote(order.id, max(1, price), expires_at)
        number = order.requotes + 1
        self._simulation.at(
            expires_at + ANSWER_GRACE, Priority.DEALING, partial(self._lapse, order.id, number)
        )

    def _offer_again(self, order: OrderState) -> None:
        present = self._present(order)
        if present is None or order.requotes >= OFFERS:
            self._client.expire(order.id)
        else:
            self._offer(order, present)

    def _lapse(self, order_id: int, number: int) -> None:
        order = self._client.order(order_id)
        if order is not None and order.status is OrderStatus.REQUOTED and order.requotes == number:
            self._client.expire(order_id)

    def _hedge(self, instrument: str, signed_lots: int) -> None:
        wanted = self.inventory[instrument] + signed_lots
        side = Side.BUY if wanted > 0 else Side.SELL
        left = 0
        if wanted:
            left = self._market.submit(instrument, self._next_order_id(), side, abs(wanted), None, rest=False)
        self.inventory[instrument] = side.sign * left


def _no_offer(order: OrderState | None) -> Refused:
    if order is None or not order.requotes:
        return Refused(RefusalCode.INVALID_STATE, "the order has no offer to answer")
    return Refused(RefusalCode.OFFER_GONE, "the offer has been answered or is gone")
