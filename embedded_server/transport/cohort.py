"""Clients that keep up and listen to the same topics: what they are sent is queued once and joined once.

A thousand clients of one feed then cost a thousand writes and nothing else. Whatever a client is sent by
itself takes its place in the order: it then stands apart until the next flush, with a list of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from embedded_server.transport.outbox import Outbox

Write = Callable[[bytes], None]


class Cohort:
    """The clients of one set of topics, and the frames of the present tick."""

    __slots__ = ("_apart", "_members", "append", "flushes", "frames", "topics")

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self.frames: list[bytes] = []
        self.append = self.frames.append
        """Queue a frame for every member: the one call of the delivery path."""
        self.flushes = 0
        self._members: dict[Outbox, Write] = {}
        self._apart: dict[Outbox, None] = {}
        """Members that are not to be written exactly `frames`."""

    def __len__(self) -> int:
        return len(self._members)

    def join(self, outbox: Outbox, write: Write) -> None:
        """Take in a client: what is queued already is not for it."""
        self._members[outbox] = write
        outbox.cohort = self
        outbox.since = len(self.frames)
        outbox.seen = self.flushes
        if outbox.since or outbox.pending:
            self._apart[outbox] = None

    def part(self, outbox: Outbox) -> None:
        """Hand a member what is queued for it, so that frames of its own can follow."""
        outbox.pending.extend(self.frames[outbox.since :])
        outbox.since = len(self.frames)
        self._apart[outbox] = None

    def leave(self, outbox: Outbox) -> None:
        """Let a client go, with what is queued for it."""
        self.part(outbox)
        del self._apart[outbox], self._members[outbox]
        outbox.cohort = None
        outbox.since = 0
        outbox.written = outbox.written or outbox.seen != self.flushes

    def holds_any(self) -> bool:
        """Whether there is something to write."""
        return bool(self.frames or self._apart)

    def flush(self) -> None:
        """Write to every member; one whose transport takes no more may leave meanwhile."""
        writes: Iterable[Write] = tuple(self._members.values())
        own: list[tuple[Write, bytes]] = []
        if self._apart:
            apart = tuple(self._apart)
            writes = [write for outbox, write in self._members.items() if outbox not in self._apart]
            for outbox in apart:
                self.part(outbox)
                outbox.since = 0
                outbox.written = True
                own.append((self._members[outbox], outbox.take_pending()))
            self._apart.clear()
        data = b"".join(self.frames)
        self.frames.clear()
        if data:
            self.flushes += 1
        for write, piece in own:
            write(piece)
        if data:
            for write in writes:
                write(data)
