"""A run's closed candles of one resolution: 48 bytes each, made into values when somebody asks."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator

import numpy as np

from embedded_server.market.columns import Columns
from embedded_server.model.states import Bar

_FIELDS = 6


class ClosedCandles:
    """Candles in order of time, oldest first."""

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers = array("q")

    def __len__(self) -> int:
        return len(self._numbers) // _FIELDS

    def append(self, bar: Bar) -> None:
        """Add the next one."""
        self._numbers.extend((bar.time, bar.open, bar.high, bar.low, bar.close, bar.lots))

    def drop(self, count: int) -> None:
        """Forget the oldest."""
        del self._numbers[: count * _FIELDS]

    def bars(self, *, first: int = 0) -> list[Bar]:
        """The candles from a place on."""
        return list(self._values(first))

    def newest(self, count: int) -> list[Bar]:
        """The last so many, or as many as there are."""
        return list(self._values(max(0, len(self) - count)))

    def opening_from(self, time: int) -> int:
        """The place of the first that opens at `time` (ns) or later."""
        return bisect_left(range(len(self)), time, key=self._opening)

    def last(self) -> Bar:
        """The newest; raises `IndexError` if there is none."""
        return self.newest(1)[0]

    def columns(self) -> Columns:
        """All of them, as a snapshot keeps them."""
        table = np.array(self._numbers, dtype=np.int64).reshape(-1, _FIELDS).T.copy()
        return Columns(table[0], table[1], table[2], table[3], table[4], table[5])

    @classmethod
    def of(cls, columns: Columns) -> ClosedCandles:
        """Come back from a snapshot."""
        made = cls()
        made._numbers.frombytes(np.column_stack(columns.arrays()).astype(np.int64).tobytes())
        return made

    def _values(self, first: int) -> Iterator[Bar]:
        numbers = iter(self._numbers[first * _FIELDS :])
        return map(Bar, numbers, numbers, numbers, numbers, numbers, numbers)

    def _opening(self, place: int) -> int:
        return self._numbers[place * _FIELDS]
