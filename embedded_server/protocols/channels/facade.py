"""The channels API's WebSocket: login, subscriptions, six channels of the spot account (channels.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

import msgspec

from embedded_server.model import events as e
from embedded_server.model.events import Event
from embedded_server.protocols.channels import messages, projection, requests
from embedded_server.protocols.channels.connection import Connection
from embedded_server.protocols.channels.projection import ACCOUNT
from embedded_server.protocols.channels.rest import Rest
from embedded_server.protocols.channels.signatures import Signatures
from embedded_server.protocols.channels.subscriptions import (
    Subscriptions,
    book_topic,
    marks_topic,
    ticker_topic,
    trades_topic,
)
from embedded_server.protocols.facade import Client, Facade, Services
from embedded_server.protocols.json_input import InputError

if TYPE_CHECKING:
    from starlette.routing import Route

    from embedded_server.model.states import OrderState, PositionState


class ChannelsFacade(Facade):
    """The spot exchange as its own API shows it."""

    name: ClassVar[str] = "channels"
    port: ClassVar[int] = 8090
    path: ClassVar[str] = "/ws"

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        market = self.engine.market
        self._instruments = {
            key: market.instruments[key] for key in self.engine.accounts[ACCOUNT].instruments
        }
        self._projection = projection.Projection(self._instruments)
        self._signatures = Signatures(services.credentials.channels, services.time)
        self._rest = Rest(services, self._signatures, self._projection, self._instruments)
        self._subscriptions = Subscriptions(self.engine, self.topics, self._projection)
        self._connections: dict[str, Connection] = {}
        self._published: dict[str, float] = {}
        """When each topic was last sent, monotonic seconds."""
        self._handlers = self._event_handlers()

    def routes(self) -> Sequence[Route]:
        """Order entry (extension)."""
        return self._rest.routes()

    def opened(self, client: Client) -> None:
        """Expect a login in time."""
        self._connections[client.id] = Connection(client, self.time, self._last_heard)

    def closed(self, client: Client) -> None:
        """Forget the client and its timers."""
        connection = self._connections.pop(client.id, None)
        if connection is not None:
            connection.stop()

    def flooded(self, client: Client) -> None:
        """429 twice, then the end."""
        connection = self._connections.get(client.id)
        if connection is not None:
            connection.flooded()

    def shutting_down(self, client: Client) -> None:
        """Going away, as the document says it."""
        connection = self._connections.get(client.id)
        if connection is not None:
            connection.close("Going away", 1001)

    def dismiss(self, client: Client, code: int, reason: str) -> None:
        """A `close` event precedes every close by the server."""
        connection = self._connections.get(client.id)
        if connection is not None:
            connection.close(reason, code)

    def received(self, client: Client, message: str | bytes) -> None:
        """Nothing but `authenticate` and `pong` counts before the login."""
        connection = self._connections.get(client.id)
        if connection is None:
            return
        connection.received()
        try:
            action, content = requests.action(message)
            if not connection.authenticated and action not in {"authenticate", "pong"}:
                connection.error("Unauthorized", 401)
                return
            self._obey(connection, requests.read(action, content))
        except InputError as error:
            if connection.authenticated:
                connection.bad_frame(str(error))
            else:
                connection.bad_frame("Unauthorized", 401)
        except requests.Refusal as refusal:
            connection.error(str(refusal), refusal.code)

    def publish(self, events: Sequence[Event]) -> None:
        """Account events and trades in order, then the batch's last prices, books and marks, once each."""
        quotes: dict[str, e.QuoteChanged] = {}
        books: dict[str, None] = {}
        for event in events:
            if type(event) is e.QuoteChanged:
                quotes[event.quote.instrument] = event
            elif type(event) is e.DepthChanged:
                books[event.instrument] = None
            else:
                handler = self._handlers.get(type(event))
                if handler is not None:
                    handler(event)
        for key, event in quotes.items():
            if key in self._instruments and self.topics.has(ticker_topic(key)):
                day = self.engine.market.day(key)
                self._put(ticker_topic(key), self._projection.market_data(event.quote, day))
        for key in books:
            for depth in self._subscriptions.depths(key):
                self._put(book_topic(key, depth), self._subscriptions.book(key, depth))
        self._publish_marks(quotes)

    def _obey(self, connection: Connection, request: messages.ClientMessage) -> None:
        match request:
            case messages.Authenticate():
                self._authenticate(connection, request)
            case messages.Pong():
                connection.pong()
            case messages.Subscribe():
                selection = requests.select(request, self._instruments)
                connection.send(messages.Subscribed(request.channels, request.params, self.time.epoch_ms()))
                self._subscriptions.join(connection, selection)
            case messages.Unsubscribe():
                selection = requests.select(request, self._instruments)
                self._subscriptions.leave(connection, selection)
                connection.send(messages.Unsubscribed(request.channels, request.params, self.time.epoch_ms()))

    def _authenticate(self, connection: Connection, request: messages.Authenticate) -> None:
        """channels.md, Authentication; signed is `GET\\n/ws\\n{timestamp}\\n` (CLARIFICATIONS.md)."""
        good = self._signatures.accept(
            api_key=request.api_key,
            timestamp=request.timestamp,
            given=request.signature,
            method="GET",
            path=self.path,
        )
        if not good:
            connection.login_failed()
            return
        connection.logged_in()
        connection.send(messages.Authenticated(True, self.time.epoch_ms()))

    def _event_handlers(self) -> dict[type[Event], Callable[..., None]]:
        orders = (
            e.OrderPlaced,
            e.OrderModified,
            e.OrderRequoted,
            e.OrderFilled,
            e.OrderCanceled,
            e.OrderExpired,
            e.OrderRejected,
        )
        positions = (e.PositionOpened, e.PositionChanged, e.PositionClosed)
        return {
            e.TradePrinted: self._trade,
            **dict.fromkeys(orders, lambda event: self._order(event.order, event.time)),
            **dict.fromkeys(positions, lambda event: self._position(event.position, event.time)),
        }

    def _trade(self, event: e.TradePrinted) -> None:
        topic = trades_topic(event.instrument)
        if event.instrument in self._instruments and self.topics.has(topic):
            self._put(topic, self._projection.trade(event), str(event.trade_id))

    def _order(self, order: OrderState, time: int) -> None:
        if order.account != ACCOUNT:
            return
        listeners = [one for one in self._connections.values() if order.instrument in one.order_symbols]
        if listeners:
            payload = msgspec.json.encode(self._projection.orders(order, "update", time))
            for connection in listeners:
                connection.send_encoded(payload)

    def _position(self, position: PositionState, time: int) -> None:
        if position.account != ACCOUNT:
            return
        topic = marks_topic(position.instrument)
        listeners = [one for one in self._connections.values() if position.instrument in one.position_symbols]
        if listeners:
            payload = msgspec.json.encode(self._projection.positions(position, "update", time))
            for connection in listeners:
                # Leaving and joining drops an older mark kept for a lagging client: it must not follow.
                self.topics.unsubscribe(connection.client, topic)
                self.topics.subscribe(connection.client, topic)
                connection.send_encoded(payload)

    def _publish_marks(self, quotes: dict[str, e.QuoteChanged]) -> None:
        watched = {key for key in quotes if self.topics.has(marks_topic(key))}
        if not watched:
            return
        for position in self.engine.accounts[ACCOUNT].positions():
            if position.instrument in watched:
                message = self._projection.positions(position, "update", self.engine.now)
                self._put(marks_topic(position.instrument), message)

    def _put(self, topic: str, message: msgspec.Struct, key: str | None = None) -> None:
        self._published[topic] = self.time.monotonic()
        self.topics.publish(topic, msgspec.json.encode(message), key=key)

    def _last_heard(self, client: Client) -> float:
        return max((self._published.get(topic, 0.0) for topic in self.topics.of(client)), default=0.0)
