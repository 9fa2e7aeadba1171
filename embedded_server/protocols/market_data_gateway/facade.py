"""The gateway's endpoint: market data of every instrument, by topics, encoded only for who listens."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import ClassVar

from embedded_server.model import events as e
from embedded_server.model.enums import Resolution
from embedded_server.protocols.audience import encode, send
from embedded_server.protocols.client_messages import ClientMessages, RequestError
from embedded_server.protocols.facade import Client, Facade, Services
from embedded_server.protocols.market_data_gateway import messages as m
from embedded_server.protocols.market_data_gateway import projection
from embedded_server.protocols.market_data_gateway import requests as r
from embedded_server.protocols.patience import Patience
from embedded_server.protocols.wire_numbers import Precisions
from embedded_server.protocols.wire_time import iso_z

log = logging.getLogger(__name__)

READER = ClientMessages[m.ClientMessage](*m.CLIENT_MESSAGES)
RESOLUTIONS = tuple(Resolution)


class MarketDataGatewayFacade(Facade):
    """CLARIFICATIONS.md, market_data_gateway."""

    name: ClassVar[str] = "market_data_gateway"
    port: ClassVar[int] = 3001
    path: ClassVar[str] = "/ws"

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._market = services.engine.market
        self._precisions = Precisions(self._market.instruments.values())
        self._patience = Patience(services.time)

    def closed(self, client: Client) -> None:
        """Forget the client."""
        self._patience.forget(client)

    def received(self, client: Client, message: str | bytes) -> None:
        """Act on one message; what cannot be used is answered with an error and changes nothing."""
        try:
            request = READER.read(message)
        except RequestError as error:
            log.info("market_data_gateway: message from %s failed: %s", client.id, error)
            if self._patience.bear(client):
                self._refuse(client, r.INVALID_MESSAGE, str(error), error.request)
            return
        try:
            match request:
                case m.Subscribe():
                    self._subscribe(client, r.subscription(request.data, self._precisions, (r.QUOTE,)))
                case m.Unsubscribe():
                    self._unsubscribe(client, r.subscription(request.data, self._precisions, r.CHANNELS))
                case m.GetInstruments():
                    send(client, self._instruments())
        except r.SubscriptionError as error:
            kind = str(request.__struct_config__.tag)
            self._refuse(client, error.code, str(error), kind)

    def publish(self, events: Sequence[e.Event]) -> None:
        """Publish each trade and closed bar; then what moved as it now stands, once each."""
        if not self.topics.active():
            return
        quotes: dict[str, None] = {}
        books: dict[str, None] = {}
        traded: dict[str, None] = {}
        for event in events:
            match event:
                case e.TradePrinted():
                    traded[event.instrument] = None
                    self._trade(event)
                case e.QuoteChanged():
                    quotes[event.quote.instrument] = None
                case e.DepthChanged():
                    books[event.instrument] = None
                case e.BarClosed():
                    self._closed_bar(event)
                case _:
                    pass
        for key in quotes:
            if self.topics.has(f"{r.QUOTE}:{key}"):
                self.topics.publish(f"{r.QUOTE}:{key}", encode(self._quote(key)))
        for key in traded:
            self._forming_bars(key)
        self._books(books)

    def _subscribe(self, client: Client, subscription: r.Subscription) -> None:
        for topic in subscription.topics():
            self.topics.subscribe(client, topic)
        resolution = subscription.bar_resolution if r.BAR in subscription.channels else None
        send(
            client,
            m.Subscribed(timestamp=iso_z(self.engine.now), data=_echo(subscription, resolution)),
        )
        for key in subscription.symbols:
            if r.QUOTE in subscription.channels:
                send(client, self._quote(key))
            if r.DEPTH in subscription.channels:
                send(client, self._depth(key, subscription.levels or r.DEFAULT_LEVELS))
            if r.BAR in subscription.channels:
                self._history(client, key, subscription.bar_resolution, subscription.history)

    def _unsubscribe(self, client: Client, subscription: r.Subscription) -> None:
        for topic in self.topics.of(client):
            if subscription.covers(topic):
                self.topics.unsubscribe(client, topic)
        echo = _echo(subscription, subscription.resolution)
        send(client, m.Unsubscribed(timestamp=iso_z(self.engine.now), data=echo))

    def _history(self, client: Client, key: str, resolution: Resolution, count: int) -> None:
        """Past bars, oldest first, then the forming one."""
        precision = self._precisions[key]
        now = self.engine.now
        forming = self._market.forming(key, resolution)
        if count:
            past = [
                bar for bar in self._market.bars(key, resolution, count=count + 1) if bar.time < forming.time
            ]
            for bar in past[-count:]:
                send(client, projection.bar(now, resolution, bar, precision, closed=True))
        send(client, projection.bar(now, resolution, forming, precision, closed=False))

    def _instruments(self) -> m.Instruments:
        rows = tuple(
            projection.instrument(precision, is_open=self._market.is_open(key))
            for key, precision in self._precisions.items()
        )
        return m.Instruments(timestamp=iso_z(self.engine.now), data=rows)

    def _quote(self, key: str) -> m.Quote:
        return projection.quote(
            self.engine.now, self._market.quote(key), self._market.day(key), self._precisions[key]
        )

    def _depth(self, key: str, levels: int) -> m.Depth:
        bids, asks = self._market.depth(key, levels)
        return projection.depth(self.engine.now, bids, asks, self._precisions[key])

    def _trade(self, event: e.TradePrinted) -> None:
        topic = f"{r.TRADE}:{event.instrument}"
        if self.topics.has(topic):
            payload = encode(projection.trade(event, self._precisions[event.instrument]))
            self.topics.publish(topic, payload, key=str(event.trade_id))

    def _closed_bar(self, event: e.BarClosed) -> None:
        topic = r.bar_topic(event.instrument, event.resolution)
        if self.topics.has(topic):
            precision = self._precisions[event.instrument]
            message = projection.bar(event.time, event.resolution, event.bar, precision, closed=True)
            self.topics.publish(topic, encode(message), key=str(event.bar.time))

    def _forming_bars(self, key: str) -> None:
        for resolution in RESOLUTIONS:
            topic = r.bar_topic(key, resolution)
            if self.topics.has(topic):
                forming = self._market.forming(key, resolution)
                precision = self._precisions[key]
                message = projection.bar(self.engine.now, resolution, forming, precision, closed=False)
                self.topics.publish(topic, encode(message))

    def _books(self, changed: dict[str, None]) -> None:
        for topic in self.topics.active():
            channel, key, *detail = topic.split(":")
            if channel == r.DEPTH and key in changed:
                self.topics.publish(topic, encode(self._depth(key, int(detail[0]))))

    def _refuse(self, client: Client, code: str, message: str, request: str | None) -> None:
        send(client, projection.error(self.engine.now, code, message, request))


def _echo(subscription: r.Subscription, resolution: Resolution | None) -> m.Subscription:
    return m.Subscription(
        symbols=subscription.symbols,
        channels=subscription.channels,
        resolution=None if resolution is None else resolution.value,
    )
