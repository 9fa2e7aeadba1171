"""How often one key may ask by REST: a bucket that refills by the second, so that a burst is no offence."""

from __future__ import annotations

MINUTE_SECONDS = 60.0


class RequestRate:
    """At most `limit` requests in a minute on average, and as many at once; 0 means no limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left = float(limit)
        self._since: float | None = None

    def wait_seconds(self, now: float) -> float:
        """Count a request at `now` (monotonic seconds); how long it has to wait if it is refused, or 0."""
        if not self._limit:
            return 0.0
        a_second = self._limit / MINUTE_SECONDS
        if self._since is not None:
            self._left = min(self._limit, self._left + (now - self._since) * a_second)
        self._since = now
        if self._left < 1.0:
            return (1.0 - self._left) / a_second
        self._left -= 1.0
        return 0.0
