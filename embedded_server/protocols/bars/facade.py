"""The bars endpoint: a projection of forming and closed candles (bars.md; CLARIFICATIONS.md, bars)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from embedded_server.kernel.time import to_milliseconds
from embedded_server.model.enums import Resolution
from embedded_server.model.events import BarClosed, Event, TradePrinted
from embedded_server.model.states import Bar
from embedded_server.protocols.bars.lifetime import Lifetime
from embedded_server.protocols.bars.messages import (
    BarPayload,
    BarUpdate,
    SubscribeResponse,
    SubscriptionRequest,
    SubscriptionResponse,
    UnsubscribeResponse,
)
from embedded_server.protocols.facade import Client, Facade, Services
from embedded_server.protocols.json_input import InputError, convert, parse_object, printable
from embedded_server.protocols.wire_numbers import Precisions

RESOLUTIONS = {
    "1": Resolution.M1,
    "5": Resolution.M5,
    "15": Resolution.M15,
    "30": Resolution.M30,
    "60": Resolution.H1,
    "D": Resolution.D1,
    "W": Resolution.W1,
    "M": Resolution.MN1,
}
SPELLINGS = {resolution: spelling for spelling, resolution in RESOLUTIONS.items()}
UNSUPPORTED = 1003
BAD_PAYLOAD = "Could not validate payload"
NO_TYPE = "No matching type"


class BarsFacade(Facade):
    """Subscriptions to `bars:{SYMBOL}:{RESOLUTION}`; every instrument key of the market is a symbol."""

    name = "bars"
    port = 8000
    path = "/api/v1/ws"
    page = "/api/v1/ws/asyncapi"

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._encoder = msgspec.json.Encoder()
        self._precisions = Precisions(self.engine.market.instruments.values())
        self._lifetimes: dict[str, Lifetime] = {}

    def opened(self, client: Client) -> None:
        """Start the clock of silence and of age."""
        self._lifetimes[client.id] = Lifetime(self.time, client)

    def closed(self, client: Client) -> None:
        """Forget the client's timer."""
        lifetime = self._lifetimes.pop(client.id, None)
        if lifetime is not None:
            lifetime.stop()

    def received(self, client: Client, message: str | bytes) -> None:
        """Answer a subscription; anything else ends the connection with 1003 and one of two reasons."""
        try:
            if isinstance(message, bytes):
                raise InputError("a text message is expected")
            content = parse_object(message)
            kind = convert(content.get("type"), str)
        except InputError:
            client.close(UNSUPPORTED, BAD_PAYLOAD)
            return
        if kind not in ("bars.subscribe", "bars.unsubscribe"):
            client.close(UNSUPPORTED, NO_TYPE)
            return
        try:
            request = convert(content.get("payload"), SubscriptionRequest)
        except InputError:
            client.close(UNSUPPORTED, BAD_PAYLOAD)
            return
        self._lifetimes[client.id].heard()
        if kind == "bars.subscribe":
            self._subscribe(client, request)
        else:
            self._unsubscribe(client, request)

    def publish(self, events: Sequence[Event]) -> None:
        """Send each closed candle, then the forming ones that traded; one update a topic and batch."""
        if not self.topics.active():
            return
        traded: set[str] = set()
        for event in events:
            if isinstance(event, TradePrinted):
                traded.add(event.instrument)
            elif isinstance(event, BarClosed):
                self._publish_closed(event)
        if not traded:
            return
        for topic in self.topics.active():
            _, symbol, spelling = topic.split(":")
            if symbol in traded:
                bar = self.engine.market.forming(symbol, RESOLUTIONS[spelling])
                self.topics.publish(topic, self._update(symbol, bar))

    def _publish_closed(self, event: BarClosed) -> None:
        spelling = SPELLINGS.get(event.resolution)
        if spelling is None:
            return
        topic = _topic(event.instrument, spelling)
        if self.topics.has(topic):
            self.topics.publish(topic, self._update(event.instrument, event.bar), key=str(event.bar.time))

    def _update(self, symbol: str, bar: Bar) -> bytes:
        price = self._precisions[symbol].price
        payload = BarPayload(
            time=to_milliseconds(bar.time),
            open=price(bar.open),
            high=price(bar.high),
            low=price(bar.low),
            close=price(bar.close),
            volume=bar.lots,
        )
        return self._encoder.encode(BarUpdate(payload))

    def _subscribe(self, client: Client, request: SubscriptionRequest) -> None:
        problem = self._problem(request)
        if problem is None:
            self.topics.subscribe(client, _topic(request.symbol, request.params.resolution))
        response = _response(
            request, problem or f"Subscribed to {request.symbol}", failed=problem is not None
        )
        client.send(self._encoder.encode(SubscribeResponse(response)))

    def _unsubscribe(self, client: Client, request: SubscriptionRequest) -> None:
        problem = self._problem(request)
        if problem is None:
            self.topics.unsubscribe(client, _topic(request.symbol, request.params.resolution))
        response = _response(
            request, problem or f"Unsubscribed from {request.symbol}", failed=problem is not None
        )
        client.send(self._encoder.encode(UnsubscribeResponse(response)))

    def _problem(self, request: SubscriptionRequest) -> str | None:
        if request.symbol not in self.engine.market.instruments:
            return f"Unknown symbol {printable(request.symbol)}"
        if request.params.resolution not in RESOLUTIONS:
            return f"Unknown resolution {printable(request.params.resolution)}"
        return None


def _topic(symbol: str, resolution: str) -> str:
    return f"bars:{symbol}:{resolution}"


def _response(request: SubscriptionRequest, message: str, *, failed: bool) -> SubscriptionResponse:
    symbol, resolution = printable(request.symbol), printable(request.params.resolution)
    return SubscriptionResponse("error" if failed else "ok", symbol, message, _topic(symbol, resolution))
