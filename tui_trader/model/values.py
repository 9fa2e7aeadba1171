"""States as the console knows them, whatever protocol they came by.

Numbers from the wire are floats for display; what a person typed is `Decimal` and lives in commands.py. Times
are epoch milliseconds as the server told them; ages are never computed from them (connection/ stamps arrival
monotonically). `None` always means "the server did not say".
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Side(StrEnum):
    """Buy (long) or sell (short)."""

    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """+1 for buy, -1 for sell."""
        return 1 if self is Side.BUY else -1

    @property
    def other(self) -> Side:
        """The side that closes what this one opens."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderKind(StrEnum):
    """How an order is priced."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"


class TimeInForce(StrEnum):
    """How long an order works: until canceled, until a day or a time ends, or at once (in part, or whole)."""

    GTC = "gtc"
    DAY = "day"
    GTD = "gtd"
    IOC = "ioc"
    FOK = "fok"


class OrderStatus(StrEnum):
    """What is known of an order. PENDING: sent, no event yet. UNKNOWN: sent, answer lost; verify."""

    PENDING = "pending"
    WORKING = "working"
    DEALING = "dealing"
    REQUOTED = "requoted"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELED = "canceled"
    REJECTED = "rejected"
    EXPIRED = "expired"
    UNKNOWN = "unknown"

    @property
    def terminal(self) -> bool:
        """True once nothing more can happen to it."""
        return self in _TERMINAL


_TERMINAL = {OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.REJECTED, OrderStatus.EXPIRED}


class Severity(StrEnum):
    """Weight of a notice or journal line."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


class LinkState(StrEnum):
    """Life of one link."""

    IDLE = "idle"
    CONNECTING = "connecting"
    AUTHENTICATING = "authenticating"
    READY = "ready"
    RECONNECTING = "reconnecting"
    CONFLICT = "conflict"
    """The session is in use elsewhere; waits for the user."""
    OFFLINE = "offline"
    """Gave up; waits for a key."""
    CLOSED = "closed"


class Instrument(Struct, frozen=True, kw_only=True):
    """One instrument as a link describes it. `key` is the console's name of it, `symbol` its link's."""

    key: str
    symbol: str
    link: str
    """The link whose quotes are authoritative for it."""
    kind: str = ""
    """`equity`, `spot`, `perpetual`, `forex` or empty."""
    price_digits: int = 2
    quantity_digits: int = 2
    tick_size: float = 0.01
    quantity_step: float = 0.01
    minimum_quantity: float | None = None
    maximum_quantity: float | None = None
    contract_size: float = 1.0
    quote_currency: str = ""
    symbol_id: int | None = None
    description: str = ""
    inferred: bool = False
    """Known by its quotes alone: decimals and steps are guesses, which may warn and never refuse."""


class Bar(Struct, frozen=True, gc=False):
    """One candle; `time` is its opening, epoch ms."""

    time: int
    open: float
    high: float
    low: float
    close: float
    volume: float


class Order(Struct, frozen=True, kw_only=True):
    """One order. `id` is the server's, as text; `link` says which account."""

    link: str
    id: str
    symbol: str
    side: Side
    kind: OrderKind
    status: OrderStatus
    quantity: float
    filled: float = 0.0
    price: float | None = None
    stop_price: float | None = None
    average_price: float | None = None
    stop_loss: float | None = None
    take_profit: float | None = None
    trailing: float | None = None
    """Distance at which a stop's trigger follows the price; of others, the stop loss of what they open."""
    oco: str | None = None
    """The group of which the first order that fills or ends cancels the others."""
    time_in_force: TimeInForce | None = None
    expires_ms: int | None = None
    offer_price: float | None = None
    """The dealer's price while REQUOTED."""
    strategy: str | None = None
    reference: str | None = None
    comment: str = ""
    reason: str = ""
    fee: float | None = None
    created_ms: int | None = None
    updated_ms: int | None = None


class Position(Struct, frozen=True, kw_only=True):
    """One open position."""

    link: str
    id: str
    symbol: str
    side: Side
    quantity: float
    entry_price: float
    mark_price: float | None = None
    unrealised: float | None = None
    unrealised_percent: float | None = None
    swap: float | None = None
    margin: float | None = None
    leverage: float | None = None
    liquidation_price: float | None = None
    stop_loss: float | None = None
    take_profit: float | None = None
    trailing: float | None = None
    """Distance at which the stop loss follows the price."""
    strategy: str | None = None
    currency: str = ""
    opened_ms: int | None = None


class Deal(Struct, frozen=True, kw_only=True):
    """One execution."""

    link: str
    id: str
    order_id: str
    symbol: str
    side: Side
    quantity: float
    price: float
    position_id: str = ""
    profit: float | None = None
    fee: float | None = None
    strategy: str | None = None
    signal_id: str | None = None
    reason: str = ""
    time_ms: int | None = None
    closing: bool | None = None
    """Whether it closed (part of) a position; None where the server does not say."""


class Account(Struct, frozen=True, kw_only=True):
    """Totals of one account."""

    link: str
    currency: str = ""
    balance: float | None = None
    equity: float | None = None
    margin: float | None = None
    free_margin: float | None = None
    margin_level_percent: float | None = None
    profit: float | None = None
    leverage: float | None = None


class StrategyPosition(Struct, frozen=True, kw_only=True):
    """What a strategy holds in one symbol."""

    symbol: str
    quantity: float
    entry_price: float
    value: float | None


class Strategy(Struct, frozen=True, kw_only=True):
    """One strategy. `status`: ACTIVE, PAUSED, STOPPED, ERROR, or as the server wrote it."""

    link: str
    id: str
    name: str
    status: str
    symbols: tuple[str, ...] = ()
    positions: tuple[StrategyPosition, ...] = ()


class StrategyConfig(Struct, frozen=True, kw_only=True):
    """What bounds a strategy (orchestrator.md, Start Strategy); `stop_loss` is a fraction, 0.02 is 2 %."""

    strategy_id: str
    symbols: tuple[str, ...] | None = None
    resolution: str | None = None
    real_trading: bool | None = None
    max_position_value: float | None = None
    max_orders_per_minute: int | None = None
    stop_loss: float | None = None


class Signal(Struct, frozen=True, kw_only=True):
    """A signal, from a strategy (`strategy_id` set) or from an AI service."""

    link: str
    id: str
    source: str
    symbol: str
    direction: str
    """`long`, `short` or `neutral`."""
    confidence: float
    price: float | None = None
    quantity: float | None = None
    strategy_id: str | None = None
    timeframe: str = ""
    model: str = ""
    reasoning: str = ""
    strategy_scores: tuple[tuple[str, float], ...] = ()
    trend_direction: str = ""
    trend_strength: float | None = None
    volatility_level: str = ""
    overall_risk: str = ""
    position_size: float | None = None
    stop_loss: float | None = None
    take_profit: float | None = None
    time_ms: int | None = None


class Bot(Struct, frozen=True, kw_only=True):
    """Status of a bot. `status`: RUNNING, PAUSED, STOPPED, ERROR; `mode`: PAPER_TRADING, LIVE_TRADING."""

    link: str
    status: str
    mode: str
    uptime_seconds: int = 0
    positions: int = 0
    balance: float = 0.0
    pnl: float = 0.0
    pnl_percent: float = 0.0
    strategies: tuple[str, ...] = ()
    last_signal_ms: int | None = None
    next_signal_ms: int | None = None


class RiskAccount(Struct, frozen=True, kw_only=True):
    """Risk of one account as the guardian reports it; `link` is the one that leads to it, where known."""

    account: str
    link: str = ""
    currency: str = ""
    equity: float | None = None
    exposure: float | None = None
    exposure_percent: float | None = None
    drawdown_percent: float | None = None
    daily_pnl: float | None = None
    daily_pnl_percent: float | None = None
    margin_level_percent: float | None = None
    positions: int | None = None
    working_orders: int | None = None


class RiskStrategy(Struct, frozen=True, kw_only=True):
    """Risk of one strategy as the guardian reports it."""

    strategy_id: str
    status: str = ""
    exposure: float | None = None
    pnl: float | None = None
    orders_last_minute: int | None = None


class Risk(Struct, frozen=True, kw_only=True):
    """The guardian's whole view. `limits` are (name, bound) pairs as the server names them."""

    link: str
    equity: float
    exposure: float
    drawdown_percent: float | None
    limits: tuple[tuple[str, float], ...] = ()
    accounts: tuple[RiskAccount, ...] = ()
    strategies: tuple[RiskStrategy, ...] = ()
    kill_switch: bool = False
