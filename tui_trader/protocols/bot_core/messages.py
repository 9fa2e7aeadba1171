"""Messages of bot core and the AI service as read, in both dialects; required is only what must be known."""

from __future__ import annotations

from msgspec import Raw, Struct, field

from tui_trader.protocols.json_reading import Figure, reader

Time = int | float | str | None


class MarketDataBody(Struct):
    """bot-core.md, 2. MarketData."""

    symbol: str
    price: Figure
    change_24h: Figure | None = None
    volume_24h: Figure | None = None
    high_24h: Figure | None = None
    low_24h: Figure | None = None
    bid: Figure | None = None
    ask: Figure | None = None
    last_update: Time = None


class CandleBody(Struct):
    """A candle of ChartUpdate."""

    timestamp: int
    open: Figure
    high: Figure
    low: Figure
    close: Figure
    volume: Figure = 0.0


class ChartUpdateBody(Struct):
    """bot-core.md, 3. ChartUpdate."""

    symbol: str
    timeframe: str
    candle: CandleBody
    indicators: dict[str, Figure | None] | None = None


class PositionBody(Struct):
    """A position of PositionUpdate."""

    id: str
    symbol: str
    side: str
    entry_price: Figure
    quantity: Figure
    current_price: Figure | None = None
    leverage: Figure | None = None
    unrealized_pnl: Figure | None = None
    unrealized_pnl_percent: Figure | None = None
    liquidation_price: Figure | None = None
    margin: Figure | None = None
    stop_loss: Figure | None = None
    take_profit: Figure | None = None
    entry_time: Time = None


class PositionUpdateBody(Struct):
    """bot-core.md, 4. PositionUpdate."""

    action: str
    position: PositionBody


class TradeExecutedBody(Struct):
    """bot-core.md, 5. TradeExecuted."""

    trade_id: str
    order_id: str
    symbol: str
    side: str
    quantity: Figure
    status: str
    type: str = "MARKET"
    price: Figure | None = None
    executed_quantity: Figure | None = None
    executed_price: Figure | None = None
    commission: Figure | None = None
    timestamp: Time = None
    strategy: str | None = None
    ai_signal_id: str | None = None


class MarketAnalysisBody(Struct):
    """Part of AISignalReceived."""

    trend_direction: str | None = None
    trend_strength: Figure | None = None
    volatility_level: str | None = None


class RiskAssessmentBody(Struct):
    """Part of AISignalReceived."""

    overall_risk: str | None = None
    recommended_position_size: Figure | None = None
    stop_loss_suggestion: Figure | None = None
    take_profit_suggestion: Figure | None = None


class AiSignalBody(Struct):
    """bot-core.md, 6. AISignalReceived; observed: `signal` capitalised, no `model_type`."""

    symbol: str
    signal: str
    confidence: Figure
    timestamp: Time = None
    model_type: str | None = None
    timeframe: str | None = None
    reasoning: str | None = None
    strategy_scores: dict[str, Figure] | None = None
    market_analysis: MarketAnalysisBody | None = None
    risk_assessment: RiskAssessmentBody | None = None


class BotStatusBody(Struct):
    """bot-core.md, 7. BotStatusUpdate."""

    status: str
    mode: str = ""
    uptime_seconds: Figure = 0
    total_positions: int = 0
    total_balance: Figure = 0.0
    total_pnl: Figure = 0.0
    total_pnl_percent: Figure = 0.0
    enabled_strategies: list[str] = []
    last_signal_time: Time = None
    next_signal_time: Time = None


class ErrorBody(Struct):
    """bot-core.md, 8. Error."""

    message: str
    code: str = ""
    severity: str = "ERROR"
    recoverable: bool = True
    details: Raw = field(default_factory=Raw)


class ErrorDetailsBody(Struct):
    """What of an Error's details the console uses."""

    symbol: str = ""


read_error_details = reader(ErrorDetailsBody)
read_market_data = reader(MarketDataBody)
read_chart_update = reader(ChartUpdateBody)
read_position_update = reader(PositionUpdateBody)
read_trade_executed = reader(TradeExecutedBody)
read_ai_signal = reader(AiSignalBody)
read_bot_status = reader(BotStatusBody)
read_error = reader(ErrorBody)
