"""Reports that arrived and wait to be saved, and where those saved before are."""

from __future__ import annotations

from collections import deque

from tui_trader.model.commands import Command, RequestReport
from tui_trader.model.events import ReportReceived

KEPT = 20


class Reports:
    """Files by arrival; `waiting` is emptied by whoever saves them."""

    __slots__ = ("asked", "revision", "saved", "waiting")

    def __init__(self) -> None:
        self.asked: dict[str, str] = {}
        """Kinds of those that were asked for and neither came nor were refused, by reference."""
        self.revision = 0
        self.waiting: list[ReportReceived] = []
        self.saved: deque[str] = deque(maxlen=KEPT)

    def sent(self, command: Command) -> None:
        """Note that one is under way, if that is what was asked for."""
        if isinstance(command, RequestReport):
            self.asked[command.reference] = command.kind

    def refuse(self, reference: str) -> None:
        """Note that one will never come."""
        self.asked.pop(reference, None)

    def receive(self, event: ReportReceived) -> None:
        """Keep a file until it is saved. Files come without the reference: the oldest was asked for first."""
        self.asked.pop(next(iter(self.asked), ""), None)
        self.waiting.append(event)
        self.revision += 1

    def take(self) -> list[ReportReceived]:
        """Hand over what waits."""
        taken, self.waiting = self.waiting, []
        return taken
