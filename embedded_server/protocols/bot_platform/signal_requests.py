"""RequestSignal, an extension that the bot core and the AI service answer alike (CLARIFICATIONS.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from embedded_server.model.commands import Refused
from embedded_server.model.commands import RequestSignal as Command
from embedded_server.model.enums import Resolution
from embedded_server.protocols.bot_platform import errors
from embedded_server.protocols.bot_platform.messages import Error
from embedded_server.protocols.bot_platform.requests import SignalRequest

if TYPE_CHECKING:
    from embedded_server.engine.engine import Engine

RESOLUTIONS = {resolution.value: resolution for resolution in Resolution}


def request_signal(engine: Engine, request: SignalRequest, keys: Mapping[str, str]) -> Error | None:
    """Ask the engine for a signal, which then reaches every client; the Error where it will not come.

    `keys` gives the instrument of each of the wire's symbols.
    """
    details: errors.Details = {"symbol": request.symbol, "timeframe": request.timeframe}
    key = keys.get(request.symbol)
    resolution = RESOLUTIONS.get(request.timeframe)
    if key is None:
        message = f"there is no market {request.symbol!r}"
        return errors.error(engine.now, errors.MARKET_DATA_ERROR, message, details=details)
    if resolution is None:
        message = f"there is no timeframe {request.timeframe!r}"
        return errors.error(engine.now, errors.AI_SERVICE_ERROR, message, details=details)
    outcome = engine.submit(Command(instrument=key, timeframe=resolution))
    if isinstance(outcome, Refused):
        return errors.refused(engine.now, outcome, errors.AI_SERVICE_ERROR, details)
    return None
