"""Carries orders from acceptance to their end: to the book or the dealer, through fills, to one ending.

The market reports fills while it is matching; then state changes and events are made at once, and whatever
would send or cancel another order is scheduled.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from embedded_server.accounts.books import Books
from embedded_server.accounts.funds import Funds
from embedded_server.accounts.order import Order, limit_of
from embedded_server.accounts.settlement import Fill, Settlement
from embedded_server.dealing.dealer import Dealer
from embedded_server.kernel.simulation import Priority
from embedded_server.model.enums import Liquidity, OrderKind, OrderStatus, Reason, TimeInForce
from embedded_server.model.events import (
    OrderCanceled,
    OrderExpired,
    OrderModified,
    OrderPlaced,
    OrderRejected,
)


class Execution:
    """One account's orders in motion."""

    def __init__(self, books: Books, settlement: Settlement, funds: Funds) -> None:
        self._simulation = books.simulation
        self._market = books.market
        self._register = books.register
        self._settlement = settlement
        self._funds = funds
        self._reservations = books.reservations
        self._watch_list = books.watch_list
        self._settled_listeners: list[Callable[[str], None]] = []
        self.dealer: Dealer | None = None
        """Without one, orders with a deviation fill at market."""

    def on_settled(self, listener: Callable[[str], None]) -> None:
        """Call `listener(instrument)` after a fill was booked; the book may still be matching."""
        self._settled_listeners.append(listener)

    def place(self, *orders: Order) -> None:
        """Take in checked orders, all of them before the first is started."""
        for order in orders:
            self._register.add(order)
        for order in orders:
            self._start(order)

    def _start(self, order: Order) -> None:
        state, now = order.state, self._simulation.now
        if state.kind is OrderKind.MARKET and state.deviation_ticks is not None and self.dealer is not None:
            order.advance(OrderStatus.DEALING, now)
            self.hold(order)
            self._simulation.emit(OrderPlaced(time=now, order=order.state))
            self.dealer.deal(order.id)
            return
        if state.kind is OrderKind.MARKET and not self._market.available(state.instrument, state.side, None):
            self.reject(order, "there is nothing to trade with on the other side of the book")
            return
        order.advance(OrderStatus.WORKING, now)
        self._simulation.emit(OrderPlaced(time=now, order=order.state))
        self.arm(order)
        if order.waiting:
            self.hold(order)
            self._watch_list.watch(order)
        else:
            self.send(order)

    def send(self, order: Order) -> None:
        """Bring a live order to the book; what may not rest and does not fill is canceled."""
        state = order.state
        limit = limit_of(state)
        rest = limit is not None and state.time_in_force in (TimeInForce.GTC, TimeInForce.GTD)
        if (
            state.time_in_force is TimeInForce.FOK
            and self._market.available(state.instrument, state.side, limit) < state.remaining_lots
        ):
            self._end(order, Reason.EXPIRY)
            return
        self.hold(order)
        self.submit(order, limit, rest=rest)
        if order.live and not rest:
            self._end(order, Reason.EXPIRY)

    def hold(self, order: Order) -> None:
        """Reserve what the order now needs."""
        instrument = self._market.instruments[order.state.instrument]
        self._reservations.hold(order.id, self._funds.claim(order.state, instrument, order.leverage))

    def arm(self, order: Order) -> None:
        """Start, move or stop the order's expiry timer."""
        if order.expiry is not None:
            order.expiry.cancel()
            order.expiry = None
        if order.state.expires_at is not None:
            order.expiry = self._simulation.at(
                order.state.expires_at, Priority.REACTION, partial(self.expire, order)
            )

    def filled(self, order_id: int, price: int, lots: int, liquidity: Liquidity) -> None:
        """Book a fill the market reports; ids that are nobody's here are the dealer's own."""
        order = self._register.live.get(order_id)
        if order is None:
            return
        self._settlement.book(Fill(order, price, lots, liquidity))
        if order.live:
            self.hold(order)
        else:
            self._finish(order)
        self._drop_siblings(order)
        for listener in self._settled_listeners:
            listener(order.state.instrument)

    def withdraw(self, order: Order) -> None:
        """Take the order off the book and the watch list; it stays live."""
        self._watch_list.forget(order)
        if order.on_book:
            order.on_book = False
            self._market.cancel(order.state.instrument, order.id)

    def resize(self, order: Order, lots: int) -> None:
        """Shrink a live order to `lots` in all, keeping its place in the queue."""
        now = self._simulation.now
        order.revise(now, lots=lots)
        if order.on_book:
            self._market.reduce(order.state.instrument, order.id, order.state.remaining_lots)
        self.hold(order)
        self._simulation.emit(OrderModified(time=now, order=order.state))

    def end(self, order: Order, reason: Reason, refusal: str | None = None) -> None:
        """Cancel a live order; harmless for one that has ended."""
        if order.live:
            self._end(order, reason, refusal)

    def reject(self, order: Order, refusal: str) -> None:
        """Reject a new order, or one that is with the dealer; `refusal` is one sentence."""
        now = self._simulation.now
        state = order.advance(OrderStatus.REJECTED, now, refusal=refusal)
        self._finish(order)
        self._simulation.emit(OrderRejected(time=now, order=state))
        self._drop_siblings(order)

    def expire(self, order: Order) -> None:
        """End an order whose time, or last offer, ran out."""
        now = self._simulation.now
        self.withdraw(order)
        state = order.advance(OrderStatus.EXPIRED, now)
        self._finish(order)
        self._simulation.emit(OrderExpired(time=now, order=state))
        self._drop_siblings(order)

    def submit(self, order: Order, limit: int | None, *, rest: bool) -> None:
        """Let an order meet the book; its fills are booked before this returns."""
        state = order.state
        order.on_book = rest
        self._market.submit(state.instrument, order.id, state.side, state.remaining_lots, limit, rest=rest)

    def _end(self, order: Order, reason: Reason, refusal: str | None = None) -> None:
        now = self._simulation.now
        self.withdraw(order)
        state = order.advance(OrderStatus.CANCELED, now, refusal=refusal)
        self._finish(order)
        self._simulation.emit(OrderCanceled(time=now, order=state, reason=reason))
        self._drop_siblings(order)

    def _finish(self, order: Order) -> None:
        order.on_book = False
        self._watch_list.forget(order)
        self._reservations.release(order.id)
        if order.expiry is not None:
            order.expiry.cancel()
        self._register.finish(order)

    def _drop_siblings(self, order: Order) -> None:
        for sibling in self._register.resolve(order):
            self._simulation.soon(partial(self.end, sibling, Reason.OCO))
