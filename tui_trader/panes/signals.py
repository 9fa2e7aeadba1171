"""Signals of strategies and AI services, newest first; Enter shows the reasoning under the list."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from tui_trader.commands.signal_ticket import open_ticket
from tui_trader.drawing.canvas import Cell, Line, fit, width_of
from tui_trader.formatting import numbers
from tui_trader.formatting.symbols import short_symbol
from tui_trader.formatting.times import clock
from tui_trader.model.commands import RequestSignal
from tui_trader.model.matters import Matter
from tui_trader.model.values import Signal
from tui_trader.panes import outcome_words
from tui_trader.panes.table import Column, TablePane
from tui_trader.store.outcomes import outcome

if TYPE_CHECKING:
    from tui_trader.desk import Desk

_DIRECTIONS = {"long": ("▲ long", "up"), "short": ("▼ short", "down"), "neutral": ("• neutral", "muted")}
LIST_ROWS = 5
GAUGE = 10
SCORE_NAME = 24
SOURCE = 10
WIDE = 100
LIST_WIDTH = 60
"""From this width on the reasoning stands beside a list of that width."""


class SignalsPane(TablePane[Signal]):
    """One line a signal; the chosen one's reasoning, scores and levels below."""

    KEY = "signals"
    TITLE = "Signals"
    CONTEXTS = ("table", "signals")
    EMPTY = "no signals yet"
    MATTER = Matter.SIGNALS

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.detailed = False
        self._scrolled = 0

    def columns(self) -> Sequence[Column[Signal]]:
        """Symbol, direction and confidence stay to the end."""
        return (
            Column("Time", self._time, 1, right=False),
            Column("Symbol", self._symbol, right=False),
            Column("Signal", self._direction, right=False, minimum=9),
            Column("Conf", self._confidence),
            Column("Source", self._source, 2, right=False, short=self._source_in_short),
            Column("Why", self._why, 3, right=False, grows=True, minimum=19),
        )

    def count(self) -> int | None:
        """How many are kept."""
        return len(self.store.signals)

    def revision(self) -> object:
        """The list, whether detail is shown, and what can have become of a signal."""
        store = self.store
        parts = (store.signals, store.orders, store.deals, store.links)
        return (self.detailed, *(part.revision for part in parts))

    def rows(self) -> Sequence[Signal]:
        """Newest first."""
        return list(self.store.signals.newest_first)

    def identity(self, row: Signal) -> Hashable:
        """Link and id."""
        return (row.link, row.id)

    def body(self, width: int, height: int, now: float) -> list[Line]:
        """The list, and the reasoning if it is asked for or there is plenty of room."""
        signal = self.current
        roomy = height >= LIST_ROWS * 3
        if signal is None or not (self.detailed or roomy or width >= WIDE):
            return super().body(width, height, now)
        if width >= WIDE:
            listed = super().body(LIST_WIDTH, height, now)
            room = width - LIST_WIDTH
            return beside(listed, self._window(self._detail(signal, room), height), LIST_WIDTH, height)
        detail = self._detail(signal, width)
        least = LIST_ROWS + 1 if roomy else 2
        above = max(least, min(len(self.store.signals) + 2, height - len(detail)))
        lines = super().body(width, above, now)
        return lines + [("pane", ())] * (above - len(lines)) + self._window(detail, height - above)

    def _window(self, detail: list[Line], height: int) -> list[Line]:
        """As much of the detail as fits, from where it was scrolled to; its head stays."""
        self._scrolled = max(0, min(self._scrolled, len(detail) - height))
        below = len(detail) - height - self._scrolled
        shown = [detail[0], *detail[1 + self._scrolled : height + self._scrolled]]
        if below > 0 and height > 2:
            more = f" … {below + 1} more lines: {self.desk.keymap.first('signals.detail_down')}"
            shown[-1] = ("pane", ((more, "faint", ""),))
        return shown

    def put_cursor(self, place: int) -> None:
        """Move the cursor; the next signal's reasoning begins at its top."""
        super().put_cursor(place)
        self._scrolled = 0

    def action_detail(self) -> None:
        """Show or hide the reasoning."""
        self.detailed = not self.detailed
        self.touch()

    def action_request(self) -> None:
        """Ask for a signal of the selected instrument; where none is to be had of it, ask of which."""
        selection = self.store.selection
        links = self.desk.carriers(selection.symbol, RequestSignal)
        if not links:
            self.desk.console.report(f"No AI service covers {selection.symbol}: say what for.")
            self.desk.console.open_command_line("signal ")
            return
        self.desk.console.submit(
            RequestSignal(link=links[0], symbol=selection.symbol, timeframe=selection.timeframe)
        )

    def action_ticket(self) -> None:
        """Fill a ticket in from the signal under the cursor; it is the user who sends it."""
        signal = self.current
        if signal is not None:
            open_ticket(signal, self.desk)

    def action_scroll_detail(self, steps: int) -> None:
        """Scroll the reasoning."""
        self._scrolled = max(0, self._scrolled + steps)
        self.touch()

    def _detail(self, signal: Signal, width: int) -> list[Line]:
        self.wake_at(self.desk.clock() + 1)
        digits = self.store.instruments.describe(signal.symbol).price_digits
        head = " · ".join(part for part in (signal.source, signal.timeframe, signal.model) if part)
        lines: list[Line] = [("bar", ((f" {head}", "muted", ""),))]
        reasoning = textwrap.wrap(signal.reasoning, max(10, width - 2)) or ["no reasoning was given"]
        lines += [("pane", ((f" {text}", "text", ""),)) for text in reasoning]
        lines += [self._score(name, score, width) for name, score in signal.strategy_scores]
        for name, text in self._facts(signal, digits):
            lines.append(("pane", ((f" {name:<12}", "muted", ""), (text, "text", ""))))
        lines.append(("bar", ((" what became of it", "muted", ""),)))
        found = outcome(signal, self.store)
        for words in outcome_words.lines(found, self.store.instruments, width - 2):
            lines.append(("pane", ((" ", "text", ""), *((text, ink, "") for text, ink in words))))
        return lines

    @staticmethod
    def _score(name: str, score: float, width: int) -> Line:
        room = min(SCORE_NAME, width - GAUGE - 7)
        filled = round(max(0.0, min(1.0, score)) * GAUGE)
        cells: tuple[Cell, ...] = (
            (f" {fit(name.removesuffix(' Strategy'), room)} ", "muted", ""),
            ("━" * filled, "focus", ""),
            ("─" * (GAUGE - filled), "faint", ""),
            (f" {score:.2f}", "text", ""),
        )
        return ("pane", cells)

    @staticmethod
    def _facts(signal: Signal, digits: int) -> list[tuple[str, str]]:
        facts = []
        if signal.trend_direction:
            strength = "" if signal.trend_strength is None else f" {signal.trend_strength:.2f}"
            facts.append(
                ("trend", f"{signal.trend_direction}{strength}, volatility {signal.volatility_level}")
            )
        if signal.overall_risk or signal.position_size is not None:
            size = signal.position_size
            advice = "" if size is None else f"{size * 100:.4g}% of the balance"
            facts.append(("risk", ", ".join(part for part in (signal.overall_risk, advice) if part)))
        if signal.stop_loss is not None or signal.take_profit is not None:
            stop, target = (numbers.price(one, digits) for one in (signal.stop_loss, signal.take_profit))
            facts.append(("stop/target", f"{stop} / {target}"))
        if signal.price is not None:
            facts.append(("price", numbers.price(signal.price, digits)))
        return facts

    def _time(self, row: Signal, now: float) -> tuple[str, str]:
        return clock(row.time_ms), "muted"

    def _symbol(self, row: Signal, now: float) -> tuple[str, str]:
        return short_symbol(row.symbol), "text"

    def _direction(self, row: Signal, now: float) -> tuple[str, str]:
        return _DIRECTIONS.get(row.direction, (row.direction, "text"))

    def _confidence(self, row: Signal, now: float) -> tuple[str, str]:
        return f"{row.confidence * 100:.0f}%", "bold strong" if row.confidence > 0.7 else "text"

    def _source(self, row: Signal, now: float) -> tuple[str, str]:
        name = row.model if row.source == "strategy" else row.source
        return name.removesuffix(" Strategy"), "muted"

    def _source_in_short(self, row: Signal, now: float) -> tuple[str, str]:
        name, ink = self._source(row, now)
        return (name if len(name) <= SOURCE else fit(name, SOURCE)), ink

    def _why(self, row: Signal, now: float) -> tuple[str, str]:
        return row.reasoning, "muted"


def beside(left: Sequence[Line], right: Sequence[Line], width: int, height: int) -> list[Line]:
    """Put two bodies side by side, the left one padded to `width` cells."""
    lines: list[Line] = []
    for y in range(height):
        ground, cells = left[y] if y < len(left) else ("pane", ())
        other_ground, others = right[y] if y < len(right) else ("pane", ())
        used = sum(width_of(text) for text, _, _ in cells)
        padding: Cell = (" " * max(0, width - used), "text", ground)
        kept = tuple((text, ink, own or ground) for text, ink, own in cells)
        lines.append((other_ground, (*kept, padding, *others)))
    return lines
