"""What of a series a chart has in sight. The pane chooses it; what draws reads it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tui_trader.model.values import Bar


class View(Struct, frozen=True):
    """Candles in sight: `bars[first:last]`, `columns` for each, and the place of the crosshair among them."""

    bars: Sequence[Bar]
    first: int
    last: int
    columns: int
    cross: int | None

    @property
    def window(self) -> Sequence[Bar]:
        """The candles in sight."""
        return self.bars[self.first : self.last]

    @property
    def places(self) -> list[int]:
        """The column of each candle."""
        middle = (self.columns - 1) // 2
        return [n * self.columns + middle for n in range(self.last - self.first)]

    @property
    def width(self) -> int:
        """Columns of all candles."""
        return (self.last - self.first) * self.columns

    @property
    def cross_column(self) -> int | None:
        """Where the crosshair stands."""
        return None if self.cross is None else self.places[self.cross]
