"""One strategy's own state: status, config, orders of the last minute. Only Strategies changes it."""

from __future__ import annotations

from collections import deque

from embedded_server.kernel.time import MINUTE
from embedded_server.model.enums import StrategyStatus
from embedded_server.model.states import StrategyState
from embedded_server.strategies.registry import Listing


class StrategyRun:
    """A listed strategy while the engine lives."""

    def __init__(self, listing: Listing) -> None:
        self.id = listing.id
        self.rule = listing.rule
        self.config = listing.config
        self.status = StrategyStatus.STOPPED
        self.error: str | None = None
        self.started_at: int | None = None
        self._sent: deque[int] = deque()

    def state(self, now: int) -> StrategyState:
        """As others see it at `now`."""
        return StrategyState(
            id=self.id,
            name=self.rule.name,
            status=self.status,
            config=self.config,
            orders_last_minute=sum(1 for time in self._sent if time > now - MINUTE),
            error=self.error,
            started_at=self.started_at,
        )

    @property
    def protects(self) -> bool:
        """Whether the positions' stop loss is watched: always, unless somebody stopped the strategy."""
        return self.status is not StrategyStatus.STOPPED

    def may_order(self, now: int) -> bool:
        """Whether one more order keeps to `max_orders_per_minute` over the 60 s that end now."""
        while self._sent and self._sent[0] <= now - MINUTE:
            self._sent.popleft()
        return len(self._sent) < self.config.max_orders_per_minute

    def count_order(self, now: int) -> None:
        """Remember that an order was sent."""
        self._sent.append(now)
