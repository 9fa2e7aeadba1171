"""Chart: candles and volume of the selected instrument, its last price, own entries and orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from tui_trader.drawing.canvas import Cell, Line
from tui_trader.formatting import numbers
from tui_trader.formatting.axes import price_marks, time_label
from tui_trader.formatting.candles import PriceScale, candle, column, fit
from tui_trader.formatting.times import moment
from tui_trader.model.values import Bar
from tui_trader.panes.pane import Pane

if TYPE_CHECKING:
    from tui_trader.desk import Desk
    from tui_trader.store.candles import Series

Spot = tuple[str, str]
"""Glyph and ink of one cell."""
BLANK: Spot = (" ", "text")
SPACINGS = (1, 2, 3)
LABEL_GAP = 4


class ChartPane(Pane):
    """The latest candles, or earlier ones after scrolling; `spacing` columns a candle."""

    KEY = "chart"
    TITLE = "Chart"
    CONTEXTS = ("chart",)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.back = 0
        self.spacing = 1
        self._viewed: object = None

    @property
    def series(self) -> Series:
        """What is drawn."""
        selection = self.store.selection
        return self.store.candles.get(selection.symbol, selection.timeframe)

    def revision(self) -> object:
        """The series, the last price, and own levels."""
        store = self.store
        quote = store.quotes.get(store.selection.symbol)
        return (
            store.selection.revision,
            self.series.revision,
            quote.price if quote else None,
            store.orders.revision,
            store.positions.revision,
            self.back,
            self.spacing,
        )

    def arrived(self) -> float | None:
        """The newer of candle and quote: a quiet minute without trades is not stale."""
        quote = self.store.quotes.get(self.store.selection.symbol)
        return max(self.series.arrived, quote.arrived) if quote else self.series.arrived

    def sources(self) -> tuple[str, ...]:
        """The link that sends the candles."""
        return (self.series.link,) if self.series.link else ()

    def caption(self, now: float) -> str:
        """Instrument, timeframe, and how far back one looks."""
        selection = self.store.selection
        back = f"  ◂ {self.back}" if self.back else ""
        return f"{selection.symbol} {selection.timeframe}{back}"

    # keys

    def action_scroll(self, candles: int) -> None:
        """Look back (-) or forward (+) by a quarter of what is shown for each step."""
        shown = max(1, (self.size.width - 12) // self.spacing)
        most = max(0, len(self.series.bars) - shown)
        self.back = max(0, min(most, self.back - candles * max(1, shown // 4)))
        self.touch()

    def action_latest(self) -> None:
        """Look at the latest candle again."""
        self.back = 0
        self.touch()

    def action_scale(self, steps: int) -> None:
        """Give each candle more (+) or fewer (-) columns."""
        place = SPACINGS.index(self.spacing) + steps
        self.spacing = SPACINGS[max(0, min(len(SPACINGS) - 1, place))]
        self.touch()

    # drawing

    def body(self, width: int, height: int, now: float) -> list[Line]:
        """Read-out, candles, volume, time axis."""
        selection = self.store.selection
        if self._viewed != (selection.symbol, selection.timeframe):
            self._viewed, self.back = (selection.symbol, selection.timeframe), 0
        instrument = self.store.instruments.describe(selection.symbol)
        bars = self.series.bars
        labels = max((len(numbers.price(bar.high, instrument.price_digits)) for bar in bars[-1:]), default=0)
        axis = labels + 2
        columns = (width - axis - 1) // self.spacing
        if not bars or columns < 4 or height < 5:
            return self._waiting(width, height)
        last = len(bars) - self.back
        window = bars[max(0, last - columns) : last]
        volume_rows = 0 if height < 12 else max(2, height // 7)
        rows = height - 2 - volume_rows
        scale = fit(window, rows, tick=instrument.tick_size)
        plot = self._plot(window, scale, volume_rows)
        levels = dict(self._levels(scale, instrument.price_digits))
        lines = [self._read_out(window[-1], instrument.price_digits, width)]
        for row, spots in enumerate(plot):
            label, ink, ground = levels.get(row, ("", "muted", ""))
            lines.append(("pane", (*_runs(spots), (f" {label:>{labels}} ", ink, ground))))
        lines.append(self._time_axis(window))
        return lines

    def _waiting(self, width: int, height: int) -> list[Line]:
        text = "waiting for candles" if self.store.selection.symbol else "choose an instrument"
        return [("pane", ())] * max(0, height // 2 - 1) + [("pane", ((text.center(width), "faint", ""),))]

    def _read_out(self, bar: Bar, digits: int, width: int) -> Line:
        """Figures of a candle; what does not fit is dropped whole, the close last."""
        ink = "up" if bar.close >= bar.open else "down"
        change = 100 * (bar.close / bar.open - 1) if bar.open else None
        parts: list[tuple[int, Cell, Cell]] = [
            (4, ("", "muted", ""), (f" {moment(bar.time):%d %b %H:%M}", "muted", "")),
            (3, ("  O ", "muted", ""), (numbers.price(bar.open, digits), ink, "")),
            (2, ("  H ", "muted", ""), (numbers.price(bar.high, digits), ink, "")),
            (2, ("  L ", "muted", ""), (numbers.price(bar.low, digits), ink, "")),
            (0, ("  C ", "muted", ""), (numbers.price(bar.close, digits), ink, "")),
            (1, ("  ", "muted", ""), (numbers.percent(change), ink, "")),
            (5, ("  V ", "muted", ""), (numbers.compact(bar.volume), "text", "")),
        ]
        for rank in range(5, 0, -1):
            if sum(len(name[0]) + len(value[0]) for _, name, value in parts) <= width:
                break
            parts = [part for part in parts if part[0] != rank]
        return ("pane", tuple(cell for _, name, value in parts for cell in (name, value)))

    def _plot(self, window: Sequence[Bar], scale: PriceScale, volume_rows: int) -> list[list[Spot]]:
        columns = len(window) * self.spacing
        grid = [[BLANK] * columns for _ in range(scale.rows + volume_rows)]
        self._rule(grid, scale)
        highest = max(bar.volume for bar in window)
        for place, bar in enumerate(window):
            x = place * self.spacing + (self.spacing - 1) // 2
            ink = "up" if bar.close >= bar.open else "down"
            for row, glyph in candle(bar, scale):
                grid[row][x] = (glyph, ink)
            for row, glyph in enumerate(column(bar.volume, highest, volume_rows)):
                grid[scale.rows + row][x] = (glyph, f"volume-{ink}")
        return grid

    def _rule(self, grid: list[list[Spot]], scale: PriceScale) -> None:
        """Dotted lines at own entries and orders and at the last price, under the candles."""
        symbol = self.store.selection.symbol
        marks = [(item.entry_price, "focus") for item in self.store.positions if item.symbol == symbol]
        for order in self.store.orders.active:
            level = order.price or order.stop_price
            if order.symbol == symbol and level is not None:
                marks.append((level, "pending"))
        quote = self.store.quotes.get(symbol)
        if quote is not None and quote.price is not None:
            marks.append((quote.price, "faint"))
        for price, ink in marks:
            row = scale.row(price)
            if 0 <= row < scale.rows:
                grid[row][:] = [("┈", ink)] * len(grid[row])

    def _levels(self, scale: PriceScale, digits: int) -> Iterator[tuple[int, Cell]]:
        instrument = self.store.instruments.describe(self.store.selection.symbol)
        for price in price_marks(scale.low, scale.high, max(2, scale.rows // 3), tick=instrument.tick_size):
            row = scale.row(price)
            if 0 <= row < scale.rows:
                yield row, (numbers.price(price, digits), "muted", "")
        quote = self.store.quotes.get(instrument.key)
        if quote is not None and quote.price is not None and 0 <= scale.row(quote.price) < scale.rows:
            yield scale.row(quote.price), (numbers.price(quote.price, digits), "bold strong", "cursor")

    def _time_axis(self, window: Sequence[Bar]) -> Line:
        text = ""
        previous: int | None = None
        for place, bar in enumerate(window):
            x = place * self.spacing
            label = time_label(bar.time, previous, self.series.timeframe)
            if x >= len(text) + (LABEL_GAP if text else 0) and x + len(label) <= len(window) * self.spacing:
                text = text.ljust(x) + label
                previous = bar.time
        return ("pane", ((text, "muted", ""),))


def _runs(spots: Sequence[Spot]) -> list[Cell]:
    """Neighbouring spots of one ink as one cell."""
    return [
        ("".join(glyph for glyph, _ in run), ink, "") for ink, run in groupby(spots, key=lambda spot: spot[1])
    ]
