"""What the ladder's keys do to own orders: place, move, cancel, flatten. The pane says when they may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from tui_trader.commands.order_pair import one_of_each
from tui_trader.commands.sizing import exact
from tui_trader.model.commands import CancelOrder, ClosePosition, ModifyOrder, PlaceOrder
from tui_trader.model.values import Order, OrderKind, Position, Side

if TYPE_CHECKING:
    from tui_trader.desk import Desk

ANSWER_SECONDS = 3.0
"""For this long a moved order is shown where it was sent; then where the server has it."""


class LadderHand:
    """The orders of one instrument at a time; every command names its account."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sent: dict[tuple[str, str], tuple[Decimal, float]] = {}

    def account(self, symbol: str) -> str:
        """The link that takes orders on an instrument, or nothing."""
        return next(iter(self._desk.carriers(symbol, PlaceOrder)), "")

    def orders(self, symbol: str) -> Iterator[tuple[Order, float]]:
        """Own orders that may still trade, and the price each stands at or was last sent to."""
        now = self._desk.clock()
        for order in self._desk.store.orders.active:
            level = _level(order)
            if order.symbol == symbol and level is not None:
                yield order, self._level_now(order, level, now)

    def _level_now(self, order: Order, level: float, now: float) -> float:
        sent, moment = self._sent.get((order.link, order.id), (None, 0.0))
        if sent is None:
            return level
        if now - moment > ANSWER_SECONDS or abs(float(sent) - level) < 1e-9:
            del self._sent[order.link, order.id]
            return level
        return float(sent)

    def moving(self, order: Order) -> bool:
        """Whether a move is on its way."""
        return (order.link, order.id) in self._sent

    def positions(self, symbol: str) -> Iterator[Position]:
        """Open positions in an instrument."""
        return (one for one in self._desk.store.positions if one.symbol == symbol)

    def place(self, symbol: str, side: Side, quantity: Decimal, price: Decimal) -> bool:
        """Send a limit order. Returns whether it left."""
        order = PlaceOrder(
            link=self.account(symbol),
            symbol=symbol,
            side=side,
            kind=OrderKind.LIMIT,
            quantity=quantity,
            price=price,
            reference=self._desk.reference(),
        )
        return self._desk.console.submit(order)

    def cancel(self, orders: Iterable[Order]) -> int:
        """Cancel those that have a number already, of a pair one; returns how many were asked for."""
        asked = 0
        for order in one_of_each(orders):
            if self._desk.can(order.link, CancelOrder):
                reference = self._desk.reference()
                command = CancelOrder(link=order.link, order_id=order.id, reference=reference)
                asked += self._desk.console.submit(command)
        return asked

    def move(self, orders: Iterable[tuple[Order, float]], by: Decimal, tick: Decimal) -> int:
        """Move each by a difference of prices; returns how many were asked for."""
        asked = 0
        for order, level in orders:
            if order.id and self._desk.can(order.link, ModifyOrder):
                target = round(exact(level) / tick) * tick + by
                if target > 0 and self._desk.console.submit(self._moved(order, target, by)):
                    self._sent[order.link, order.id] = (target, self._desk.clock())
                    asked += 1
        return asked

    def _moved(self, order: Order, target: Decimal, by: Decimal) -> ModifyOrder:
        """What rests moves its price; what waits for a trigger moves that, and its limit with it."""
        triggered = order.kind in (OrderKind.STOP, OrderKind.STOP_LIMIT)
        limit = exact(order.price) + by if triggered and order.price is not None else None
        return ModifyOrder(
            link=order.link,
            order_id=order.id,
            reference=self._desk.reference(),
            symbol=order.symbol,
            price=limit if triggered else target,
            stop_price=target if triggered else None,
        )

    def flatten(self, symbol: str) -> int:
        """Close every position in an instrument; returns how many were asked for."""
        asked = 0
        for one in list(self.positions(symbol)):
            if self._desk.can(one.link, ClosePosition):
                reference = self._desk.reference()
                command = ClosePosition(link=one.link, position_id=one.id, reference=reference)
                asked += self._desk.console.submit(command)
        return asked


def _level(order: Order) -> float | None:
    """Where an order waits: its trigger, or the price it rests at."""
    return order.stop_price if order.stop_price is not None else order.price
