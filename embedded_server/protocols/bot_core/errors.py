"""Which Error the bot core sends when (bot-core.md, 8. Error): one function a cause."""

from __future__ import annotations

from embedded_server.model.commands import Refused
from embedded_server.model.enums import BotStatus, RefusalCode
from embedded_server.model.events import BotTradeFailed, MarginCalled, SessionChanged
from embedded_server.model.states import BotState, KillSwitchReport
from embedded_server.protocols.bot_core import messages as m
from embedded_server.protocols.wire_numbers import Precision, money, percent
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
) -> m.Error:
    """An Error message; `details` is an empty object when there are none."""
    now = epoch_ms(time)
    data = m.ErrorData(
        code=code,
        message=message,
        severity=severity,
        details=details or {},
        timestamp=now,
        recoverable=recoverable,
    )
    return m.Error(data=data, timestamp=now)


def trade_failed(event: BotTradeFailed, precision: Precision) -> m.Error:
    """A signal the bot could not carry out.

    The document's example is TRADE_EXECUTION_FAILED for a trade dearer than the balance; INSUFFICIENT_BALANCE
    says that nothing at all is left to trade with.
    """
    broke = event.available_micros <= 0 < event.required_micros
    details: Details = {
        "required_balance": money(event.required_micros),
        "available_balance": money(event.available_micros),
        "symbol": precision.instrument.symbol,
    }
    code = INSUFFICIENT_BALANCE if broke else TRADE_EXECUTION_FAILED
    return error(event.time, code, event.message, details=details)


def margin_called(event: MarginCalled) -> m.Error:
    """The futures account's equity fell to its margin."""
    return error(
        event.time,
        INSUFFICIENT_BALANCE,
        "Margin call: equity has fallen to the margin in use",
        severity=WARNING,
        details={"margin_level_percent": percent(event.margin_level_percent)},
    )


def session_changed(event: SessionChanged, precision: Precision) -> m.Error:
    """Market data of a symbol stopped or came back."""
    symbol = precision.instrument.symbol
    text = (
        f"Market data for {symbol} is available again" if event.open else f"The market for {symbol} is closed"
    )
    return error(
        event.time,
        MARKET_DATA_ERROR,
        text,
        severity=INFO if event.open else WARNING,
        details={"symbol": symbol},
    )


def bot_failed(time: int, bot: BotState) -> m.Error | None:
    """The bot stopped itself; None for any other status."""
    if bot.status is not BotStatus.ERROR:
        return None
    return error(
        time,
        TRADE_EXECUTION_FAILED,
        "The bot encountered an error and stopped trading",
        severity=CRITICAL,
        recoverable=False,
    )


def kill_switch(time: int, report: KillSwitchReport) -> m.Error | None:
    """Trading was halted for everyone; None when the switch was released, or only verified what it did."""
    if not report.engaged or report.verified:
        return None
    return error(
        time,
        TRADE_EXECUTION_FAILED,
        f"Trading is halted by the kill switch: {report.reason}" if report.reason else "Trading is halted",
        severity=CRITICAL,
        details={"orders_canceled": report.orders_canceled, "positions_closed": report.positions_closed},
    )


_REFUSALS = {
    RefusalCode.INSUFFICIENT_FUNDS: INSUFFICIENT_BALANCE,
    RefusalCode.UNKNOWN_POSITION: INVALID_POSITION,
    RefusalCode.UNKNOWN_INSTRUMENT: MARKET_DATA_ERROR,
    RefusalCode.NOT_TRADABLE: MARKET_DATA_ERROR,
}


def refused(time: int, refusal: Refused, otherwise: str, details: Details | None = None) -> m.Error:
    """The engine refused a request; `otherwise` is the code where the refusal has none of its own."""
    return error(time, _REFUSALS.get(refusal.code, otherwise), refusal.message, details=details)
