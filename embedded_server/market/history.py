"""Candles from before the run, in segments that are made when first asked for and fit together without a gap.

Minutes reach back ten days, half-hours three years; longer candles are aggregated from both, hours as far as
an indicator that looks at three hundred of them needs.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from embedded_server.kernel.time import DAY, MINUTE, SECOND
from embedded_server.market.backward_path import BackwardPath, PathState
from embedded_server.market.columns import Columns, aggregate, joined
from embedded_server.market.intervals import opening
from embedded_server.market.price_process import Dynamics, Streams
from embedded_server.model.enums import Resolution
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import Bar

RECENT_DAYS = 1
MINUTE_DAYS = 10
LONG_DAYS = 3 * 365 + 30
HOUR_DAYS = 90
_HALF_HOUR = 30 * MINUTE
_HOURS = {Resolution.H1, Resolution.H4}
_LONG = {Resolution.D1, Resolution.W1, Resolution.MN1}
_UNALIGNED = {Resolution.W1, Resolution.MN1}
"""Resolutions whose first candle begins before the path does."""


class History:
    """One instrument's past."""

    def __init__(self, instrument: Instrument, dynamics: Dynamics, streams: Streams, start: int) -> None:
        self._path = BackwardPath(instrument, dynamics, streams)
        self._session = dynamics.session
        self._state = PathState(dynamics.log_price, dynamics.volatilities, dynamics.basis)
        self._start = start
        self._minute = start // MINUTE * MINUTE
        self._day = start // DAY * DAY
        self._closed: dict[tuple[Resolution, bool], Columns] = {}
        self._partials: dict[Resolution, Bar | None] = {}

    def __getstate__(self) -> dict[str, object]:
        """What a snapshot keeps: candles are made again when asked for."""
        made = {"_part_of_minute", "_recent", "_older", "_distant"}
        return {name: value for name, value in self.__dict__.items() if name not in made} | {"_closed": {}}

    def closed(self, resolution: Resolution, *, whole: bool = True) -> Columns:
        """Candles that closed before the run; if not `whole` since yesterday's midnight."""
        if resolution is Resolution.M1:  # at hand, and too many to keep twice
            return self._closed_of(resolution, whole)
        whole = whole or resolution in _LONG
        found = self._closed.get((resolution, whole))
        if found is None:
            found = self._closed[resolution, whole] = self._closed_of(resolution, whole)
        return found

    def partial(self, resolution: Resolution) -> Bar | None:
        """What the candle running at the start has behind it.

        For M1 that is its part of the running minute; for the others only the whole minutes before that.
        """
        if resolution not in self._partials:
            self._partials[resolution] = self._find_partial(resolution)
        return self._partials[resolution]

    def prepare(self) -> None:
        """Work out now, rather than when the first week closes, what a candle that reaches far back needs.

        The candles themselves are dropped again: most are never asked for.
        """
        for resolution in _UNALIGNED:
            self.partial(resolution)
        for name in ("_older", "_distant"):
            self.__dict__.pop(name, None)

    def recent_minutes(self) -> Columns:
        """Whole minutes since yesterday's midnight."""
        return self._recent[0]

    def _closed_of(self, resolution: Resolution, whole: bool) -> Columns:
        columns = aggregate(self._source(resolution, whole), resolution)
        ended = int(np.searchsorted(columns.times, opening(resolution, self._start)))
        return columns.between(1 if resolution in _UNALIGNED else 0, ended)

    def _find_partial(self, resolution: Resolution) -> Bar | None:
        if resolution is Resolution.M1:
            bars = self._part_of_minute[0].bars()
            return bars[0] if bars else None
        columns = aggregate(self._source(resolution, resolution in _UNALIGNED), resolution)
        if len(columns) and int(columns.times[-1]) == opening(resolution, self._start):
            return columns.last()
        return None

    def _source(self, resolution: Resolution, whole: bool) -> Columns:
        if not whole:
            return self._recent[0]
        if resolution in _LONG:
            return joined(self._distant[0], self._older[0], self._recent[0])
        if resolution in _HOURS:
            return joined(self._distant[1], self._older[0], self._recent[0])
        return joined(self._older[0], self._recent[0])

    @cached_property
    def _part_of_minute(self) -> tuple[Columns, PathState]:
        elapsed = self._start - self._minute
        times = np.array([self._minute] if elapsed else [], dtype=np.int64)
        times = times[self._session.open_mask(times)]
        return self._path.candles("part", times, elapsed / SECOND, self._state)

    @cached_property
    def _recent(self) -> tuple[Columns, PathState]:
        since = self._day - RECENT_DAYS * DAY
        return self._segment("recent", since, self._minute, MINUTE, self._part_of_minute[1])

    @cached_property
    def _older(self) -> tuple[Columns, PathState]:
        since, until = self._day - MINUTE_DAYS * DAY, self._day - RECENT_DAYS * DAY
        return self._segment("older", since, until, MINUTE, self._recent[1])

    @cached_property
    def _distant(self) -> tuple[Columns, Columns]:
        """Before the minutes: all days, and half-hours `HOUR_DAYS` back; the others are not kept."""
        since, until = self._day - LONG_DAYS * DAY, self._day - MINUTE_DAYS * DAY
        long = self._segment("long", since, until, _HALF_HOUR, self._older[1])[0]
        first = int(np.searchsorted(long.times, self._day - HOUR_DAYS * DAY))
        return aggregate(long, Resolution.D1), long.between(first, len(long)).copy()

    def _segment(
        self, name: str, since: int, until: int, length: int, state: PathState
    ) -> tuple[Columns, PathState]:
        times = np.arange(since, until, length, dtype=np.int64)
        return self._path.candles(name, times[self._session.open_mask(times)], length / SECOND, state)
