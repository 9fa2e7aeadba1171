"""What the console asks of OneTrade: exact requests, refusals before anything is sent, answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from onetrade_desk import (
    NOW,
    answer,
    body,
    place,
    symbol_row,
    wire,
)

from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError
from tui_trader.model.values import OrderKind, Side
from tui_trader.protocols.codec import HttpRequest
from tui_trader.protocols.onetrade.codec import OneTradeCodec


def test_an_order_is_sent_with_every_digit_and_its_reference(loaded: OneTradeCodec) -> None:
    (request,) = loaded.encode(place(deviation_points=3, price=Decimal("1.08501"), comment="hi"), NOW)
    assert isinstance(request, HttpRequest)
    assert (request.method, request.path, request.reference) == ("POST", "/api/v1/trader/orders", "ref-1")
    assert request.body == {
        "account_id": 11,
        "user_id": 22,
        "symbol_id": 1,
        "volume": Decimal("0.10"),
        "order_price": Decimal("1.08501"),
        "side": 0,
        "type": 0,
        "price_sl": None,
        "price_tp": None,
        "comment": "hi",
        "time_expiration": None,
        "expiration_police": 0,
        "external_id": "ref-1",
        "deviation": 3,
    }


@pytest.mark.parametrize(
    ("kind", "side", "number"),
    [
        (OrderKind.MARKET, Side.BUY, 0),
        (OrderKind.LIMIT, Side.BUY, 1),
        (OrderKind.STOP, Side.BUY, 2),
        (OrderKind.LIMIT, Side.SELL, 3),
        (OrderKind.STOP, Side.SELL, 4),
        (OrderKind.STOP_LIMIT, Side.BUY, 5),
        (OrderKind.STOP_LIMIT, Side.SELL, 6),
    ],
)
def test_kind_and_side_are_one_number(
    loaded: OneTradeCodec, kind: OrderKind, side: Side, number: int
) -> None:
    order = place(kind=kind, side=side, price=Decimal("1.1"), stop_price=Decimal("1.2"))
    assert body(loaded, order)["type"] == number


def test_a_stop_limit_triggers_at_order_price_and_rests_at_its_limit(loaded: OneTradeCodec) -> None:
    sent_body = body(
        loaded, place(kind=OrderKind.STOP_LIMIT, price=Decimal("1.1"), stop_price=Decimal("1.2"))
    )
    assert (sent_body["order_price"], sent_body["price_stop_limit"]) == (Decimal("1.2"), Decimal("1.1"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quantity": Decimal(0)}, "quantity"),
        ({"quantity": Decimal("NaN")}, "quantity"),
        ({"quantity": Decimal("0.015")}, "quantity"),
        ({"quantity": Decimal("0.001")}, "quantity"),
        ({"quantity": Decimal(1_000_000)}, "quantity"),
        ({"kind": OrderKind.LIMIT}, "price"),
        ({"kind": OrderKind.STOP}, "stop_price"),
        ({"kind": OrderKind.STOP_LIMIT, "price": Decimal(1)}, "stop_price"),
        ({"price": Decimal(-1)}, "price"),
        ({"stop_loss": Decimal("Infinity")}, "stop_loss"),
        ({"symbol": "NOPE"}, "symbol"),
    ],
)
def test_a_wrong_input_names_its_field_and_sends_nothing(
    loaded: OneTradeCodec, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(CommandError) as caught:
        loaded.encode(place(**changes), NOW)
    assert caught.value.field == field


def test_nothing_is_sent_before_the_account_is_known(codec: OneTradeCodec) -> None:
    answer(codec, "symbols", [symbol_row()])
    with pytest.raises(CommandError, match="not loaded"):
        codec.encode(place(), NOW)


def test_the_answer_to_a_requote_names_account_user_and_order(loaded: OneTradeCodec) -> None:
    answered = c.AnswerRequote(link="fx", order_id="5", accepted=True, reference="r")
    (request,) = loaded.encode(answered, NOW)
    assert isinstance(request, HttpRequest)
    assert (request.method, request.path) == ("POST", "/api/v1/trader/orders/5/approval")
    assert request.body == {"account_id": 11, "approved": True, "id": 5, "user_id": 22}
    late = loaded.decode_response(request, 409, b'{"message":"the offer is gone"}').events
    assert late == (
        e.CommandAnswered(link="fx", reference="r", accepted=False, order_id="5", detail="the offer is gone"),
        e.RequoteEnded("fx", "5", "the offer is gone"),
    )
    (accepted,) = loaded.decode_response(request, 200, b"{}").events
    assert accepted == e.CommandAnswered(link="fx", reference="r", accepted=True, order_id="5")


@pytest.mark.parametrize("status", [408, 500, 502, 503])
def test_an_answer_that_does_not_tell_the_outcome_leaves_it_unknown(
    loaded: OneTradeCodec, status: int
) -> None:
    (request,) = loaded.encode(place(), NOW)
    assert isinstance(request, HttpRequest)
    (lost,) = loaded.decode_response(request, status, b"").events
    assert isinstance(lost, e.CommandLost)
    assert lost.reference == "ref-1"


@pytest.mark.parametrize("answered", [b'{"id": 9}', b'{"id": 9, "status": 0, "new": []}'])
def test_an_accepted_order_has_its_number(loaded: OneTradeCodec, answered: bytes) -> None:
    (request,) = loaded.encode(place(), NOW)
    assert isinstance(request, HttpRequest)
    assert loaded.decode_response(request, 201, answered).events == (
        e.CommandAnswered(link="fx", reference="ref-1", accepted=True, order_id="9"),
    )
    (refused,) = loaded.decode_response(request, 400, b'{"message":"no money"}').events
    assert refused == e.CommandAnswered(link="fx", reference="ref-1", accepted=False, detail="no money")


def test_other_requests_are_the_documented_calls(loaded: OneTradeCodec) -> None:
    commands: list[c.Command] = [
        c.CancelOrder(link="fx", order_id="5", reference="r"),
        c.ModifyOrder(link="fx", order_id="5", reference="r", price=Decimal("1.1")),
        c.ClosePosition(link="fx", position_id="7", reference="r", quantity=Decimal("0.05")),
        c.ClosePosition(link="fx", position_id="7", reference="r"),
        c.ModifyPosition(link="fx", position_id="7", reference="r", stop_loss=Decimal("1.0")),
    ]
    requests = [loaded.encode(command, NOW)[0] for command in commands]
    assert [(r.method, r.path, r.body) for r in requests if isinstance(r, HttpRequest)] == [
        ("DELETE", "/api/v1/trader/orders/5", None),
        ("PUT", "/api/v1/trader/orders/5", {"order_price": Decimal("1.1")}),
        ("POST", "/api/v1/trader/positions/7", {"volume": Decimal("0.05")}),
        ("POST", "/api/v1/trader/positions/7", {}),
        ("PUT", "/api/v1/trader/positions/7", {"price_sl": Decimal("1.0")}),
    ]


def test_modifying_a_stop_limit_tells_its_two_prices_apart(loaded: OneTradeCodec) -> None:
    loaded.decode(wire("orders_place", id=5, type=5, status=0, price_stop_limit=1.1), NOW)
    limit = c.ModifyOrder(link="fx", order_id="5", reference="r", price=Decimal("1.15"))
    assert body(loaded, limit) == {"price_stop_limit": Decimal("1.15")}
    trigger = c.ModifyOrder(link="fx", order_id="5", reference="r", stop_price=Decimal("1.3"))
    assert body(loaded, trigger) == {"order_price": Decimal("1.3")}


@pytest.mark.parametrize("order_id", ["", "5/../6", "x", "٥"])
def test_an_id_that_is_no_number_reaches_no_path(loaded: OneTradeCodec, order_id: str) -> None:
    with pytest.raises(CommandError):
        loaded.encode(c.CancelOrder(link="fx", order_id=order_id, reference="r"), NOW)
