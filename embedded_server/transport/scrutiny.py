"""What a client's frames may add up to: floods that cost the sender nothing are ended with 1008."""

from __future__ import annotations

from websockets.frames import CLOSE, CONT, PING, PONG, Frame

from embedded_server.transport.limits import Limits, MessageRate


class Scrutiny:
    """Counts the frames of one session. Messages have an allowance of their own (limits.py, MessageRate)."""

    __slots__ = ("_controls", "_fragments", "_late", "_limits")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._controls = MessageRate(limits.control_frames_per_minute)
        self._fragments = 0
        self._late = 0

    def objection(self, frame: Frame, now: float) -> str | None:
        """Why this frame is one too many at monotonic second `now`, or None."""
        opcode = frame.opcode
        if opcode in (PING, PONG):
            return None if self._controls.allows(now) else "Too many control frames"
        if opcode is CLOSE:
            return None
        self._fragments = self._fragments + 1 if opcode is CONT else 0
        return "Too many fragments" if self._fragments > self._limits.fragments else None

    def bears_late(self) -> bool:
        """Count a frame that came after our close: a few were under way, more are not read any more."""
        self._late += 1
        return self._late <= self._limits.late_frames
