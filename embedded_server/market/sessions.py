"""Trading hours in UTC: `continuous` by default, each instrument's own in a market with `sessions=True`.

Simplified on purpose: US equities trade weekdays 13:30-20:00 UTC the whole year (no daylight saving, no
holidays) and forex from Sunday 22:00 to Friday 22:00 UTC.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embedded_server.kernel.time import DAY, HOUR, MINUTE, WEEK

_MONDAY = 4 * DAY
"""The first Monday after the epoch (a Thursday)."""
_FAR = 1 << 62


class Session:
    """Weekly opening hours: `periods` are [start, end) in ns after Monday 00:00 UTC; none means always open.

    A period may run over the end of the week.
    """

    def __init__(self, name: str, periods: tuple[tuple[int, int], ...] = ()) -> None:
        self.name = name
        self.periods = periods

    @property
    def always_open(self) -> bool:
        """Whether this market never closes."""
        return not self.periods

    @property
    def trading_time(self) -> int:
        """Nanoseconds of trading in a week."""
        return sum(end - start for start, end in self.periods) if self.periods else WEEK

    def is_open(self, time: int) -> bool:
        """Whether the instrument trades at `time`."""
        if not self.periods:
            return True
        offset = (time - _MONDAY) % WEEK
        return any(start <= offset < end or start <= offset + WEEK < end for start, end in self.periods)

    def next_change(self, time: int) -> int:
        """The first opening or closing after `time`; a time beyond any run for a market that never closes."""
        if not self.periods:
            return _FAR
        week = (time - _MONDAY) // WEEK * WEEK + _MONDAY
        edges = sorted(
            edge + shift for period in self.periods for edge in period for shift in (-WEEK, 0, WEEK)
        )
        return next(week + edge for edge in edges if week + edge > time)

    def open_mask(self, times: NDArray[np.int64]) -> NDArray[np.bool_]:
        """`is_open` of every element of an array."""
        if not self.periods:
            return np.ones(len(times), dtype=np.bool_)
        offsets = (times - _MONDAY) % WEEK
        mask = np.zeros(len(times), dtype=np.bool_)
        for start, end in self.periods:
            mask |= (offsets >= start) & (offsets < end)
            mask |= (offsets + WEEK >= start) & (offsets + WEEK < end)
        return mask


CONTINUOUS = Session("continuous")

SESSIONS: dict[str, Session] = {
    session.name: session
    for session in (
        CONTINUOUS,
        Session(
            "us_equity",
            tuple((day * DAY + 13 * HOUR + 30 * MINUTE, day * DAY + 20 * HOUR) for day in range(5)),
        ),
        Session("forex", ((6 * DAY + 22 * HOUR, 11 * DAY + 22 * HOUR),)),
    )
}
