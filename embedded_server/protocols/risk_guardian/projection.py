"""From the guardian's states and events to its messages: functions of their arguments only."""

from __future__ import annotations

from embedded_server.model.risk import (
    AccountRisk,
    KillSwitchReport,
    RiskAlert,
    RiskLimits,
    RiskState,
    StrategyRisk,
)
from embedded_server.protocols.request_error import ErrorData
from embedded_server.protocols.risk_guardian import messages as m
from embedded_server.protocols.wire_numbers import money, percent
from embedded_server.protocols.wire_time import iso_z


def risk_status(time: int, state: RiskState) -> m.RiskStatus:
    """Everything the guardian sees."""
    data = m.RiskData(
        equity=money(state.equity_micros),
        exposure=money(state.exposure_micros),
        drawdown_percent=percent(state.drawdown_percent, 4),
        limits=_limits(state.limits),
        kill_switch=state.kill_switch,
        accounts=tuple(_account(account) for account in state.accounts),
        strategies=tuple(_strategy(strategy) for strategy in state.strategies),
    )
    return m.RiskStatus(timestamp=iso_z(time), data=data)


def risk_limits(time: int, limits: RiskLimits) -> m.RiskLimits:
    """The limits as they now are."""
    return m.RiskLimits(timestamp=iso_z(time), data=_limits(limits))


def risk_alert(time: int, alert: RiskAlert) -> m.RiskAlert:
    """An alert."""
    data = m.AlertData(
        id=alert.id,
        level=alert.level.value.upper(),
        rule=alert.rule,
        account=alert.account,
        value=percent(alert.value, 4),
        limit=percent(alert.limit, 4),
        message=alert.message,
    )
    return m.RiskAlert(timestamp=iso_z(time), data=data)


def kill_switch(time: int, report: KillSwitchReport) -> m.KillSwitch:
    """What the kill switch did."""
    data = m.KillSwitchData(
        engaged=report.engaged,
        reason=report.reason,
        strategies_paused=report.strategies_paused,
        bot_paused=report.bot_paused,
        orders_canceled=report.orders_canceled,
        positions_closed=report.positions_closed,
        strategies_still_active=report.strategies_still_active,
        orders_still_working=report.orders_still_working,
        positions_still_open=report.positions_still_open,
        verified=report.verified,
    )
    return m.KillSwitch(timestamp=iso_z(time), data=data)


def error(time: int, code: str, message: str, request: str | None) -> m.Error:
    """A request that changed nothing."""
    return m.Error(timestamp=iso_z(time), data=ErrorData(code=code, message=message, request=request))


def _limits(limits: RiskLimits) -> m.Limits:
    return m.Limits(
        max_drawdown_percent=limits.max_drawdown_percent,
        max_exposure_percent=limits.max_exposure_percent,
        max_daily_loss_percent=limits.max_daily_loss_percent,
        max_order_notional_percent=limits.max_order_notional_percent,
        min_margin_level_percent=limits.min_margin_level_percent,
    )


def _account(risk: AccountRisk) -> m.AccountFigures:
    level = risk.margin_level_percent
    return m.AccountFigures(
        account=risk.account,
        currency=risk.currency,
        equity=money(risk.equity_micros),
        exposure=money(risk.exposure_micros),
        exposure_percent=percent(risk.exposure_percent, 4),
        drawdown_percent=percent(risk.drawdown_percent, 4),
        daily_pnl=money(risk.daily_pnl_micros),
        daily_pnl_percent=percent(risk.daily_pnl_percent, 4),
        margin_level_percent=None if level is None else percent(level, 4),
        positions=risk.positions,
        working_orders=risk.working_orders,
    )


def _strategy(risk: StrategyRisk) -> m.StrategyFigures:
    return m.StrategyFigures(
        strategy_id=risk.strategy_id,
        status=risk.status.value,
        exposure=money(risk.exposure_micros),
        pnl=money(risk.pnl_micros),
        orders_last_minute=risk.orders_last_minute,
    )
