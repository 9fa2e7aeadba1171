"""One instrument as it trades: its path, book, makers, takers, candles and quote. Nothing here looks at another instrument."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from embedded_server.kernel.simulation import Priority, Scheduled, Simulation
from embedded_server.kernel.time import MILLISECOND, SECOND
from embedded_server.market.day_window import DayWindow
from embedded_server.market.history import History
from embedded_server.market.makers import Ladder, Sizes
from embedded_server.market.order_book import OrderBook
from embedded_server.market.price_process import Dynamics, PriceProcess
from embedded_server.market.series import Series
from embedded_server.market.sessions import Session
from embedded_server.market.takers import Takers
from embedded_server.model.enums import Liquidity, Side
from embedded_server.model.events import DepthChanged, QuoteChanged, TradePrinted
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import Quote

FillListener = Callable[[str, int, int, int, Liquidity], None]
QuoteListener = Callable[[str], None]

STEP = SECOND
STEPS_A_BLOCK = 512
HALF_SPREAD = 0.15
"""Half the makers' spread over the price's deviation in a step."""
SPACING = 0.5
"""Distance between makers' levels over the same."""
APPETITE = 6
"""Quotes' worth that makers take from account orders standing in their way, in one step."""
_TAPE = 500
_GOLDEN = 0.618033988749895


def phase_of(instrument: Instrument) -> int:
    """Nanoseconds after the whole second at which the instrument steps; never 0, spread evenly over numbers."""
    return MILLISECOND + int(instrument.number * _GOLDEN % 1.0 * 998 * MILLISECOND)


class Listing:
    """The live market of one instrument."""

    def __init__(
        self,
        simulation: Simulation,
        instrument: Instrument,
        underlying: Instrument | None,
        session: Session,
        fill_listeners: list[FillListener],
        quote_listeners: list[QuoteListener],
    ) -> None:
        self.instrument = instrument
        self.session = session
        self.book = OrderBook()
        self._simulation = simulation
        self._key = instrument.key
        self._fill_listeners = fill_listeners
        self._quote_listeners = quote_listeners
        dynamics = Dynamics(instrument, underlying, session, simulation.stream)
        self._process = PriceProcess(dynamics, simulation.stream, seconds=STEP / SECOND, steps=STEPS_A_BLOCK)
        self._takers = Takers(instrument, dynamics, simulation.stream)
        self._sizes = Sizes(instrument, simulation.stream)
        self._bids = Ladder(self.book, Side.BUY, self._sizes)
        self._asks = Ladder(self.book, Side.SELL, self._sizes)
        self.last = dynamics.initial_ticks()
        self._fair = float(self.last)
        self._half = HALF_SPREAD * dynamics.sigma * self._fair
        self._shifted = 1.0
        now = simulation.now
        self.is_open = session.is_open(now)
        self.history = History(instrument, dynamics, simulation.stream, now)
        self.series = Series(self.history, now, self.last, is_open=self.is_open)
        self.day_window = DayWindow(self.history, self.series, instrument.tick_value_micros)
        self.tape: deque[TradePrinted] = deque(maxlen=_TAPE)
        self.quote = Quote(self._key, now, 0, 0, 0, 0, self.last)
        self._trade_id = 0
        self._index = self._length = self._order_index = 0
        self._fairs: list[float] = []
        self._halves: list[float] = []
        self._counts: list[int] = []
        self._orders: list[int] = []
        self._next_step: Scheduled | None = None
        self._notice_due = False

    def start(self) -> None:
        """Fill the book, publish the quote and schedule the first step."""
        self._requote()
        self._publish()
        if self.is_open:
            self._schedule(self._simulation.now)

    def open_session(self) -> None:
        """Begin trading after a closure, at a price that has moved meanwhile."""
        self.is_open = True
        self._process.gap()
        self.series.resume(self._simulation.now)
        self._schedule(self._simulation.now)

    def close_session(self) -> None:
        """Stop trading; quotes stand as they are."""
        self.is_open = False
        self.series.suspend()
        if self._next_step is not None:
            self._next_step.cancel()

    def shift(self, fraction: float) -> None:
        """Move the fair price; while trading is open a trade follows at once."""
        self._process.shift(fraction)
        self._shifted *= 1.0 + fraction
        if self.is_open:
            self._simulation.soon(lambda: self._follow(fraction))

    def middle(self) -> float:
        """Half-way between bid and ask in ticks; the last price while a side is empty."""
        quote = self.quote
        return (quote.bid + quote.ask) / 2 if quote.bid and quote.ask else float(quote.last)

    def submit(self, order_id: int, side: Side, lots: int, limit: int | None, *, rest: bool) -> int:
        """Match an account's order and rest what is left if asked; returns the lots not filled."""
        remaining = self._execute(order_id, side, lots, limit)
        if remaining and rest and limit is not None:
            self.book.rest(order_id, side, limit, remaining)
        self.changed()
        return remaining

    def changed(self) -> None:
        """Publish what an account's order did to the book; listeners hear of it once the present handler is done."""
        if self._update() and not self._notice_due:
            self._notice_due = True
            self._simulation.soon(self._give_notice)

    def _give_notice(self) -> None:
        self._notice_due = False
        for listener in self._quote_listeners:
            listener(self._key)

    def _schedule(self, time: int) -> None:
        first = time // STEP * STEP + phase_of(self.instrument)
        if first <= time:
            first += STEP
        self._next_step = self._simulation.at(first, Priority.MARKET, self._step)

    def _step(self) -> None:
        simulation = self._simulation
        index = self._index
        if index >= self._length:
            self._refill(simulation.now)
            index = 0
        self._index = index + 1
        self._next_step = simulation.at(simulation.now + STEP, Priority.MARKET, self._step)
        for _ in range(self._counts[index]):
            lots = self._orders[self._order_index]
            self._order_index += 1
            if lots > 0:
                self._execute(0, Side.BUY, lots, None)
            else:
                self._execute(0, Side.SELL, -lots, None)
        self._fair = self._fairs[index] * self._shifted
        self._half = self._halves[index] * self._shifted
        self._requote()
        self._publish()

    def _refill(self, now: int) -> None:
        """Draw the next block of the path and its takers; a block ends with the session."""
        until_close = self.session.next_change(now) - now
        count = min(STEPS_A_BLOCK, -(-until_close // STEP))
        block = self._process.block(now, count)
        self._shifted = 1.0
        self._fairs = block.fairs.tolist()
        self._halves = (HALF_SPREAD * block.deviations * block.fairs).tolist()
        self._counts, self._orders = self._takers.block(block)
        self._length = count
        self._order_index = 0

    def _requote(self) -> None:
        """Move the makers' quotes to the fair price; account orders in their way are traded with first."""
        fair, half = self._fair, self._half
        bid = int(fair - half)
        ask = int(fair + half) + 1
        bids, asks, book = self._bids, self._asks, self.book
        bids.withdraw(bid)
        asks.withdraw(ask)
        resting = book.asks.keys
        if resting and -resting[-1] <= bid:
            self._execute(0, Side.BUY, APPETITE * self._sizes.next(), bid)
            if resting and -resting[-1] <= bid:
                bid = -resting[-1] - 1
        resting = book.bids.keys
        if resting and resting[-1] >= ask:
            self._execute(0, Side.SELL, APPETITE * self._sizes.next(), ask)
            if resting and resting[-1] >= ask:
                ask = resting[-1] + 1
        spacing = int(half * (SPACING / HALF_SPREAD)) + 1
        bids.place(bid, spacing)
        asks.place(ask, spacing)

    def _follow(self, fraction: float) -> None:
        """Requote after a shift and trade once in its direction."""
        self._fair *= 1.0 + fraction
        self._requote()
        self._execute(0, Side.BUY if fraction > 0 else Side.SELL, self._sizes.next(), None)
        self._publish()

    def _execute(self, order_id: int, side: Side, lots: int, limit: int | None) -> int:
        """Match an incoming order (id 0: ambient), print the trades, report account orders' fills."""
        fills = self.book.match(side, lots, limit)
        if not fills:
            return lots
        simulation, key, record = self._simulation, self._key, self.series.record
        now = simulation.now
        for maker_id, price, quantity in fills:
            self._trade_id += 1
            trade = TradePrinted(
                time=now, instrument=key, trade_id=self._trade_id, price=price, lots=quantity, side=side
            )
            simulation.emit(trade)
            self.tape.append(trade)
            record(now, price, quantity)
            lots -= quantity
            self.last = price
            if maker_id > 0:
                self._report(maker_id, price, quantity, Liquidity.MAKER)
            if order_id > 0:
                self._report(order_id, price, quantity, Liquidity.TAKER)
        return lots

    def _report(self, order_id: int, price: int, lots: int, liquidity: Liquidity) -> None:
        for listener in self._fill_listeners:
            listener(self._key, order_id, price, lots, liquidity)

    def _publish(self) -> None:
        """Emit the new quote and depth, then tell the listeners (nothing is being matched here)."""
        if self._update():
            for listener in self._quote_listeners:
                listener(self._key)

    def _update(self) -> bool:
        """Take the top of the book into the quote and emit; true if the quote changed."""
        simulation, key, old = self._simulation, self._key, self.quote
        now = simulation.now
        bids, asks = self.book.bids, self.book.asks
        bid = ask = bid_lots = ask_lots = 0
        if bids.keys:
            bid = bids.keys[-1]
            bid_lots = bids.levels[bid].lots
        if asks.keys:
            ask = -asks.keys[-1]
            ask_lots = asks.levels[-ask].lots
        changed = (
            bid != old.bid
            or ask != old.ask
            or bid_lots != old.bid_lots
            or ask_lots != old.ask_lots
            or self.last != old.last
        )
        if changed:
            self.quote = quote = Quote(key, now, bid, ask, bid_lots, ask_lots, self.last)
            simulation.emit(QuoteChanged(time=now, quote=quote))
        simulation.emit(DepthChanged(time=now, instrument=key))
        return changed
