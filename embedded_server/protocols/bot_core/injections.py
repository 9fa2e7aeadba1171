"""What the bot core can be made to send (bot-core.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from msgspec.structs import replace

from embedded_server.model.enums import BotStatus
from embedded_server.protocols.bot_core import projection
from embedded_server.protocols.bot_core.messages import BotStatusUpdate
from embedded_server.protocols.bot_platform.injections import PlatformError
from embedded_server.protocols.injection import MessageInjection

if TYPE_CHECKING:
    from embedded_server.protocols.facade import Services


class BotCoreError(PlatformError, frozen=True, kw_only=True, tag="bot_core"):
    """8. Error."""

    endpoint_name: ClassVar[str] = "bot_core"


class BotCoreStatus(MessageInjection, frozen=True, kw_only=True, tag="bot_core.BotStatusUpdate"):
    """7. BotStatusUpdate with another status or mode; the figures are the bot's."""

    endpoint_name: ClassVar[str] = "bot_core"
    status: BotStatus = BotStatus.ERROR
    mode: Literal["PAPER_TRADING", "LIVE_TRADING"] = "PAPER_TRADING"

    def build(self, services: Services) -> BotStatusUpdate:
        """7. BotStatusUpdate."""
        bot = replace(services.engine.bot.state(), status=self.status, live=self.mode == "LIVE_TRADING")
        return projection.bot_status(services.engine.now, bot)
