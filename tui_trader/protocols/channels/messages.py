"""The channels API's messages as read (channels.md)."""

from __future__ import annotations

from msgspec import Raw, Struct

from tui_trader.protocols.json_reading import reader

Time = int | float | str | None
Level = tuple[float, float]
NOTHING = Raw(b"null")


class ChannelFrame(Struct):
    """Every message: `event` for answers and account data, `channel` for data."""

    channel: str = ""
    event: str = ""
    type: str = ""
    symbol: str = ""
    data: Raw = NOTHING
    message: str = ""
    code: int | str = ""
    success: bool = True
    timestamp: Time = None


class TickerBody(Struct):
    """Market Data Channel, `ticker`."""

    price: float | None = None
    volume: float | None = None
    bid: float | None = None
    ask: float | None = None
    high: float | None = None
    low: float | None = None
    change: float | None = None
    timestamp: Time = None


class BookBody(Struct):
    """Orderbook Channel."""

    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    timestamp: Time = None


class TradeBody(Struct):
    """Trades Channel."""

    price: float
    amount: float
    side: str
    timestamp: Time = None


class FeeBody(Struct):
    """Fee of an order."""

    cost: float | None = None


class OrderBody(Struct):
    """Orders Channel, with the extensions after `fee`."""

    id: str | int
    symbol: str
    type: str
    side: str
    amount: float
    status: str
    filled: float | None = None
    remaining: float | None = None
    price: float | None = None
    fee: FeeBody | None = None
    timestamp: Time = None
    average: float | None = None
    stop_price: float | None = None
    stop_loss: float | None = None
    take_profit: float | None = None
    client_order_id: str | None = None
    reason: str | None = None
    trailing_distance: float | None = None
    oco_group: str | None = None
    time_in_force: str | None = None
    expires_at: Time = None


class PositionBody(Struct):
    """Positions Channel."""

    symbol: str
    side: str
    amount: float
    average_price: float | None = None
    cost: float | None = None
    unrealized_pnl: float | None = None
    unrealized_pnl_percentage: float | None = None
    liquidation_price: float | None = None
    stop_loss: float | None = None
    take_profit: float | None = None
    trailing_stop: float | None = None
    timestamp: Time = None


class AccountBody(Struct):
    """`GET account` (*extension*)."""

    currency: str = ""
    balance: float | None = None
    equity: float | None = None
    available: float | None = None
    unrealized_pnl: float | None = None


class SystemBody(Struct):
    """System Events Channel."""

    exchange: str = ""
    status: str = ""


read_frame = reader(ChannelFrame)
read_ticker = reader(TickerBody)
read_book = reader(BookBody)
read_trade = reader(TradeBody)
read_order = reader(OrderBody)
read_orders = reader(list[OrderBody])
read_position = reader(PositionBody)
read_positions = reader(list[PositionBody])
read_account = reader(AccountBody)
read_system = reader(SystemBody)
