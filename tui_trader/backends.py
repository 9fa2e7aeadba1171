"""Links to backends named in the settings, instead of the embedded server."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_trader.credentials import credentials_of
from tui_trader.model.errors import SettingsError

if TYPE_CHECKING:
    from tui_trader.connection.links import LinkPlan, Links
    from tui_trader.model.events import Event
    from tui_trader.settings import Settings


class Backends:
    """The links that `--connect` names; what they sign in with is read at once."""

    def __init__(self, settings: Settings) -> None:
        self.plans = planned(settings)

    async def connect(self, sink: Callable[[Event], None]) -> Links:
        """Start links to all of them."""
        from tui_trader.connection.links import Links

        links = Links(self.plans, sink)
        links.start()
        return links


def planned(settings: Settings) -> list[LinkPlan]:
    """Plan every link that is to be connected. Raises `SettingsError`."""
    from tui_trader.connection.links import LinkPlan
    from tui_trader.protocols.codec import Endpoint
    from tui_trader.protocols.registry import codec_for

    plans = []
    for name, link in settings.connected().items():
        try:
            codec_for(link.protocol)
        except SettingsError as error:
            raise SettingsError(f"links.{name}.protocol: {error}") from None
        secrets = credentials_of(name, link, os.environ)
        endpoint = Endpoint(link.url, link.http, secrets)
        plans.append(LinkPlan(name, link.protocol, endpoint, paper=link.paper))
    return plans
