"""Messages only the AI service sends; those it shares with the core are in bot_platform."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from embedded_server.protocols.bot_platform import messages as core


class Connection(core.Message, frozen=True, tag="connection"):
    """The greeting (bot-core.md, Python AI Service WebSocket); the time has microseconds and an offset."""

    message: str
    timestamp: str


class ObservedPong(core.Message, frozen=True, tag="Pong"):
    """What software in the field answers to any text (CLARIFICATIONS.md, ai_service)."""

    extension: ClassVar[bool] = True
    message: str
    timestamp: str


class ObservedSignalData(Struct, frozen=True, kw_only=True):
    """A periodic signal as software in the field sends it: `Long`, `Short` or `Neutral`, and no model."""

    symbol: str
    signal: str
    confidence: float
    timestamp: str
    timeframe: str
    reasoning: str
    strategy_scores: dict[str, float]
    market_analysis: core.MarketAnalysis
    risk_assessment: core.RiskAssessment


class ObservedSignal(core.Message, frozen=True, tag="AISignalReceived"):
    """See `ObservedSignalData`."""

    extension: ClassVar[bool] = True
    data: ObservedSignalData
    timestamp: str


SERVER_MESSAGES = (Connection, core.AISignalReceived, core.Error, core.Pong)
OBSERVED_MESSAGES = (ObservedPong, ObservedSignal)
