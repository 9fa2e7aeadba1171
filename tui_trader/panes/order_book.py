"""Order book: depth with cumulative bars around the spread, own orders marked, and the latest trades."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import accumulate

from tui_trader.drawing.canvas import Cell, Line, fit, width_of
from tui_trader.formatting import numbers
from tui_trader.formatting.times import clock
from tui_trader.model.values import Instrument, Side
from tui_trader.panes.pane import Pane
from tui_trader.store.books import Book

Level = tuple[float, float, float]
"""Price, size, and size from the best price to here."""
TAPE_FROM_HEIGHT = 22


class OrderBookPane(Pane):
    """Asks above, spread in the middle, bids below; trades under them where there is room."""

    KEY = "order_book"
    TITLE = "Book"

    def revision(self) -> object:
        """The book, the choice, own orders."""
        symbol = self.store.selection.symbol
        return (symbol, self.store.books.get(symbol).revision, self.store.orders.revision)

    def arrived(self) -> float | None:
        """When the depth arrived."""
        return self.store.books.get(self.store.selection.symbol).arrived

    def sources(self) -> tuple[str, ...]:
        """The link that sends the depth."""
        link = self.store.books.get(self.store.selection.symbol).link
        return (link,) if link else ()

    def caption(self, now: float) -> str:
        """The instrument."""
        return self.store.selection.symbol

    def body(self, width: int, height: int, now: float) -> list[Line]:
        """Depth, and the tape if the pane is tall."""
        symbol = self.store.selection.symbol
        book = self.store.books.get(symbol)
        instrument = self.store.instruments.describe(symbol)
        if not book.bids and not book.asks:
            return [("pane", ())] * max(0, height // 2 - 1) + [
                ("pane", (("no depth yet".center(width), "faint", ""),))
            ]
        tape = height // 3 if height >= TAPE_FROM_HEIGHT else 0
        lines = self._depth(book, instrument, width, height - tape)
        return lines + self._tape(book, instrument, width, tape) if tape else lines

    def _depth(self, book: Book, instrument: Instrument, width: int, height: int) -> list[Line]:
        each = max(1, (height - 2) // 2)
        asks, bids = _levels(book.asks[:each]), _levels(book.bids[:each])
        deepest = max((level[2] for level in (*asks[-1:], *bids[-1:])), default=1.0)
        own = self._own(instrument)
        digits = _size_digits(book, instrument)
        row = partial(_row, deepest=deepest, own=own, instrument=instrument, digits=digits, width=width)
        title = _columns(width, "Price", "Size", "Total")
        lines: list[Line] = [("bar", ((title, "muted", ""),))]
        lines += [("pane", ())] * (each - len(asks))
        for level in reversed(asks):
            lines.append(row(level, "ask"))
        lines.append(_spread(book, instrument, width))
        for level in bids:
            lines.append(row(level, "bid"))
        return lines + [("pane", ())] * (height - len(lines))

    def _own(self, instrument: Instrument) -> dict[str, str]:
        """Ink of own working orders by their price as shown."""
        marks = {}
        for order in self.store.orders.active:
            level = order.price or order.stop_price
            if order.symbol == instrument.key and level is not None:
                marks[numbers.price(level, instrument.price_digits)] = order.side.value
        return marks

    def _tape(self, book: Book, instrument: Instrument, width: int, height: int) -> list[Line]:
        lines: list[Line] = [("bar", ((_columns(width, "Trades", "Size", "Time"), "muted", ""),))]
        digits = instrument.quantity_digits
        for trade in list(book.trades)[:-height:-1]:
            buy = trade.side is Side.BUY
            price = f"{'▲' if buy else '▼'}{numbers.price(trade.price, instrument.price_digits)}"
            text = _columns(width, price, numbers.fixed(trade.size, digits), clock(trade.time_ms))
            lines.append(("pane", ((text, "bid" if buy else "ask", ""),)))
        return lines


def _levels(side: Sequence[tuple[float, float]]) -> list[Level]:
    totals = accumulate(size for _, size in side)
    return [(price, size, total) for (price, size), total in zip(side, totals, strict=True)]


def _size_digits(book: Book, instrument: Instrument) -> int:
    """Fewer decimals where sizes are large: 12.5300 and 18250 read equally well."""
    largest = max((size for _, size in (*book.bids, *book.asks)), default=0.0)
    spare = 4 if largest < 100 else 2 if largest < 10_000 else 0
    return min(instrument.quantity_digits, spare)


def _columns(width: int, first: str, second: str, third: str) -> str:
    """Three right-aligned columns over the whole width; the last goes when there is no room."""
    room = width - 1
    if width_of(first) + width_of(second) + width_of(third) + 4 > room:
        half = room // 2
        return fit(first, half, right=True) + fit(second, room - half, right=True) + " "
    part = room // 3
    left = room - 2 * part
    return fit(first, left, right=True) + fit(second, part, right=True) + fit(third, part, right=True) + " "


def _row(
    level: Level,
    side: str,
    *,
    deepest: float,
    own: dict[str, str],
    instrument: Instrument,
    digits: int,
    width: int,
) -> Line:
    price, size, total = level
    shown = numbers.price(price, instrument.price_digits)
    mark = "►" if shown in own else ""
    text = _columns(width, f"{mark}{shown}", numbers.fixed(size, digits), numbers.fixed(total, digits))
    filled = round(width * min(1.0, total / deepest))
    start = width - filled
    ink = "bold focus" if mark else side
    room = width - 1
    part = room // 3 if width_of(shown) * 3 + 4 <= room else room // 2
    edge = room - 2 * part if part == room // 3 else part
    cells: list[Cell] = []
    for begin, end, colour in ((0, edge, ink), (edge, width, "text")):
        bar = max(begin, min(end, start))
        cells += [(text[begin:bar], colour, ""), (text[bar:end], colour, f"{side}-bar")]
    return ("pane", tuple(cells))


def _spread(book: Book, instrument: Instrument, width: int) -> Line:
    spread, pressure = book.spread, book.pressure
    if spread is None or pressure is None:
        return ("bar", (("one side is empty".center(width), "caution", ""),))
    points = numbers.points(spread, instrument.tick_size)
    left = f" {numbers.price(spread, instrument.price_digits)} ({points}pt) "
    bid, ask = f"{round(pressure * 100)}%", f"{100 - round(pressure * 100)}% "
    room = max(0, width - width_of(left) - len(bid) - len(ask) - 2)
    share = round(room * pressure)
    return (
        "bar",
        (
            (left, "muted", ""),
            (f"{bid} ", "bid", ""),
            ("━" * share, "bid", ""),
            ("━" * (room - share), "ask", ""),
            (f" {ask}", "ask", ""),
        ),
    )
