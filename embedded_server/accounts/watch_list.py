"""Stop orders that wait for their trigger, by instrument; an instrument without any costs nothing."""

from __future__ import annotations

from embedded_server.accounts.order import Order


class WatchList:
    """The waiting stop orders of one account."""

    def __init__(self) -> None:
        self.by_instrument: dict[str, dict[int, Order]] = {}
        """Only instruments with some have a key."""

    def watch(self, order: Order) -> None:
        """Begin to watch a stop order."""
        self.by_instrument.setdefault(order.state.instrument, {})[order.id] = order

    def forget(self, order: Order) -> None:
        """Stop watching; harmless for an order that was not watched."""
        waiting = self.by_instrument.get(order.state.instrument)
        if waiting is None or waiting.pop(order.id, None) is None:
            return
        if not waiting:
            del self.by_instrument[order.state.instrument]
