"""Messages of bot-core.md that both services send, fields in the document's order; `extension` marks ours."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct


class Message(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Root of the endpoint's messages; the tag is the wire's `type`. Timestamps are epoch milliseconds."""

    extension: ClassVar[bool] = False


class MarketAnalysis(Struct, frozen=True, kw_only=True):
    """What the market does, in the analyst's words."""

    trend_direction: str
    trend_strength: float
    volatility_level: str


class RiskAssessment(Struct, frozen=True, kw_only=True):
    """What it would take to follow the signal; position size as a fraction of the balance."""

    overall_risk: str
    recommended_position_size: float
    stop_loss_suggestion: float
    take_profit_suggestion: float


class SignalData(Struct, frozen=True, kw_only=True):
    """An AI signal."""

    symbol: str
    signal: str
    confidence: float
    timestamp: int
    model_type: str
    timeframe: str
    reasoning: str
    strategy_scores: dict[str, float]
    market_analysis: MarketAnalysis
    risk_assessment: RiskAssessment


class AISignalReceived(Message, frozen=True, tag="AISignalReceived"):
    """6. AISignalReceived."""

    data: SignalData
    timestamp: int


class ErrorData(Struct, frozen=True, kw_only=True):
    """What went wrong, how badly, and whether it can be tried again."""

    code: str
    message: str
    severity: str
    details: dict[str, float | str | None]
    timestamp: int
    recoverable: bool


class Error(Message, frozen=True, tag="Error"):
    """8. Error."""

    data: ErrorData
    timestamp: int


class PongData(Struct, frozen=True, kw_only=True):
    """The server's time."""

    timestamp: int


class Pong(Message, frozen=True, tag="Pong"):
    """9. Pong."""

    data: PongData
    timestamp: int
