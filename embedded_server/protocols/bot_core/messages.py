"""Messages of bot-core.md that only the core sends, fields in its order; `extension` marks ours."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from embedded_server.protocols.bot_platform.messages import AISignalReceived, Error, Message, Pong


class ConnectedData(Struct, frozen=True, kw_only=True):
    """Who the server takes the client for."""

    client_id: str
    server_time: int
    version: str


class Connected(Message, frozen=True, tag="Connected"):
    """1. Connected: the first frame."""

    data: ConnectedData
    timestamp: int


class MarketDataBody(Struct, frozen=True, kw_only=True):
    """Price and day figures of a symbol; the volume is in the quote currency."""

    symbol: str
    price: float
    change_24h: float
    volume_24h: float
    high_24h: float
    low_24h: float
    bid: float
    ask: float
    last_update: int


class MarketData(Message, frozen=True, tag="MarketData"):
    """2. MarketData."""

    data: MarketDataBody
    timestamp: int


class Candle(Struct, frozen=True, kw_only=True):
    """A closed candle; `timestamp` is its opening, `close_time` its opening plus the timeframe."""

    timestamp: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    close_time: int


class IndicatorValues(Struct, frozen=True, kw_only=True):
    """Indicators on the candle, null while they warm up."""

    rsi: float | None
    macd: float | None
    macd_signal: float | None
    bollinger_upper: float | None
    bollinger_middle: float | None
    bollinger_lower: float | None


class ChartData(Struct, frozen=True, kw_only=True):
    """A candle with its indicators."""

    symbol: str
    timeframe: str
    candle: Candle
    indicators: IndicatorValues


class ChartUpdate(Message, frozen=True, tag="ChartUpdate"):
    """3. ChartUpdate."""

    data: ChartData
    timestamp: int


class Position(Struct, frozen=True, kw_only=True):
    """A position, marked; the percentage is of the notional at entry."""

    id: str
    symbol: str
    side: str
    entry_price: float
    current_price: float
    quantity: float
    leverage: int
    unrealized_pnl: float
    unrealized_pnl_percent: float
    liquidation_price: float | None
    margin: float
    stop_loss: float | None
    take_profit: float | None
    entry_time: int


class PositionData(Struct, frozen=True, kw_only=True):
    """`OPENED`, `UPDATED` or `CLOSED`, and the position."""

    action: str
    position: Position


class PositionUpdate(Message, frozen=True, tag="PositionUpdate"):
    """4. PositionUpdate."""

    data: PositionData
    timestamp: int


class TradeData(Struct, frozen=True, kw_only=True):
    """A fill, or the end of an order without one."""

    trade_id: str
    order_id: str
    symbol: str
    side: str
    type: str
    quantity: float
    price: float
    executed_quantity: float
    executed_price: float
    commission: float
    commission_asset: str
    status: str
    timestamp: int
    strategy: str | None
    ai_signal_id: str | None


class TradeExecuted(Message, frozen=True, tag="TradeExecuted"):
    """5. TradeExecuted."""

    data: TradeData
    timestamp: int


class BotStatusData(Struct, frozen=True, kw_only=True):
    """Status, results and plans of the bot."""

    status: str
    mode: str
    uptime_seconds: int
    total_positions: int
    total_balance: float
    total_pnl: float
    total_pnl_percent: float
    enabled_strategies: tuple[str, ...]
    last_signal_time: int | None
    next_signal_time: int | None


class BotStatusUpdate(Message, frozen=True, tag="BotStatusUpdate"):
    """7. BotStatusUpdate."""

    data: BotStatusData
    timestamp: int


class AuthenticatedData(Struct, frozen=True, kw_only=True):
    """Whom the token named."""

    success: bool
    user_id: str


class Authenticated(Message, frozen=True, tag="Authenticated"):
    """Answer to `Authenticate` (CLARIFICATIONS.md, bot_core)."""

    extension: ClassVar[bool] = True
    data: AuthenticatedData
    timestamp: int


SERVER_MESSAGES = (
    Connected,
    MarketData,
    ChartUpdate,
    PositionUpdate,
    TradeExecuted,
    AISignalReceived,
    BotStatusUpdate,
    Error,
    Pong,
    Authenticated,
)
