"""Indicators of the candles in sight, and how RSI and MACD stand below the chart.

Where the server told a figure of a candle, that one counts; the rest is reckoned from the closes before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from tui_trader.drawing.canvas import Cell
from tui_trader.drawing.canvas import Line as DrawnLine
from tui_trader.formatting import numbers
from tui_trader.formatting.indicators import Line, bollinger, macd, rsi, sma
from tui_trader.model.values import Bar
from tui_trader.panes.chart_plot import COLUMNS, Plot

WARM_UP = 200
"""Candles before those in sight that averages start from."""
AVERAGE = 50
RSI_BOUNDS = (30.0, 70.0)
RSI_RANGE = (15.0, 85.0)
"""What the pane shows; what is beyond stands at its edge."""


class Studies(Struct, frozen=True):
    """Lines over the candles in sight, one value a candle."""

    average: Line
    upper: Line
    middle: Line
    lower: Line
    rsi: Line
    macd: Line
    signal: Line

    @property
    def histogram(self) -> Line:
        """MACD less its signal."""
        pairs = zip(self.macd, self.signal, strict=True)
        return [None if line is None or own is None else line - own for line, own in pairs]


def studies(bars: Sequence[Bar], first: int, last: int, told: Mapping[int, Mapping[str, float]]) -> Studies:
    """Reckon all lines for `bars[first:last]`."""
    start = max(0, first - WARM_UP)
    closes = [bar.close for bar in bars[start:last]]
    upper, middle, lower = bollinger(closes)
    line, signal = macd(closes)
    window = bars[first:last]

    def cut(values: Line, name: str = "") -> Line:
        own = values[first - start :]
        if not name or not told:
            return own
        return [told.get(bar.time, {}).get(name, value) for bar, value in zip(window, own, strict=True)]

    return Studies(
        average=cut(sma(closes, AVERAGE)),
        upper=cut(upper, "bollinger_upper"),
        middle=cut(middle, "bollinger_middle"),
        lower=cut(lower, "bollinger_lower"),
        rsi=cut(rsi(closes), "rsi"),
        macd=cut(line, "macd"),
        signal=cut(signal, "macd_signal"),
    )


def rsi_lines(found: Studies, plot: Plot, at: int, labels: int, cross: int | None) -> list[DrawnLine]:
    """A heading with the figure of one candle, and the line between its bounds."""
    rows = len(plot.grid)
    low, high = RSI_RANGE
    marks = {}
    for bound in RSI_BOUNDS:
        row = min(rows - 1, int((high - bound) / (high - low) * rows))
        plot.rule(row, "faint")
        marks[row] = f"{bound:.0f}"
    clamped = [None if value is None else max(low, min(high, value)) for value in found.rsi]
    plot.line(clamped, "overlay", low=low - 0.01, high=high + 0.01)
    value = found.rsi[at]
    state = "" if value is None else "  overbought" if value > 70 else "  oversold" if value < 30 else ""
    heading: DrawnLine = (
        "pane",
        (
            (" RSI 14  ", "muted", ""),
            (numbers.fixed(value, 1), "overlay", ""),
            (state, "caution", ""),
        ),
    )
    return [heading, *_rows(plot, marks, labels, cross)]


def macd_lines(
    found: Studies, plot: Plot, at: int, labels: int, cross: int | None, *, digits: int
) -> list[DrawnLine]:
    """A heading with the figures of one candle, both lines, and their difference as columns."""
    known = [abs(value) for line in (found.macd, found.signal) for value in line if value is not None]
    reach = max(known, default=0.0) or 1.0
    plot.bars_around_zero(found.histogram, reach)
    for line, ink in ((found.signal, "caution"), (found.macd, "focus")):
        plot.line(line, ink, low=-reach, high=reach * 1.0001, over=COLUMNS)
    places = min(6, digits + 1)
    heading: DrawnLine = (
        "pane",
        (
            (" MACD 12 26 9  ", "muted", ""),
            (numbers.signed(found.macd[at], places), "focus", ""),
            ("  signal ", "muted", ""),
            (numbers.signed(found.signal[at], places), "caution", ""),
        ),
    )
    return [heading, *_rows(plot, {len(plot.grid) // 2: "0"}, labels, cross)]


def _rows(plot: Plot, marks: Mapping[int, str], labels: int, cross: int | None) -> list[DrawnLine]:
    lines: list[DrawnLine] = []
    for row in range(len(plot.grid)):
        label: Cell = (f" {marks.get(row, ''):>{labels}} ", "muted", "")
        lines.append(("pane", (*plot.cells(row, cross), label)))
    return lines
