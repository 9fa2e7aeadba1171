"""How long a connection may be silent, and how long it may live (bars.md, Connection Management)."""

from __future__ import annotations

from embedded_server.protocols.facade import Client, TimeSource

HEARTBEAT_SECONDS = 30.0
LIFESPAN_SECONDS = 3600.0
TIMED_OUT = (
    f"Connection timed out. Heartbeat interval {HEARTBEAT_SECONDS}. "
    f"Max connection lifespan {LIFESPAN_SECONDS}"
)
CLOSE_CODE = 1003


class Lifetime:
    """One timer a client: it looks when the earlier of both limits is due, and closes or looks again."""

    __slots__ = ("_client", "_heard", "_opened", "_time", "_timer")

    def __init__(self, time: TimeSource, client: Client) -> None:
        self._time = time
        self._client = client
        self._opened = self._heard = time.monotonic()
        self._timer = time.call_later(HEARTBEAT_SECONDS, self._look)

    def heard(self) -> None:
        """A text message that parses arrived; nothing else counts."""
        self._heard = self._time.monotonic()

    def stop(self) -> None:
        """The client is gone."""
        self._timer.cancel()

    def _look(self) -> None:
        due = min(self._heard + HEARTBEAT_SECONDS, self._opened + LIFESPAN_SECONDS)
        remaining = due - self._time.monotonic()
        if remaining <= 0:
            self._client.close(CLOSE_CODE, TIMED_OUT)
        else:
            self._timer = self._time.call_later(remaining, self._look)
