"""Reports that arrived and wait to be saved, and where those saved before are."""

from __future__ import annotations

from collections import deque

from tui_trader.model.events import ReportReceived

KEPT = 20


class Reports:
    """Files by arrival; `waiting` is emptied by whoever saves them."""

    __slots__ = ("revision", "saved", "waiting")

    def __init__(self) -> None:
        self.revision = 0
        self.waiting: list[ReportReceived] = []
        self.saved: deque[str] = deque(maxlen=KEPT)

    def receive(self, event: ReportReceived) -> None:
        """Keep a file until it is saved."""
        self.waiting.append(event)
        self.revision += 1

    def take(self) -> list[ReportReceived]:
        """Hand over what waits."""
        taken, self.waiting = self.waiting, []
        return taken
