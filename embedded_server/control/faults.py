"""The rare things on demand: price moves, requotes, messages, closes, silence. Commands are submitted."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from websockets.frames import EXTERNAL_CLOSE_CODES

from embedded_server.control import requests as r
from embedded_server.control.answers import ClientRow, Clients, Done, Reached
from embedded_server.control.calls import ControlError, refusal
from embedded_server.engine.engine import Engine
from embedded_server.kernel.time import MILLISECOND
from embedded_server.model import commands as c
from embedded_server.model import events as e
from embedded_server.model.instruments import MICROS
from embedded_server.protocols.injection import Injection
from embedded_server.protocols.wire_time import iso_z
from embedded_server.transport.endpoint import Endpoint
from embedded_server.transport.session import Session

PRIVATE_CLOSE_CODES = range(3000, 5000)


class Faults:
    """Works on the endpoints of one server."""

    def __init__(self, engine: Engine, endpoints: Mapping[str, Endpoint]) -> None:
        self._engine = engine
        self._endpoints = endpoints

    def clients(self) -> Clients:
        """Every open WebSocket."""
        return Clients(
            [
                _row(name, endpoint, session)
                for name, endpoint in self._endpoints.items()
                for session in endpoint.sessions
            ]
        )

    def price(self, request: r.Price) -> Done:
        """Move a market."""
        return self._submit(c.MovePrice(instrument=request.instrument, fraction=request.fraction))

    def requote(self, request: r.Requote) -> Done:
        """Make the dealer requote."""
        return self._submit(c.ForceRequote(count=request.count, ticks=request.ticks))

    def event(self, request: r.AnyEvent) -> Done:
        """Raise an event, which every endpoint then tells in its own words."""
        return self._submit(c.RaiseEvent(event=self._event(request)))

    def message(self, request: Injection) -> Reached:
        """Send a message of an endpoint."""
        endpoint = self._endpoint(request.endpoint_name)
        sessions = self._sessions(endpoint, request.client)
        payload = msgspec.json.encode(request.build(endpoint.facade.services))
        for session in sessions:
            session.send(payload)
        return Reached(len(sessions))

    def disconnect(self, request: r.Disconnect) -> Reached:
        """Close, or cut."""
        if request.code not in EXTERNAL_CLOSE_CODES and request.code not in PRIVATE_CLOSE_CODES:
            message = f"code: {request.code} cannot be sent in a close frame; abort cuts without one"
            raise ControlError(400, "INVALID", message)
        endpoint = self._endpoint(request.endpoint)
        sessions = self._sessions(endpoint, request.client)
        for session in sessions:
            if request.abort:
                session.abort()
            else:
                endpoint.shield(endpoint.facade.dismiss, session, request.code, request.reason)
        return Reached(len(sessions))

    def silence(self, request: r.Silence) -> Reached:
        """Freeze connections."""
        sessions = self._sessions(self._endpoint(request.endpoint), request.client)
        for session in sessions:
            session.fall_silent(request.seconds)
        return Reached(len(sessions))

    def _event(
        self, request: r.AnyEvent
    ) -> e.MarginCalled | e.SessionChanged | e.BotTradeFailed | e.ExecutionServiceChanged:
        now = self._engine.now
        match request:
            case r.MarginCalled():
                if request.account not in [one.id for one in self._engine.accounts]:
                    raise ControlError(404, "UNKNOWN_ACCOUNT", f"there is no account {request.account!r}")
                level = request.margin_level_percent
                return e.MarginCalled(time=now, account=request.account, margin_level_percent=level)
            case r.SessionChanged():
                self._require(request.instrument)
                return e.SessionChanged(time=now, instrument=request.instrument, open=request.open)
            case r.BotTradeFailed():
                self._require(request.instrument)
                return e.BotTradeFailed(
                    time=now,
                    instrument=request.instrument,
                    message=request.text,
                    required_micros=round(request.required * MICROS),
                    available_micros=round(request.available * MICROS),
                )
            case r.ExecutionServiceChanged():
                return e.ExecutionServiceChanged(time=now, running=request.running)

    def _require(self, instrument: str) -> None:
        if instrument not in self._engine.market.instruments:
            raise ControlError(404, "UNKNOWN_INSTRUMENT", f"there is no instrument {instrument!r}")

    def _submit(self, command: c.Command) -> Done:
        outcome = self._engine.submit(command)
        if isinstance(outcome, c.Refused):
            raise refusal(outcome)
        return Done()

    def _endpoint(self, name: str) -> Endpoint:
        endpoint = self._endpoints.get(name)
        if endpoint is None:
            raise ControlError(404, "UNKNOWN_ENDPOINT", f"there is no endpoint {name!r}")
        return endpoint

    def _sessions(self, endpoint: Endpoint, client: str | None) -> list[Session]:
        sessions = [one for one in endpoint.sessions if client in (None, one.id)]
        if client is not None and not sessions:
            raise ControlError(404, "UNKNOWN_CLIENT", f"{endpoint.facade.name} has no client {client!r}")
        return sessions


def _row(name: str, endpoint: Endpoint, session: Session) -> ClientRow:
    return ClientRow(
        endpoint=name,
        id=session.id,
        peer=session.handshake.peer,
        since=iso_z(session.since * MILLISECOND),
        queue=len(session.outbox),
        lagging=session.outbox.lagging,
        subscriptions=len(endpoint.topics.of(session)),
    )
