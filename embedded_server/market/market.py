"""All instruments together, by key: what the rest of the server asks the market and tells it."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice

from embedded_server.kernel.simulation import Priority, Simulation
from embedded_server.kernel.time import HOUR, MINUTE
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.listing import Listing
from embedded_server.market.sessions import CONTINUOUS, SESSIONS
from embedded_server.market.venue import FillListener, Listeners, QuoteListener
from embedded_server.model.enums import Resolution, Side
from embedded_server.model.errors import EngineFault
from embedded_server.model.events import BarClosed, SessionChanged, TradePrinted
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import Bar, DayStatistics, DepthLevel, Quote

BarListener = Callable[[str, Resolution, Bar], None]

_PREPARE_AFTER = HOUR
"""A run this long prepares its histories, one a minute, instead of all when the first week closes."""


class Market:
    """Listed instruments, their books and their data. Prices in ticks, quantities in lots, times in ns.

    Every method that takes a `key` raises `KeyError` for an instrument that is not listed.
    """

    def __init__(
        self, simulation: Simulation, instruments: Sequence[Instrument] = CATALOGUE, *, sessions: bool = False
    ) -> None:
        self._simulation = simulation
        self.instruments: Mapping[str, Instrument] = {item.key: item for item in instruments}
        self._listeners = Listeners()
        self._bar_listeners: list[BarListener] = []
        known = {item.key: item for item in CATALOGUE} | dict(self.instruments)
        self._listings = {
            item.key: Listing(
                simulation,
                item,
                known.get(item.underlying) if item.underlying else None,
                SESSIONS[item.session] if sessions else CONTINUOUS,
                self._listeners,
            )
            for item in instruments
        }
        self._unprepared = list(self._listings.values())

    def start(self) -> None:
        """Fill the books, publish the first quotes and schedule everything; call once."""
        simulation = self._simulation
        for listing in self._listings.values():
            listing.fill()  # all before the first listener hears of one
        for listing in self._listings.values():
            listing.start()
            self._schedule_session(listing)
        simulation.at((simulation.now // MINUTE + 1) * MINUTE, Priority.BARS, self._close_minute)

    def quote(self, key: str) -> Quote:
        """Top of the book and last price, as of the last completed step or order."""
        return self._listings[key].venue.quote

    def mark(self, key: str) -> int:
        """The price positions are valued at: the middle of the book.

        A perpetual's is its underlying's fair price with the smoothed basis, which no order can push.
        """
        return self._listings[key].mark()

    def depth(self, key: str, levels: int) -> tuple[tuple[DepthLevel, ...], tuple[DepthLevel, ...]]:
        """(bids, asks), best first, at most `levels` each; every resting order is in it."""
        book = self._listings[key].venue.book
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
        """Candles that open in [start, end), the newest `count` of them, oldest first.

        The last one may be forming. History goes back ten days in minutes and three years in days.
        """
        series = self._listings[key].series
        bars = series.since(resolution, start, count if end is None else None)
        if end is not None:
            bars = bars[: bisect_left(bars, end, key=_opening)]
        return bars if count is None else bars[max(0, len(bars) - count) :]

    def forming(self, key: str, resolution: Resolution) -> Bar:
        """The candle that is forming now; between sessions the last one."""
        return self._listings[key].series.forming(resolution)

    def trades(self, key: str, count: int) -> Sequence[TradePrinted]:
        """The last `count` trades (at most 500 are kept), newest last."""
        tape = self._listings[key].venue.tape
        return tuple(islice(tape, max(0, len(tape) - count), None))

    def is_open(self, key: str) -> bool:
        """Whether the instrument trades now; orders for a closed one are refused before they come here."""
        return self._listings[key].is_open

    def available(self, key: str, side: Side, limit: int | None) -> int:
        """Lots an incoming order of `side` could take right now, at `limit` or better."""
        return self._listings[key].venue.book.available(side, limit)

    def submit(self, key: str, order_id: int, side: Side, lots: int, limit: int | None, *, rest: bool) -> int:
        """Match an account's order (id > 0) now, then queue what is left at `limit` if `rest`.

        Returns the lots not filled. Fills are reported during the call, the new quote after the handler.
        Raises `EngineFault` for an order of no lots, for a closed instrument, or already resting.
        """
        listing = self._listings[key]
        venue = listing.venue
        if not listing.is_open or lots <= 0 or order_id <= 0 or order_id in venue.book.orders:
            raise EngineFault(f"order {order_id} for {lots} lots of {key}, open: {listing.is_open}")
        remaining = venue.execute(order_id, side, lots, limit)
        if remaining and rest and limit is not None:
            venue.book.rest(order_id, side, limit, remaining)
        venue.publish_soon()
        return remaining

    def cancel(self, key: str, order_id: int) -> int:
        """Take a resting order off the book; returns its lots, 0 if it is not there."""
        venue = self._listings[key].venue
        lots = venue.book.cancel(order_id)
        venue.publish_soon()
        return lots

    def reduce(self, key: str, order_id: int, lots: int) -> None:
        """Shrink a resting order to `lots`, keeping its place.

        Raises `KeyError` if it does not rest here, `ValueError` if it would grow.
        """
        venue = self._listings[key].venue
        venue.book.reduce(order_id, lots)
        venue.publish_soon()

    def queue_ahead(self, key: str, order_id: int) -> int:
        """Lots that would be matched before a resting order at its price."""
        return self._listings[key].venue.book.queue_ahead(order_id)

    def move(self, key: str, fraction: float) -> None:
        """Shift the fair price by a fraction; the book follows at this instant with real trades.

        A spot and its perpetual move together, whichever is named. `ValueError` beyond -95 % and +2000 %.
        """
        if not -0.95 <= fraction <= 20.0 or not math.isfinite(fraction):
            raise ValueError(f"a price cannot be moved by {fraction}")
        for listing in self._moved_with(key):
            listing.shift(fraction)

    def bears(self, key: str, fraction: float) -> bool:
        """Whether prices stay in bounds when `move` is called so: it can be called any number of times."""
        return all(listing.bears(fraction) for listing in self._moved_with(key))

    def on_fill(self, listener: FillListener) -> None:
        """Call `listener(instrument, order_id, price, lots, liquidity)` for each account order in a match."""
        self._listeners.fills.append(listener)

    def on_quote(self, listener: QuoteListener) -> None:
        """Call `listener(instrument)` after its bid, ask or last changed, never while a book is matching."""
        self._listeners.quotes.append(listener)

    def on_bar(self, listener: BarListener) -> None:
        """Call `listener(instrument, resolution, bar)` after a candle closed, at `Priority.BARS`."""
        self._bar_listeners.append(listener)

    def _moved_with(self, key: str) -> list[Listing]:
        """A spot and its perpetual, whichever is named; any other instrument alone."""
        source = self.instruments[key].underlying or key
        return [
            self._listings[other.key]
            for other in self.instruments.values()
            if (other.underlying or other.key) == source
        ]

    def _close_minute(self) -> None:
        simulation = self._simulation
        now = simulation.now
        simulation.at(now + MINUTE, Priority.BARS, self._close_minute)
        if self._unprepared and now >= simulation.start + _PREPARE_AFTER:
            self._unprepared.pop().history.prepare()
        for key, listing in self._listings.items():
            for resolution, bar in listing.series.close_until(now):
                simulation.emit(BarClosed(time=now, instrument=key, resolution=resolution, bar=bar))
                for listener in self._bar_listeners:
                    listener(key, resolution, bar)

    def _schedule_session(self, listing: Listing) -> None:
        if not listing.session.always_open:
            change = listing.session.next_change(self._simulation.now)
            self._simulation.at(change, Priority.MARKET, partial(self._change_session, listing))

    def _change_session(self, listing: Listing) -> None:
        if listing.is_open:
            listing.close_session()
        else:
            listing.open_session()
        now, key = self._simulation.now, listing.instrument.key
        self._simulation.emit(SessionChanged(time=now, instrument=key, open=listing.is_open))
        self._schedule_session(listing)


def _opening(bar: Bar) -> int:
    return bar.time
