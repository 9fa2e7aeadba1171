"""All instruments together, by key: what the rest of the server asks and tells the market."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from embedded_server.kernel.simulation import Priority, Simulation
from embedded_server.kernel.time import MINUTE
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.listing import FillListener, Listing, QuoteListener
from embedded_server.market.sessions import CONTINUOUS, SESSIONS
from embedded_server.model.enums import Resolution, Side
from embedded_server.model.events import BarClosed, SessionChanged, TradePrinted
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import Bar, DayStatistics, DepthLevel, Quote

BarListener = Callable[[str, Resolution, Bar], None]

_BASIS_MEMORY_SECONDS = 30.0


class Market:
    """Listed instruments, their books and their data. Prices in ticks, quantities in lots, times in ns.

    Every method that takes a `key` raises `KeyError` for an instrument that is not listed.
    """

    def __init__(
        self, simulation: Simulation, instruments: Sequence[Instrument] = CATALOGUE, *, sessions: bool = False
    ) -> None:
        self._simulation = simulation
        self.instruments: Mapping[str, Instrument] = {item.key: item for item in instruments}
        self._fill_listeners: list[FillListener] = []
        self._quote_listeners: list[QuoteListener] = []
        self._bar_listeners: list[BarListener] = []
        known = {item.key: item for item in CATALOGUE} | dict(self.instruments)
        self._listings = {
            item.key: Listing(
                simulation,
                item,
                known.get(item.underlying) if item.underlying else None,
                SESSIONS[item.session] if sessions else CONTINUOUS,
                self._fill_listeners,
                self._quote_listeners,
            )
            for item in instruments
        }
        self._basis: dict[str, tuple[int, float]] = {}

    def start(self) -> None:
        """Fill the books, publish the first quotes and schedule everything; call once."""
        simulation = self._simulation
        for listing in self._listings.values():
            listing.start()
            self._schedule_session(listing)
        simulation.at((simulation.now // MINUTE + 1) * MINUTE, Priority.BARS, self._close_minute)

    def quote(self, key: str) -> Quote:
        """Top of the book and last price, as of the last completed step or order."""
        return self._listings[key].quote

    def mark(self, key: str) -> int:
        """The price positions are valued and liquidated at: the middle of the book; for a perpetual its spot's plus a smoothed basis."""
        listing = self._listings[key]
        underlying = listing.instrument.underlying
        middle = listing.middle()
        if underlying is None or underlying not in self._listings:
            return round(middle)
        spot = self._listings[underlying].middle() * float(
            self.instruments[underlying].tick_size / listing.instrument.tick_size
        )
        return max(1, round(spot + self._smoothed_basis(key, middle - spot)))

    def depth(self, key: str, levels: int) -> tuple[tuple[DepthLevel, ...], tuple[DepthLevel, ...]]:
        """(bids, asks), best first, at most `levels` each; every resting order is in it."""
        book = self._listings[key].book
        return book.depth(Side.BUY, levels), book.depth(Side.SELL, levels)

    def day(self, key: str) -> DayStatistics:
        """Statistics of the last 24 hours, in whole minutes, history included."""
        return self._listings[key].day_window.statistics(self._simulation.now)

    def bars(
        self,
        key: str,
        resolution: Resolution,
        *,
        count: int | None = None,
        start: int | None = None,
        end: int | None = None,
    ) -> Sequence[Bar]:
        """Candles that open in [start, end), the newest `count` of them, oldest first; the last may be forming."""
        series = self._listings[key].series
        bars = list(series.closed(resolution))
        if series.trading:
            bars.append(series.forming(resolution))
        short = count is None or len(bars) < count or end is not None
        if short:
            wanted = None if count is None or end is not None or start is not None else count - len(bars)
            bars = series.before(resolution, wanted) + bars
        if end is not None:
            bars = bars[: bisect_left(bars, end, key=_opening)]
        if start is not None:
            bars = bars[bisect_left(bars, start, key=_opening) :]
        return bars if count is None else bars[max(0, len(bars) - count) :]

    def forming(self, key: str, resolution: Resolution) -> Bar:
        """The candle that is forming now; between sessions the last one."""
        return self._listings[key].series.forming(resolution)

    def trades(self, key: str, count: int) -> Sequence[TradePrinted]:
        """The last `count` trades (at most 500 are kept), newest last."""
        tape = self._listings[key].tape
        return tuple(islice(tape, max(0, len(tape) - count), None))

    def is_open(self, key: str) -> bool:
        """Whether the instrument trades now; orders for a closed one must be refused by the caller."""
        return self._listings[key].is_open

    def available(self, key: str, side: Side, limit: int | None) -> int:
        """Lots an incoming order of `side` could take right now, at `limit` or better."""
        return self._listings[key].book.available(side, limit)

    def submit(self, key: str, order_id: int, side: Side, lots: int, limit: int | None, *, rest: bool) -> int:
        """Match an account's order (id > 0) now and, if `rest`, queue what is left at `limit`; returns the lots not filled.

        Fills are reported to the fill listeners during the call, quotes to theirs after the present handler.
        """
        return self._listings[key].submit(order_id, side, lots, limit, rest=rest)

    def cancel(self, key: str, order_id: int) -> int:
        """Take a resting order off the book; returns its lots, 0 if it is not there."""
        listing = self._listings[key]
        lots = listing.book.cancel(order_id)
        if lots:
            listing.changed()
        return lots

    def reduce(self, key: str, order_id: int, lots: int) -> None:
        """Shrink a resting order to `lots`, keeping its place; `KeyError` if it does not rest, `ValueError` if it would grow."""
        listing = self._listings[key]
        listing.book.reduce(order_id, lots)
        listing.changed()

    def queue_ahead(self, key: str, order_id: int) -> int:
        """Lots that would be matched before a resting order at its price."""
        return self._listings[key].book.queue_ahead(order_id)

    def move(self, key: str, fraction: float) -> None:
        """Shift the fair price by a fraction; the books follow with real trades at this instant.

        A spot and its perpetual move together, whichever is named.
        """
        if not math.isfinite(fraction) or not -0.95 <= fraction <= 20.0:
            raise ValueError(f"a price cannot be moved by {fraction}")
        instrument = self.instruments[key]
        source = instrument.underlying or key
        for other in self.instruments.values():
            if (other.underlying or other.key) == source:
                self._listings[other.key].shift(fraction)

    def on_fill(self, listener: FillListener) -> None:
        """Call `listener(instrument, order_id, price, lots, liquidity)` for every account order in every match."""
        self._fill_listeners.append(listener)

    def on_quote(self, listener: QuoteListener) -> None:
        """Call `listener(instrument)` after its bid, ask or last changed, never while a book is matching."""
        self._quote_listeners.append(listener)

    def on_bar(self, listener: BarListener) -> None:
        """Call `listener(instrument, resolution, bar)` after a candle closed, at `Priority.BARS`."""
        self._bar_listeners.append(listener)

    def _close_minute(self) -> None:
        simulation = self._simulation
        now = simulation.now
        simulation.at(now + MINUTE, Priority.BARS, self._close_minute)
        for key, listing in self._listings.items():
            for resolution, bar in listing.series.close_until(now):
                simulation.emit(BarClosed(time=now, instrument=key, resolution=resolution, bar=bar))
                for listener in self._bar_listeners:
                    listener(key, resolution, bar)

    def _schedule_session(self, listing: Listing) -> None:
        if not listing.session.always_open:
            change = listing.session.next_change(self._simulation.now)
            self._simulation.at(change, Priority.MARKET, lambda: self._change_session(listing))

    def _change_session(self, listing: Listing) -> None:
        if listing.is_open:
            listing.close_session()
        else:
            listing.open_session()
        self._simulation.emit(
            SessionChanged(time=self._simulation.now, instrument=listing.instrument.key, open=listing.is_open)
        )
        self._schedule_session(listing)

    def _smoothed_basis(self, key: str, basis: float) -> float:
        now = self._simulation.now
        since, smoothed = self._basis.get(key, (now, basis))
        weight = -math.expm1((since - now) / 1e9 / _BASIS_MEMORY_SECONDS)
        smoothed += weight * (basis - smoothed)
        self._basis[key] = (now, smoothed)
        return smoothed


def _opening(bar: Bar) -> int:
    return bar.time
