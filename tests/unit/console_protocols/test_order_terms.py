"""Pairs, trailing stops and ends of orders on both wires, and what a server makes of them, or does not."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError
from tui_trader.model.values import OrderKind, Severity, Side, TimeInForce
from tui_trader.protocols.channels.codec import ChannelsCodec
from tui_trader.protocols.codec import Codec, Endpoint, HttpRequest
from tui_trader.protocols.onetrade.codec import OneTradeCodec
from tui_trader.protocols.registry import CODECS

NOW = 1_767_614_400_000
SYMBOL = {
    "id": 1, "symbol": "EURUSD", "digits": 5, "tick_size": 0.00001, "step": 0.01, "min_value": 0.01,
    "max_value": 100, "contract_size": 100000,
}  # fmt: skip


def onetrade() -> OneTradeCodec:
    codec = OneTradeCodec("fx", Endpoint("ws://h:1/ws/v1", "http://h:1", {"api_key": "k"}))
    for what, body in (("account", {"id": 11, "user_id": 22}), ("symbols", [SYMBOL])):
        codec.decode_response(HttpRequest("GET", "", what), 200, json.dumps(body).encode())
    return codec


def channels() -> ChannelsCodec:
    return ChannelsCodec("spot", Endpoint("ws://h:1/ws", "", {"api_key": "key", "api_secret": "secret"}))


LIMIT = c.PlaceOrder(
    link="x", symbol="EURUSD", side=Side.SELL, kind=OrderKind.LIMIT, quantity=Decimal("0.1"), reference="a-1",
    price=Decimal("1.09"),
)  # fmt: skip
STOP = replace(
    LIMIT,
    kind=OrderKind.STOP,
    price=None,
    stop_price=Decimal("1.07"),
    trailing=Decimal("0.0015"),
    reference="a-2",
)
PAIR = c.PlaceOcoOrders(link="x", symbol="EURUSD", orders=(LIMIT, STOP))


def request(codec: Codec, command: c.Command) -> HttpRequest:
    (one,) = codec.encode(command, NOW)
    assert isinstance(one, HttpRequest)
    return one


def body(one: HttpRequest) -> Any:
    return json.loads(one.body) if isinstance(one.body, bytes) else one.body


def test_only_accounts_that_take_orders_have_terms_and_they_differ() -> None:
    takers = {codec.protocol: codec for codec in CODECS if c.PlaceOrder in codec.commands}
    said = {name: codec.terms for name, codec in takers.items()}
    assert set(said) == {"onetrade", "channels"}
    assert said["onetrade"].deviation
    assert not said["channels"].deviation
    assert all(terms.pairs and terms.trailing for terms in said.values())
    assert all(
        {c.ModifyOrder, c.ModifyPosition, c.PlaceOcoOrders} <= codec.commands for codec in takers.values()
    )


def test_a_pair_is_one_request_in_each_dialect() -> None:
    broker, exchange = request(onetrade(), PAIR), request(channels(), PAIR)
    assert (broker.method, broker.path) == ("POST", "/api/v1/trader/orders/oco")
    assert (exchange.method, exchange.path) == ("POST", "/api/v1/orders/oco")
    assert broker.references == exchange.references == ("a-1", "a-2")
    first, second = body(broker)["orders"]
    assert (first["type"], second["type"]) == (3, 4)
    assert ("trailing_stop" in first, second["trailing_stop"]) == (False, 150)
    assert body(broker)["symbol_id"] == 1
    first, second = body(exchange)["orders"]
    assert (first["type"], first["price"], first["client_order_id"]) == ("limit", 1.09, "a-1")
    assert (second["type"], second["stop_price"], second["trailing_distance"]) == ("stop", 1.07, 0.0015)


@pytest.mark.parametrize(("make", "name"), [(onetrade, "external_id"), (channels, "client_order_id")])
def test_the_answer_to_a_pair_is_each_orders_own(make: Any, name: str) -> None:
    codec = make()
    sent = request(codec, PAIR)

    def answered(status: int, told: object) -> list[tuple[type, str]]:
        decoded = codec.decode_response(sent, status, json.dumps(told).encode())
        return [(type(event), event.reference) for event in decoded.events]

    taken = [{"id": 5, name: "a-1"}, {"id": 6, name: "a-2"}]
    assert answered(201, taken) == [(e.CommandAnswered, "a-1"), (e.CommandAnswered, "a-2")]
    assert answered(201, taken[:1]) == [(e.CommandAnswered, "a-1"), (e.CommandLost, "a-2")]
    assert answered(201, "?") == [(e.CommandLost, "a-1"), (e.CommandLost, "a-2")]
    assert answered(503, {}) == [(e.CommandLost, "a-1"), (e.CommandLost, "a-2")]
    refused = codec.decode_response(sent, 404, b'{"message": "Not found"}').events
    assert [(one.accepted, one.detail) for one in refused] == [(False, "Not found")] * 2


@pytest.mark.parametrize("make", [onetrade, channels])
def test_a_server_that_takes_an_order_without_its_trailing_stop_is_told_on(make: Any) -> None:
    codec = make()
    for command in (
        replace(LIMIT, trailing=Decimal("0.001")),
        c.ModifyOrder(link="x", order_id="5", reference="r", symbol="EURUSD", trailing=Decimal("0.001")),
        c.ModifyPosition(
            link="x", position_id="5", reference="r", symbol="EURUSD", trailing=Decimal("0.001")
        ),
    ):
        sent = request(codec, command)
        events = codec.decode_response(sent, 200, b'{"id": 5}').events
        assert isinstance(events[0], e.CommandAnswered)
        assert [(one.severity, one.code) for one in events[1:]] == [(Severity.ERROR, "NOT_TRAILING")]
        for heeded in (b'{"id": 5, "trailing_stop": 100}', b'{"id": 5, "trailing_distance": 0.001}'):
            assert len(codec.decode_response(sent, 200, heeded).events) == 1
    untrailed = c.ModifyPosition(link="x", position_id="5", reference="r", trailing=Decimal(0))
    assert len(codec.decode_response(request(codec, untrailed), 200, b'{"id": 5}').events) == 1


def test_changes_are_sent_in_each_dialect_and_zero_takes_away() -> None:
    terms: dict[str, Any] = {"order_id": "5", "reference": "r", "symbol": "EURUSD", "stop_loss": Decimal(0)}
    command = c.ModifyOrder(link="x", trailing=Decimal("0.0015"), price=Decimal("1.1"), **terms)
    broker, exchange = request(onetrade(), command), request(channels(), command)
    assert (broker.method, broker.path) == ("PUT", "/api/v1/trader/orders/5")
    assert body(broker) == {"order_price": Decimal("1.1"), "price_sl": 0, "trailing_stop": 150}
    assert (exchange.method, exchange.path) == ("PATCH", "/api/v1/orders/5")
    assert body(exchange) == {"price": 1.1, "stop_loss": None, "trailing_distance": 0.0015}
    for codec in (onetrade(), channels()):
        with pytest.raises(CommandError):
            codec.encode(c.ModifyOrder(link="x", order_id="5", reference="r"), NOW)


def test_an_order_that_ends_names_its_time_and_no_other_does() -> None:
    ends = replace(LIMIT, time_in_force=TimeInForce.GTD, expires_ms=NOW)
    told = body(request(onetrade(), ends))
    assert (told["expiration_police"], told["time_expiration"]) == (2, "2026-01-05T12:00:00Z")
    told = body(request(channels(), ends))
    assert (told["time_in_force"], told["expires_at"]) == ("gtd", NOW)
    for wrong in (replace(ends, expires_ms=None), replace(ends, time_in_force=None)):
        for codec in (onetrade(), channels()):
            with pytest.raises(CommandError) as error:
                codec.encode(wrong, NOW)
            assert error.value.field == "expires_ms"


def test_a_distance_between_two_points_is_not_sent() -> None:
    with pytest.raises(CommandError) as error:
        onetrade().encode(replace(LIMIT, trailing=Decimal("0.000015")), NOW)
    assert error.value.field == "trailing"
    elsewhere = c.ModifyPosition(link="x", position_id="5", reference="r", trailing=Decimal("0.001"))
    with pytest.raises(CommandError, match="not known yet"):
        onetrade().encode(elsewhere, NOW)


def test_a_stop_limit_learned_from_the_list_is_changed_as_one() -> None:
    codec = onetrade()
    row = {
        "id": 9, "symbol": SYMBOL, "type": 5, "side": 0, "volume_initial": 0.1, "volume_current": 0.1,
        "price_order": 1.1, "price_stop_limit": 1.11, "trailing_stop": 20, "oco_group": "g",
        "time_expiration": "2026-01-05T12:00:00Z",
    }  # fmt: skip
    (listed,) = codec.decode_response(
        HttpRequest("GET", "", "orders"), 200, json.dumps([row]).encode()
    ).events
    (order,) = listed.orders
    assert (order.trailing, order.oco, order.expires_ms) == (0.0002, "g", NOW)
    command = c.ModifyOrder(link="x", order_id="9", reference="r", price=Decimal("1.12"))
    assert body(request(codec, command)) == {"price_stop_limit": Decimal("1.12")}
