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
        self.resolved_groups: set[str] = set()
        """OCO groups of which a leg was filled or canceled; nothing may join them any more."""
        self._ended: dict[int, OrderState] = {}
        self._by_instrument: dict[str, dict[int, Order]] = {}

    def add(self, order: Order) -> None:
        """Register a new order and the client's own id of it."""
        self.live[order.id] = order
        self._by_instrument.setdefault(order.state.instrument, {})[order.id] = order
        if order.state.reference is not None:
            self.references.add(order.state.reference)

    def finish(self, order: Order) -> None:
        """Move an order that ended to the history."""
        del self.live[order.id]
        del self._by_instrument[order.state.instrument][order.id]
        self._ended[order.id] = order.state
        for dropped in self.history.add(order.state):
            del self._ended[dropped.id]

    def on(self, instrument: str) -> list[Order]:
        """Live orders in an instrument, oldest first."""
        return list(self._by_instrument.get(instrument, {}).values())

    def state(self, order_id: int) -> OrderState | None:
        """An order as it is, or as it ended."""
        order = self.live.get(order_id)
        return order.state if order is not None else self._ended.get(order_id)

    def resolve(self, order: Order) -> list[Order]:
        """Mark an order's OCO group as decided; its other live legs."""
        group = order.state.oco_group
        if group is None:
            return []
        self.resolved_groups.add(group)
        return [o for o in self.live.values() if o.state.oco_group == group and o is not order]
