"""What the bot core remembers of one connection: who it is and how often it pings."""

from __future__ import annotations

from embedded_server.protocols.bot_core.authentication import Identity
from embedded_server.protocols.facade import Client, Timer

PING_INTERVAL_SECONDS = 27.0
"""30 s by the document, less what a client's timer and the network may take off it (RELIABILITY)."""


class Session:
    """One client. `admitted` is False until it has proved who it is, where that is required."""

    __slots__ = ("_early_pings", "_last_ping", "admitted", "client", "deadline", "identity")

    def __init__(self, client: Client, now: float, *, admitted: bool) -> None:
        self.client = client
        self.admitted = admitted
        self.identity: Identity | None = None
        self.deadline: Timer | None = None
        """Ends the connection unless it authenticates."""
        self._last_ping = now
        self._early_pings = 1

    def ping(self, now: float) -> bool:
        """Note a ping; False when it is one too many. One ping of a connection may come early."""
        early = now - self._last_ping < PING_INTERVAL_SECONDS
        if early:
            self._early_pings -= 1
        self._last_ping = now
        return self._early_pings >= 0

    def release(self) -> None:
        """Stop the timer; safe to repeat."""
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None
