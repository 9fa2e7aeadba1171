"""OneTrade's WebSocket: sessions at the door, commands in, JSON and binary frames out (onetrade.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import msgspec

from embedded_server.model import events as e
from embedded_server.model.events import Event
from embedded_server.protocols.bad_frames import BadFrames
from embedded_server.protocols.facade import Client, Facade, Handshake, HttpRefusal, Services
from embedded_server.protocols.json_input import InputError, convert, parse_object, printable
from embedded_server.protocols.onetrade import messages, projection
from embedded_server.protocols.onetrade.account_events import AccountEvents, send
from embedded_server.protocols.onetrade.frames import price_frame, profit_frame
from embedded_server.protocols.onetrade.rest import Rest
from embedded_server.protocols.onetrade.sessions import Claim, Session, Sessions

if TYPE_CHECKING:
    from starlette.routing import Route

ACCOUNT = projection.ACCOUNT
PROFIT_TOPIC = "profit"


@dataclass(slots=True)
class _Connection:
    session: Session
    bad_frames: BadFrames = field(default_factory=BadFrames)


class OneTradeFacade(Facade):
    """The forex account as OneTrade's web trader sees it."""

    name: ClassVar[str] = "onetrade"
    port: ClassVar[int] = 8070
    path: ClassVar[str] = "/ws/v1"

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        market = self.engine.market
        self._instruments = {
            key: market.instruments[key] for key in self.engine.accounts[ACCOUNT].instruments
        }
        self._keys = {instrument.number: key for key, instrument in self._instruments.items()}
        self._projection = projection.Projection(market, self._instruments)
        self._sessions = Sessions()
        self._rest = Rest(services, self._sessions, self._projection, self._instruments, self._displace)
        self._connections: dict[str, _Connection] = {}
        self._account_clients: dict[str, Client] = {}
        """Those that asked for all of the account."""
        self._commands: dict[str, Callable[[Client, object], None]] = {
            "market_subscribe_symbol": self._subscribe,
            "market_unsubscribe_symbol": self._unsubscribe,
            "start_account_all": self._start_account,
            "stop_account_all": self._stop_account,
            "ping": lambda client, _data: send(client, "pong", None),
        }
        self._account_events = AccountEvents(
            self._projection, self._instruments, self._account_clients, self._rest.report_url
        )

    def routes(self) -> Sequence[Route]:
        """Login, session check and the trader's REST calls."""
        return self._rest.routes()

    def admit(self, handshake: Handshake) -> HttpRefusal | None:
        """Claim the session, at the upgrade and not before, so that of two sockets one gets it."""
        session_id = handshake.query.get("session_id", "")
        token = handshake.query.get("access_token", "")
        claim = self._sessions.claim(session_id, token, self.time.monotonic())
        if claim is Claim.GRANTED:
            return None
        body = msgspec.json.encode(messages.Text(claim.value)).decode()
        return HttpRefusal(400 if claim is Claim.IN_USE else 401, body, "application/json")

    def opened(self, client: Client) -> None:
        """Tie the socket to its session."""
        session = self._sessions.attach(client.handshake.query.get("session_id", ""), client)
        if session is None:
            client.close(1008, "session ended")
            return
        self._connections[client.id] = _Connection(session)

    def closed(self, client: Client) -> None:
        """Free the session for the next socket."""
        self._account_clients.pop(client.id, None)
        connection = self._connections.pop(client.id, None)
        if connection is not None:
            self._sessions.release(connection.session, client)

    def received(self, client: Client, message: str | bytes) -> None:
        """Answer the heartbeat before anything is parsed: "9" and "10" are valid JSON themselves."""
        if message == "9":
            client.send(b"10")
            return
        connection = self._connections.get(client.id)
        if connection is None:
            return
        try:
            self._obey(client, message)
        except InputError as error:
            send(client, "error", messages.Text(str(error)))
            if connection.bad_frames.add(self.time.monotonic()):
                client.close(1008, "Too many bad messages")

    def publish(self, events: Sequence[Event]) -> None:
        """Send account events in order, then the prices and profits the batch left behind, once each."""
        self._account_events.publish(events)
        moved = {
            event.quote.instrument: event
            for event in events
            if type(event) is e.QuoteChanged and event.quote.instrument in self._instruments
        }
        for key, event in moved.items():
            self._publish_price(key, event)
        if moved and self.topics.has(PROFIT_TOPIC):
            for identity, payload in self._profits(moved):
                self.topics.publish(PROFIT_TOPIC, payload, binary=True, key=identity)

    def _obey(self, client: Client, message: str | bytes) -> None:
        if isinstance(message, bytes):
            raise InputError("binary messages are not understood")
        event = convert(parse_object(message), messages.ClientEvent)
        command = self._commands.get(event.type)
        if command is None:
            raise InputError(f"unknown message type: {printable(event.type)}")
        command(client, event.data)

    def _subscribe(self, client: Client, data: object) -> None:
        key = self._key(data)
        self.topics.subscribe(client, _price_topic(key))
        client.send(self._price(key), binary=True)

    def _unsubscribe(self, client: Client, data: object) -> None:
        self.topics.unsubscribe(client, _price_topic(self._key(data)))

    def _start_account(self, client: Client, data: object) -> None:
        if data is not None:
            raise InputError("data: must be null", "data")
        self._account_clients[client.id] = client
        self.topics.subscribe(client, PROFIT_TOPIC)
        for _, payload in self._profits(self._instruments):
            client.send(payload, binary=True)

    def _stop_account(self, client: Client, data: object) -> None:
        if data is not None:
            raise InputError("data: must be null", "data")
        self._account_clients.pop(client.id, None)
        self.topics.unsubscribe(client, PROFIT_TOPIC)

    def _key(self, data: object) -> str:
        if not isinstance(data, int) or isinstance(data, bool):
            raise InputError("data: must be a symbol id", "data")
        key = self._keys.get(data)
        if key is None:
            raise InputError(f"data: there is no symbol {data}", "data")
        return key

    def _displace(self, session: Session) -> None:
        """Log a session's socket out and close it; the session is free at once."""
        client = session.client
        if client is None:
            return
        session.client = None
        send(client, "session_logout", messages.Logout(session.id))
        client.close(1000, "session logged out")

    def _publish_price(self, key: str, event: e.QuoteChanged) -> None:
        topic = _price_topic(key)
        if self.topics.has(topic):
            frame = price_frame(self._instruments[key], event.quote, self.engine.market.day(key))
            self.topics.publish(topic, frame, binary=True)

    def _price(self, key: str) -> bytes:
        market = self.engine.market
        return price_frame(self._instruments[key], market.quote(key), market.day(key))

    def _profits(self, keys: Iterable[str]) -> list[tuple[str, bytes]]:
        """(position id, frame) of every open position in one of the instruments."""
        wanted = set(keys)
        return [
            (str(state.id), profit_frame(state.id, *projection.position_result(state)))
            for state in self.engine.accounts[ACCOUNT].positions()
            if state.instrument in wanted
        ]


def _price_topic(key: str) -> str:
    return f"price:{key}"
