"""The Error message with its codes and severities (bot-core.md, 8. Error)."""

from __future__ import annotations

from embedded_server.model.commands import Refused
from embedded_server.model.enums import RefusalCode
from embedded_server.protocols.bot_platform.messages import Error, ErrorData
from embedded_server.protocols.json_input import printable
from embedded_server.protocols.wire_time import epoch_ms

TRADE_EXECUTION_FAILED = "TRADE_EXECUTION_FAILED"
INSUFFICIENT_BALANCE = "INSUFFICIENT_BALANCE"
INVALID_POSITION = "INVALID_POSITION"
MARKET_DATA_ERROR = "MARKET_DATA_ERROR"
AI_SERVICE_ERROR = "AI_SERVICE_ERROR"
WEBSOCKET_ERROR = "WEBSOCKET_ERROR"
AUTHENTICATION_FAILED = "AUTHENTICATION_FAILED"
"""An extension (CLARIFICATIONS.md, bot_core)."""

INFO = "INFO"
WARNING = "WARNING"
ERROR = "ERROR"
CRITICAL = "CRITICAL"

Details = dict[str, float | str | None]


def error(
    time: int,
    code: str,
    message: str,
    *,
    severity: str = ERROR,
    details: Details | None = None,
    recoverable: bool = True,
) -> Error:
    """An Error message; `details` is an empty object when there are none. A client's words in it are cut."""
    now = epoch_ms(time)
    data = ErrorData(
        code=code,
        message=printable(message),
        severity=severity,
        details={name: _short(value) for name, value in (details or {}).items()},
        timestamp=now,
        recoverable=recoverable,
    )
    return Error(data=data, timestamp=now)


def _short(value: float | str | None) -> float | str | None:
    return printable(value) if isinstance(value, str) else value


_REFUSALS = {
    RefusalCode.INSUFFICIENT_FUNDS: INSUFFICIENT_BALANCE,
    RefusalCode.UNKNOWN_POSITION: INVALID_POSITION,
    RefusalCode.UNKNOWN_INSTRUMENT: MARKET_DATA_ERROR,
    RefusalCode.NOT_TRADABLE: MARKET_DATA_ERROR,
}


_SEVERITIES = {RefusalCode.INVALID_STATE: INFO, RefusalCode.KILL_SWITCH: WARNING}
"""A bot that runs already is no error; one that may not run is to be told so."""


def refused(time: int, refusal: Refused, otherwise: str, details: Details | None = None) -> Error:
    """The engine refused a request; `otherwise` is the code where the refusal has none of its own."""
    return error(
        time,
        _REFUSALS.get(refusal.code, otherwise),
        refusal.message,
        severity=_SEVERITIES.get(refusal.code, ERROR),
        details=details,
    )
