"""What the bars endpoint can be made to send (bars.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from embedded_server.protocols.bars import messages
from embedded_server.protocols.injection import ErrorInjection, Text

if TYPE_CHECKING:
    from embedded_server.protocols.facade import Services


class BarsError(ErrorInjection, frozen=True, kw_only=True, tag="bars"):
    """A reply with the status `error`, to whichever request is said."""

    endpoint_name: ClassVar[str] = "bars"
    symbol: Text
    resolution: Literal["1", "5", "15", "30", "60", "D", "W", "M"] = "1"
    reply: Literal["subscribe", "unsubscribe"] = "subscribe"
    text: Text = "Injected error"

    def build(self, services: Services) -> messages.SubscribeResponse | messages.UnsubscribeResponse:
        """1. Subscribe to Bar Updates, or 2. Unsubscribe from Updates."""
        topic = f"bars:{self.symbol}:{self.resolution}"
        payload = messages.SubscriptionResponse("error", self.symbol, self.text, topic)
        if self.reply == "subscribe":
            return messages.SubscribeResponse(payload)
        return messages.UnsubscribeResponse(payload)
