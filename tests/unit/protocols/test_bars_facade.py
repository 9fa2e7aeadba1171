"""The bars endpoint against bars.md and its clarifications."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from facade_fakes import NOW, FakeClient, FakeEngine, FakeTime, services, vector, vectors

from embedded_server.model.enums import Resolution, Side
from embedded_server.model.events import BarClosed, TradePrinted
from embedded_server.model.states import Bar
from embedded_server.protocols.bars import messages
from embedded_server.protocols.bars.facade import RESOLUTIONS, BarsFacade

TIMED_OUT = "Connection timed out. Heartbeat interval 30.0. Max connection lifespan 3600.0"


class Client(FakeClient):
    """Keeps the raw replies and the close."""

    def __init__(self, name: str = "c1") -> None:
        super().__init__(name)
        self.raw: list[bytes] = []
        self.reason = ""

    def send(self, payload: bytes, *, binary: bool = False) -> None:
        super().send(payload, binary=binary)
        self.raw.append(payload)

    def close(self, code: int, reason: str = "") -> None:
        if self.code is None:
            self.code, self.reason = code, reason


class Scene:
    """A façade and one connected client."""

    def __init__(self) -> None:
        self.engine = FakeEngine()
        given, self.time = services(self.engine)
        self.facade = BarsFacade(given)
        self.client = self.open("c1")

    def open(self, name: str) -> Client:
        client = Client(name)
        self.facade.opened(client)
        return client

    def say(self, message: Any, client: Client | None = None) -> list[Any]:
        client = client or self.client
        text = message if isinstance(message, str | bytes) else json.dumps(message)
        self.facade.received(client, text)
        return client.take()

    def subscribe(
        self, symbol: str = "AAPL", resolution: str = "1", client: Client | None = None
    ) -> list[Any]:
        payload = {"symbol": symbol, "params": {"resolution": resolution}}
        return self.say({"type": "bars.subscribe", "payload": payload}, client)


def trade(key: str) -> TradePrinted:
    return TradePrinted(time=NOW, instrument=key, trade_id=1, price=15_000, lots=3, side=Side.BUY)


def closed(key: str, resolution: Resolution = Resolution.M1) -> BarClosed:
    return BarClosed(
        time=NOW,
        instrument=key,
        resolution=resolution,
        bar=Bar(1_697_097_600_000_000_000, 15_000, 15_100, 14_950, 15_050, 1_000_000),
    )


@pytest.mark.parametrize("name", vectors("bars", "server"))
def test_the_models_produce_the_documents_messages_key_by_key(name: str) -> None:
    example = vector("bars", name)
    decoded = msgspec.json.decode(json.dumps(example), type=messages.ServerMessage)
    assert msgspec.json.encode(decoded).decode() == json.dumps(example, separators=(",", ":"))


def test_the_documents_subscription_gets_the_documents_reply() -> None:
    scene = Scene()
    assert scene.say(vector("bars", "client.bars.subscribe")) == [
        vector("bars", "server.bars.subscribe.response")
    ]
    assert scene.say(vector("bars", "client.bars.unsubscribe")) == [
        vector("bars", "server.bars.unsubscribe.response")
    ]


def test_replies_are_compact_json_in_the_documented_key_order() -> None:
    scene = Scene()
    scene.subscribe("AAPL", "D")
    assert scene.client.raw == [
        b'{"type":"bars.subscribe.response","payload":{"status":"ok","symbol":"AAPL",'
        b'"message":"Subscribed to AAPL","topic":"bars:AAPL:D"}}'
    ]


@pytest.mark.parametrize("payload", [{"symbol": "AAPL"}, {"symbol": "AAPL", "params": {}}])
def test_the_default_resolution_is_one_minute(payload: dict[str, Any]) -> None:
    [reply] = Scene().say({"type": "bars.subscribe", "payload": payload})
    assert reply["payload"]["topic"] == "bars:AAPL:1"


def test_unknown_keys_are_ignored() -> None:
    [reply] = Scene().say(
        {"type": "bars.subscribe", "id": 1, "payload": {"symbol": "AAPL", "params": {"x": []}, "y": None}}
    )
    assert reply["payload"]["status"] == "ok"


def test_repeating_a_subscription_and_leaving_what_was_never_joined_are_ok() -> None:
    scene = Scene()
    for _ in range(2):
        [reply] = scene.subscribe()
        assert reply["payload"]["status"] == "ok"
    for _ in range(2):
        [reply] = scene.say(vector("bars", "client.bars.unsubscribe"))
        assert reply["payload"]["status"] == "ok"


@pytest.mark.parametrize(
    ("symbol", "resolution", "message"),
    [
        ("NOPE", "1", "Unknown symbol NOPE"),
        ("aapl", "1", "Unknown symbol aapl"),
        ("", "1", "Unknown symbol "),
        ("AAPL", "2", "Unknown resolution 2"),
        ("AAPL", "d", "Unknown resolution d"),
        ("AA\x1b[31m", "1", "Unknown symbol AA\N{REPLACEMENT CHARACTER}[31m"),
    ],
)
def test_an_unknown_symbol_or_resolution_is_an_error_reply_without_subscription(
    symbol: str, resolution: str, message: str
) -> None:
    scene = Scene()
    [reply] = scene.subscribe(symbol, resolution)
    assert reply["type"] == "bars.subscribe.response"
    assert reply["payload"]["status"] == "error"
    assert reply["payload"]["message"] == message
    assert scene.client.code is None
    assert scene.facade.topics.active() == ()


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("not json", "Could not validate payload"),
        ("[]", "Could not validate payload"),
        ("5", "Could not validate payload"),
        ("{}", "Could not validate payload"),
        ('{"type":5}', "Could not validate payload"),
        ('{"type":"bars.subscribe"}', "Could not validate payload"),
        ('{"type":"bars.subscribe","payload":{"params":{}}}', "Could not validate payload"),
        ('{"type":"bars.subscribe","payload":{"symbol":5}}', "Could not validate payload"),
        ('{"type":"bars.subscribe","payload":{"symbol":"AAPL","params":null}}', "Could not validate payload"),
        ('{"type":"bars.unsubscribe","payload":[]}', "Could not validate payload"),
        ('{"type":"bars.subscribe","payload":{"symbol":"AAPL","x":NaN}}', "Could not validate payload"),
        ('{"type":' + "[" * 50_000, "Could not validate payload"),
        (b'{"type":"bars.subscribe","payload":{"symbol":"AAPL"}}', "Could not validate payload"),
        ('{"type":"unknown.operation","payload":{}}', "No matching type"),
        ('{"type":"bars.update","payload":{}}', "No matching type"),
        ('{"type":"bars.subscribe.response","payload":{}}', "No matching type"),
    ],
)
def test_what_cannot_be_read_closes_with_1003_and_its_reason(sent: str | bytes, reason: str) -> None:
    scene = Scene()
    assert scene.say(sent) == []
    assert (scene.client.code, scene.client.reason) == (1003, reason)


def test_a_trade_updates_the_forming_bar_of_each_subscribed_resolution_once_a_batch() -> None:
    scene = Scene()
    scene.subscribe("AAPL", "1")
    scene.subscribe("AAPL", "D")
    scene.subscribe("MSFT", "1")
    scene.client.take()
    scene.facade.publish([trade("AAPL"), trade("AAPL"), trade("EURUSD")])
    updates = scene.client.take()
    assert [update["type"] for update in updates] == ["bars.update"] * 2
    bar = scene.engine.market.forming("AAPL", Resolution.M1)
    assert updates[0]["payload"] == {
        "time": bar.time // 1_000_000,
        "open": bar.open / 100,
        "high": bar.high / 100,
        "low": bar.low / 100,
        "close": bar.close / 100,
        "volume": bar.lots,
    }


def test_a_closed_bar_is_sent_to_its_own_resolution_only_before_the_forming_one() -> None:
    scene = Scene()
    scene.subscribe("AAPL", "1")
    scene.subscribe("AAPL", "5")
    scene.client.take()
    scene.facade.publish([trade("AAPL"), closed("AAPL")])
    first, *rest = scene.client.take()
    assert first == vector("bars", "server.bars.update")
    assert len(rest) == 2


def test_a_closed_bar_is_not_replaced_by_a_later_update() -> None:
    scene = Scene()
    scene.subscribe("AAPL", "1")
    scene.facade.publish([closed("AAPL"), trade("AAPL")])
    topics: Any = scene.facade.topics
    assert topics.keys == [("bars:AAPL:1", "1697097600000000000"), ("bars:AAPL:1", None)]


def test_a_resolution_the_document_does_not_have_is_not_sent() -> None:
    scene = Scene()
    scene.subscribe("AAPL", "60")
    scene.client.take()
    scene.facade.publish([closed("AAPL", Resolution.H4)])
    assert scene.client.take() == []


def test_every_instrument_can_be_subscribed_in_every_documented_resolution() -> None:
    scene = Scene()
    for key in scene.engine.market.instruments:
        for spelling in RESOLUTIONS:
            [reply] = scene.subscribe(key, spelling)
            assert reply["payload"]["topic"] == f"bars:{key}:{spelling}"


def test_silence_of_thirty_seconds_closes() -> None:
    scene = Scene()
    scene.time.pass_(29.9)
    assert scene.client.code is None
    scene.time.pass_(0.1)
    assert (scene.client.code, scene.client.reason) == (1003, TIMED_OUT)


def test_a_message_that_parses_keeps_the_connection_and_pushes_do_not() -> None:
    scene = Scene()
    scene.time.pass_(20.0)
    scene.subscribe()
    scene.facade.publish([trade("AAPL")])
    scene.time.pass_(20.0)
    assert scene.client.code is None
    scene.facade.publish([trade("AAPL")])
    scene.time.pass_(10.0)
    assert scene.client.code == 1003


def test_an_error_reply_counts_as_a_sign_of_life() -> None:
    scene = Scene()
    scene.time.pass_(20.0)
    scene.subscribe("NOPE")
    scene.time.pass_(20.0)
    assert scene.client.code is None


def test_an_hour_is_the_longest_life() -> None:
    scene = Scene()
    for _ in range(144):
        scene.time.pass_(25.0)
        scene.subscribe()
        if scene.client.code is not None:
            break
    assert scene.time.seconds == 1000.0 + 3600.0
    assert (scene.client.code, scene.client.reason) == (1003, TIMED_OUT)


def test_a_client_that_left_leaves_no_timer() -> None:
    scene = Scene()
    scene.facade.closed(scene.client)
    scene.time.pass_(60.0)
    assert scene.client.code is None
    time: FakeTime = scene.time
    assert all(timer.callback is None for timer in time.timers)
