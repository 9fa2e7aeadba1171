"""Every message of channels.md, fields in the document's order: times in epoch ms, amounts in coins."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import UNSET, Struct, UnsetType

Data = TypeVar("Data")


class Authenticate(Struct, frozen=True, tag_field="action", tag="authenticate"):
    """Authentication."""

    api_key: str
    timestamp: int
    signature: str


class Params(Struct, frozen=True):
    """What a subscription is narrowed to; `type` belongs to market data, `depth` to the order book."""

    exchange: str | UnsetType = UNSET
    symbols: list[str] | UnsetType = UNSET
    type: str | UnsetType = UNSET
    depth: int | UnsetType = UNSET


class Subscribe(Struct, frozen=True, tag_field="action", tag="subscribe"):
    """Subscribing to Channels."""

    channels: list[str]
    params: Params | UnsetType = UNSET


class Unsubscribe(Struct, frozen=True, tag_field="action", tag="unsubscribe"):
    """Unsubscribing from Channels."""

    channels: list[str]
    params: Params | UnsetType = UNSET


class Pong(Struct, frozen=True, tag_field="action", tag="pong"):
    """Ping/Pong Heartbeat, client response."""

    timestamp: int | UnsetType = UNSET


ClientMessage = Authenticate | Subscribe | Unsubscribe | Pong


class Authenticated(Struct, frozen=True, tag_field="event", tag="authenticated"):
    """Authentication, success."""

    success: bool
    timestamp: int


class Subscribed(Struct, frozen=True, tag_field="event", tag="subscribed"):
    """The subscription as it was asked for."""

    channels: list[str]
    params: Params | UnsetType
    timestamp: int


class Unsubscribed(Struct, frozen=True, tag_field="event", tag="unsubscribed"):
    """The unsubscription as it was asked for."""

    channels: list[str]
    params: Params | UnsetType
    timestamp: int


class Error(Struct, frozen=True, tag_field="event", tag="error"):
    """Error Handling; also the body of every REST refusal."""

    message: str
    code: int
    timestamp: int


class Ping(Struct, frozen=True, tag_field="event", tag="ping"):
    """Ping/Pong Heartbeat, server ping."""

    timestamp: int


class Close(Struct, frozen=True, tag_field="event", tag="close"):
    """Connection Close; precedes every close by the server."""

    message: str
    code: int
    timestamp: int


class Ticker(Struct, frozen=True):
    """Market Data Channel: last price, and volume, high and low of the last 24 hours."""

    price: float
    volume: float
    timestamp: int
    bid: float
    ask: float
    high: float
    low: float


class MarketData(Struct, frozen=True, tag_field="channel", tag="market_data"):
    """Market Data Channel."""

    type: str
    exchange: str
    symbol: str
    data: Ticker
    timestamp: int


class Book(Struct, frozen=True):
    """Orderbook Channel: (price, amount) pairs, best first."""

    bids: list[tuple[float, float]]
    asks: list[tuple[float, float]]
    timestamp: int


class Orderbook(Struct, frozen=True, tag_field="channel", tag="orderbook"):
    """Orderbook Channel."""

    exchange: str
    symbol: str
    data: Book
    timestamp: int


class Trade(Struct, frozen=True):
    """Trades Channel; `side` is the aggressor's."""

    id: str
    price: float
    amount: float
    side: str
    timestamp: int


class Trades(Struct, frozen=True, tag_field="channel", tag="trades"):
    """Trades Channel."""

    exchange: str
    symbol: str
    data: Trade
    timestamp: int


class Fee(Struct, frozen=True):
    """Charged so far, on what is filled; `rate` is a fraction."""

    cost: float
    currency: str
    rate: float


class Order(Struct, frozen=True):
    """Orders Channel. `cost` is price x amount, the fields after `fee` are extensions, sent where they apply.

    A market order has no `price` (and no `cost`) until it is filled; then both are of its average.
    """

    id: str
    symbol: str
    exchange: str
    timestamp: int
    type: str
    side: str
    amount: float
    price: float | None
    cost: float | None
    filled: float
    remaining: float
    status: str
    fee: Fee
    average: float | UnsetType = UNSET
    stop_price: float | UnsetType = UNSET
    stop_loss: float | UnsetType = UNSET
    take_profit: float | UnsetType = UNSET
    client_order_id: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    trailing_distance: float | UnsetType = UNSET
    oco_group: str | UnsetType = UNSET
    time_in_force: str | UnsetType = UNSET
    expires_at: int | UnsetType = UNSET


class Position(Struct, frozen=True):
    """Positions Channel; `trailing_stop` is a distance in percent of the average price, exact to the tick."""

    symbol: str
    exchange: str
    timestamp: int
    type: str
    side: str
    amount: float
    cost: float
    average_price: float
    unrealized_pnl: float
    unrealized_pnl_percentage: float
    liquidation_price: float | None
    stop_loss: float | None
    take_profit: float | None
    trailing_stop: float | None


class Orders(Struct, frozen=True, tag_field="channel", tag="orders"):
    """Orders Channel; `event` is `update`, or `snapshot` (extension) for the state at subscription."""

    exchange: str
    symbol: str
    event: str
    data: Order
    timestamp: int


class Positions(Struct, frozen=True, tag_field="channel", tag="positions"):
    """Positions Channel; `event` as for orders. A closed position has the amount 0."""

    exchange: str
    symbol: str
    event: str
    data: Position
    timestamp: int


class ExchangeStatus(Struct, frozen=True):
    """Data of `exchange_connection_status`."""

    exchange: str
    status: str
    timestamp: int


class SystemEvents(Struct, Generic[Data], frozen=True, tag_field="channel", tag="system_events"):
    """System Events Channel."""

    event: str
    data: Data
    timestamp: int
