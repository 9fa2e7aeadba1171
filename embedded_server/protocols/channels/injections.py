"""What the channels API can be made to send (channels.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from embedded_server.protocols.channels import messages
from embedded_server.protocols.injection import ErrorInjection, MessageInjection, Text

if TYPE_CHECKING:
    from embedded_server.protocols.facade import Services


class ChannelsError(ErrorInjection, frozen=True, kw_only=True, tag="channels"):
    """Error Handling: any of the common codes."""

    endpoint_name: ClassVar[str] = "channels"
    code: Literal[400, 401, 403, 404, 429, 500]
    text: Text = "Injected error"

    def build(self, services: Services) -> messages.Error:
        """Error Handling."""
        return messages.Error(self.text, self.code, services.time.epoch_ms())


class ChannelsSystemEvent(MessageInjection, frozen=True, kw_only=True, tag="channels.system_events"):
    """System Events Channel: the exchange's connection is lost, or back."""

    endpoint_name: ClassVar[str] = "channels"
    status: Literal["connected", "disconnected"] = "disconnected"
    exchange: Text = "binance"

    def build(self, services: Services) -> messages.SystemEvents[messages.ExchangeStatus]:
        """System Events Channel."""
        now = services.time.epoch_ms()
        data = messages.ExchangeStatus(self.exchange, self.status, now)
        return messages.SystemEvents("exchange_connection_status", data, now)
