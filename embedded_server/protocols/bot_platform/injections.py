"""The Error of both services, on demand (bot-core.md, 8. Error)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import field

from embedded_server.protocols.bot_platform import errors
from embedded_server.protocols.bot_platform.messages import Error
from embedded_server.protocols.injection import ErrorInjection, Text

if TYPE_CHECKING:
    from embedded_server.protocols.facade import Services


class PlatformError(ErrorInjection, frozen=True, kw_only=True):
    """Any code with any severity."""

    code: Literal[
        "TRADE_EXECUTION_FAILED",
        "INSUFFICIENT_BALANCE",
        "INVALID_POSITION",
        "MARKET_DATA_ERROR",
        "AI_SERVICE_ERROR",
        "WEBSOCKET_ERROR",
        "AUTHENTICATION_FAILED",
    ]
    severity: Literal["INFO", "WARNING", "ERROR", "CRITICAL"] = "ERROR"
    text: Text = "An injected error"
    details: dict[str, float | str | None] = field(default_factory=dict)
    recoverable: bool = True

    def build(self, services: Services) -> Error:
        """8. Error."""
        return errors.error(
            services.engine.now,
            self.code,
            self.text,
            severity=self.severity,
            details=self.details,
            recoverable=self.recoverable,
        )
