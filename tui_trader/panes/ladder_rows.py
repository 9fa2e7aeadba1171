"""How the ladder's lines look: bids left of the price, asks right of it, own orders at the edge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from tui_trader.drawing.canvas import Cell, Line, fit, width_of
from tui_trader.formatting import numbers
from tui_trader.model.values import Instrument, Side
from tui_trader.store.books import Book

_DIGITS = "¹²³⁴⁵"


class Widths(Struct, frozen=True):
    """Cells of the columns: own orders, a size on either side, the price."""

    own: int
    size: int
    price: int

    @classmethod
    def of(cls, width: int, price: int, own: int = 0) -> Widths:
        """Share out a width around prices of so many characters; what is one's own is at most `own` wide."""
        middle = price + 2
        size = max(4, (width - middle - max(6, own + 2)) // 2)
        return cls(max(0, width - middle - 2 * size), size, middle)


class Depth(Struct, frozen=True):
    """One side: size on each step and from the best price to there."""

    sizes: Mapping[int, float]
    totals: Mapping[int, float]


class Own(Struct, frozen=True):
    """What is the user's on a step: size of buying and selling orders, and an entry."""

    buying: float = 0.0
    selling: float = 0.0
    waiting: bool = False
    entry: float = 0.0


NOTHING = Own()


class Look(Struct, frozen=True):
    """All that one drawing of the ladder is made of."""

    instrument: Instrument
    widths: Widths
    bids: Depth
    asks: Depth
    deepest: float
    digits: int
    last: int | None
    own: Mapping[int, Own] = field(default_factory=dict)


def titles(widths: Widths) -> Line:
    """The line of column titles."""
    price = "Price".center(widths.price)
    text = fit(" Own", widths.own) + fit("Bid", widths.size, right=True) + price + fit(" Ask", widths.size)
    return ("bar", ((text, "muted", ""),))


def rung(look: Look, step: int, price: float, *, cursor: str) -> Line:
    """One price; `cursor` is the ground of the line the cursor is on, else empty."""
    bid, ask = look.bids.sizes.get(step), look.asks.sizes.get(step)
    side = "bid" if bid else "ask" if ask else "faint"
    text = numbers.price(price, look.instrument.price_digits)
    last = step == look.last
    weight = "bold strong" if last or cursor else side
    mark = "▎" if cursor == "cursor" else " "
    widths = look.widths
    cells: list[Cell] = [(mark, "focus", ""), _own(look.own.get(step, NOTHING), widths.own - 1)]
    cells += _size(look, bid, look.bids.totals.get(step, 0.0), "bid")
    shown = f"›{text}‹" if last else f" {text} "
    cells.append((shown.center(widths.price), weight, ""))
    cells += _size(look, ask, look.asks.totals.get(step, 0.0), "ask")
    return (cursor or "pane", tuple(cells))


def longest(owned: Iterable[Own]) -> int:
    """Characters of the longest of these quantities and its mark."""
    quantities = (value for own in owned for value in (own.buying, own.selling, own.entry) if value)
    return max((1 + len(numbers.quantity(abs(value))) for value in quantities), default=0)


def _own(own: Own, width: int) -> Cell:
    """Buying or selling orders; an entry where there are none."""
    for quantity, mark, waiting, ink in (
        (own.buying, "▲", "↑", "bold bid"),
        (own.selling, "▼", "↓", "bold ask"),
    ):
        if quantity:
            return (_marked(waiting if own.waiting else mark, quantity, width), ink, "")
    if own.entry:
        return (_marked("◆", own.entry, width), "focus", "")
    return (" " * width, "text", "")


def _marked(mark: str, quantity: float, width: int) -> str:
    text = numbers.quantity(abs(quantity))
    return fit(mark + (text if len(text) < width else numbers.compact(abs(quantity))), width)


def _size(look: Look, size: float | None, total: float, side: str) -> list[Cell]:
    """A size over its bar, which grows away from the price."""
    width = look.widths.size
    text = numbers.fixed(size, look.digits) if size else ""
    text = fit(f"{text} ", width, right=True) if side == "bid" else fit(f" {text}", width)
    filled = round(width * min(1.0, total / look.deepest)) if size and look.deepest else 0
    if side == "bid":
        return [(text[: width - filled], "text", ""), (text[width - filled :], "text", "bid-bar")]
    return [(text[:filled], "text", "ask-bar"), (text[filled:], "text", "")]


def size_digits(sizes: Sequence[float], most: int) -> int:
    """Fewer decimals where sizes are large: 12.5300 and 18250 read equally well."""
    largest = max(sizes, default=0.0)
    spare = 4 if largest < 100 else 2 if largest < 10_000 else 0
    return min(most, spare)


def pressure(book: Book, instrument: Instrument, width: int, *, away: int) -> Line:
    """Spread, and how the shown size leans; `away` tells that the market left the view upwards or down."""
    spread, share = book.spread, book.pressure
    if spread is None or share is None:
        return ("bar", (("one side is empty".center(width), "caution", ""),))
    points = numbers.points(spread, instrument.tick_size)
    left = f" {points}pt "
    gone: Cell = (
        (f"market {'▲' if away > 0 else '▼'} Space ", "bold caution", "") if away else ("", "text", "")
    )
    bid, ask = f"{round(share * 100)}%", f"{100 - round(share * 100)}% "
    room = max(0, width - width_of(left) - width_of(gone[0]) - len(bid) - len(ask) - 2)
    filled = round(room * share)
    return (
        "bar",
        (
            (left, "muted", ""),
            gone,
            (f"{bid} ", "bid", ""),
            ("━" * filled, "bid", ""),
            ("━" * (room - filled), "ask", ""),
            (f" {ask}", "ask", ""),
        ),
    )


def sizes(presets: Sequence[str], chosen: int, width: int, *, armed: bool) -> Line:
    """The sizes to trade with and which of them is chosen; alone where there is no room for all."""
    cells: list[Cell] = [(" Size ", "muted", "")]
    for place, text in enumerate(presets):
        shown = f"{_DIGITS[place]}{text}"
        if place == chosen:
            cells.append((shown, "bold on-badge" if armed else "bold strong", "armed" if armed else "cursor"))
        else:
            cells.append((shown, "text" if armed else "muted", ""))
        cells.append((" ", "text", ""))
    if sum(width_of(text) for text, _, _ in cells) > width + 1:
        cells = [cells[0], cells[1 + 2 * chosen]]
    return ("pane", tuple(cells))


def holding(side: Side | None, quantity: float, entry: str, result: Cell, width: int) -> Line:
    """The position in the instrument, in one line."""
    if side is None:
        return ("pane", ((" flat", "faint", ""),))
    word = "long" if side is Side.BUY else "short"
    cells: list[Cell] = [
        (f" {word} ", "bid" if side is Side.BUY else "ask", ""),
        (numbers.quantity(quantity), "strong", ""),
        (f" @ {entry}", "muted", ""),
        (f"  {result[0]}", result[1], ""),
    ]
    if sum(width_of(text) for text, _, _ in cells) > width:
        del cells[2]
    return ("pane", tuple(cells))
