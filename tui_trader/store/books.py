"""Depth and public trades per instrument; trades are bounded, depth is whatever was sent last."""

from __future__ import annotations

from collections import deque

from msgspec import Struct, field

from tui_trader.model.events import DepthUpdated, TradePrinted
from tui_trader.store.quotes import NEVER

TRADES = 500


class Book(Struct):
    """One instrument: (price, size) pairs, best first, and the latest trades, newest last."""

    symbol: str
    link: str = ""
    bids: tuple[tuple[float, float], ...] = ()
    asks: tuple[tuple[float, float], ...] = ()
    arrived: float = NEVER
    revision: int = 0
    trades: deque[TradePrinted] = field(default_factory=lambda: deque(maxlen=TRADES))

    @property
    def spread(self) -> float | None:
        """Best ask less best bid."""
        return self.asks[0][0] - self.bids[0][0] if self.asks and self.bids else None

    @property
    def pressure(self) -> float | None:
        """Share of the shown size that is bid, 0 to 1."""
        bid = sum(size for _, size in self.bids)
        total = bid + sum(size for _, size in self.asks)
        return bid / total if total else None


class Books:
    """Books by instrument key; made on first use."""

    __slots__ = ("_books", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._books: dict[str, Book] = {}

    def get(self, symbol: str) -> Book:
        """The book, empty where nothing arrived."""
        book = self._books.get(symbol)
        if book is None:
            book = self._books[symbol] = Book(symbol)
        return book

    def replace_depth(self, event: DepthUpdated, now: float) -> None:
        """Take over a whole book."""
        book = self.get(event.symbol)
        book.link, book.bids, book.asks, book.arrived = event.link, event.bids, event.asks, now
        book.revision += 1
        self.revision += 1

    def print_trade(self, event: TradePrinted) -> None:
        """Append a public trade."""
        book = self.get(event.symbol)
        book.trades.append(event)
        book.revision += 1
        self.revision += 1
