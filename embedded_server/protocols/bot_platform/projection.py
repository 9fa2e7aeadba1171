"""From the engine's states to the messages both services send: functions of their arguments only."""

from __future__ import annotations

from embedded_server.model.states import AiSignal
from embedded_server.protocols.bot_platform import messages as m
from embedded_server.protocols.wire_numbers import Precision
from embedded_server.protocols.wire_time import epoch_ms


def ai_signal(signal: AiSignal, precision: Precision) -> m.AISignalReceived:
    """bot-core.md, 6. AISignalReceived."""
    now = epoch_ms(signal.time)
    data = m.SignalData(
        symbol=precision.instrument.symbol,
        signal=signal.action.value,
        confidence=round(signal.confidence, 4),
        timestamp=now,
        model_type=signal.model,
        timeframe=signal.timeframe.value,
        reasoning=signal.reasoning,
        strategy_scores=signal.strategy_scores,
        market_analysis=m.MarketAnalysis(
            trend_direction=signal.trend_direction,
            trend_strength=round(signal.trend_strength, 4),
            volatility_level=signal.volatility_level,
        ),
        risk_assessment=m.RiskAssessment(
            overall_risk=signal.overall_risk,
            recommended_position_size=round(signal.position_size, 6),
            stop_loss_suggestion=precision.price(signal.stop_loss),
            take_profit_suggestion=precision.price(signal.take_profit),
        ),
    )
    return m.AISignalReceived(data=data, timestamp=now)


def pong(time: int) -> m.Pong:
    """bot-core.md, 9. Pong."""
    now = epoch_ms(time)
    return m.Pong(data=m.PongData(timestamp=now), timestamp=now)
