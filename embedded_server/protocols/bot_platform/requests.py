"""What a client may send to both services: bot-core.md has Ping, the rest are extensions."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from embedded_server.protocols.bot_platform.messages import Message


class Ping(Message, frozen=True, tag="Ping"):
    """Heartbeat; the timestamp is an integer, an ISO text or missing."""

    timestamp: int | float | str | None = None


class LowerCasePing(Message, frozen=True, tag="ping"):
    """The heartbeat as clients in the field spell it (CLARIFICATIONS.md, observed)."""

    extension: ClassVar[bool] = True
    timestamp: int | float | str | None = None


class SignalRequest(Struct, frozen=True, kw_only=True):
    """Which market, on which candles."""

    symbol: str
    timeframe: str = "1h"


class RequestSignal(Message, frozen=True, tag="RequestSignal"):
    """Ask for an AI signal now."""

    extension: ClassVar[bool] = True
    data: SignalRequest
