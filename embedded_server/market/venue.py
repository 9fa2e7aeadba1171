"""Where one instrument trades: its book, the trades printed, its quote. Whoever sends orders sits above.

Rule of the place: quotes' listeners are called when nothing is being matched, fills' as they happen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from embedded_server.kernel.simulation import Simulation
from embedded_server.market.order_book import OrderBook
from embedded_server.market.series import Series
from embedded_server.model.enums import Liquidity, Side
from embedded_server.model.events import DepthChanged, QuoteChanged, TradePrinted
from embedded_server.model.states import Quote

FillListener = Callable[[str, int, int, int, Liquidity], None]
"""Called with instrument, order id, price, lots and liquidity."""
QuoteListener = Callable[[str], None]
"""Called with the instrument."""

AMBIENT = 0
"""Order id of anonymous market orders; makers' resting orders have negative ones, accounts' are positive."""
_TAPE = 500


class Listeners:
    """Who hears of fills and quotes; shared by every venue of a market."""

    def __init__(self) -> None:
        self.fills: list[FillListener] = []
        self.quotes: list[QuoteListener] = []


class Venue:
    """Matching and publishing for one instrument."""

    def __init__(self, simulation: Simulation, key: str, series: Series, listeners: Listeners) -> None:
        self.book = OrderBook()
        self.series = series
        self.tape: deque[TradePrinted] = deque(maxlen=_TAPE)
        self.quote = Quote(key, simulation.now, 0, 0, 0, 0, series.last)
        self._simulation = simulation
        self._key = key
        self._listeners = listeners
        self._trade_id = 0
        self._published_revision = 0
        self._notice_due = False

    def execute(self, order_id: int, side: Side, lots: int, limit: int | None) -> int:
        """Match an incoming order, print its trades, report accounts' fills; returns the lots not filled."""
        fills = self.book.match(side, lots, limit)
        if not fills:
            return lots
        simulation, record, tape = self._simulation, self.series.record, self.tape
        now = simulation.now
        for maker_id, price, quantity in fills:
            self._trade_id += 1
            trade = TradePrinted(
                time=now, instrument=self._key, trade_id=self._trade_id, price=price, lots=quantity, side=side
            )
            simulation.emit(trade)
            tape.append(trade)
            record(now, price, quantity)
            lots -= quantity
            if maker_id > 0:
                self._report(maker_id, price, quantity, Liquidity.MAKER)
            if order_id > 0:
                self._report(order_id, price, quantity, Liquidity.TAKER)
        return lots

    def publish(self) -> None:
        """Emit what changed and tell the quote's listeners at once; nothing may be matching."""
        if self._emit_changes():
            self._tell()

    def publish_soon(self) -> None:
        """Emit what changed now, but tell the listeners once the present handler is done."""
        if self._emit_changes() and not self._notice_due:
            self._notice_due = True
            self._simulation.soon(self._tell)

    def _report(self, order_id: int, price: int, lots: int, liquidity: Liquidity) -> None:
        for listener in self._listeners.fills:
            listener(self._key, order_id, price, lots, liquidity)

    def _tell(self) -> None:
        self._notice_due = False
        for listener in self._listeners.quotes:
            listener(self._key)

    def _emit_changes(self) -> bool:
        """Take the top of the book into the quote; true if the quote changed."""
        book = self.book
        if book.revision == self._published_revision:
            return False
        self._published_revision = book.revision
        simulation, key, old, last = self._simulation, self._key, self.quote, self.series.last
        now = simulation.now
        bids, asks = book.bids, book.asks
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
            or last != old.last
        )
        if changed:
            self.quote = quote = Quote(key, now, bid, ask, bid_lots, ask_lots, last)
            simulation.emit(QuoteChanged(time=now, quote=quote))
        simulation.emit(DepthChanged(time=now, instrument=key))
        return changed
