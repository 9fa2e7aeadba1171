"""The bot core's endpoint: connections, authentication and messages; announcements.py tells the rest."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import ClassVar

from embedded_server.model import commands as c
from embedded_server.model.events import Event
from embedded_server.protocols.audience import send
from embedded_server.protocols.bot_core import projection
from embedded_server.protocols.bot_core import requests as r
from embedded_server.protocols.bot_core.announcements import Announcements
from embedded_server.protocols.bot_core.authentication import (
    AuthenticationError,
    Authenticator,
    offered_token,
)
from embedded_server.protocols.bot_core.session import Session
from embedded_server.protocols.bot_platform import errors
from embedded_server.protocols.bot_platform import projection as platform
from embedded_server.protocols.bot_platform.requests import LowerCasePing, Ping, RequestSignal
from embedded_server.protocols.bot_platform.signal_requests import request_signal
from embedded_server.protocols.client_messages import RequestError
from embedded_server.protocols.facade import Client, Facade, Handshake, HttpRefusal, Services

log = logging.getLogger(__name__)

AUTHENTICATION_SECONDS = 10.0
COMMANDS = ("START", "PAUSE", "STOP")


class BotCoreFacade(Facade):
    """bot-core.md, Rust Core Engine WebSocket."""

    name: ClassVar[str] = "bot_core"
    port: ClassVar[int] = 8080
    path: ClassVar[str] = "/ws"

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._required = services.require_authentication
        self._authenticator = Authenticator(services.credentials.bot_core.jwt_secret, services.time)
        self._sessions: dict[str, Session] = {}
        self._announcements = Announcements(services.engine, services.topics)

    def admit(self, handshake: Handshake) -> HttpRefusal | None:
        """Where a token is required, refuse an upgrade that offers a bad one; it may still come later."""
        token = offered_token(handshake)
        if not self._required or token is None:
            return None
        try:
            self._authenticator.verify(token)
        except AuthenticationError as error:
            return HttpRefusal(401, f"{error}\n")
        return None

    def opened(self, client: Client) -> None:
        """`Connected` is the first frame; then who the client is, if it said so; then the present state."""
        session = Session(client, self.time.monotonic(), admitted=not self._required)
        self._sessions[client.id] = session
        send(client, projection.connected(self.engine.now, client.id))
        if session.admitted:
            self._announcements.join(client)
        token = offered_token(client.handshake)
        if token is not None:
            self._authenticate(session, token)
        if not session.admitted:
            session.deadline = self.time.call_later(AUTHENTICATION_SECONDS, lambda: self._overdue(session))

    def closed(self, client: Client) -> None:
        """Forget the client."""
        session = self._sessions.pop(client.id, None)
        if session is not None:
            session.release()
        self._announcements.leave(client)

    def received(self, client: Client, message: str | bytes) -> None:
        """Act on one message; one that cannot be used is answered with an Error, the connection is kept."""
        session = self._sessions.get(client.id)
        if session is None:
            return
        try:
            request = r.READER.read(message)
        except RequestError as error:
            log.info("bot_core: message from %s failed: %s", client.id, error)
            self._error(client, errors.WEBSOCKET_ERROR, str(error))
            return
        match request:
            case Ping() | LowerCasePing():
                self._ping(session)
            case r.Authenticate():
                self._authenticate(session, request.token)
            case _ if not session.admitted:
                self._error(client, errors.AUTHENTICATION_FAILED, "Authenticate first")
            case r.BotCommand():
                self._control(client, request.data.command)
            case RequestSignal():
                refusal = request_signal(self.engine, request.data, self._announcements.keys)
                if refusal is not None:
                    send(client, refusal)
            case r.ClosePosition():
                self._close_position(client, request.data.position_id)

    def publish(self, events: Sequence[Event]) -> None:
        """Tell every admitted client what happened."""
        self._announcements.publish(events)

    def _ping(self, session: Session) -> None:
        if session.ping(self.time.monotonic()):
            send(session.client, platform.pong(self.engine.now))
        else:
            session.client.close(1008, "Ping more often than every 30 seconds")

    def _authenticate(self, session: Session, token: str) -> None:
        try:
            session.identity = self._authenticator.verify(token)
        except AuthenticationError as error:
            self._error(session.client, errors.AUTHENTICATION_FAILED, str(error))
            return
        session.release()
        send(session.client, projection.authenticated(self.engine.now, session.identity.user_id))
        if not session.admitted:
            session.admitted = True
            self._announcements.join(session.client)

    def _overdue(self, session: Session) -> None:
        if not session.admitted:
            session.client.close(1008, "Authentication required")

    def _control(self, client: Client, command: str) -> None:
        if command not in COMMANDS:
            self._error(
                client, errors.WEBSOCKET_ERROR, f"command {command!r} is none of {', '.join(COMMANDS)}"
            )
            return
        before = self.engine.bot.state().status
        outcome = self.engine.submit(c.ControlBot(command=command))
        if isinstance(outcome, c.Refused):
            send(
                client, errors.refused(self.engine.now, outcome, errors.WEBSOCKET_ERROR, {"command": command})
            )
        elif self.engine.bot.state().status is before:
            send(client, projection.bot_status(self.engine.now, self.engine.bot.state()))

    def _close_position(self, client: Client, position_id: str) -> None:
        number = position_id.removeprefix("pos_")
        if not (number.isascii() and number.isdigit() and len(number) <= 18):
            message = f"there is no position {position_id!r}"
            self._error(client, errors.INVALID_POSITION, message, {"position_id": position_id})
            return
        outcome = self.engine.submit(c.ClosePosition(account="futures", position_id=int(number)))
        if isinstance(outcome, c.Refused):
            details: errors.Details = {"position_id": position_id}
            send(client, errors.refused(self.engine.now, outcome, errors.INVALID_POSITION, details))

    def _error(self, client: Client, code: str, message: str, details: errors.Details | None = None) -> None:
        send(client, errors.error(self.engine.now, code, message, details=details))
