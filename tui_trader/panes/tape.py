"""Time and sales: the latest public trades, newest first; the aggressor's side, and whether it is large."""

from __future__ import annotations

from statistics import fmean

from tui_trader.drawing.canvas import Line, fit, width_of
from tui_trader.formatting import numbers
from tui_trader.formatting.times import clock
from tui_trader.model.values import Instrument, Side
from tui_trader.store.books import Book

LARGE = 2.5
"""A trade of so many times the mean size of those known stands out."""
_MARK = "●"


def tape_lines(book: Book, instrument: Instrument, width: int, height: int) -> list[Line]:
    """Titles and as many trades as fit."""
    lines: list[Line] = [("bar", ((_columns(width, "Trades", "Size", "Time"), "muted", ""),))]
    shown = list(book.trades)[:-height:-1]
    large = LARGE * fmean(trade.size for trade in book.trades) if book.trades else 0.0
    for trade in shown:
        buy = trade.side is Side.BUY
        price = f"{'▲' if buy else '▼'}{numbers.price(trade.price, instrument.price_digits)}"
        size = numbers.fixed(trade.size, instrument.quantity_digits)
        ink = "bid" if buy else "ask"
        if trade.size >= large:
            size, ink = f"{_MARK}{size}", f"bold {ink}"
        lines.append(("pane", ((_columns(width, price, size, clock(trade.time_ms)), ink, ""),)))
    return lines


def _columns(width: int, first: str, second: str, third: str) -> str:
    """Three right-aligned columns over the whole width; the last goes when there is no room."""
    room = width - 1
    if width_of(first) + width_of(second) + width_of(third) + 4 > room:
        half = room // 2
        return fit(first, half, right=True) + fit(second, room - half, right=True) + " "
    part = room // 3
    left = room - 2 * part
    return fit(first, left, right=True) + fit(second, part, right=True) + fit(third, part, right=True) + " "
