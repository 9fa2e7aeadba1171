"""When to try again: a pure state machine over a codec's `Backoff`; time is passed in (monotonic seconds)."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui_trader.protocols.codec import Backoff


@dataclass(slots=True)
class Reconnect:
    """Counts failures in a row; a connection that held for `stable_after` seconds wipes the count."""

    backoff: Backoff
    attempt: int = 0
    """The attempt that follows the latest loss, from 1; 0 before the first loss."""
    _opened: float | None = field(default=None)

    def opened(self, now: float) -> None:
        """Note that the link is ready."""
        self._opened = now

    def lost(self, now: float) -> float | None:
        """Note a loss or a failed attempt; return the seconds to wait, or None to give up."""
        if self._opened is not None and now - self._opened >= self.backoff.stable_after:
            self.attempt = 0
        self._opened = None
        self.attempt += 1
        if self.backoff.attempts is not None and self.attempt > self.backoff.attempts:
            return None
        return self.backoff.delays[min(self.attempt, len(self.backoff.delays)) - 1]

    def start_over(self) -> None:
        """Forget all failures: the user asked to try again."""
        self.attempt = 0
        self._opened = None
