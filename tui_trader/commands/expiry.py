"""When an order ends by itself, as typed: after a while (`90m`, `4h`, `2d`), or at a time (UTC)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_WHILE = re.compile(r"(\d{1,4})\s*([mhd])")
_MINUTES = {"m": 1, "h": 60, "d": 1_440}
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
EXAMPLES = "90m, 4h, 2d, 18:30"


def read_expiry(text: str, now_ms: int) -> tuple[int | None, str]:
    """The instant in epoch milliseconds, or what is wrong with it; a clock time is the next one to come."""
    words = text.strip().lower()
    now = datetime.fromtimestamp(now_ms / 1_000, UTC)
    span, clock = _WHILE.fullmatch(words), _CLOCK.fullmatch(words)
    if span:
        then = now + timedelta(minutes=int(span[1]) * _MINUTES[span[2]])
    elif clock:
        then = now.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
        then += timedelta(days=then <= now)
    else:
        try:
            then = datetime.fromisoformat(words.upper()).replace(tzinfo=UTC)
        except ValueError:
            return None, EXAMPLES
    if then <= now:
        return None, "has passed"
    return round(then.timestamp() * 1_000), ""
