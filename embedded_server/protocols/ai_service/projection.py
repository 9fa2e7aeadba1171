"""The AI service's own messages; the documented signal is the core's projection."""

from __future__ import annotations

from embedded_server.model.states import AiSignal
from embedded_server.protocols.ai_service import messages as m
from embedded_server.protocols.bot_platform import projection as core
from embedded_server.protocols.wire_numbers import Precision
from embedded_server.protocols.wire_time import iso_offset


def greeting(time: int) -> m.Connection:
    """bot-core.md, Python AI Service WebSocket, Welcome Message."""
    return m.Connection(message="Connected to AI Trading Service", timestamp=iso_offset(time))


def observed_pong(time: int) -> m.ObservedPong:
    """CLARIFICATIONS.md, ai_service."""
    return m.ObservedPong(message="Connection alive", timestamp=iso_offset(time))


def observed_signal(signal: AiSignal, precision: Precision) -> m.ObservedSignal:
    """CLARIFICATIONS.md, ai_service: a periodic signal in the observed dialect."""
    documented = core.ai_signal(signal, precision).data
    data = m.ObservedSignalData(
        symbol=documented.symbol,
        signal=documented.signal.capitalize(),
        confidence=documented.confidence,
        timestamp=iso_offset(signal.time),
        timeframe=documented.timeframe,
        reasoning=documented.reasoning,
        strategy_scores=documented.strategy_scores,
        market_analysis=documented.market_analysis,
        risk_assessment=documented.risk_assessment,
    )
    return m.ObservedSignal(data=data, timestamp=iso_offset(signal.time))
