"""When a candle opens and closes, in UTC: up to a day on multiples of its length, weeks on Monday."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from embedded_server.kernel.time import DAY, HOUR, MINUTE, SECOND, WEEK
from embedded_server.model.enums import Resolution

Times = NDArray[np.int64]

LENGTHS: dict[Resolution, int] = {
    Resolution.M1: MINUTE,
    Resolution.M5: 5 * MINUTE,
    Resolution.M15: 15 * MINUTE,
    Resolution.M30: 30 * MINUTE,
    Resolution.H1: HOUR,
    Resolution.H4: 4 * HOUR,
    Resolution.D1: DAY,
    Resolution.W1: WEEK,
}
"""Nanoseconds of every resolution with a fixed length (all but the month)."""

_FROM_THURSDAY_TO_MONDAY = 3 * DAY
"""The epoch began on a Thursday; weeks begin on Monday."""


def opening(resolution: Resolution, time: int) -> int:
    """Opening instant of the candle that contains `time`."""
    if resolution is Resolution.MN1:
        moment = datetime.fromtimestamp(time // SECOND, UTC)
        return _first_of(moment.year, moment.month)
    if resolution is Resolution.W1:
        return (time + _FROM_THURSDAY_TO_MONDAY) // WEEK * WEEK - _FROM_THURSDAY_TO_MONDAY
    length = LENGTHS[resolution]
    return time // length * length


def closing(resolution: Resolution, start: int) -> int:
    """First instant after the candle that opened at `start`."""
    if resolution is Resolution.MN1:
        moment = datetime.fromtimestamp(start // SECOND, UTC)
        years, month = divmod(moment.month, 12)
        return _first_of(moment.year + years, month + 1)
    return start + LENGTHS[resolution]


def openings(resolution: Resolution, times: Times) -> Times:
    """`opening` of every element of an array."""
    if resolution is Resolution.MN1:
        months = times.astype("datetime64[ns]").astype("datetime64[M]")
        return months.astype("datetime64[ns]").astype(np.int64)
    if resolution is Resolution.W1:
        return (times + _FROM_THURSDAY_TO_MONDAY) // WEEK * WEEK - _FROM_THURSDAY_TO_MONDAY
    length = LENGTHS[resolution]
    return times // length * length


def _first_of(year: int, month: int) -> int:
    return int(datetime(year, month, 1, tzinfo=UTC).timestamp()) * SECOND
