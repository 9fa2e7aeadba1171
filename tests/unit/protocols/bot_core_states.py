"""Engine states from which bot-core.md's example messages follow."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from embedded_server.market.catalogue import CATALOGUE
from embedded_server.model.enums import (
    Action,
    BotStatus,
    Direction,
    Liquidity,
    OrderKind,
    OrderStatus,
    PositionStatus,
    Reason,
    Resolution,
    Side,
)
from embedded_server.model.states import (
    AiSignal,
    Bar,
    BotState,
    DayStatistics,
    DealState,
    Indicators,
    OrderState,
    PositionState,
    Quote,
)

KEY = "BTCUSDT-PERP"
TIME = 1_697_234_567_000_000_000
PERPETUAL = next(one for one in CATALOGUE if one.key == KEY)


def ticks(price: str) -> int:
    return PERPETUAL.ticks(Decimal(price))


def lots(quantity: str) -> int:
    return PERPETUAL.lots(Decimal(quantity))


QUOTE = Quote(KEY, TIME, ticks("67500.25"), ticks("67500.75"), 10, 10, ticks("67500.50"))
BAR = Bar(
    1_697_234_400_000_000_000,
    ticks("67400"),
    ticks("67550"),
    ticks("67350"),
    ticks("67500.50"),
    lots("1250.5"),
)
INDICATORS = Indicators(
    rsi=65.5,
    macd=123.45,
    macd_signal=110.23,
    bollinger_upper=68000.0,
    bollinger_middle=67500.0,
    bollinger_lower=67000.0,
)


def day(last: str, opened: str, high: str, low: str, notional: int) -> DayStatistics:
    return DayStatistics(ticks(opened), ticks(high), ticks(low), ticks(last), 1, notional * 1_000_000)


def position(**changes: Any) -> PositionState:
    fields: dict[str, Any] = {
        "id": 123456,
        "account": "futures",
        "instrument": KEY,
        "side": Side.BUY,
        "status": PositionStatus.OPEN,
        "lots": lots("0.001"),
        "initial_lots": lots("0.001"),
        "entry_price": float(ticks("67000")),
        "cost_micros": 67_000_000,
        "mark": ticks("67500.50"),
        "unrealised_micros": 500_500,
        "margin_micros": 6_700_000,
        "leverage": 10,
        "liquidation_price": ticks("60300"),
        "stop_loss": ticks("66000"),
        "take_profit": ticks("68000"),
        "opened_at": 1_697_230_000_000_000_000,
        "updated_at": TIME,
    }
    return PositionState(**(fields | changes))


def order(**changes: Any) -> OrderState:
    fields: dict[str, Any] = {
        "id": 789,
        "account": "futures",
        "instrument": KEY,
        "side": Side.BUY,
        "kind": OrderKind.LIMIT,
        "status": OrderStatus.FILLED,
        "lots": lots("0.001"),
        "filled_lots": lots("0.001"),
        "filled_value": ticks("67500") * lots("0.001"),
        "price": ticks("67500"),
        "strategy": "RSI Strategy",
        "signal_id": "signal_123",
        "fees_micros": 67_500,
        "created_at": TIME,
        "updated_at": TIME,
    }
    return OrderState(**(fields | changes))


def deal(**changes: Any) -> DealState:
    fields: dict[str, Any] = {
        "id": 123456,
        "account": "futures",
        "order_id": 789,
        "position_id": 123456,
        "instrument": KEY,
        "side": Side.BUY,
        "direction": Direction.IN,
        "lots": lots("0.001"),
        "price": ticks("67500"),
        "entry_price": float(ticks("67500")),
        "fee_micros": 67_500,
        "liquidity": Liquidity.TAKER,
        "bid": ticks("67499"),
        "ask": ticks("67500"),
        "last": ticks("67500"),
        "reason": Reason.SIGNAL,
        "time": TIME,
    }
    return DealState(**(fields | changes))


SIGNAL = AiSignal(
    id="signal_123",
    instrument=KEY,
    action=Action.LONG,
    confidence=0.82,
    model="GPT-4",
    timeframe=Resolution.H1,
    reasoning=(
        "Strong bullish momentum with RSI oversold (28), MACD crossover, "
        "and positive GPT-4 sentiment analysis"
    ),
    strategy_scores={
        "RSI Strategy": 0.85,
        "MACD Strategy": 0.78,
        "Bollinger Bands Strategy": 0.65,
        "Volume Strategy": 0.72,
    },
    trend_direction="Bullish",
    trend_strength=0.82,
    volatility_level="Medium",
    overall_risk="Medium",
    position_size=0.05,
    stop_loss=ticks("66000"),
    take_profit=ticks("68500"),
    time=TIME,
)
BOT = BotState(
    status=BotStatus.RUNNING,
    uptime_seconds=3600,
    total_positions=2,
    balance_micros=10_500_500_000,
    pnl_micros=500_500_000,
    pnl_percent=5.005,
    enabled_strategies=("RSI Strategy", "MACD Strategy", "Bollinger Bands Strategy"),
    last_signal_time=TIME,
    next_signal_time=TIME + 300_000_000_000,
)
