"""The guardian's messages, all ours: the document shows only the envelope (CLARIFICATIONS.md)."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from embedded_server.protocols.request_error import ErrorData


class Message(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Root of the endpoint's messages; the tag is the wire's `type`."""

    extension: ClassVar[bool] = True


class GetRiskStatus(Message, frozen=True, tag="get_risk_status"):
    """Ask for the present figures."""


class LimitChanges(Struct, frozen=True, kw_only=True, rename="camel"):
    """New bounds, in percent; a field left out keeps its present value."""

    max_drawdown_percent: float | None = None
    max_exposure_percent: float | None = None
    max_daily_loss_percent: float | None = None
    max_order_notional_percent: float | None = None
    min_margin_level_percent: float | None = None


class SetRiskLimits(Message, frozen=True, tag="set_risk_limits"):
    """Change the limits."""

    data: LimitChanges


class EngageData(Struct, frozen=True, kw_only=True):
    """Why, in the person's words."""

    reason: str = ""


class EngageKillSwitch(Message, frozen=True, tag="engage_kill_switch"):
    """Stop everything."""

    data: EngageData = EngageData()


class ReleaseKillSwitch(Message, frozen=True, tag="release_kill_switch"):
    """Allow orders again."""


ClientMessage = GetRiskStatus | SetRiskLimits | EngageKillSwitch | ReleaseKillSwitch
CLIENT_MESSAGES = (GetRiskStatus, SetRiskLimits, EngageKillSwitch, ReleaseKillSwitch)


class Limits(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the guardian watches, in percent, for each account."""

    max_drawdown_percent: float
    max_exposure_percent: float
    max_daily_loss_percent: float
    max_order_notional_percent: float
    min_margin_level_percent: float


class AccountFigures(Struct, frozen=True, kw_only=True, rename="camel"):
    """One account; money in its own currency, `marginLevelPercent` null without margin in use."""

    account: str
    currency: str
    equity: float
    exposure: float
    exposure_percent: float
    drawdown_percent: float
    daily_pnl: float
    daily_pnl_percent: float
    margin_level_percent: float | None
    positions: int
    working_orders: int


class StrategyFigures(Struct, frozen=True, kw_only=True, rename="camel"):
    """One strategy."""

    strategy_id: str
    status: str
    exposure: float
    pnl: float
    orders_last_minute: int


class RiskData(Struct, frozen=True, kw_only=True, rename="camel"):
    """Totals in USD, a USDT counted as one; then each account and each strategy."""

    equity: float
    exposure: float
    drawdown_percent: float
    limits: Limits
    kill_switch: bool
    accounts: tuple[AccountFigures, ...]
    strategies: tuple[StrategyFigures, ...]


class RiskStatus(Message, frozen=True, tag="risk_status"):
    """Sent on connecting, on request, once a second while time passes, and when an account changed."""

    timestamp: str
    data: RiskData


class RiskLimits(Message, frozen=True, tag="risk_limits"):
    """Somebody changed the limits."""

    timestamp: str
    data: Limits


class AlertData(Struct, frozen=True, kw_only=True):
    """A limit came near or was passed."""

    id: str
    level: str
    rule: str
    account: str
    value: float
    limit: float
    message: str


class RiskAlert(Message, frozen=True, tag="risk_alert"):
    """`level` is INFO, WARNING or CRITICAL."""

    timestamp: str
    data: AlertData


class KillSwitchData(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the kill switch did, and what it found when it looked again."""

    engaged: bool
    reason: str
    strategies_paused: tuple[str, ...]
    bot_paused: bool
    orders_canceled: int
    positions_closed: int
    strategies_still_active: int
    orders_still_working: int
    positions_still_open: int
    verified: bool


class KillSwitch(Message, frozen=True, tag="kill_switch"):
    """Sent when it acts, when it has verified, and when it is released."""

    timestamp: str
    data: KillSwitchData


class Error(Message, frozen=True, tag="error"):
    """The request changed nothing."""

    timestamp: str
    data: ErrorData


SERVER_MESSAGES = (RiskStatus, RiskLimits, RiskAlert, KillSwitch, Error)
