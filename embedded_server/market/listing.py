"""One instrument alive: once a second takers trade, the path moves, makers follow. It sees no other."""

from __future__ import annotations

from functools import partial

from embedded_server.kernel.simulation import Priority, Scheduled, Simulation
from embedded_server.kernel.time import MILLISECOND, SECOND
from embedded_server.market.day_window import DayWindow
from embedded_server.market.history import History
from embedded_server.market.makers import Ladder, Sizes
from embedded_server.market.price_process import LOWEST_FAIR_TICKS, Dynamics, PriceProcess
from embedded_server.market.series import Series
from embedded_server.market.sessions import Session
from embedded_server.market.takers import Takers
from embedded_server.market.venue import AMBIENT, Listeners, Venue
from embedded_server.model.enums import Side
from embedded_server.model.instruments import Instrument

STEP = SECOND
STEPS_A_BLOCK = 512
HALF_SPREAD = 0.15
"""Half the makers' spread over the price's deviation in a step."""
SPACING = 0.5
"""Distance between makers' levels over the same."""
HIGHEST_FAIR_TICKS = 1e9
"""No price is moved above it by hand: values of whole positions still fit 64 bits of micro-units."""
APPETITE = 6
"""Quotes' worth that makers take from account orders standing in their way, in one step."""
_GOLDEN = 0.618033988749895


def phase_of(instrument: Instrument) -> int:
    """Nanoseconds after the whole second at which it steps: never 0, spread evenly over the numbers."""
    return MILLISECOND + int(instrument.number * _GOLDEN % 1.0 * 998 * MILLISECOND)


class Listing:
    """The live market of one instrument."""

    def __init__(
        self,
        simulation: Simulation,
        instrument: Instrument,
        underlying: Instrument | None,
        session: Session,
        listeners: Listeners,
    ) -> None:
        now, streams = simulation.now, simulation.stream
        self.instrument = instrument
        self.session = session
        self.is_open = session.is_open(now)
        dynamics = Dynamics(instrument, underlying, session, streams)
        last = dynamics.initial_ticks()
        self.history = History(instrument, dynamics, streams, now)
        self.series = Series(self.history, now, last, is_open=self.is_open)
        self.venue = Venue(simulation, instrument.key, self.series, listeners)
        self.day_window = DayWindow(self.history, self.series, instrument.tick_value_micros)
        self._simulation = simulation
        self._process = PriceProcess(dynamics, streams, seconds=STEP / SECOND, steps=STEPS_A_BLOCK)
        self._takers = Takers(instrument, dynamics, streams)
        self._sizes = Sizes(instrument, streams)
        self._bids = Ladder(self.venue.book, Side.BUY, self._sizes)
        self._asks = Ladder(self.venue.book, Side.SELL, self._sizes)
        self._has_mark = dynamics.has_basis
        self._fair = float(last)
        self._half = HALF_SPREAD * dynamics.sigma * self._fair
        self._mark = dynamics.initial_mark()
        self._shifted = 1.0
        """What the block at hand is multiplied with since the price was moved by hand."""
        self._index = self._length = self._order_index = 0
        self._fairs: list[float] = []
        self._marks: list[float] = []
        self._halves: list[float] = []
        self._counts: list[int] = []
        self._orders: list[int] = []
        self._next_step: Scheduled | None = None

    def fill(self) -> None:
        """Let the makers quote around the starting price."""
        self._requote()

    def start(self) -> None:
        """Publish the first quote and schedule the first step."""
        self.venue.publish()
        if self.is_open:
            self._schedule()

    def open_session(self) -> None:
        """Begin trading after a closure, at a price that has moved meanwhile."""
        self.is_open = True
        self._process.gap()
        self.series.resume(self._simulation.now)
        self._schedule()

    def close_session(self) -> None:
        """Stop trading; quotes stand as they are."""
        self.is_open = False
        self.series.suspend(self._simulation.now)
        if self._next_step is not None:
            self._next_step.cancel()

    def bears(self, fraction: float) -> bool:
        """Whether the fair price stays one that can be quoted when moved by a fraction."""
        return LOWEST_FAIR_TICKS <= self._fair * (1.0 + fraction) <= HIGHEST_FAIR_TICKS

    def shift(self, fraction: float) -> None:
        """Move the fair price; while the session is open the book follows at this instant, with a trade."""
        self._process.shift(fraction)
        self._shifted *= 1.0 + fraction
        self._fair *= 1.0 + fraction
        self._half *= 1.0 + fraction
        self._mark *= 1.0 + fraction
        if self.is_open:
            side = Side.BUY if fraction > 0 else Side.SELL
            self._simulation.soon(partial(self._follow, side))

    def mark(self) -> int:
        """What positions are valued at: a perpetual's index and smoothed basis, else the middle."""
        if self._has_mark:
            return max(1, round(self._mark))
        quote = self.venue.quote
        return round((quote.bid + quote.ask) / 2) if quote.bid and quote.ask else quote.last

    def _schedule(self) -> None:
        now = self._simulation.now
        first = now // STEP * STEP + phase_of(self.instrument)
        self._next_step = self._simulation.at(
            first if first > now else first + STEP, Priority.MARKET, self._step
        )

    def _step(self) -> None:
        """Let takers trade with the quotes that stand, then move the price and the quotes after it."""
        simulation, venue, index = self._simulation, self.venue, self._index
        self._next_step = simulation.at(simulation.now + STEP, Priority.MARKET, self._step)
        if index >= self._length:
            self._refill(simulation.now)
            index = 0
        self._index = index + 1
        for _ in range(self._counts[index]):
            lots = self._orders[self._order_index]
            self._order_index += 1
            if lots > 0:
                venue.execute(AMBIENT, Side.BUY, lots, None)
            else:
                venue.execute(AMBIENT, Side.SELL, -lots, None)
        shifted = self._shifted
        self._fair = self._fairs[index] * shifted
        self._half = self._halves[index] * shifted
        self._mark = self._marks[index] * shifted
        self._requote()
        venue.publish()

    def _refill(self, now: int) -> None:
        """Draw the next block of the path and its takers; a block ends with the session."""
        until_close = self.session.next_change(now) - now
        count = min(STEPS_A_BLOCK, -(-until_close // STEP))
        block = self._process.block(now, count)
        self._shifted = 1.0
        self._fairs = block.fairs.tolist()
        self._marks = block.marks.tolist()
        self._halves = (HALF_SPREAD * block.deviations * block.fairs).tolist()
        self._counts, self._orders = self._takers.block(block)
        self._length = count
        self._order_index = 0

    def _requote(self) -> None:
        """Move the makers' quotes to the fair price; account orders in their way are traded with first."""
        fair, half = self._fair, self._half
        bid = int(fair - half)
        ask = int(fair + half) + 1
        self._bids.withdraw(bid)
        self._asks.withdraw(ask)
        book = self.venue.book
        resting = book.asks.keys
        if resting and -resting[-1] <= bid:
            bid = self._take_asks(bid)
        resting = book.bids.keys
        if resting and resting[-1] >= ask:
            ask = self._take_bids(ask)
        spacing = int(half * (SPACING / HALF_SPREAD)) + 1
        self._bids.place(bid, spacing)
        self._asks.place(ask, spacing)

    def _take_asks(self, bid: int) -> int:
        """Buy from account orders at or below `bid`; returns the highest price left to quote at."""
        self.venue.execute(AMBIENT, Side.BUY, APPETITE * self._sizes.next(), bid)
        best = self.venue.book.best_ask()
        return bid if best is None else min(bid, best - 1)

    def _take_bids(self, ask: int) -> int:
        """Sell to account orders at or above `ask`; returns the lowest price left to quote at."""
        self.venue.execute(AMBIENT, Side.SELL, APPETITE * self._sizes.next(), ask)
        best = self.venue.book.best_bid()
        return ask if best is None else max(ask, best + 1)

    def _follow(self, side: Side) -> None:
        """Requote after the price was moved by hand, and trade once in its direction."""
        if self.is_open:
            self._requote()
            self.venue.execute(AMBIENT, side, self._sizes.next(), None)
            self.venue.publish()
