"""What the guardian can be made to send."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from embedded_server.model import risk
from embedded_server.model.enums import AlertLevel
from embedded_server.protocols.injection import ErrorInjection, MessageInjection, Text
from embedded_server.protocols.risk_guardian import projection
from embedded_server.protocols.risk_guardian.messages import Error, RiskAlert

if TYPE_CHECKING:
    from embedded_server.protocols.facade import Services


class GuardianError(ErrorInjection, frozen=True, kw_only=True, tag="risk_guardian"):
    """The error message (CLARIFICATIONS.md, risk_guardian)."""

    endpoint_name: ClassVar[str] = "risk_guardian"
    code: Literal["INVALID_MESSAGE", "INVALID_LIMITS", "INVALID_STATE"]
    text: Text = "an injected error"
    request: Text | None = None

    def build(self, services: Services) -> Error:
        """The error message."""
        return projection.error(services.engine.now, self.code, self.text, self.request)


class GuardianAlert(MessageInjection, frozen=True, kw_only=True, tag="risk_guardian.risk_alert"):
    """An alert of any level about any rule."""

    endpoint_name: ClassVar[str] = "risk_guardian"
    level: AlertLevel = AlertLevel.CRITICAL
    rule: Text = "max_drawdown_percent"
    account: Text = "futures"
    value: float = 21.0
    limit: float = 20.0
    text: Text = "an injected alert"

    def build(self, services: Services) -> RiskAlert:
        """The alert."""
        now = services.engine.now
        alert = risk.RiskAlert(
            id=f"injected-{now}",
            level=self.level,
            rule=self.rule,
            account=self.account,
            value=self.value,
            limit=self.limit,
            message=self.text,
            time=now,
        )
        return projection.risk_alert(now, alert)
