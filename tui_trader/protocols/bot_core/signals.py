"""AI signals as both services send them. One signal from two services has one id, so that it counts once."""

from __future__ import annotations

from tui_trader.model.errors import ProtocolError
from tui_trader.model.values import Signal
from tui_trader.protocols.bot_core.messages import (
    AiSignalBody,
    MarketAnalysisBody,
    RiskAssessmentBody,
    read_ai_signal,
)
from tui_trader.protocols.json_reading import milliseconds
from tui_trader.protocols.sanitising import PARAGRAPH, SHORT, clean, clean_optional, symbol
from tui_trader.protocols.typed_frames import TypedFrame

PERPETUAL = "-PERP"
"""Bot core trades linear perpetuals; the suffix keeps their key apart from the spot pair of the same name."""
_DIRECTIONS = frozenset({"long", "short", "neutral"})
_MAX_SCORES = 32


def perpetual(text: str) -> str:
    """Return the console's key of the perpetual that bot core calls `text`."""
    return symbol(text + PERPETUAL)


def venue_symbol(key: str) -> str:
    """Return what bot core calls the perpetual with this key."""
    return key.removesuffix(PERPETUAL)


def read_signal(link: str, frame: TypedFrame) -> Signal:
    """Read an AI signal in either dialect (bot-core.md, 6. AISignalReceived; CLARIFICATIONS.md, ai_service).

    Raises `ProtocolError` for a direction that is none of the documented three: it is never guessed.
    """
    body = read_ai_signal(frame.data)
    direction = body.signal.lower()
    if direction not in _DIRECTIONS or not 0.0 <= body.confidence <= 1.0:
        raise ProtocolError(f"AI signal {clean(body.signal, 20)!r} with confidence {body.confidence}")
    return _signal(link, body, direction, milliseconds(body.timestamp) or milliseconds(frame.timestamp))


def _signal(link: str, body: AiSignalBody, direction: str, time_ms: int | None) -> Signal:
    analysis = body.market_analysis or MarketAnalysisBody()
    risk = body.risk_assessment or RiskAssessmentBody()
    timeframe = clean_optional(body.timeframe, 8)
    key = perpetual(body.symbol)
    scores = list((body.strategy_scores or {}).items())[:_MAX_SCORES]
    return Signal(
        link=link,
        id=f"{key}:{timeframe}:{direction}:{time_ms}",
        source="ai",
        symbol=key,
        direction=direction,
        confidence=body.confidence,
        timeframe=timeframe,
        model=clean_optional(body.model_type, SHORT),
        reasoning=clean_optional(body.reasoning, PARAGRAPH),
        strategy_scores=tuple((clean(name, SHORT), score) for name, score in scores),
        trend_direction=clean_optional(analysis.trend_direction, SHORT),
        trend_strength=analysis.trend_strength,
        volatility_level=clean_optional(analysis.volatility_level, SHORT),
        overall_risk=clean_optional(risk.overall_risk, SHORT),
        position_size=risk.recommended_position_size,
        stop_loss=risk.stop_loss_suggestion,
        take_profit=risk.take_profit_suggestion,
        time_ms=time_ms,
    )
