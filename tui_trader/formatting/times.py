"""Ages, durations and clock times."""

from __future__ import annotations

from datetime import UTC, datetime

from tui_trader.formatting.numbers import NONE

LAST_MS = 253_402_300_799_000
"""The last second of the year 9999: a server may tell it, and a clock goes on from what was told."""


def age(seconds: float | None) -> str:
    """An age in one unit: 0s, 59s, 3m, 2h, 4d."""
    if seconds is None or seconds < 0 or seconds == float("inf"):
        return NONE
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3_600:
        return f"{whole // 60}m"
    return f"{whole // 3_600}h" if whole < 86_400 else f"{whole // 86_400}d"


def duration(seconds: float | None) -> str:
    """A length of time: 0:42, 12:05, 3:02:11, 2d 04:10."""
    if seconds is None or seconds < 0:
        return NONE
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    if not hours:
        return f"{minute}:{second:02}"
    if hours < 24:
        return f"{hours}:{minute:02}:{second:02}"
    return f"{hours // 24}d {hours % 24:02}:{minute:02}"


def milliseconds(seconds: float | None) -> str:
    """A round trip: 0.4ms, 12ms, 1.20s."""
    if seconds is None:
        return NONE
    if seconds >= 1:
        return f"{seconds:.2f}s"
    thousandths = seconds * 1_000
    return f"{thousandths:.1f}ms" if thousandths < 10 else f"{thousandths:.0f}ms"


def clock(epoch_ms: int | None) -> str:
    """Time of day, UTC."""
    return "--:--:--" if epoch_ms is None else moment(epoch_ms).strftime("%H:%M:%S")


def moment(epoch_ms: int) -> datetime:
    """Epoch milliseconds as an aware time, UTC; what no calendar has is the first or last day of ours."""
    return datetime.fromtimestamp(min(max(epoch_ms, 0), LAST_MS) / 1_000, UTC)
