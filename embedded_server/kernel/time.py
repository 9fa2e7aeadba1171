"""Units of virtual time: integer nanoseconds since the Unix epoch."""

from __future__ import annotations

NANOSECOND = 1
MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY


def to_milliseconds(nanoseconds: int) -> int:
    """Nanoseconds as whole epoch milliseconds (floor)."""
    return nanoseconds // MILLISECOND


def from_milliseconds(milliseconds: int) -> int:
    """Epoch milliseconds as nanoseconds."""
    return milliseconds * MILLISECOND
