"""What the orchestrator can be made to send; its service's status is an event to raise, not a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from embedded_server.protocols.injection import ErrorInjection, Text
from embedded_server.protocols.orchestrator import projection
from embedded_server.protocols.orchestrator.messages import Error

if TYPE_CHECKING:
    from embedded_server.protocols.facade import Services


class OrchestratorError(ErrorInjection, frozen=True, kw_only=True, tag="orchestrator"):
    """The error message (CLARIFICATIONS.md, orchestrator)."""

    endpoint_name: ClassVar[str] = "orchestrator"
    code: Literal["UNKNOWN_STRATEGY", "INVALID_STATE", "INVALID_CONFIG", "INVALID_MESSAGE", "STRATEGY_FAILED"]
    text: Text = "an injected error"
    request: Text | None = None

    def build(self, services: Services) -> Error:
        """The error message."""
        return projection.error(services.engine.now, self.code, self.text, self.request)
