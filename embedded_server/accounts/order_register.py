"""An account's orders: the live ones by number and instrument, the newest of the ended ones in order."""

from __future__ import annotations

from embedded_server.accounts.order import Order
from embedded_server.accounts.past import Past
from embedded_server.model.states import OrderState


class OrderRegister:
    """Finds orders. An order is live from `add` to `finish`."""

    def __init__(self) -> None:
        self.live: dict[int, Order] = {}
        self.history: Past[OrderState] = Past()
        self.references: set[str] = set()
        """The client's own ids of all orders that can be found here: none of them may be given again."""
        self.resolved_groups: set[str] = set()
        """OCO groups of which a leg was filled or canceled; none may join while a leg can be found."""
        self._legs: dict[str, int] = {}
        self._ended: dict[int, OrderState] = {}
        self._by_instrument: dict[str, dict[int, Order]] = {}

    def add(self, order: Order) -> None:
        """Register a new order and the client's own id of it."""
        self.live[order.id] = order
        self._by_instrument.setdefault(order.state.instrument, {})[order.id] = order
        if order.state.reference is not None:
            self.references.add(order.state.reference)
        group = order.state.oco_group
        if group is not None:
            self._legs[group] = self._legs.get(group, 0) + 1

    def finish(self, order: Order) -> None:
        """Move an order that ended to the history."""
        del self.live[order.id]
        del self._by_instrument[order.state.instrument][order.id]
        self._ended[order.id] = order.state
        for dropped in self.history.add(order.state):
            self._forget(dropped)

    def on(self, instrument: str) -> list[Order]:
        """Live orders in an instrument, oldest first."""
        return list(self._by_instrument.get(instrument, {}).values())

    def state(self, order_id: int) -> OrderState | None:
        """An order as it is, or as it ended."""
        order = self.live.get(order_id)
        return order.state if order is not None else self._ended.get(order_id)

    def resolve(self, order: Order) -> list[Order]:
        """Mark an order's OCO group as decided; its other live legs, the first time.

        A leg that ends because another one was filled decides nothing any more: that one works on.
        """
        group = order.state.oco_group
        if group is None or group in self.resolved_groups:
            return []
        self.resolved_groups.add(group)
        return [o for o in self.live.values() if o.state.oco_group == group and o is not order]

    def _forget(self, order: OrderState) -> None:
        del self._ended[order.id]
        if order.reference is not None:
            self.references.discard(order.reference)
        group = order.oco_group
        if group is not None:
            self._legs[group] -= 1
            if not self._legs[group]:
                del self._legs[group]
                self.resolved_groups.discard(group)
