"""The AI service's endpoint: a greeting, signals as they are made, and an answer to every message."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct

from embedded_server.model import events as e
from embedded_server.model.instruments import AssetClass
from embedded_server.protocols.ai_service import projection
from embedded_server.protocols.audience import Audience, send
from embedded_server.protocols.bot_platform import errors
from embedded_server.protocols.bot_platform import projection as core
from embedded_server.protocols.bot_platform import requests as r
from embedded_server.protocols.bot_platform.signal_requests import request_signal
from embedded_server.protocols.client_messages import ClientMessages, RequestError
from embedded_server.protocols.facade import Client, Facade, Services
from embedded_server.protocols.patience import Patience
from embedded_server.protocols.wire_numbers import Precisions

log = logging.getLogger(__name__)

ClientMessage = r.Ping | r.LowerCasePing | r.RequestSignal
CLIENT_MESSAGES = (r.Ping, r.LowerCasePing, r.RequestSignal)
READER = ClientMessages[ClientMessage](*CLIENT_MESSAGES)
OBSERVED = "observed"


class AiServiceFacade(Facade):
    """bot-core.md, Python AI Service WebSocket.

    A client that comes late is not told earlier signals: by the document's example it would trade on them.
    """

    name: ClassVar[str] = "ai_service"
    port: ClassVar[int] = 8000
    path: ClassVar[str] = "/ws"

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._observed = services.dialect == OBSERVED
        self._audience = Audience()
        self._patience = Patience(services.time)
        self._precisions = Precisions(
            one for one in self.engine.market.instruments.values() if one.asset_class is AssetClass.PERPETUAL
        )
        self._keys = {one.instrument.symbol: key for key, one in self._precisions.items()}

    def opened(self, client: Client) -> None:
        """The greeting is the first frame."""
        self._audience.join(client)
        send(client, projection.greeting(self.engine.now))

    def closed(self, client: Client) -> None:
        """Forget the client."""
        self._audience.leave(client)
        self._patience.forget(client)

    def received(self, client: Client, message: str | bytes) -> None:
        """Answer one message; in the observed dialect any text is answered with a Pong, whatever it says."""
        observed = self._observed and isinstance(message, str)
        if observed:
            send(client, projection.observed_pong(self.engine.now))
        try:
            request = READER.read(message)
        except RequestError as error:
            if not observed:
                self._unusable(client, error)
            return
        match request:
            case r.Ping() | r.LowerCasePing():
                if not observed:
                    send(client, core.pong(self.engine.now))
            case r.RequestSignal():
                refusal = request_signal(self.engine, request.data, self._keys)
                if refusal is not None:
                    send(client, refusal)

    def publish(self, events: Sequence[e.Event]) -> None:
        """Tell every client each signal."""
        if not self._audience:
            return
        for event in events:
            if isinstance(event, e.AiSignalGenerated) and event.signal.instrument in self._precisions:
                self._audience.tell(self._signal(event))

    def _signal(self, event: e.AiSignalGenerated) -> Struct:
        precision = self._precisions[event.signal.instrument]
        if self._observed and not event.requested:
            return projection.observed_signal(event.signal, precision)
        return core.ai_signal(event.signal, precision)

    def _unusable(self, client: Client, error: RequestError) -> None:
        log.info("ai_service: message from %s failed: %s", client.id, error)
        if self._patience.bear(client):
            send(client, errors.error(self.engine.now, errors.WEBSOCKET_ERROR, str(error)))
