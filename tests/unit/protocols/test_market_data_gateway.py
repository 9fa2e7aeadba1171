"""The gateway's endpoint: subscriptions, snapshots and what a batch of events becomes."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from facade_fakes import NOW, FacadeScene, FakeClient, FakeEngine, services, vector, vectors

from embedded_server.market.catalogue import CATALOGUE
from embedded_server.model import events as e
from embedded_server.model.enums import Resolution, Side
from embedded_server.model.states import Bar, DayStatistics, DepthLevel, Quote
from embedded_server.protocols.audience import encode
from embedded_server.protocols.market_data_gateway import projection
from embedded_server.protocols.market_data_gateway.facade import READER, MarketDataGatewayFacade
from embedded_server.protocols.wire_numbers import Precision

TIME = 1_688_992_496_000_000_000
AAPL = next(one for one in CATALOGUE if one.key == "AAPL")
PRECISION = Precision(AAPL)


class Scene(FacadeScene):
    """A façade, its engine and one client."""

    def __init__(self) -> None:
        self.engine = FakeEngine()
        given, self.time = services(self.engine)
        self.topics: Any = given.topics
        self.facade = MarketDataGatewayFacade(given)
        self.client = FakeClient()
        self.facade.opened(self.client)

    def subscribe(self, **data: object) -> list[Any]:
        return self.ask({"type": "subscribe", "data": data})

    def unsubscribe(self, **data: object) -> list[Any]:
        return self.ask({"type": "unsubscribe", "data": data})


@pytest.fixture
def scene() -> Scene:
    return Scene()


def types(messages: list[Any]) -> list[str]:
    return [message["type"] for message in messages]


def ticks(price: str) -> int:
    return AAPL.ticks(Decimal(price))


def trade(key: str = "AAPL", number: int = 1017) -> e.TradePrinted:
    return e.TradePrinted(
        time=TIME + 250_000_000,
        instrument=key,
        trade_id=number,
        price=ticks("152.76"),
        lots=25,
        side=Side.BUY,
    )


def quoted(key: str = "AAPL") -> e.QuoteChanged:
    return e.QuoteChanged(time=NOW, quote=Quote(key, NOW, 1, 2, 3, 4, 5))


BAR = Bar(1_688_992_440_000_000_000, ticks("152.70"), ticks("152.78"), ticks("152.66"), ticks("152.75"), 5400)
QUOTE = Quote("AAPL", TIME, ticks("152.74"), ticks("152.76"), 300, 200, ticks("152.75"))
DAY = DayStatistics(ticks("150.00"), ticks("153.10"), ticks("149.80"), ticks("152.75"), 1_250_000, 0)
BIDS = (DepthLevel(ticks("152.74"), 300), DepthLevel(ticks("152.73"), 450))
ASKS = (DepthLevel(ticks("152.76"), 200), DepthLevel(ticks("152.77"), 500))

EXAMPLES = {
    "server.quote": projection.quote(TIME, QUOTE, DAY, PRECISION),
    "server.trade": projection.trade(trade(), PRECISION),
    "server.bar": projection.bar(TIME, Resolution.M1, BAR, PRECISION, closed=False),
    "server.depth": projection.depth(TIME, BIDS, ASKS, PRECISION),
    "server.error": projection.error(TIME, "UNKNOWN_SYMBOL", "there is no symbol 'NOPE'", "subscribe"),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_message_is_the_agreed_example_field_for_field_and_in_order(name: str) -> None:
    told, shown = json.loads(encode(EXAMPLES[name])), vector("market_data_gateway", name)
    assert told == shown
    assert list(told["data"]) == list(shown["data"])


@pytest.mark.parametrize("name", vectors("market_data_gateway", "client"))
def test_every_client_message_is_understood(name: str) -> None:
    READER.read(json.dumps(vector("market_data_gateway", name)))


def test_subscribing_is_confirmed_and_the_present_state_follows_at_once(scene: Scene) -> None:
    told = scene.subscribe(symbols=["AAPL"], channels=["quote", "trade", "bar", "depth"], resolution="5m")
    assert types(told) == ["subscribed", "quote", "depth", "bar"]
    assert told[0]["data"] == {
        "symbols": ["AAPL"],
        "channels": ["quote", "trade", "bar", "depth"],
        "resolution": "5m",
    }
    assert len(told[2]["data"]["bids"]) == 20


@pytest.mark.parametrize("data", [{}, {"symbols": []}, {"symbols": ["*"]}])
def test_no_symbols_means_all_of_them(scene: Scene, data: dict[str, object]) -> None:
    told = scene.subscribe(**data)
    assert told[0]["data"]["symbols"] == [instrument.key for instrument in CATALOGUE]
    assert told[0]["data"]["channels"] == ["quote"]
    assert types(told[1:]) == ["quote"] * len(CATALOGUE)


def test_history_comes_oldest_first_and_then_the_forming_bar(scene: Scene) -> None:
    told = scene.subscribe(symbols=["EURUSD"], channels=["bar"], resolution="1m", history=50)[1:]
    assert [message["data"]["closed"] for message in told] == [True] * 50 + [False]
    times = [message["data"]["time"] for message in told]
    assert times == sorted(set(times))


def test_only_what_is_listened_to_is_published(scene: Scene) -> None:
    scene.subscribe(symbols=["AAPL"], channels=["quote"])
    assert types(scene.publish(quoted(), trade(), e.DepthChanged(time=NOW, instrument="AAPL"))) == ["quote"]
    assert scene.publish(quoted("MSFT"), trade("MSFT")) == []


def test_a_quote_is_published_once_a_batch(scene: Scene) -> None:
    scene.subscribe(symbols=["AAPL"])
    assert types(scene.publish(quoted(), quoted(), quoted())) == ["quote"]


def test_every_trade_is_published_and_none_replaces_another(scene: Scene) -> None:
    scene.subscribe(symbols=["AAPL"], channels=["trade"])
    assert types(scene.publish(trade(number=1), trade(number=2))) == ["trade", "trade"]
    assert len(set(scene.topics.keys)) == 2


def test_a_trade_moves_the_forming_bar_of_each_resolution_listened_to(scene: Scene) -> None:
    for resolution in ("1m", "1h"):
        scene.subscribe(symbols=["AAPL"], channels=["bar"], resolution=resolution)
    told = scene.publish(trade(), trade(number=2))
    assert [(m["data"]["resolution"], m["data"]["closed"]) for m in told] == [("1m", False), ("1h", False)]


def test_a_closed_bar_is_marked_and_kept_apart_from_the_forming_one(scene: Scene) -> None:
    scene.subscribe(symbols=["AAPL"], channels=["bar"])
    closed = e.BarClosed(time=TIME, instrument="AAPL", resolution=Resolution.M1, bar=BAR)
    told = scene.publish(trade(), closed)
    assert [message["data"]["closed"] for message in told] == [True, False]
    assert len(set(scene.topics.keys)) == 2
    other = e.BarClosed(time=TIME, instrument="AAPL", resolution=Resolution.M5, bar=BAR)
    assert scene.publish(other) == []


def test_depth_is_sent_with_the_levels_asked_for(scene: Scene) -> None:
    scene.subscribe(symbols=["AAPL"], channels=["depth"], levels=3)
    (told,) = scene.publish(e.DepthChanged(time=NOW, instrument="AAPL"))
    assert (len(told["data"]["bids"]), len(told["data"]["asks"])) == (3, 3)


def test_unsubscribing_ends_what_it_names_and_no_more(scene: Scene) -> None:
    scene.subscribe(symbols=["AAPL", "MSFT"], channels=["quote", "bar"], resolution="1m")
    scene.subscribe(symbols=["AAPL"], channels=["bar"], resolution="1h")
    told = scene.unsubscribe(symbols=["AAPL"], channels=["bar"], resolution="1m")
    assert types(told) == ["unsubscribed"]
    left = {"quote:AAPL", "quote:MSFT", "bar:MSFT:1m", "bar:AAPL:1h"}
    assert set(scene.topics.of(scene.client)) == left
    scene.unsubscribe(symbols=["AAPL"])
    assert set(scene.topics.of(scene.client)) == {"quote:MSFT", "bar:MSFT:1m"}
    scene.unsubscribe()
    assert scene.topics.of(scene.client) == ()


def test_unsubscribing_what_was_never_subscribed_is_fine(scene: Scene) -> None:
    assert types(scene.unsubscribe(symbols=["AAPL"])) == ["unsubscribed"]


BAD = {
    "an unknown symbol": ({"symbols": ["AAPL", "NOPE"]}, "UNKNOWN_SYMBOL"),
    "a star among symbols": ({"symbols": ["AAPL", "*"]}, "UNKNOWN_SYMBOL"),
    "an unknown channel": ({"channels": ["quote", "gossip"]}, "UNKNOWN_CHANNEL"),
    "an unknown resolution": ({"channels": ["bar"], "resolution": "7m"}, "UNKNOWN_RESOLUTION"),
    "a negative history": ({"history": -1}, "INVALID_MESSAGE"),
    "too much history": ({"symbols": ["AAPL"], "history": 1001}, "INVALID_MESSAGE"),
    "too much history in all": ({"channels": ["bar"], "history": 500}, "INVALID_MESSAGE"),
    "no levels": ({"levels": 0}, "INVALID_MESSAGE"),
    "too many levels": ({"levels": 101}, "INVALID_MESSAGE"),
    "symbols that are no list": ({"symbols": "AAPL"}, "INVALID_MESSAGE"),
    "a number as symbol": ({"symbols": [1]}, "INVALID_MESSAGE"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_subscription_that_cannot_be_changes_nothing(scene: Scene, case: str) -> None:
    data, code = BAD[case]
    (error,) = scene.subscribe(**data)
    assert (error["type"], error["data"]["code"], error["data"]["request"]) == ("error", code, "subscribe")
    assert scene.topics.of(scene.client) == ()


def test_the_instruments_are_told_on_request(scene: Scene) -> None:
    (told,) = scene.ask({"type": "get_instruments"})
    assert [row["symbol"] for row in told["data"]] == [instrument.key for instrument in CATALOGUE]
    shown = vector("market_data_gateway", "server.instruments")["data"][0]
    assert list(told["data"][0]) == list(shown)
    perpetual = next(row for row in told["data"] if row["symbol"] == "BTCUSDT-PERP")
    assert (perpetual["venueSymbol"], perpetual["kind"], perpetual["open"]) == ("BTCUSDT", "perpetual", True)


def test_twenty_unusable_frames_in_a_minute_end_the_connection(scene: Scene) -> None:
    for _ in range(19):
        assert types(scene.ask("nonsense")) == ["error"]
    scene.ask("nonsense")
    assert scene.client.code == 1008


def test_unusable_frames_now_and_then_are_put_up_with(scene: Scene) -> None:
    for _ in range(100):
        scene.time.pass_(4)
        assert types(scene.ask(b"\xff")) == ["error"]
    assert scene.client.code is None
