"""Virtual nanoseconds since the epoch as the documents write time; UTC is the only zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from embedded_server.kernel.time import MICROSECOND, MILLISECOND, SECOND, to_milliseconds

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def epoch_ms(nanoseconds: int) -> int:
    """Epoch milliseconds, floored (bot-core.md, every timestamp)."""
    return to_milliseconds(nanoseconds)


def iso_z(nanoseconds: int) -> str:
    """`2023-07-10T12:34:56Z`; three decimals unless they are zero (orchestrator.md, Message Format)."""
    seconds, rest = divmod(nanoseconds, SECOND)
    text = _second(seconds)
    milliseconds = rest // MILLISECOND
    return f"{text}.{milliseconds:03d}Z" if milliseconds else f"{text}Z"


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    """Most messages of a moment share their second."""
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")


def iso_offset(nanoseconds: int) -> str:
    """`2025-10-10T10:30:00.000000+00:00`, microseconds always (bot-core.md, Python AI Service WebSocket)."""
    return (_EPOCH + timedelta(microseconds=nanoseconds // MICROSECOND)).isoformat(timespec="microseconds")


def parse_iso(text: str) -> int:
    """Read an ISO-8601 instant; one without an offset is UTC. Raises `ValueError`."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return (instant - _EPOCH) // timedelta(microseconds=1) * MICROSECOND
