"""The guardian's messages as read (CLARIFICATIONS.md, risk_guardian; all *extension*)."""

from __future__ import annotations

from msgspec import Struct, field

from tui_trader.protocols.json_reading import Figure, reader


class AccountBody(Struct, rename="camel"):
    """One account of `risk_status`."""

    account: str
    currency: str = ""
    equity: Figure | None = None
    exposure: Figure | None = None
    exposure_percent: Figure | None = None
    drawdown_percent: Figure | None = None
    daily_pnl: Figure | None = None
    daily_pnl_percent: Figure | None = None
    margin_level_percent: Figure | None = None
    positions: int | None = None
    working_orders: int | None = None


class StrategyBody(Struct, rename="camel"):
    """One strategy of `risk_status`."""

    strategy_id: str
    status: str = ""
    exposure: Figure | None = None
    pnl: Figure | None = None
    orders_last_minute: int | None = None


class RiskBody(Struct, rename="camel"):
    """`risk_status`."""

    equity: Figure
    exposure: Figure
    drawdown_percent: Figure | None = None
    limits: dict[str, Figure | None] = {}
    kill_switch: bool = False
    accounts: list[AccountBody] = []
    strategies: list[StrategyBody] = []


class AlertBody(Struct):
    """`risk_alert`."""

    rule: str
    level: str = "WARNING"
    account: str = ""
    value: Figure | None = None
    limit: Figure | None = None
    message: str = ""


class KillSwitchBody(Struct, rename="camel"):
    """`kill_switch`: what it did, and what it found when it looked again."""

    engaged: bool
    verified: bool = False
    reason: str = ""
    strategies_paused: list[str] = field(default_factory=list)
    bot_paused: bool = False
    orders_canceled: int = 0
    positions_closed: int = 0
    strategies_still_active: int = 0
    orders_still_working: int = 0
    positions_still_open: int = 0


class ErrorBody(Struct):
    """`error`."""

    message: str
    code: str = ""


read_risk = reader(RiskBody)
read_limits = reader(dict[str, Figure | None])
read_alert = reader(AlertBody)
read_kill_switch = reader(KillSwitchBody)
read_error = reader(ErrorBody)
