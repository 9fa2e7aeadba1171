"""The cells of a chart: candles, volume, lines over them, and the panes of indicators below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from tui_trader.drawing.canvas import Cell
from tui_trader.formatting.braille_line import glyph, trace
from tui_trader.formatting.candles import PriceScale, candle, column
from tui_trader.formatting.indicators import Line
from tui_trader.model.values import Bar
from tui_trader.panes.chart_marks import Fill, Level

Spot = tuple[str, str]
"""Glyph and ink of one cell."""
BLANK: Spot = (" ", "text")
_EMPTY = " ┈"
COLUMNS = " ┈█▀▄"
"""Glyphs of rules and columns, which a line may run over."""
RULE = "┈"


class Plot:
    """A grid of cells; candle `n` stands in column `places[n]`."""

    def __init__(self, places: Sequence[int], width: int, rows: int) -> None:
        self.places = places
        self.grid = [[BLANK] * width for _ in range(rows)]

    def rule(self, row: int, ink: str) -> None:
        """A dotted line over the whole width."""
        if 0 <= row < len(self.grid):
            self.grid[row][:] = [(RULE, ink)] * len(self.grid[row])

    def levels(self, levels: Iterable[Level], scale: PriceScale) -> None:
        """Lines at own prices."""
        for level in levels:
            self.rule(scale.row(level.price), level.ink)

    def words(self, levels: Iterable[Level], scale: PriceScale) -> None:
        """What each line is, at its left end, over everything else."""
        for level in levels:
            row = scale.row(level.price)
            if 0 <= row < len(self.grid) and len(level.text) + 2 < len(self.grid[row]):
                for x, character in enumerate(f"{level.text} "):
                    self.grid[row][x] = (character, f"bold {level.ink}")

    def candles(self, bars: Sequence[Bar], scale: PriceScale) -> None:
        """The candles themselves."""
        for x, bar in zip(self.places, bars, strict=True):
            ink = "up" if bar.close >= bar.open else "down"
            for row, mark in candle(bar, scale):
                self.grid[row][x] = (mark, ink)

    def volume(self, bars: Sequence[Bar]) -> None:
        """Volume as columns over all rows."""
        highest = max(bar.volume for bar in bars)
        for x, bar in zip(self.places, bars, strict=True):
            ink = "volume-up" if bar.close >= bar.open else "volume-down"
            for row, mark in enumerate(column(bar.volume, highest, len(self.grid))):
                self.grid[row][x] = (mark, ink)

    def line(self, values: Line, ink: str, *, low: float, high: float, over: str = _EMPTY) -> None:
        """A line where nothing but these glyphs stands, so that it runs behind candles."""
        dots = trace(values, self.places, len(self.grid), low=low, high=high)
        for (row, x), bits in dots.items():
            if x < len(self.grid[row]) and self.grid[row][x][0] in over:
                self.grid[row][x] = (glyph(bits), ink)

    def bars_around_zero(self, values: Line, reach: float) -> None:
        """Columns up and down from the middle, in half cells."""
        halves = len(self.grid)
        for x, value in zip(self.places, values, strict=True):
            if value is None or not reach:
                continue
            size = min(halves, max(1, round(abs(value) / reach * halves)))
            ink = "volume-up" if value > 0 else "volume-down"
            span = range(halves - size, halves) if value > 0 else range(halves, halves + size)
            for row in {half // 2 for half in span}:
                upper, lower = 2 * row in span, 2 * row + 1 in span
                self.grid[row][x] = ("█" if upper and lower else "▀" if upper else "▄", ink)

    def fills(self, fills: Iterable[Fill], bars: Sequence[Bar], scale: PriceScale) -> None:
        """Executions at their candle and price."""
        for fill in fills:
            place = next((n for n in range(len(bars) - 1, -1, -1) if bars[n].time <= fill.time_ms), None)
            row = scale.row(fill.price)
            if place is not None and 0 <= row < len(self.grid):
                buys = fill.side.sign > 0
                self.grid[row][self.places[place]] = (
                    "▲" if buys else "▼",
                    f"bold {'bid' if buys else 'ask'}",
                )

    def cells(self, row: int, cross: int | None) -> list[Cell]:
        """One row as runs; the crosshair's column stands on its own ground."""
        return runs(self.grid[row], cross)


def runs(spots: Sequence[Spot], cross: int | None = None) -> list[Cell]:
    """Neighbouring spots of one look as one cell."""
    looks = [(mark, ink, "cursor" if x == cross else "") for x, (mark, ink) in enumerate(spots)]
    return [
        ("".join(mark for mark, _, _ in run), ink, ground)
        for (ink, ground), run in groupby(looks, key=lambda look: look[1:])
    ]
