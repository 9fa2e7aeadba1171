"""The gateway's messages, all ours: the document shows only the envelope (CLARIFICATIONS.md)."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct, field

from embedded_server.protocols.request_error import ErrorData

Level = tuple[float, float]
"""Price and quantity."""


class Message(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Root of the endpoint's messages; the tag is the wire's `type`."""

    extension: ClassVar[bool] = True


class SubscriptionRequest(Struct, frozen=True, kw_only=True):
    """What to listen to. No symbols, or `*`, means all; no channels means `quote` (for unsubscribe: all).

    `resolution` is that of `bar` (1m when subscribing, every one when unsubscribing); `history` past bars are
    sent first; `levels` is the size of `depth`.
    """

    symbols: list[str] = []
    channels: list[str] | None = None
    resolution: str | None = None
    history: int = 0
    levels: int | None = None


class Subscribe(Message, frozen=True, tag="subscribe"):
    """Listen to channels of symbols."""

    data: SubscriptionRequest = SubscriptionRequest()


class Unsubscribe(Message, frozen=True, tag="unsubscribe"):
    """Listen no longer."""

    data: SubscriptionRequest = SubscriptionRequest()


class GetInstruments(Message, frozen=True, tag="get_instruments"):
    """Ask what exists."""


ClientMessage = Subscribe | Unsubscribe | GetInstruments
CLIENT_MESSAGES = (Subscribe, Unsubscribe, GetInstruments)


class Subscription(Struct, frozen=True, kw_only=True):
    """What was asked for, with every default filled in; `resolution` is null unless bars are concerned."""

    symbols: tuple[str, ...]
    channels: tuple[str, ...]
    resolution: str | None


class Subscribed(Message, frozen=True, tag="subscribed"):
    """Comes before the first data of the subscription."""

    timestamp: str
    data: Subscription


class Unsubscribed(Message, frozen=True, tag="unsubscribed"):
    """Nothing of it comes any more."""

    timestamp: str
    data: Subscription


class QuoteData(Struct, frozen=True, kw_only=True, rename="camel"):
    """Top of book and one rolling day; the change in percent, sizes and volume in the instrument's unit."""

    symbol: str
    bid: float
    ask: float
    bid_size: float
    ask_size: float
    last: float
    change_24h: float = field(name="change24h")
    high_24h: float = field(name="high24h")
    low_24h: float = field(name="low24h")
    volume_24h: float = field(name="volume24h")


class Quote(Message, frozen=True, tag="quote"):
    """Sent on subscribing and on every change."""

    timestamp: str
    data: QuoteData


class TradeData(Struct, frozen=True, kw_only=True):
    """A trade on the book; `side` is the aggressor's, BUY or SELL."""

    symbol: str
    id: str
    price: float
    quantity: float
    side: str


class Trade(Message, frozen=True, tag="trade"):
    """The envelope's timestamp is the trade's."""

    timestamp: str
    data: TradeData


class BarData(Struct, frozen=True, kw_only=True):
    """A candle; `time` is its opening."""

    symbol: str
    resolution: str
    time: str
    open: float
    high: float
    low: float
    close: float
    volume: float
    closed: bool


class BarMessage(Message, frozen=True, tag="bar"):
    """A past, forming or just closed candle."""

    timestamp: str
    data: BarData


class DepthData(Struct, frozen=True, kw_only=True):
    """Both sides of the book, best first."""

    symbol: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


class Depth(Message, frozen=True, tag="depth"):
    """Sent whole, on subscribing and on every change."""

    timestamp: str
    data: DepthData


class InstrumentData(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a client must know to show and trade an instrument. `symbol` is the key used in this endpoint."""

    symbol: str
    venue_symbol: str
    name: str
    kind: str
    number: int
    base_currency: str
    quote_currency: str
    price_digits: int
    quantity_digits: int
    tick_size: float
    lot_step: float
    max_quantity: float
    contract_size: int
    session: str
    open: bool


class Instruments(Message, frozen=True, tag="instruments"):
    """Everything that can be subscribed to, in the market's order."""

    timestamp: str
    data: tuple[InstrumentData, ...]


class Error(Message, frozen=True, tag="error"):
    """The request changed nothing."""

    timestamp: str
    data: ErrorData


SERVER_MESSAGES = (Subscribed, Unsubscribed, Quote, Trade, BarMessage, Depth, Instruments, Error)
