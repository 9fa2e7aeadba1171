"""Every message of onetrade.md, fields in the document's order: volumes in lots, times as ISO strings."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import UNSET, Struct, UnsetType

from embedded_server.protocols.onetrade.enums import (
    ChannelType,
    DirectionType,
    OrderStatus,
    OrderType,
    PositionStatus,
    ReasonType,
    ReportStatus,
    ReportType,
    SideType,
)

Data = TypeVar("Data")


class Envelope(Struct, Generic[Data], frozen=True):
    """Both directions: `{type, data}` (Message Format)."""

    type: str
    data: Data


class ClientEvent(Struct, frozen=True):
    """What a client sends; `data` is a symbol id, null or absent (Outgoing Messages)."""

    type: str
    data: object = None


class Symbol(Struct, frozen=True):
    """The object inside orders, positions and deals (observed); `tick_value` of one lot, quote currency."""

    id: int
    symbol: str
    desc: str
    base_currency: str
    quote_currency: str
    digits: int
    contract_size: int
    tick_size: float
    tick_value: float
    min_value: float
    max_value: float
    step: float


class Order(Struct, frozen=True, kw_only=True):
    """3. Order Events, Order Interface. From `price_stop_limit` on: extensions, where they apply."""

    id: int
    account_id: int
    symbol_id: int
    symbol: Symbol
    type: OrderType
    side: SideType
    volume_initial: float
    volume_current: float
    price_order: float
    price_current: float
    price_sl: float | None = None
    price_tp: float | None = None
    status: OrderStatus = OrderStatus.PLACED
    reason: ReasonType | None = None
    comment: str | None = None
    external_id: str | None = None
    created_at: str
    updated_at: str
    time_setup: str
    time_expiration: str | None = None
    time_done: str | None = None
    price_stop_limit: float | UnsetType = UNSET
    deviation: int | UnsetType = UNSET
    time_offer_expiration: str | UnsetType = UNSET
    trailing_stop: int | UnsetType = UNSET
    oco_group: str | UnsetType = UNSET


class Position(Struct, frozen=True, kw_only=True):
    """4. Position Events, Position Interface.

    `profit` is the result of the open volume (of all of it once closed); `total_profit` is everything the
    position brought so far, partial closes, swap and commission included. `reason` is why it was opened; once
    closed why it was closed; in the update that a rollover causes, `ROLLOVER`. `trailing_stop` (extension,
    where there is one) is the distance in points at which `price_sl` follows the price.
    """

    id: int
    account_id: int
    symbol_id: int
    symbol: Symbol
    side: SideType
    volume_initial: float
    volume_current: float
    price_open: float
    price_current: float
    price_sl: float | None = None
    price_tp: float | None = None
    profit: float = 0.0
    total_profit: float = 0.0
    swaps: float = 0.0
    storage: float = 0.0
    status: PositionStatus = PositionStatus.OPEN
    reason: ReasonType | None = None
    comment: str | None = None
    external_id: str | None = None
    created_at: str
    updated_at: str
    trailing_stop: int | UnsetType = UNSET


class Deal(Struct, frozen=True, kw_only=True):
    """5. Deal Events, Deal Interface.

    Money fields are signed as the client sees them: a commission charged is negative. `swap` is the part of
    the position's swap that belongs to the volume closed; it was booked at the rollovers.
    `profit_raw` is the profit before conversion, in the symbol's quote currency.
    """

    id: int
    account_id: int
    order_id: int
    position_id: int
    symbol_id: int
    symbol: Symbol
    side: SideType
    direction: DirectionType
    volume: float
    price: float
    entry: float
    profit: float
    profit_raw: float
    commission: float
    swap: float
    fee: float
    storage: float
    market_bid: float
    market_ask: float
    market_last: float
    reason: ReasonType
    channel: ChannelType
    comment: str | None = None
    external_id: str | None = None
    created_at: str
    updated_at: str


class Journal(Struct, frozen=True):
    """6. Journal Events, Journal Interface."""

    id: int
    user_id: int
    desc: str
    ip: str
    device: str
    os: str
    channel: ChannelType
    created_at: str


class Report(Struct, frozen=True):
    """7. Report Events, Report Interface; `url` downloads without further headers."""

    id: int
    user_id: int
    type: ReportType
    status: ReportStatus
    kind: str
    desc: str
    query: str
    url: str


class Text(Struct, frozen=True):
    """Data of `info` and `error`, and the whole body of a refused session check."""

    message: str


class Logout(Struct, frozen=True):
    """Data of `session_logout`."""

    session_id: str


class Account(Struct, frozen=True):
    """`GET account` (shape ours: no document has one); money in its currency, margin level in percent."""

    id: int
    user_id: int
    name: str
    currency: str
    leverage: int
    balance: float
    credit: float
    equity: float
    profit: float
    margin: float
    margin_free: float
    margin_level: float | None
    positions: int
    orders: int


class HistoryBar(Struct, frozen=True):
    """One candle of `symbols/ticks/history`; `time` is its opening, epoch ms, `volume` in lots."""

    time: int
    open: float
    high: float
    low: float
    close: float
    volume: float


class LoginData(Struct, frozen=True):
    """Tokens of a new session."""

    access_token: str
    session_id: str


class LoginReply(Struct, frozen=True):
    """Answer to `POST /api/v1/oauth2/login` (observed)."""

    success: bool
    data: LoginData


class Done(Struct, frozen=True):
    """Answer to a request that has nothing to show."""

    success: bool = True


class ErrorReply(Struct, frozen=True):
    """Every REST refusal (observed); `code` repeats the HTTP status."""

    code: int
    success: bool
    error: str
    message: str
    data: None = None
