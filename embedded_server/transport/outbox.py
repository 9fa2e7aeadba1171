"""What waits to be written to a client: all in order while it keeps up; while it lags, each topic's newest.

Messages that must not be lost are never replaced: past their limit `send` says so, and the session aborts.
Market data of a client that keeps up waits in its cohort (cohort.py), until something of its own follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_server.transport.limits import Limits

if TYPE_CHECKING:
    from embedded_server.transport.cohort import Cohort

Slot = tuple[str, str | None]


class Outbox:
    """Frames of one client between the façade and the transport."""

    __slots__ = ("_kept", "_limits", "_queued", "cohort", "lagging", "pending", "seen", "since", "written")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.pending: list[bytes] = []
        """Frames of the client's own, in order; they precede those that its cohort queued `since`."""
        self._kept: dict[Slot, bytes] = {}
        self._queued = 0
        self.lagging = False
        self.cohort: Cohort | None = None
        self.since = 0
        """The first of the cohort's frames that is still to be written to this client."""
        self.seen = 0
        """Flushes of the cohort when the client was last asked whether it reads."""
        self.written = False
        """Whether an earlier cohort wrote to it since."""

    def send(self, frame: bytes) -> bool:
        """Queue a frame that must not be lost; False when the limit is passed."""
        if self.cohort is not None:
            self.cohort.part(self)
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
        return len(self.pending) + self._in_cohort() + len(self._kept)

    def holds_any(self) -> bool:
        """Whether anything waits, kept market data included."""
        return len(self) > 0

    @property
    def kept(self) -> int:
        """Number of market messages kept for a lagging client."""
        return len(self._kept)

    def catch_up(self) -> None:
        """Keep everything from now on; kept market data follows what must not be lost."""
        self.lagging = False
        self._queue_kept()

    def take(self) -> bytes:
        """Everything queued, joined: what must not be lost in order, then kept market data."""
        if self.cohort is not None and self._in_cohort():
            self.cohort.part(self)
        self._queue_kept()
        return self.take_pending()

    def take_pending(self) -> bytes:
        """The client's own frames, joined."""
        pending = self.pending
        data = pending[0] if len(pending) == 1 else b"".join(pending)
        pending.clear()
        return data

    def was_written(self) -> bool:
        """Whether its cohort wrote to the client since this was last asked."""
        written, self.written = self.written, False
        if self.cohort is not None and self.seen != self.cohort.flushes:
            self.seen = self.cohort.flushes
            written = True
        return written

    def _queue_kept(self) -> None:
        self.pending.extend(self._kept.values())
        self._kept.clear()
        self._queued = 0

    def _in_cohort(self) -> int:
        return 0 if self.cohort is None else len(self.cohort.frames) - self.since
