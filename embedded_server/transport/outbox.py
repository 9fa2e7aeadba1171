"""What waits to be written to a client: all in order while it keeps up; while it lags, each topic's newest.

Messages that must not be lost are never replaced: past their limit `send` says so, and the session aborts.
"""

from __future__ import annotations

from embedded_server.transport.limits import Limits

Slot = tuple[str, str | None]


class Outbox:
    """Frames of one client between the façade and the transport."""

    __slots__ = ("_kept", "_limits", "_queued", "append", "lagging", "pending")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.pending: list[bytes] = []
        """Frames in order; while lagging, only those that must not be lost."""
        self._kept: dict[Slot, bytes] = {}
        self._queued = 0
        self.append = self.pending.append
        """Queue a frame of a client that keeps up: the one call of the delivery path."""
        self.lagging = False

    def send(self, frame: bytes) -> bool:
        """Queue a frame that must not be lost; False when the limit is passed."""
        self.pending.append(frame)
        if not self.lagging:
            return True
        self._queued += len(frame)
        return self._queued <= self._limits.backlog_bytes

    def keep(self, slot: Slot, frame: bytes) -> None:
        """Keep a market frame for a lagging client in place of the slot's older one."""
        kept = self._kept
        kept.pop(slot, None)
        kept[slot] = frame
        if len(kept) > self._limits.kept_messages:
            del kept[next(iter(kept))]

    def forget(self, topic: str) -> None:
        """Drop what was kept of a topic, because the client left it."""
        for slot in [slot for slot in self._kept if slot[0] == topic]:
            del self._kept[slot]

    def __len__(self) -> int:
        """Number of messages waiting, kept market data included."""
        return len(self.pending) + len(self._kept)

    def holds_any(self) -> bool:
        """Whether anything waits, kept market data included."""
        return bool(self.pending or self._kept)

    @property
    def kept(self) -> int:
        """Number of market messages kept for a lagging client."""
        return len(self._kept)

    def take(self) -> bytes:
        """Everything queued, joined: what must not be lost in order, then kept market data."""
        pending, kept = self.pending, self._kept
        if kept:
            pending.extend(kept.values())
            kept.clear()
        data = pending[0] if len(pending) == 1 else b"".join(pending)
        pending.clear()
        self._queued = 0
        return data
