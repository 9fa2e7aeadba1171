"""What a listener and a client may ask of the server: everything a peer can make grow has a number."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

KIB = 1024
MINUTE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the transport; the defaults are for production, tests shorten them."""

    connections: int = 10_000
    """Open connections of one listener, HTTP and WebSocket together."""
    peer_connections: int = 2_000
    """... of one peer address; on loopback all clients are one address."""
    frame_bytes: int = 64 * KIB
    """Largest message a client may send, and largest HTTP body."""
    request_seconds: float = 10.0
    """A peer must have sent its whole HTTP request by then."""
    close_seconds: float = 2.0
    """From our close frame to the abort of a peer that does not answer it."""
    control_frames_per_minute: int = 300
    """Pings and pongs of one client; libraries send one in some 20 s."""
    fragments: int = 256
    """Continuation frames of one message."""
    late_frames: int = 64
    """Frames still read after our close frame; what follows is dropped unread."""
    probe_seconds: float = 10.0
    """A client that something was written to is asked so often whether it reads; 0 asks nobody."""
    probe_answer_seconds: float = 10.0
    """A client that does not answer within so long is aborted: it is further behind than that."""
    unacknowledged_seconds: float = 20.0
    """The kernel gives up on a peer that takes no byte for so long, where it has TCP_USER_TIMEOUT."""
    lag_seconds: float = 15.0
    """A client that has not caught up for so long is aborted."""
    backlog_bytes: int = 512 * KIB
    """Messages that must not be lost, waiting for a lagging client; past it the client is aborted."""
    kept_messages: int = 1024
    """Market messages kept for a lagging client; the oldest are dropped beyond it."""
    burst_bytes: int = 256 * KIB
    """Published in one tick before a flush is forced, so that a long batch cannot pile up unwritten."""
    send_buffer_bytes: int = 128 * KIB
    """The kernel's share of a client's backlog: small enough that a stuck reader shows."""
    write_buffer_bytes: int = 64 * KIB
    """Unwritten in this process before a client counts as lagging."""
    flush_seconds: float = 0.005
    """From a message to the write it shares with the others of its tick."""


class MessageRate:
    """At most `limit` messages in any 60 seconds; 0 means no limit."""

    __slots__ = ("_times", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._times: deque[float] | None = None

    def allows(self, now: float) -> bool:
        """Count one message at `now` (monotonic seconds); a refused one does not count."""
        if not self.limit:
            return True
        if self._times is None:
            self._times = deque()
        times = self._times
        while times and now - times[0] >= MINUTE_SECONDS:
            times.popleft()
        if len(times) >= self.limit:
            return False
        times.append(now)
        return True
