"""What the gateway can be made to send."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from embedded_server.protocols.injection import ErrorInjection, Text
from embedded_server.protocols.market_data_gateway import projection
from embedded_server.protocols.market_data_gateway.messages import Error

if TYPE_CHECKING:
    from embedded_server.protocols.facade import Services


class GatewayError(ErrorInjection, frozen=True, kw_only=True, tag="market_data_gateway"):
    """The error message (CLARIFICATIONS.md, market_data_gateway)."""

    endpoint_name: ClassVar[str] = "market_data_gateway"
    code: Literal["UNKNOWN_SYMBOL", "UNKNOWN_CHANNEL", "UNKNOWN_RESOLUTION", "INVALID_MESSAGE"]
    text: Text = "an injected error"
    request: Text | None = None

    def build(self, services: Services) -> Error:
        """The error message."""
        return projection.error(services.engine.now, self.code, self.text, self.request)
