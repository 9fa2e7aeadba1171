"""Immutable snapshots of the engine's objects. Events carry them, façades project them.

Units everywhere: time in integer nanoseconds since the Unix epoch (virtual), prices in ticks, quantities in
lots, money in micro-units of the account's currency, percentages as fractions unless the name says `percent`.
"""

from __future__ import annotations

from msgspec import Struct

from embedded_server.model.enums import (
    Action,
    BotStatus,
    Direction,
    LedgerKind,
    Liquidity,
    OrderKind,
    OrderStatus,
    PositionStatus,
    Reason,
    Resolution,
    Side,
    StrategyStatus,
    TimeInForce,
)


class Quote(Struct, frozen=True, gc=False):
    """Top of a book and the last trade; `last` is never missing, an empty side is 0."""

    instrument: str
    time: int
    bid: int
    ask: int
    bid_lots: int
    ask_lots: int
    last: int


class DayStatistics(Struct, frozen=True, gc=False):
    """Rolling 24 hours, consistent with one another: low <= open, last <= high."""

    open: int
    high: int
    low: int
    last: int
    lots: int
    notional_micros: int

    @property
    def change_percent(self) -> float:
        """Percent change of `last` against the price 24 hours ago."""
        return 100.0 * (self.last - self.open) / self.open


class Bar(Struct, frozen=True, gc=False):
    """One candle. `time` is its opening instant (ns); volume is the lots traded in it."""

    time: int
    open: int
    high: int
    low: int
    close: int
    lots: int


class DepthLevel(Struct, frozen=True, gc=False):
    """One price level: total lots resting at a price."""

    price: int
    lots: int


class OrderState(Struct, frozen=True, kw_only=True):
    """Everything known of one order at one instant."""

    id: int
    account: str
    instrument: str
    side: Side
    kind: OrderKind
    status: OrderStatus
    lots: int
    filled_lots: int = 0
    filled_value: int = 0
    """Sum of ticks x lots over the fills; `filled_value / filled_lots` is the average price in ticks."""
    price: int | None = None
    """Limit price; for instant execution the price the client saw."""
    stop_price: int | None = None
    triggered: bool = False
    stop_loss: int | None = None
    take_profit: int | None = None
    trailing_ticks: int | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    expires_at: int | None = None
    reduce_only: bool = False
    deviation_ticks: int | None = None
    offer_price: int | None = None
    """The dealer's new price while `status` is REQUOTED."""
    offer_expires_at: int | None = None
    requotes: int = 0
    position_id: int | None = None
    """The position this order closes (hedging accounts)."""
    oco_group: str | None = None
    reason: Reason = Reason.CLIENT
    strategy: str | None = None
    signal_id: str | None = None
    reference: str | None = None
    """The client's own id of the order; at most one order an account has it."""
    comment: str | None = None
    channel: str = "api"
    fees_micros: int = 0
    refusal: str | None = None
    """Why it was rejected, in one sentence."""
    created_at: int
    updated_at: int
    done_at: int | None = None

    @property
    def remaining_lots(self) -> int:
        """Lots not filled yet."""
        return self.lots - self.filled_lots


class DealState(Struct, frozen=True, kw_only=True):
    """One fill of one order."""

    id: int
    account: str
    order_id: int
    position_id: int
    instrument: str
    side: Side
    direction: Direction
    lots: int
    price: int
    entry_price: float
    """Average entry of the position the deal touched, in ticks."""
    profit_micros: int = 0
    """Realised by this deal in the account's currency, before fee and swap."""
    fee_micros: int = 0
    """Charged (positive number)."""
    swap_micros: int = 0
    liquidity: Liquidity
    bid: int
    ask: int
    last: int
    reason: Reason
    channel: str = "api"
    strategy: str | None = None
    signal_id: str | None = None
    comment: str | None = None
    time: int


class PositionState(Struct, frozen=True, kw_only=True):
    """One position, marked at `mark`."""

    id: int
    account: str
    instrument: str
    side: Side
    status: PositionStatus
    lots: int
    """Lots still open (0 once closed)."""
    initial_lots: int
    """Largest size it had."""
    entry_price: float
    """Average entry in ticks."""
    cost_micros: int
    """What the open lots cost, exactly, in the quote currency."""
    mark: int
    """What it is valued at: in forex bid for a long, ask for a short; mark in futures; last elsewhere."""
    unrealised_micros: int = 0
    realised_micros: int = 0
    """Realised so far, before fees and swap."""
    swap_micros: int = 0
    fees_micros: int = 0
    margin_micros: int = 0
    leverage: int = 1
    liquidation_price: int | None = None
    stop_loss: int | None = None
    take_profit: int | None = None
    trailing_ticks: int | None = None
    strategy: str | None = None
    signal_id: str | None = None
    reason: Reason = Reason.CLIENT
    comment: str | None = None
    opened_at: int
    updated_at: int
    closed_at: int | None = None


class LedgerEntry(Struct, frozen=True, kw_only=True):
    """One movement of an account's balance; the entries of an account sum to its balance, exactly."""

    id: int
    account: str
    kind: LedgerKind
    amount_micros: int
    balance_micros: int
    order_id: int | None = None
    deal_id: int | None = None
    position_id: int | None = None
    comment: str | None = None
    time: int


class AccountState(Struct, frozen=True, kw_only=True):
    """Totals of one account at one instant. `equity = balance + unrealised`."""

    id: str
    currency: str
    balance_micros: int
    equity_micros: int
    opening_micros: int
    """The deposit it started with."""
    margin_micros: int
    unrealised_micros: int
    realised_micros: int
    fees_micros: int
    swap_micros: int
    peak_equity_micros: int
    positions: int
    working_orders: int
    reserved_micros: int = 0
    """Bound by working orders."""
    available_micros: int = 0
    """What a new order may use: cash, or margin neither used nor reserved."""

    @property
    def free_margin_micros(self) -> int:
        """Equity not bound as margin."""
        return self.equity_micros - self.margin_micros

    @property
    def margin_level_percent(self) -> float | None:
        """Equity over margin in percent; None without margin in use."""
        return 100.0 * self.equity_micros / self.margin_micros if self.margin_micros else None


class StrategyConfig(Struct, frozen=True, kw_only=True):
    """What bounds a strategy (orchestrator.md, Start Strategy)."""

    symbols: tuple[str, ...]
    resolution: Resolution = Resolution.M1
    real_trading: bool = False
    max_position_micros: int = 10_000 * 1_000_000
    max_orders_per_minute: int = 5
    stop_loss_fraction: float = 0.02


class StrategyState(Struct, frozen=True, kw_only=True):
    """One strategy. Its positions are the equities account's positions whose `strategy` is its id."""

    id: str
    name: str
    status: StrategyStatus
    config: StrategyConfig
    orders_last_minute: int = 0
    error: str | None = None
    started_at: int | None = None


class StrategySignal(Struct, frozen=True, kw_only=True):
    """A strategy's decision to trade, made on a closed bar."""

    id: str
    strategy_id: str
    name: str
    instrument: str
    price: int
    side: Side
    lots: int
    confidence: float
    order_kind: OrderKind = OrderKind.MARKET
    explanation: str = ""
    time: int


class Indicators(Struct, frozen=True, kw_only=True):
    """Indicator values on the last closed bar, in price units; None while warming up."""

    rsi: float | None = None
    macd: float | None = None
    macd_signal: float | None = None
    bollinger_upper: float | None = None
    bollinger_middle: float | None = None
    bollinger_lower: float | None = None
    sma_fast: float | None = None
    sma_slow: float | None = None
    atr: float | None = None
    volume_ratio: float | None = None


class AiSignal(Struct, frozen=True, kw_only=True):
    """An AI signal computed from indicators (bot-core.md, 6. AISignalReceived). Levels in ticks."""

    id: str
    instrument: str
    action: Action
    confidence: float
    model: str
    timeframe: Resolution
    reasoning: str
    strategy_scores: dict[str, float]
    trend_direction: str
    trend_strength: float
    volatility_level: str
    overall_risk: str
    position_size: float
    stop_loss: int
    take_profit: int
    time: int


class BotState(Struct, frozen=True, kw_only=True):
    """The bot on the futures account (bot-core.md, 7. BotStatusUpdate)."""

    status: BotStatus
    live: bool = False
    uptime_seconds: int = 0
    total_positions: int = 0
    balance_micros: int = 0
    pnl_micros: int = 0
    pnl_percent: float = 0.0
    enabled_strategies: tuple[str, ...] = ()
    last_signal_time: int | None = None
    next_signal_time: int | None = None
    auto_trading: bool = True


class JournalEntry(Struct, frozen=True, kw_only=True):
    """One line of the forex account's activity log (onetrade.md, 6. Journal Events)."""

    id: int
    account: str
    description: str
    channel: str = "api"
    time: int


class ReportState(Struct, frozen=True, kw_only=True):
    """A requested report (onetrade.md, 7. Report Events). The façade renders and serves it."""

    id: int
    account: str
    kind: str
    """`statement`, `trades` or `orders`."""
    status: str
    """`requested`, `ready` or `failed`."""
    start: int
    end: int
    time: int
