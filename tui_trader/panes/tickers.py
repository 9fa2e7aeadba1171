"""Watchlist: every instrument of every link. Choosing one moves chart, order book and ticket to it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, ClassVar

from tui_trader.formatting import numbers
from tui_trader.formatting.sparkline import sparkline
from tui_trader.formatting.symbols import brief_symbol, short_symbol
from tui_trader.model.matters import Matter
from tui_trader.model.values import Instrument
from tui_trader.panes.table import Column, TablePane
from tui_trader.store.quotes import Quote
from tui_trader.store.watch_lists import FAVOURITES

if TYPE_CHECKING:
    from tui_trader.desk import Desk

ORDERS = ("listed", "symbol", "change", "volume", "spread")
"""What the list can be sorted by; all but symbol and spread begin with the largest."""
RISING = frozenset({"listed", "symbol", "spread"})
STILL = frozenset({"listed", "symbol"})
HEATS = (0.25, 1.0, 2.5)
"""Changes of the day, percent, from which a cell is warm, hot, hottest."""
FLASH_SECONDS = 0.35
SPARK_CELLS = 8
_ARROWS = {1: "▲", -1: "▼", 0: " "}


class TickersPane(TablePane[Instrument]):
    """All instruments, or those that the filter leaves, in the chosen order."""

    KEY = "tickers"
    TITLE = "Markets"
    CONTEXTS: ClassVar[tuple[str, ...]] = ("table", "tickers")
    EMPTY = "waiting for instruments"
    MATTER = Matter.QUOTES

    def __init__(self, desk: Desk) -> None:
        self.filter = ""
        self.sorting = "listed"
        self.turned = False
        """Whether the order is the other way round."""
        self._led_by = ""
        """The selection that the cursor went to last."""
        self._listing: tuple[object, list[Instrument]] = (None, [])
        super().__init__(desk)

    def columns(self) -> Sequence[Column[Instrument]]:
        """Symbol and last price stay to the end; in 24 cells the change does too, in short form."""
        return (
            Column("Symbol", self._symbol, right=False, short=self._brief_symbol),
            Column("Last", self._last),
            Column("Chg%", self._change, 1, short=self._brief_change),
            Column("Trend", self._trend, 3, right=False, minimum=SPARK_CELLS),
            Column("Bid", self._bid, 6),
            Column("Ask", self._ask, 6),
            Column("Spread", self._spread, 5, minimum=3, brief="Spr"),
            Column("Volume", self._volume, 4, minimum=5, brief="Vol"),
        )

    def revision(self) -> object:
        """Instruments, quotes and the present choice."""
        store = self.store
        lists = self.desk.lists.revision
        return (
            store.instruments.revision,
            store.quotes.revision,
            store.selection.revision,
            self.filter,
            self.order,
            lists,
        )

    def arrived(self) -> float | None:
        """The newest quote of all."""
        return self.store.quotes.newest

    def is_stale(self, now: float) -> bool:
        """Stale as a whole when nothing arrives, or when no link is left."""
        return super().is_stale(now) or not any(view.ready for view in self.store.links)

    def caption(self, now: float) -> str:
        """Filter and order, where they are not the default."""
        parts = [f"/{self.filter}"] if self.filter else []
        if self.sorting != "listed":
            parts.append(f"by {self.sorting} {'↑' if (self.sorting in RISING) != self.turned else '↓'}")
        if self.desk.lists.chosen:
            parts.insert(0, f"★ {self.desk.lists.chosen}")
        return " ".join(parts)

    def rows(self) -> Sequence[Instrument]:
        """Instruments that the filter leaves; recomputed only when list, filter or order change."""
        volatile = 0 if self.sorting in STILL else self.store.quotes.revision
        key = (self.store.instruments.revision, self.filter, self.order, volatile, self.desk.lists.revision)
        if self._listing[0] != key:
            self._listing = (key, self._sorted())
        return self._listing[1]

    def _sorted(self) -> list[Instrument]:
        wanted = self.filter.casefold()
        listed = self.desk.lists.shown
        rows = [
            item
            for item in self.store.instruments
            if wanted in f"{item.key} {item.kind}".casefold() and (listed is None or item.key in listed)
        ]
        if self.sorting == "symbol":
            rows.sort(key=lambda item: item.key)
        elif self.sorting != "listed":
            rows.sort(key=self._weight, reverse=self.sorting not in RISING)
        return rows[::-1] if self.turned else rows

    def _weight(self, item: Instrument) -> float:
        """What a moving order compares: the day's change, its volume as told, or spread by price."""
        quote = self._quote(item)
        if self.sorting == "change":
            return quote.change_percent or 0.0
        if self.sorting == "volume":
            return quote.volume or 0.0
        return (quote.spread or 0.0) / (quote.price or 1.0)

    def identity(self, row: Instrument) -> Hashable:
        """The instrument's key."""
        return row.key

    def version(self, row: Instrument, now: float) -> Hashable:
        """The quote's arrival, whether it flashes or is stale, and whether it is chosen."""
        quote = self.store.quotes.get(row.key)
        if quote is None:
            return (row, None)
        flashing = now - quote.moved < FLASH_SECONDS
        if flashing:
            self.wake_at(quote.moved + FLASH_SECONDS)
        chosen = row.key == self.store.selection.symbol
        return (row, quote.arrived, flashing, self.store.stale(row.key, now), chosen)

    def action_choose(self) -> None:
        """Look at the instrument under the cursor."""
        row = self.current
        if row is not None:
            self.desk.console.look_at(row.key)

    def chosen(self, *, again: bool) -> None:
        """A click chooses at once."""
        self.action_choose()

    def sifted(self) -> Sequence[Instrument]:
        """Instruments that filter and list leave."""
        return self.rows()

    @property
    def filter_text(self) -> str:
        """What the markets are filtered by."""
        return self.filter

    def action_sort(self) -> None:
        """Go through the orders: as listed, by symbol, change, volume and spread."""
        self.sort_by(ORDERS[(ORDERS.index(self.sorting) + 1) % len(ORDERS)])

    def action_turn(self) -> None:
        """Turn the order round."""
        self.turned = not self.turned
        self.touch()

    @property
    def order(self) -> str:
        """What the list is sorted by, as it is remembered: `-` before an order the other way round."""
        return f"{'-' if self.turned else ''}{self.sorting}"

    def sort_by(self, order: str) -> None:
        """Use one of the orders, `-` before it for the other way round; any other name changes nothing."""
        name = order.removeprefix("-")
        if name in ORDERS:
            self.sorting, self.turned = name, order.startswith("-")
        self.touch()

    def _follow(self, rows: Sequence[Instrument]) -> None:
        """Go to what is selected whenever that changes; from there the cursor is the user's."""
        symbol = self.store.selection.symbol
        if symbol != self._led_by and any(row.key == symbol for row in rows):
            self._led_by = self._cursor = symbol
            self._place = next(place for place, row in enumerate(rows) if row.key == symbol)
        super()._follow(rows)

    def put_cursor(self, place: int) -> None:
        """Move the cursor, which does not go to a selection that is still to come any more."""
        self._led_by = self.store.selection.symbol
        super().put_cursor(place)

    def action_favourite(self) -> None:
        """Put the instrument under the cursor among the favourites, or take it from there."""
        row, lists = self.current, self.desk.lists
        if row is not None:
            listed = not lists.has(FAVOURITES, row.key)
            lists.put(FAVOURITES, row.key, listed=listed)
            self.desk.console.report(f"{row.key} is {'now' if listed else 'no longer'} a favourite.")

    def action_next_list(self) -> None:
        """Go through the lists: all instruments, favourites, others."""
        if not self.desk.lists.names:
            key = self.desk.keymap.first("tickers.favourite")
            self.desk.console.report(f"There are no lists yet: {key} makes favourites.")
        self.desk.lists.next()

    def set_filter(self, text: str) -> None:
        """Show only instruments whose key or kind contains the text."""
        self.filter = text.strip()
        self.touch()

    def _quote(self, row: Instrument) -> Quote:
        return self.store.quotes.get(row.key) or Quote(row.key, row.link)

    def _ink(self, row: Instrument, now: float, ink: str) -> str:
        return "stale" if self.store.stale(row.key, now) else ink

    def _symbol(self, row: Instrument, now: float) -> tuple[str, str]:
        chosen = row.key == self.store.selection.symbol
        return short_symbol(row.key), self._ink(row, now, "bold focus" if chosen else "text")

    def _brief_symbol(self, row: Instrument, now: float) -> tuple[str, str]:
        return brief_symbol(row.key), self._symbol(row, now)[1]

    def _brief_change(self, row: Instrument, now: float) -> tuple[str, str, str]:
        """At most four characters up to 99 %: a decimal below 10."""
        change = self._quote(row).change_percent
        _, ink, ground = self._change(row, now)
        return numbers.signed(change, 0 if change and abs(change) >= 9.95 else 1), ink, ground

    def _last(self, row: Instrument, now: float) -> tuple[str, str, str]:
        quote = self._quote(row)
        ground = ""
        if now - quote.moved < FLASH_SECONDS:
            self.wake_at(quote.moved + FLASH_SECONDS)
            ground = "flash-up" if quote.direction > 0 else "flash-down"
        text = numbers.price(quote.price, row.price_digits)
        return text, self._ink(row, now, "strong"), ground

    def _change(self, row: Instrument, now: float) -> tuple[str, str, str]:
        """The day's change on a ground the warmer the larger it is; the figure says the same without it."""
        change = self._quote(row).change_percent
        sign = 0 if change is None or not round(change, 2) else 1 if change > 0 else -1
        ink = ("muted", "up", "down")[sign]
        heat = 0 if change is None else sum(abs(change) >= bound for bound in HEATS)
        warm = heat and not self.store.stale(row.key, now)
        ground = f"heat-{ink}-{heat}" if warm else ""
        return numbers.signed(change, 2), self._ink(row, now, f"bold {ink}" if heat > 2 else ink), ground

    def _trend(self, row: Instrument, now: float) -> tuple[str, str]:
        samples = self._quote(row).samples
        ink = "muted" if len(samples) < 2 else "up" if samples[-1] >= samples[0] else "down"
        return sparkline(samples, SPARK_CELLS), self._ink(row, now, ink)

    def _bid(self, row: Instrument, now: float) -> tuple[str, str]:
        return numbers.price(self._quote(row).bid, row.price_digits), self._ink(row, now, "bid")

    def _ask(self, row: Instrument, now: float) -> tuple[str, str]:
        return numbers.price(self._quote(row).ask, row.price_digits), self._ink(row, now, "ask")

    def _spread(self, row: Instrument, now: float) -> tuple[str, str]:
        spread = self._quote(row).spread
        text = numbers.NONE if spread is None else f"{numbers.points(spread, row.tick_size)}"
        return text, self._ink(row, now, "muted")

    def _volume(self, row: Instrument, now: float) -> tuple[str, str]:
        return numbers.compact(self._quote(row).volume), self._ink(row, now, "muted")
