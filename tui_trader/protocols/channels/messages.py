"""The channels API's messages as read (channels.md)."""

from __future__ import annotations

from msgspec import Raw, Struct

from tui_trader.protocols.json_reading import Figure, reader

Time = int | float | str | None
Level = tuple[Figure, Figure]
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

    price: Figure | None = None
    volume: Figure | None = None
    bid: Figure | None = None
    ask: Figure | None = None
    high: Figure | None = None
    low: Figure | None = None
    change: Figure | None = None
    timestamp: Time = None


class BookBody(Struct):
    """Orderbook Channel."""

    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    timestamp: Time = None


class TradeBody(Struct):
    """Trades Channel."""

    price: Figure
    amount: Figure
    side: str
    timestamp: Time = None


class FeeBody(Struct):
    """Fee of an order."""

    cost: Figure | None = None


class OrderBody(Struct):
    """Orders Channel, with the extensions after `fee`."""

    id: str | int
    symbol: str
    type: str
    side: str
    amount: Figure
    status: str
    filled: Figure | None = None
    remaining: Figure | None = None
    price: Figure | None = None
    fee: FeeBody | None = None
    timestamp: Time = None
    average: Figure | None = None
    stop_price: Figure | None = None
    stop_loss: Figure | None = None
    take_profit: Figure | None = None
    client_order_id: str | None = None
    reason: str | None = None
    trailing_distance: Figure | None = None
    oco_group: str | None = None
    time_in_force: str | None = None
    expires_at: Time = None


class PositionBody(Struct):
    """Positions Channel."""

    symbol: str
    side: str
    amount: Figure
    average_price: Figure | None = None
    cost: Figure | None = None
    unrealized_pnl: Figure | None = None
    unrealized_pnl_percentage: Figure | None = None
    liquidation_price: Figure | None = None
    stop_loss: Figure | None = None
    take_profit: Figure | None = None
    trailing_stop: Figure | None = None
    timestamp: Time = None


class AccountBody(Struct):
    """`GET account` (*extension*)."""

    currency: str = ""
    balance: Figure | None = None
    equity: Figure | None = None
    available: Figure | None = None
    unrealized_pnl: Figure | None = None


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
