"""Top of book and day figures per instrument. Staleness goes by monotonic arrival, not by server time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tui_trader.model.events import QuoteUpdated

STALE_SECONDS = 3.0
SAMPLE_SECONDS = 2.0
SAMPLES = 240
NEVER = float("-inf")


@dataclass(slots=True)
class Quote:
    """One instrument's quote. `arrived` and `moved` are monotonic seconds; `direction` is the last move's."""

    symbol: str
    link: str
    bid: float | None = None
    ask: float | None = None
    last: float | None = None
    bid_size: float | None = None
    ask_size: float | None = None
    change_percent: float | None = None
    volume: float | None = None
    high: float | None = None
    low: float | None = None
    time_ms: int | None = None
    arrived: float = NEVER
    moved: float = NEVER
    direction: int = 0
    sampled: float = NEVER
    samples: deque[float] = field(default_factory=lambda: deque(maxlen=SAMPLES))

    @property
    def price(self) -> float | None:
        """Last trade, or the middle where no trade is quoted."""
        if self.last is not None:
            return self.last
        if self.bid is not None and self.ask is not None:
            return (self.bid + self.ask) / 2
        return self.bid if self.bid is not None else self.ask

    @property
    def spread(self) -> float | None:
        """Ask less bid."""
        return None if self.bid is None or self.ask is None else self.ask - self.bid


_FIELDS = (
    "bid", "ask", "last", "bid_size", "ask_size", "change_percent", "volume", "high", "low", "time_ms",
)  # fmt: skip


class Quotes:
    """All quotes by instrument key; `newest` is the latest arrival, `server_ms` the latest server time."""

    __slots__ = ("_quotes", "newest", "revision", "server_ms")

    def __init__(self) -> None:
        self.revision = 0
        self.newest = NEVER
        self.server_ms: int | None = None
        self._quotes: dict[str, Quote] = {}

    def __iter__(self) -> Iterator[Quote]:
        return iter(self._quotes.values())

    def get(self, symbol: str) -> Quote | None:
        """The quote, if one ever arrived."""
        return self._quotes.get(symbol)

    @property
    def by_symbol(self) -> Mapping[str, Quote]:
        """All quotes by instrument key."""
        return self._quotes

    def update(self, event: QuoteUpdated, now: float, owner: str) -> None:
        """Take over what is not None. A second link's quote counts only while the owner's is stale."""
        quote = self._quotes.get(event.symbol)
        if quote is None:
            quote = self._quotes[event.symbol] = Quote(event.symbol, event.link)
        elif owner not in (event.link, "") and quote.link == owner and now - quote.arrived < STALE_SECONDS:
            return
        quote.link = event.link
        before = quote.price
        for name in _FIELDS:
            value = getattr(event, name)
            if value is not None:
                setattr(quote, name, value)
        quote.arrived = self.newest = now
        if event.time_ms is not None and event.time_ms > (self.server_ms or 0):
            self.server_ms = event.time_ms
        self._notice_move(quote, before, now)
        self.revision += 1

    def _notice_move(self, quote: Quote, before: float | None, now: float) -> None:
        price = quote.price
        if price is None:
            return
        if before is not None and price != before:
            quote.direction = 1 if price > before else -1
            quote.moved = now
        if now - quote.sampled >= SAMPLE_SECONDS:
            quote.samples.append(price)
            quote.sampled = now
        elif quote.samples:
            quote.samples[-1] = price
