"""The gateway's messages as read and written (CLARIFICATIONS.md, market_data_gateway; all *extension*)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from tui_trader.protocols.codec import Frame
from tui_trader.protocols.json_reading import Figure, reader, write

Time = int | float | str | None
Level = tuple[Figure, Figure]


class QuoteBody(Struct, rename="camel"):
    """`quote`: top of book and the rolling day."""

    symbol: str
    bid: Figure | None = None
    ask: Figure | None = None
    last: Figure | None = None
    bid_size: Figure | None = None
    ask_size: Figure | None = None
    change: Figure | None = field(name="change24h", default=None)
    volume: Figure | None = field(name="volume24h", default=None)
    high: Figure | None = field(name="high24h", default=None)
    low: Figure | None = field(name="low24h", default=None)


class TradeBody(Struct):
    """`trade`."""

    symbol: str
    price: Figure
    quantity: Figure
    side: str


class BarBody(Struct):
    """`bar`; `time` is its opening, ISO or epoch ms."""

    symbol: str
    resolution: str
    time: int | str
    open: Figure
    high: Figure
    low: Figure
    close: Figure
    volume: Figure
    closed: bool = False


class DepthBody(Struct):
    """`depth`: both sides, best first."""

    symbol: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


class InstrumentBody(Struct, rename="camel"):
    """A row of `instruments`."""

    symbol: str
    venue_symbol: str = ""
    name: str = ""
    kind: str = ""
    number: int | None = None
    quote_currency: str = ""
    price_digits: int = 2
    quantity_digits: int = 2
    tick_size: float = 0.01
    lot_step: float = 0.01
    max_quantity: Figure | None = None
    contract_size: Figure = 1.0


class SubscriptionBody(Struct):
    """`subscribed`."""

    symbols: list[str] = []
    channels: list[str] = []
    resolution: str | None = None


class ErrorBody(Struct):
    """`error`."""

    message: str
    code: str = ""


read_quote = reader(QuoteBody)
read_trade = reader(TradeBody)
read_bar = reader(BarBody)
read_depth = reader(DepthBody)
read_instrument = reader(InstrumentBody)
read_subscription = reader(SubscriptionBody)
read_error = reader(ErrorBody)

GET_INSTRUMENTS = Frame(write({"type": "get_instruments"}))


def subscription(action: str, symbols: Sequence[str], channels: Sequence[str], **more: object) -> Frame:
    """Write `subscribe` or `unsubscribe`."""
    data = {"symbols": list(symbols), "channels": list(channels), **more}
    return Frame(write({"type": action, "data": data}))
