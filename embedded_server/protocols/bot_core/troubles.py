"""Which Error the bot core sends when the engine tells of trouble: one function a cause."""

from __future__ import annotations

from embedded_server.model.enums import BotStatus
from embedded_server.model.events import BotTradeFailed, MarginCalled, SessionChanged
from embedded_server.model.risk import KillSwitchReport
from embedded_server.model.states import BotState
from embedded_server.protocols.bot_platform import errors
from embedded_server.protocols.bot_platform.errors import Details, error
from embedded_server.protocols.bot_platform.messages import Error
from embedded_server.protocols.wire_numbers import Precision, money, percent


def trade_failed(event: BotTradeFailed, precision: Precision) -> Error:
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
    code = errors.INSUFFICIENT_BALANCE if broke else errors.TRADE_EXECUTION_FAILED
    return error(event.time, code, event.message, details=details)


def margin_called(event: MarginCalled) -> Error:
    """The futures account's equity fell to its margin."""
    return error(
        event.time,
        errors.INSUFFICIENT_BALANCE,
        "Margin call: equity has fallen to the margin in use",
        severity=errors.WARNING,
        details={"margin_level_percent": percent(event.margin_level_percent)},
    )


def session_changed(event: SessionChanged, precision: Precision) -> Error:
    """Market data of a symbol stopped or came back."""
    symbol = precision.instrument.symbol
    text = (
        f"Market data for {symbol} is available again" if event.open else f"The market for {symbol} is closed"
    )
    return error(
        event.time,
        errors.MARKET_DATA_ERROR,
        text,
        severity=errors.INFO if event.open else errors.WARNING,
        details={"symbol": symbol},
    )


def bot_failed(time: int, bot: BotState) -> Error | None:
    """The bot stopped itself; None for any other status."""
    if bot.status is not BotStatus.ERROR:
        return None
    return error(
        time,
        errors.TRADE_EXECUTION_FAILED,
        "The bot encountered an error and stopped trading",
        severity=errors.CRITICAL,
        recoverable=False,
    )


def kill_switch(time: int, report: KillSwitchReport) -> Error | None:
    """Trading was halted for everyone; None when the switch was released, or only verified what it did."""
    if not report.engaged or report.verified:
        return None
    return error(
        time,
        errors.TRADE_EXECUTION_FAILED,
        f"Trading is halted by the kill switch: {report.reason}" if report.reason else "Trading is halted",
        severity=errors.CRITICAL,
        details={"orders_canceled": report.orders_canceled, "positions_closed": report.positions_closed},
    )
