"""Failed logins by address: five a minute, as many as the channels API forgives; then nobody there may try.

The right key is refused then, too: an answer would tell the guesser that it is right.
"""

from __future__ import annotations

from collections import deque

FAILURES = 5
WINDOW_SECONDS = 60.0
MAX_ADDRESSES = 10_000


class LoginThrottle:
    """A sliding minute for each peer address. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[float]] = {}

    def wait_seconds(self, peer: str, now: float) -> float:
        """How long logins from an address are refused; 0 if one may be tried."""
        failures = self._failures.get(peer)
        if failures is None:
            return 0.0
        while failures and failures[0] <= now - WINDOW_SECONDS:
            failures.popleft()
        if not failures:
            del self._failures[peer]
        return failures[0] + WINDOW_SECONDS - now if len(failures) >= FAILURES else 0.0

    def failed(self, peer: str, now: float) -> None:
        """Note a failed login; past the number of addresses kept, the one that failed first is forgotten."""
        if peer not in self._failures and len(self._failures) >= MAX_ADDRESSES:
            del self._failures[next(iter(self._failures))]
        self._failures.setdefault(peer, deque()).append(now)
