"""What the AI service can be made to send (bot-core.md)."""

from __future__ import annotations

from typing import ClassVar

from embedded_server.protocols.bot_platform.injections import PlatformError


class AiServiceError(PlatformError, frozen=True, kw_only=True, tag="ai_service"):
    """8. Error."""

    endpoint_name: ClassVar[str] = "ai_service"
