"""What the risk guardian tells, in the units of states.py: limits, figures, alerts, the kill switch."""

from __future__ import annotations

from msgspec import Struct

from embedded_server.model.enums import AlertLevel, StrategyStatus


class RiskLimits(Struct, frozen=True, kw_only=True):
    """Bounds the guardian watches, for each account."""

    max_drawdown_percent: float = 20.0
    max_exposure_percent: float = 3_000.0
    """Sum of absolute notionals over equity, in percent."""
    max_daily_loss_percent: float = 10.0
    max_order_notional_percent: float = 2_000.0
    min_margin_level_percent: float = 100.0


class AccountRisk(Struct, frozen=True, kw_only=True):
    """Risk figures of one account."""

    account: str
    currency: str
    equity_micros: int
    exposure_micros: int
    exposure_percent: float
    drawdown_percent: float
    daily_pnl_micros: int
    daily_pnl_percent: float
    margin_level_percent: float | None
    positions: int
    working_orders: int


class StrategyRisk(Struct, frozen=True, kw_only=True):
    """Risk figures of one strategy."""

    strategy_id: str
    status: StrategyStatus
    exposure_micros: int
    pnl_micros: int
    orders_last_minute: int


class RiskState(Struct, frozen=True, kw_only=True):
    """Everything the guardian sees, over all four accounts. Totals in USD, a USDT counted as one."""

    equity_micros: int
    exposure_micros: int
    drawdown_percent: float
    limits: RiskLimits
    accounts: tuple[AccountRisk, ...]
    strategies: tuple[StrategyRisk, ...]
    kill_switch: bool


class RiskAlert(Struct, frozen=True, kw_only=True):
    """A limit came near (warning, from 80 %) or was passed (critical)."""

    id: str
    level: AlertLevel
    rule: str
    account: str
    value: float
    limit: float
    message: str
    time: int


class KillSwitchReport(Struct, frozen=True, kw_only=True):
    """What the kill switch did, and what it then verified by looking again."""

    engaged: bool
    reason: str
    strategies_paused: tuple[str, ...] = ()
    bot_paused: bool = False
    orders_canceled: int = 0
    positions_closed: int = 0
    strategies_still_active: int = 0
    orders_still_working: int = 0
    positions_still_open: int = 0
    verified: bool = False
    time: int
