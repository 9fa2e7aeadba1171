"""What happens once a price was touched: stops become live orders, positions are closed.

Everything here runs as a scheduled reaction (or inside a command), never while a book is matching.
"""

from __future__ import annotations

from functools import partial

from embedded_server.accounts.books import Books
from embedded_server.accounts.closers import Closers
from embedded_server.accounts.execution import Execution
from embedded_server.accounts.funds import Funds
from embedded_server.accounts.order import Order
from embedded_server.accounts.position import Position
from embedded_server.model.enums import OrderKind, OrderStatus, Reason
from embedded_server.model.events import OrderModified, PositionChanged
from embedded_server.model.states import OrderState


class Protection:
    """Carries out triggers and closes positions of one account."""

    def __init__(self, books: Books, funds: Funds, execution: Execution, closers: Closers) -> None:
        self._simulation = books.simulation
        self._market = books.market
        self._identities = books.identities
        self._register = books.register
        self._positions = books.positions
        self._funds = funds
        self._execution = execution
        self._closers = closers
        self._watch_list = books.watch_list
        self._valuation = books.valuation

    def touched(self, order: Order) -> None:
        """A stop order's trigger was touched: let it become live as the next thing at this instant."""
        self._simulation.soon(partial(self._release, order))

    def hit(self, position: Position, reason: Reason) -> None:
        """A price that closes a position was touched."""
        position.closing = True
        self._simulation.soon(partial(self._close_hit, position, reason))

    def trail_order(self, order: Order, stop_price: int) -> None:
        """Move a waiting stop order's trigger after the price, and the limit it has with it."""
        now, state = self._simulation.now, order.state
        limit = None if state.price is None else state.price + stop_price - (state.stop_price or 0)
        if limit is not None and limit <= 0:
            return
        order.revise(now, stop_price=stop_price, price=limit)
        self._execution.hold(order)
        self._simulation.emit(OrderModified(time=now, order=order.state))

    def trail_position(self, position: Position, stop_loss: int) -> None:
        """Move a position's stop loss after the price."""
        position.stop_loss, position.trailed = stop_loss, True
        position.updated_at = self._simulation.now
        state = self._valuation.state(position)
        self._simulation.emit(PositionChanged(time=self._simulation.now, position=state))

    def close(self, position: Position, lots: int, reason: Reason, channel: str = "system") -> Order:
        """Close `lots` of a position at market; other orders that would close them make room."""
        self._closers.make_room(position, lots)
        now = self._simulation.now
        state = OrderState(
            id=self._identities.order(),
            account=position.account,
            instrument=position.instrument.key,
            side=position.side.opposite,
            kind=OrderKind.MARKET,
            status=OrderStatus.NEW,
            lots=lots,
            position_id=position.id,
            reason=reason,
            strategy=position.strategy,
            signal_id=position.signal_id,
            channel=channel,
            created_at=now,
            updated_at=now,
        )
        order = Order(state, position.leverage)
        self._execution.place(order)
        return order

    def _close_hit(self, position: Position, reason: Reason) -> None:
        position.closing = False
        if position.lots and self._market.is_open(position.instrument.key):
            self.close(position, position.lots, reason)

    def _release(self, order: Order) -> None:
        if not order.live:
            return
        state = order.state
        if not self._market.is_open(state.instrument):
            self._watch_list.watch(order)
            return
        for leg in self._register.resolve(order):
            self._execution.end(leg, Reason.OCO)
        if self._positions.closes(state) and not self._claim_position(order):
            return
        now = self._simulation.now
        self._simulation.emit(OrderModified(time=now, order=order.revise(now, triggered=True)))
        obstacle = self._funds.check(order.state, self._market.instruments[state.instrument], order.leverage)
        if obstacle is None:
            self._execution.send(order)
        else:
            self._execution.end(order, Reason.RISK_LIMIT, obstacle.message)

    def _claim_position(self, order: Order) -> bool:
        """Give a triggered closer the lots it is for; False when nothing is left and the order was ended."""
        position = self._positions.held(self._positions.holding(order.state))
        if position is None or position.side is order.state.side:
            self._execution.end(order, Reason.OCO)
            return False
        if order.state.remaining_lots > position.lots:
            order.revise(self._simulation.now, lots=order.state.filled_lots + position.lots)
        self._closers.make_room(position, order.state.remaining_lots, keep=order)
        return True
