"""Where a test's client leaves what it received: selective receive, everything kept for the judgement."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

PATIENCE_SECONDS = 10.0


class Inbox:
    """Messages of one connection, oldest first."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        """Everything that ever arrived."""
        self._waiting: list[Any] = []
        self._arrived = asyncio.Event()

    def put(self, message: Any) -> None:
        """Keep a message."""
        self.seen.append(message)
        self._waiting.append(message)
        self._arrived.set()

    def pop(self, wanted: Callable[[Any], object]) -> Any | None:
        """The oldest waiting message for which `wanted` holds, removed; None when there is none."""
        for index, message in enumerate(self._waiting):
            if wanted(message):
                return self._waiting.pop(index)
        return None

    async def take(self, wanted: Callable[[Any], object], seconds: float = PATIENCE_SECONDS) -> Any:
        """The oldest such message, now or when it comes. Raises `TimeoutError`."""
        async with asyncio.timeout(seconds):
            while (message := self.pop(wanted)) is None:
                self._arrived.clear()
                await self._arrived.wait()
            return message

    def forget(self) -> None:
        """Drop what waits; a later `take` sees only what comes from now on."""
        self._waiting.clear()
