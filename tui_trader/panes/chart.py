"""Chart: candles and volume of the selected instrument, indicators, and what of it is the user's own."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from tui_trader.drawing.canvas import Cell, Line
from tui_trader.formatting import numbers
from tui_trader.formatting.axes import price_marks, time_label
from tui_trader.formatting.candles import PriceScale, fit, gather
from tui_trader.formatting.times import duration, moment
from tui_trader.model.matters import Matter
from tui_trader.model.values import Bar, Instrument
from tui_trader.panes import chart_marks
from tui_trader.panes.chart_plot import Plot
from tui_trader.panes.chart_studies import AVERAGE, Studies, macd_lines, rsi_lines, studies
from tui_trader.panes.chart_view import View
from tui_trader.panes.pane import Pane, said
from tui_trader.progress import SHOWN_SECONDS

if TYPE_CHECKING:
    from textual import events

    from tui_trader.desk import Desk
    from tui_trader.store.candles import Series

ZOOMS = ((16, 1), (8, 1), (4, 1), (2, 1), (1, 1), (1, 2), (1, 3))
"""Candles joined into one, and columns for each, from far to near."""
PLAIN = ZOOMS.index((1, 1))
LABEL_GAP = 4
BELOW = ((), ("rsi",), ("macd",), ("rsi", "macd"))
"""What the key of the indicators goes through."""
BELOW_ROWS = {"rsi": 4, "macd": 5}
ONE_FROM, BOTH_FROM = 20, 34
"""Heights from which one or both indicators are shown unasked."""
_time = attrgetter("time")


class ChartPane(Pane):
    """The latest candles, or earlier ones after scrolling."""

    KEY = "chart"
    TITLE = "Chart"
    CONTEXTS = ("chart",)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.zoom_level = PLAIN
        self.bands: bool | None = None
        self.average = False
        self.below: tuple[str, ...] | None = None
        """Indicators below; None: as many as there is room for."""
        self._end: int | None = None
        """Opening time of the last candle in sight; None follows the latest."""
        self._cross: int | None = None
        """Opening time of the candle under the crosshair."""
        self._viewed: object = None
        self._awaited: tuple[object, float] = (None, 0.0)
        """The series whose candles are still to come, and since when."""
        self._in_sight = 1

    @property
    def series(self) -> Series:
        """What is drawn."""
        selection = self.store.selection
        return self.store.candles.get(selection.symbol, selection.timeframe)

    @property
    def joined(self) -> list[Bar]:
        """The candles as they are drawn."""
        return gather(self.series.bars, ZOOMS[self.zoom_level][0])

    def revision(self) -> object:
        """The series, the last price, own levels and fills, and where the user looks."""
        store = self.store
        quote = store.quotes.get(store.selection.symbol)
        own = (store.orders.revision, store.positions.revision, store.deals.revision)
        view = (self._end, self._cross, self.zoom_level, self.bands, self.average, self.below)
        price = quote.price if quote else None
        return (store.selection.revision, self.series.revision, price, own, view)

    def arrived(self) -> float | None:
        """The newer of candle and quote: a quiet minute without trades is not stale."""
        quote = self.store.quotes.get(self.store.selection.symbol)
        return max(self.series.arrived, quote.arrived) if quote else self.series.arrived

    def sources(self) -> tuple[str, ...]:
        """The link that sends the candles."""
        return (self.series.link,) if self.series.link else ()

    def caption(self, now: float) -> str:
        """Instrument, timeframe, how many candles are joined, and how far back one looks."""
        selection = self.store.selection
        count = ZOOMS[self.zoom_level][0]
        joined = f"  ×{count}" if count > 1 else ""
        back = f"  ◂ {self._back(self.series.bars)}" if self._end is not None else ""
        return f"{selection.symbol} {selection.timeframe}{joined}{back}"

    def _back(self, bars: Sequence[Bar]) -> int:
        """Candles after the last one in sight."""
        return 0 if self._end is None else len(bars) - bisect_right(bars, self._end, key=_time)

    def _look_back(self, candles: int) -> None:
        bars = self.joined
        back = max(0, min(len(bars) - self._in_sight, candles))
        self._end = bars[-1 - back].time if back > 0 and bars else None
        self.touch()

    def action_scroll(self, steps: int) -> None:
        """Move the crosshair by candles; without one look back (-) or forward (+) by a quarter a step."""
        if self._cross is None:
            self._look_back(self._back(self.joined) - steps * max(1, self._in_sight // 4))
        else:
            self._move_cross(steps)

    def _move_cross(self, steps: int) -> None:
        bars = self.joined
        place = bisect_right(bars, self._cross or 0, key=_time) - 1 + steps
        place = max(0, min(len(bars) - 1, place))
        self._cross = bars[place].time
        back = self._back(bars)
        last = len(bars) - back
        if not last - self._in_sight <= place < last:
            self._look_back(back + (last - self._in_sight - place if place < last else last - 1 - place))
        self.touch()

    def action_earliest(self) -> None:
        """Look at the earliest candle there is; the crosshair goes along."""
        bars = self.joined
        self._look_back(len(bars))
        if self._cross is not None and bars:
            self._cross = bars[0].time

    def copied(self) -> str:
        """The candle under the crosshair, or the latest: time, open, high, low, close, volume."""
        bars = self.joined
        if not bars:
            return ""
        place = -1 if self._cross is None else max(0, bisect_right(bars, self._cross, key=_time) - 1)
        bar, symbol = bars[place], self.store.selection.symbol
        digits = self.store.instruments.describe(symbol).price_digits
        prices = (f"{one:.{digits}f}" for one in (bar.open, bar.high, bar.low, bar.close))
        return "\t".join((symbol, f"{moment(bar.time):%Y-%m-%d %H:%M}", *prices, f"{bar.volume:g}"))

    def action_latest(self) -> None:
        """Look at the latest candle again."""
        self._look_back(0)
        if self._cross is not None and self.series.bars:
            self._cross = self.joined[-1].time

    def action_scale(self, steps: int) -> None:
        """Come nearer (+) or look from further off (-)."""
        self.zoom_level = max(0, min(len(ZOOMS) - 1, self.zoom_level + steps))
        self.touch()

    def action_cross(self) -> None:
        """Show the crosshair on the last candle in sight, or take it away."""
        bars = self.joined
        self._cross = None if self._cross is not None or not bars else bars[-1 - self._back(bars)].time
        self.touch()

    def key_escape(self, event: events.Key) -> None:
        """Take the crosshair away; without one the key is others'."""
        if self._cross is not None:
            event.stop()
            self.action_cross()

    def action_bands(self) -> None:
        """Show or hide the Bollinger bands."""
        self.bands = not self._bands(self.size.height)
        self.touch()

    def action_average(self) -> None:
        """Show or hide the moving average."""
        self.average = not self.average
        self.touch()

    def action_indicators(self) -> None:
        """Go through none, RSI, MACD and both."""
        present = self._below(self.size.height)
        self.below = BELOW[(BELOW.index(present) + 1) % len(BELOW)]
        self.touch()

    def _bands(self, height: int) -> bool:
        return height >= ONE_FROM if self.bands is None else self.bands

    def _below(self, height: int) -> tuple[str, ...]:
        if self.below is not None:
            return self.below
        return ("rsi", "macd") if height >= BOTH_FROM else ("rsi",) if height >= ONE_FROM else ()

    def clicked(self, x: int, y: int) -> None:
        """A click puts the crosshair on a candle."""
        bars = self.joined
        place = len(bars) - self._back(bars) - self._in_sight + x // ZOOMS[self.zoom_level][1]
        if 0 <= place < len(bars):
            self._cross = bars[place].time
            self.touch()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Wheel down: forward in time."""
        event.stop()
        self._look_back(self._back(self.joined) - 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Wheel up: back in time."""
        event.stop()
        self._look_back(self._back(self.joined) + 3)

    def body(self, width: int, height: int, now: float) -> list[Line]:
        """Read-out, candles, volume, indicators, time axis."""
        instrument = self.store.instruments.describe(self.store.selection.symbol)
        bars = self.series.bars
        labels = max((len(numbers.price(bar.high, instrument.price_digits)) for bar in bars[-1:]), default=0)
        room = width - labels - 3
        if not bars or room < 4 * ZOOMS[self.zoom_level][1] or height < 5:
            return self._waiting(width, height)
        view = self._view(room)
        below = [name for name in self._below(height + 1) if self._fits(name, height)]
        extra = sum(BELOW_ROWS[name] + 1 for name in below)
        volume_rows = 0 if height < 12 else max(2, (height - extra) // 8)
        rows = height - 2 - volume_rows - extra
        found = studies(view.bars, view.first, view.last, self.series.indicators)
        lines = [self._read_out(view, instrument.price_digits, found, width)]
        lines += self._price_lines(view, found, rows, labels)
        lines += self._volume_lines(view, volume_rows)
        lines += self._below_lines(view, found, below, labels, instrument.price_digits)
        return [*lines, self._time_axis(view)]

    def _fits(self, name: str, height: int) -> bool:
        """An indicator asked for is shown where candles keep some room beside it."""
        return height >= BELOW_ROWS[name] * 2 + 6

    def _view(self, room: int) -> View:
        """Choose the candles in sight; another series starts over at its end."""
        selection = self.store.selection
        if self._viewed != (selection.symbol, selection.timeframe):
            self._viewed = (selection.symbol, selection.timeframe)
            self._end = self._cross = None
        columns = ZOOMS[self.zoom_level][1]
        bars = self.joined
        last = max(1, len(bars) - self._back(bars))
        first = max(0, last - room // columns)
        self._in_sight = last - first
        cross = None
        if self._cross is not None:
            cross = max(0, min(last - 1, bisect_right(bars, self._cross, key=_time) - 1) - first)
        return View(bars, first, last, columns, cross)

    def _waiting(self, width: int, height: int) -> list[Line]:
        now = self.desk.clock()
        self.wake_at(now + 1)
        lacking = self.desk.shortfall.of_selected(Matter.CANDLES, now)
        selection = self.store.selection
        wanted = (selection.symbol, selection.timeframe)
        if self._awaited[0] != wanted:
            self._awaited = (wanted, now)
        seconds = now - self._awaited[1]
        waited = f": {duration(seconds)}" if seconds >= SHOWN_SECONDS else ""
        text = f"waiting for candles{waited}" if selection.symbol else "choose an instrument"
        return said(lacking or text, width, max(0, height // 2 - 1))

    def _read_out(self, view: View, digits: int, found: Studies, width: int) -> Line:
        """Figures of a candle; what does not fit is dropped whole, the close last."""
        at = len(view.window) - 1 if view.cross is None else view.cross
        bar = view.window[at]
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
        if self.average:
            value = numbers.price(found.average[at], digits)
            parts.append((6, (f"  SMA {AVERAGE} ", "muted", ""), (value, "caution", "")))
        if self._bands(self.size.height):
            bounds = (numbers.price(line[at], digits) for line in (found.lower, found.upper))
            parts.append((7, ("  BB ", "muted", ""), (" … ".join(bounds), "overlay", "")))
        for rank in range(7, 0, -1):
            if sum(len(name[0]) + len(value[0]) for _, name, value in parts) <= width:
                break
            parts = [part for part in parts if part[0] != rank]
        return ("pane", tuple(cell for _, name, value in parts for cell in (name, value)))

    def _price_lines(self, view: View, found: Studies, rows: int, labels: int) -> list[Line]:
        symbol = self.store.selection.symbol
        instrument = self.store.instruments.describe(symbol)
        own = list(chart_marks.levels(self.store, symbol))
        prices = [level.price for level in own]
        scale = fit(view.window, rows, tick=instrument.tick_size, levels=prices)
        plot = Plot(view.places, view.width, rows)
        quote = self.store.quotes.get(symbol)
        if quote is not None and quote.price is not None:
            plot.rule(scale.row(quote.price), "faint")
        if view.cross is not None:
            plot.rule(scale.row(view.window[view.cross].close), "muted")
        plot.levels(own, scale)
        plot.candles(view.window, scale)
        low, high = scale.low, scale.high
        if self.average:
            plot.line(found.average, "caution", low=low, high=high)
        if self._bands(self.size.height):
            for line in (found.upper, found.lower, found.middle):
                plot.line(line, "overlay", low=low, high=high)
        plot.words(own, scale)
        plot.fills(chart_marks.fills(self.store, symbol), view.window, scale)
        marks = dict(self._axis(scale, instrument, own, view))
        lines: list[Line] = []
        for row in range(rows):
            label, ink, ground = marks.get(row, ("", "muted", ""))
            lines.append(
                ("pane", (*plot.cells(row, view.cross_column), (f" {label:>{labels}} ", ink, ground)))
            )
        return lines

    def _axis(
        self, scale: PriceScale, instrument: Instrument, own: Sequence[chart_marks.Level], view: View
    ) -> Iterator[tuple[int, Cell]]:
        """Prices beside the rows; what comes later takes the place of what came before."""
        digits = instrument.price_digits
        quote = self.store.quotes.get(instrument.key)
        marks: list[tuple[float, str, str]] = [
            (price, "muted", "")
            for price in price_marks(
                scale.low, scale.high, max(2, scale.rows // 3), tick=instrument.tick_size
            )
        ]
        marks += [(level.price, level.ink, "") for level in own]
        if quote is not None and quote.price is not None:
            marks.append((quote.price, "bold strong", "cursor"))
        if view.cross is not None:
            marks.append((view.window[view.cross].close, "bold on-badge", "paper"))
        for price, ink, ground in marks:
            if 0 <= scale.row(price) < scale.rows:
                yield scale.row(price), (numbers.price(price, digits), ink, ground)

    def _volume_lines(self, view: View, rows: int) -> list[Line]:
        plot = Plot(view.places, view.width, rows)
        if rows:
            plot.volume(view.window)
        return [("pane", tuple(plot.cells(row, view.cross_column))) for row in range(rows)]

    def _below_lines(
        self, view: View, found: Studies, names: Sequence[str], labels: int, digits: int
    ) -> list[Line]:
        at = len(view.window) - 1 if view.cross is None else view.cross
        lines: list[Line] = []
        for name in names:
            plot = Plot(view.places, view.width, BELOW_ROWS[name])
            if name == "rsi":
                lines += rsi_lines(found, plot, at, labels, view.cross_column)
            else:
                lines += macd_lines(found, plot, at, labels, view.cross_column, digits=digits)
        return lines

    def _time_axis(self, view: View) -> Line:
        """Times below the candles; the crosshair's own stands out, and what it would cover is left out."""
        text = ""
        previous: int | None = None
        start, own = self._cross_label(view)
        for place, bar in enumerate(view.window):
            x = place * view.columns
            label = time_label(bar.time, previous, self.series.timeframe)
            covered = own and x <= start + len(own) and x + len(label) >= start
            if not covered and x >= len(text) + (LABEL_GAP if text else 0) and x + len(label) <= view.width:
                text = text.ljust(x) + label
                previous = bar.time
        text = text.ljust(view.width)
        rest = text[start + len(own) :]
        return (
            "pane",
            ((text[:start], "muted", ""), (own, "bold on-badge", "paper"), (rest, "muted", "")),
        )

    @staticmethod
    def _cross_label(view: View) -> tuple[int, str]:
        """Where the time of the candle under the crosshair begins, and the time."""
        if view.cross is None or view.cross_column is None:
            return 0, ""
        label = f" {moment(view.window[view.cross].time):%d %b %H:%M} "
        return max(0, min(view.width - len(label), view.cross_column - len(label) // 2)), label
