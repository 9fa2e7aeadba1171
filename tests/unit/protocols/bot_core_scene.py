"""A client of the bot core's façade on an engine made of states."""

from __future__ import annotations

from typing import Any

from facade_fakes import FacadeScene, FakeClient, FakeEngine, services

from embedded_server.protocols.bot_core.facade import BotCoreFacade
from embedded_server.protocols.facade import Handshake


class Scene(FacadeScene):
    """A façade, its engine and one client that has read what came on connecting."""

    def __init__(self, *, required: bool = False, handshake: Handshake | None = None) -> None:
        self.engine = FakeEngine()
        given, self.time = services(self.engine, require_authentication=required)
        self.topics: Any = given.topics
        self.facade = BotCoreFacade(given)
        self.client = FakeClient(handshake=handshake)
        self.refusal = self.facade.admit(self.client.handshake)
        self.facade.opened(self.client)
        self.first = self.client.take()


def types(messages: list[Any]) -> list[str]:
    """Types of messages, in their order."""
    return [message["type"] for message in messages]
