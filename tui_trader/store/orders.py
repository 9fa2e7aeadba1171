"""Orders, exactly as far as they are known: sent ones wait by reference until the server tells their fate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from tui_trader.model.commands import PlaceOcoOrders, PlaceOrder
from tui_trader.model.events import (
    CommandAnswered,
    CommandLost,
    OrderRecalled,
    OrdersFound,
    OrdersReplaced,
)
from tui_trader.model.values import Order, OrderStatus

CLOSED = 1_000
NOT_KNOWN = "not known to the server: verify"
Key = tuple[str, str]


class Orders:
    """Waiting orders by reference, working ones and closed ones by (link, id)."""

    __slots__ = ("_closed", "_revived", "_waiting", "_working", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._waiting: dict[str, Order] = {}
        self._working: dict[Key, Order] = {}
        self._closed: dict[Key, Order] = {}
        self._revived: list[Order] = []

    @property
    def active(self) -> Iterator[Order]:
        """What may still trade: waiting and unknown ones first, then working ones, oldest first."""
        yield from self._waiting.values()
        yield from self._working.values()

    @property
    def closed(self) -> Iterable[Order]:
        """Orders that ended, oldest first."""
        return self._closed.values()

    def get(self, link: str, order_id: str) -> Order | None:
        """The order, working or closed."""
        key = (link, order_id)
        return self._working.get(key) or self._closed.get(key)

    def by_reference(self, reference: str) -> Order | None:
        """The order that a sent command became, as far as known."""
        if reference in self._waiting:
            return self._waiting[reference]
        known = (*self._working.values(), *self._closed.values())
        return next((order for order in known if order.reference == reference), None)

    def send_together(self, command: PlaceOcoOrders, at_ms: int | None = None) -> None:
        """Note orders that leave in one request; until the server names their group, they are of one here."""
        for order in command.orders:
            self.send(order, at_ms, oco=command.orders[0].reference)

    def send(self, command: PlaceOrder, at_ms: int | None = None, *, oco: str | None = None) -> None:
        """Note an order that leaves at this market time: pending until an event says otherwise."""
        self._waiting[command.reference] = Order(
            link=command.link,
            id="",
            symbol=command.symbol,
            side=command.side,
            kind=command.kind,
            status=OrderStatus.PENDING,
            created_ms=at_ms,
            quantity=float(command.quantity),
            price=None if command.price is None else float(command.price),
            stop_price=None if command.stop_price is None else float(command.stop_price),
            stop_loss=None if command.stop_loss is None else float(command.stop_loss),
            take_profit=None if command.take_profit is None else float(command.take_profit),
            trailing=None if command.trailing is None else float(command.trailing),
            oco=oco,
            time_in_force=command.time_in_force,
            expires_ms=command.expires_ms,
            reference=command.reference,
            comment=command.comment,
        )
        self.revision += 1

    def answer(self, event: CommandAnswered) -> None:
        """A refusal closes the waiting order; an acceptance only tells its id."""
        order = self._waiting.get(event.reference)
        if order is None:
            return
        if not event.accepted:
            del self._waiting[event.reference]
            self._close(replace(order, status=OrderStatus.REJECTED, reason=event.detail))
        elif event.order_id:
            known = self.get(order.link, event.order_id)
            if known is None:
                self._waiting[event.reference] = replace(order, id=event.order_id)
            else:
                del self._waiting[event.reference]
                self._store(replace(known, reference=event.reference))
        self.revision += 1

    def lose(self, event: CommandLost) -> None:
        """The answer never came: the outcome is unknown, never "rejected"."""
        order = self._waiting.get(event.reference)
        if order is not None:
            self._waiting[event.reference] = replace(
                order, status=OrderStatus.UNKNOWN, reason=event.detail or "answer lost: verify"
            )
            self.revision += 1

    def recall(self, event: OrderRecalled) -> None:
        """Show what an earlier console left open as unknown, until the server tells."""
        self.send(event.order)
        self._waiting[event.order.reference] = replace(
            self._waiting[event.order.reference],
            status=OrderStatus.UNKNOWN,
            reason="sent by a console that ended before the answer: verify",
            created_ms=event.at_ms,
        )

    def find(self, event: OrdersFound) -> list[Order]:
        """Take over what the server knows of orders it was asked for; returns those it does not know."""
        for order in event.orders:
            self.update(order)
        waiting = (self._waiting.get(name) for name in event.asked)
        missing = [order for order in waiting if order is not None and order.reason != NOT_KNOWN]
        for order in missing:
            self._waiting[order.reference or ""] = replace(
                order, status=OrderStatus.UNKNOWN, reason=NOT_KNOWN
            )
        self.revision += 1
        return missing

    def forget(self, reference: str) -> None:
        """Drop a waiting order that the user has verified."""
        if self._waiting.pop(reference, None) is not None:
            self.revision += 1

    def update(self, order: Order) -> None:
        """Take over the server's view; a terminal state is final."""
        closed = self._closed.get((order.link, order.id))
        ended = closed is not None and closed.status.terminal and not _another(closed, order)
        if ended and not order.status.terminal:
            return
        self._settle(order)
        self.revision += 1

    def replace(self, event: OrdersReplaced) -> list[Order]:
        """Take over a link's complete list of working orders; returns those whose end was not seen."""
        present = {order.id for order in event.orders}
        lost = [
            replace(order, status=OrderStatus.UNKNOWN, reason="ended unseen: verify")
            for order in self.active
            if order.link == event.link and order.id and order.id not in present
        ]
        for order in lost:
            self._waiting.pop(order.reference or "", None)
            self._close(order)
        for order in event.orders:
            if not self._ended_since(order):
                self._settle(order)
        self.revision += 1
        return lost

    def _ended_since(self, order: Order) -> bool:
        """Whether a list tells of a moment before the order's end, which an event told sooner."""
        closed = self._closed.get((order.link, order.id))
        if closed is None or not closed.status.terminal or _another(closed, order):
            return False
        return (order.updated_ms or 0) <= (closed.updated_ms or -1)

    def take_revived(self) -> list[Order]:
        """Return, once, orders that were told as refused and that the server turned out to have."""
        revived, self._revived = self._revived, []
        return revived

    def _settle(self, order: Order) -> None:
        reference = order.reference or self._reference_of(order)
        if reference:
            self._waiting.pop(reference, None)
            refused = self._closed.pop((order.link, f"ref {reference}"), None)
            if refused is not None and order.status is not OrderStatus.REJECTED:
                self._revived.append(order)
            order = order if order.reference else replace(order, reference=reference)
        self._closed.pop((order.link, order.id), None)
        self._store(order)

    def _reference_of(self, order: Order) -> str | None:
        known = self.get(order.link, order.id)
        if known is not None and not _another(known, order):
            return known.reference
        waiting = self._waiting.values()
        return next(
            (w.reference for w in waiting if w.id == order.id and w.link == order.link and w.id), None
        )

    def _store(self, order: Order) -> None:
        if order.status.terminal:
            self._close(order)
        else:
            self._working[order.link, order.id] = order

    def _close(self, order: Order) -> None:
        key = (order.link, order.id or f"ref {order.reference}")
        self._working.pop(key, None)
        self._closed.pop(key, None)
        self._closed[key] = order
        while len(self._closed) > CLOSED:
            del self._closed[next(iter(self._closed))]


def _another(known: Order, told: Order) -> bool:
    """Whether a server that forgot its past gave the id of an order to another one."""
    if (known.symbol, known.side) != (told.symbol, told.side):
        return True
    if None not in (known.reference, told.reference):
        return known.reference != told.reference
    dated = known.status is not OrderStatus.UNKNOWN and None not in (known.created_ms, told.created_ms)
    return dated and known.created_ms != told.created_ms  # of an unknown one it is when it was sent
