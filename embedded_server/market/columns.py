"""Candles as arrays, oldest first, and their aggregation to longer ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embedded_server.market.intervals import openings
from embedded_server.model.enums import Resolution
from embedded_server.model.states import Bar

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Columns:
    """One array a field; `times` are openings (ns), prices in ticks, volume in lots."""

    times: Integers
    opens: Integers
    highs: Integers
    lows: Integers
    closes: Integers
    lots: Integers

    def __len__(self) -> int:
        return len(self.times)

    def arrays(self) -> tuple[Integers, ...]:
        """The fields in the order of `Bar`."""
        return self.times, self.opens, self.highs, self.lows, self.closes, self.lots

    def bars(self) -> list[Bar]:
        """The same candles as values."""
        return list(map(Bar, *(array.tolist() for array in self.arrays())))

    def between(self, first: int, last: int) -> Columns:
        """Candles from a place up to and without another."""
        return Columns(*(array[first:last] for array in self.arrays()))

    def copy(self) -> Columns:
        """The same, of which nothing else is kept alive."""
        return Columns(*(array.copy() for array in self.arrays()))

    def newest(self, count: int) -> Columns:
        """The last so many, or as many as there are."""
        return self.between(max(0, len(self) - count), len(self))

    def last(self) -> Bar:
        """The newest candle as a value."""
        return Bar(*(int(array[-1]) for array in self.arrays()))


def empty() -> Columns:
    """No candles."""
    nothing = np.zeros(0, dtype=np.int64)
    return Columns(nothing, nothing, nothing, nothing, nothing, nothing)


def joined(*parts: Columns) -> Columns:
    """Candles one after another."""
    return Columns(
        *(np.concatenate(arrays) for arrays in zip(*(part.arrays() for part in parts), strict=True))
    )


def aggregate(columns: Columns, resolution: Resolution) -> Columns:
    """Candles of a longer resolution; a first or last one that is not whole is made of what there is."""
    if resolution is Resolution.M1 or not len(columns):
        return columns
    starts = openings(resolution, columns.times)
    first = np.flatnonzero(np.append(True, starts[1:] != starts[:-1]))
    last = np.append(first[1:], len(starts)) - 1
    return Columns(
        starts[first],
        columns.opens[first],
        np.maximum.reduceat(columns.highs, first),
        np.minimum.reduceat(columns.lows, first),
        columns.closes[last],
        np.add.reduceat(columns.lots, first),
    )
