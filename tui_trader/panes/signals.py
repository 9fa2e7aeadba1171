"""Signals of strategies and AI services, newest first; Enter shows the reasoning under the list."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from tui_trader.drawing.canvas import Cell, Line, fit, width_of
from tui_trader.formatting import numbers
from tui_trader.formatting.symbols import short_symbol
from tui_trader.formatting.times import clock
from tui_trader.model.commands import RequestSignal
from tui_trader.model.values import Severity, Signal
from tui_trader.panes.table import Column, TablePane

if TYPE_CHECKING:
    from tui_trader.desk import Desk

_DIRECTIONS = {"long": ("▲ long", "up"), "short": ("▼ short", "down"), "neutral": ("• neutral", "muted")}
LIST_ROWS = 5
GAUGE = 10
SCORE_NAME = 24
WIDE = 100
LIST_WIDTH = 58
"""From this width on the reasoning stands beside a list of that width."""


class SignalsPane(TablePane[Signal]):
    """One line a signal; the chosen one's reasoning, scores and levels below."""

    KEY = "signals"
    TITLE = "Signals"
    CONTEXTS = ("table", "signals")
    EMPTY = "no signals yet"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.detailed = False

    def columns(self) -> Sequence[Column[Signal]]:
        """Symbol, direction and confidence stay to the end."""
        return (
            Column("Time", self._time, 1, right=False),
            Column("Symbol", self._symbol, right=False),
            Column("Signal", self._direction, right=False, minimum=9),
            Column("Conf", self._confidence),
            Column("Source", self._source, 2, right=False),
            Column("Why", self._why, 3, right=False, grows=True, minimum=16),
        )

    def count(self) -> int | None:
        """How many are kept."""
        return len(self.store.signals)

    def revision(self) -> object:
        """The list and whether detail is shown."""
        return (self.store.signals.revision, self.detailed)

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
            return beside(listed, self._detail(signal, width - LIST_WIDTH), LIST_WIDTH, height)
        detail = self._detail(signal, width)
        least = LIST_ROWS + 1 if roomy else 2
        above = max(least, min(len(self.store.signals) + 2, height - len(detail)))
        lines = super().body(width, above, now)
        return lines + [("pane", ())] * (above - len(lines)) + detail[: height - above]

    # actions

    def action_detail(self) -> None:
        """Show or hide the reasoning."""
        self.detailed = not self.detailed
        self.touch()

    def action_request(self) -> None:
        """Ask for a signal of the selected instrument."""
        selection = self.store.selection
        links = self.desk.carriers(selection.symbol, RequestSignal)
        if not links:
            self.desk.console.report(f"No AI service covers {selection.symbol}.", Severity.WARNING)
            return
        self.desk.console.submit(
            RequestSignal(link=links[0], symbol=selection.symbol, timeframe=selection.timeframe)
        )

    # detail

    def _detail(self, signal: Signal, width: int) -> list[Line]:
        digits = self.store.instruments.describe(signal.symbol).price_digits
        head = " · ".join(part for part in (signal.source, signal.timeframe, signal.model) if part)
        lines: list[Line] = [("bar", ((f" {head}", "muted", ""),))]
        reasoning = textwrap.wrap(signal.reasoning, max(10, width - 2)) or ["no reasoning was given"]
        lines += [("pane", ((f" {text}", "text", ""),)) for text in reasoning]
        lines += [self._score(name, score, width) for name, score in signal.strategy_scores]
        for name, text in self._facts(signal, digits):
            lines.append(("pane", ((f" {name:<12}", "muted", ""), (text, "text", ""))))
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
        if signal.overall_risk:
            facts.append(("risk", signal.overall_risk))
        if signal.stop_loss is not None or signal.take_profit is not None:
            stop, target = (numbers.price(one, digits) for one in (signal.stop_loss, signal.take_profit))
            facts.append(("stop/target", f"{stop} / {target}"))
        if signal.price is not None:
            facts.append(("price", numbers.price(signal.price, digits)))
        return facts

    # cells

    def _time(self, row: Signal, now: float) -> tuple[str, str]:
        return clock(row.time_ms), "muted"

    def _symbol(self, row: Signal, now: float) -> tuple[str, str]:
        return short_symbol(row.symbol), "text"

    def _direction(self, row: Signal, now: float) -> tuple[str, str]:
        return _DIRECTIONS.get(row.direction, (row.direction, "text"))

    def _confidence(self, row: Signal, now: float) -> tuple[str, str]:
        return f"{row.confidence * 100:.0f}%", "bold strong" if row.confidence > 0.7 else "text"

    def _source(self, row: Signal, now: float) -> tuple[str, str]:
        return row.source, "muted"

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
