"""Top of book and day figures per instrument. Staleness goes by monotonic arrival, not by server time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from tui_trader.model.events import QuoteUpdated

STALE_SECONDS = 3.0
SAMPLE_SECONDS = 2.0
SAMPLES = 240
NEVER = float("-inf")


class Quote(Struct):
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
    told: frozenset[str] = frozenset()
    """Fields that the owner of the quotes has ever told."""

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
_PRICES = frozenset({"bid", "ask", "last"})
_DAY = ("change_percent", "volume", "high", "low")
"""Figures of the day: they age slowly, so another link may add those that the owner never tells."""
_OWN = ("last", "bid_size", "ask_size")
"""Figures of this instant that not every link tells: none outlives the link it came by."""


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
        """Take over what is not None.

        A second link's quote counts only while the owner's is stale; until then it adds those figures of the
        day that the owner never tells.
        """
        quote = self._quotes.get(event.symbol)
        owned = owner in (event.link, "")
        if quote is None:
            quote = self._quotes[event.symbol] = Quote(event.symbol, event.link)
        elif not owned and quote.link == owner and now - quote.arrived < STALE_SECONDS:
            self._take(quote, event, [name for name in _DAY if name not in quote.told])
            return
        elif quote.link != event.link:
            for name in _OWN:
                setattr(quote, name, None)
        quote.link = event.link
        before = quote.price
        taken = self._take(quote, event, _FIELDS)
        if owned and not taken <= quote.told:
            quote.told |= taken
        quote.arrived = self.newest = now
        if event.time_ms is not None and event.time_ms > (self.server_ms or 0):
            self.server_ms = event.time_ms
        self._notice_move(quote, before, now)

    def _take(self, quote: Quote, event: QuoteUpdated, names: Iterable[str]) -> set[str]:
        """Take over these fields where they are not None; return those that were told.

        A price of zero takes away the one before: what nobody bids any more must not look live.
        """
        told = set()
        for name in names:
            value = getattr(event, name)
            if value is not None:
                setattr(quote, name, value if value or name not in _PRICES else None)
                told.add(name)
        if told:
            self.revision += 1
        return told

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
