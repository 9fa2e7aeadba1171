"""Waits for messages of a market that is moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inbox import Inbox

if TYPE_CHECKING:
    from embedded_server.server import Server


async def advance_until(
    server: Server,
    inbox: Inbox,
    wanted: Callable[[Any], object],
    *,
    seconds: float,
    step: float = 30.0,
    between: Callable[[], Any] | None = None,
) -> Any:
    """Move the market until a message comes; `between` is awaited after each step."""
    moved = 0.0
    while True:
        await server.advance(step)
        moved += step
        await asyncio.sleep(0.01)
        if between is not None:
            await between()
        if (message := inbox.pop(wanted)) is not None:
            return message
        assert moved < seconds, f"not in {seconds} s of market time"


def types(inbox: Inbox) -> set[str]:
    """Types of all that came."""
    return {message["type"] for message in inbox.seen}
