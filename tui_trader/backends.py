"""Links to backends named in the settings, instead of the embedded server."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tui_trader.credentials import credentials_of
from tui_trader.model.errors import SettingsError

if TYPE_CHECKING:
    from tui_trader.connection.intents import IntentFile
    from tui_trader.connection.links import LinkPlan, Links
    from tui_trader.model.events import Event
    from tui_trader.settings import Settings


class Backends:
    """The links that `--connect` names; what they sign in with is read at once."""

    def __init__(self, settings: Settings, intents: Callable[[], IntentFile] | None = None) -> None:
        self.plans = planned(settings)
        self._intents = intents

    async def connect(self, sink: Callable[[Event], None]) -> Links:
        """Start links to all of them."""
        from tui_trader.connection.links import Links

        links = Links(self.plans, sink, self._intents() if self._intents else None)
        links.start()
        return links


def planned(settings: Settings) -> list[LinkPlan]:
    """Plan every link that is to be connected. Raises `SettingsError`."""
    from tui_trader.connection.links import LinkPlan
    from tui_trader.protocols.codec import Endpoint
    from tui_trader.protocols.registry import codec_for
    from tui_trader.settings import misplaced

    plans = []
    for name, link in settings.connected().items():
        try:
            codec_for(link.protocol)
        except SettingsError as error:
            raise misplaced(("links", name, "protocol"), str(error)) from None
        secrets = credentials_of(name, link, os.environ)
        if link.ca_file is not None:
            _check_authorities(name, link.ca_file)
        endpoint = Endpoint(link.url, link.http, secrets, link.ca_file)
        plans.append(LinkPlan(name, link.protocol, endpoint, paper=link.paper, account=f"{name} {link.url}"))
    return plans


def _check_authorities(name: str, file: Path) -> None:
    from tui_trader.connection.trust import context

    try:
        context(file)
    except SettingsError as error:
        raise SettingsError(f"links.{name}.ca_file: {error}") from None
