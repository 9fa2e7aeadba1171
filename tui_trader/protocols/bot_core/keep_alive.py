"""The heartbeat and reconnection that bot-core.md prescribes for both of its services."""

from __future__ import annotations

from tui_trader.protocols.codec import Backoff, Heartbeat

BACKOFF = Backoff((1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0, 30.0), attempts=10, stable_after=30.0)
"""bot-core.md, Connection Errors; the waits start over after 30 s of stable connection (RELIABILITY.md)."""


def _ping(now_ms: int) -> str:
    return f'{{"type":"Ping","timestamp":{now_ms}}}'


HEARTBEAT = Heartbeat(interval=30.0, timeout=10.0, frame=_ping, jitter=1.0)
"""bot-core.md, Client-Side Ping: every 30 s, never sooner; 10 s without Pong close."""
