"""When an order ends by itself, as typed: after a while (`90m`, `4h`, `2d`), or at a time (UTC)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tui_trader.formatting.times import moment

_WHILE = re.compile(r"(\d{1,4})\s*([mhd])")
_MINUTES = {"m": 1, "h": 60, "d": 1_440}
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
EXAMPLES = "90m, 4h, 2d, 18:30"


def read_expiry(text: str, now_ms: int) -> tuple[int | None, str]:
    """The instant in epoch milliseconds, or what is wrong with it; a clock time is the next one to come."""
    now = moment(now_ms)
    try:
        then = _instant(text.strip().lower(), now)
    except (ValueError, OverflowError):
        return None, EXAMPLES
    return (round(then.timestamp() * 1_000), "") if then > now else (None, "has passed")


def _instant(words: str, now: datetime) -> datetime:
    if span := _WHILE.fullmatch(words):
        return now + timedelta(minutes=int(span[1]) * _MINUTES[span[2]])
    if clock := _CLOCK.fullmatch(words):
        then = now.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
        return then + timedelta(days=then <= now)
    then = datetime.fromisoformat(words.upper())
    return then if then.tzinfo else then.replace(tzinfo=UTC)
