"""The flush tick: what is queued within a few milliseconds leaves in one write a client."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from embedded_server.transport.durations import Durations
from embedded_server.transport.endpoint import Endpoint
from embedded_server.transport.limits import Limits

UNSETTLED_SECONDS = 0.05
"""Until the next try, while commands cannot be kept."""


class FlushTick:
    """Collects endpoints with something to write."""

    def __init__(self, limits: Limits, settle: Callable[[], bool] = lambda: True) -> None:
        """`settle` has accepted commands kept for good; nothing is written while it says False."""
        self.settle = settle
        self.durations = Durations()
        """What writing took."""
        self._limits = limits
        self._endpoints: dict[Endpoint, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def touch(self, endpoint: Endpoint) -> None:
        """Flush the endpoint within a tick."""
        self._endpoints[endpoint] = None
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._limits.flush_seconds, self.flush)

    def published(self, endpoint: Endpoint, size: int) -> None:
        """`size` bytes were queued for each listener of a topic; a long batch is flushed at once."""
        self.touch(endpoint)
        if size >= self._limits.burst_bytes:
            self.flush()

    def flush(self) -> None:
        """Write everything now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._endpoints:
            return
        if not self.settle():
            self._timer = asyncio.get_running_loop().call_later(UNSETTLED_SECONDS, self.flush)
            return
        started = time.perf_counter()
        endpoints, self._endpoints = self._endpoints, {}
        for endpoint in endpoints:
            endpoint.flush()
        self.durations.add(time.perf_counter() - started)

    def stop(self) -> None:
        """Forget the tick."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
