"""What orders of the channels API can do beside being placed: change, trail, expire, cancel one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flows.channels import rest, signed_in
from harness import Connect, Peer

from embedded_server.model.commands import MovePrice

if TYPE_CHECKING:
    from embedded_server.server import Server

ORDERS = "/api/v1/orders"
PAIR = f"{ORDERS}/oco"
STOPS = "/api/v1/positions/BTCUSDT/stops"


@pytest.fixture
def bid(server: Server) -> int:
    """The best bid in whole coins of the quote."""
    return server.engine.market.quote("BTCUSDT").bid // 100


async def placed(server: Server, **terms: Any) -> Any:
    body = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "amount": "0.01"} | terms
    code, order = await rest(server, "POST", ORDERS, body)
    assert code == 201, order
    return order


async def listening(server: Server, connect: Connect) -> Peer:
    peer = await signed_in(server, connect)
    await peer.send({"action": "subscribe", "channels": ["orders"], "params": {"symbols": ["BTCUSDT"]}})
    await peer.until(lambda message: message.get("event") == "subscribed")
    return peer


def working(server: Server) -> int:
    return len(server.engine.accounts["spot"].working_orders())


def leg(kind: str, **terms: Any) -> dict[str, Any]:
    return {"side": "buy", "type": kind, "amount": "0.01", **terms}


def pair(bid: int, **stop: Any) -> dict[str, Any]:
    orders = [
        leg("limit", price=bid - 1_000, client_order_id="low"),
        leg("stop", stop_price=bid + 1_000, client_order_id="high") | stop,
    ]
    return {"symbol": "BTCUSDT", "orders": orders}


async def test_a_changed_order_keeps_its_id_and_what_is_not_named(
    server: Server, connect: Connect, bid: int
) -> None:
    order = await placed(server, price=bid - 500, stop_loss=bid - 900)
    peer = await listening(server, connect)
    await peer.receive()
    path = f"{ORDERS}/{order['id']}"
    code, changed = await rest(server, "PATCH", path, {"price": bid - 400, "amount": "0.02"})
    assert (code, changed["id"], changed["status"]) == (200, order["id"], "open")
    assert (changed["price"], changed["amount"], changed["stop_loss"]) == (bid - 400, 0.02, bid - 900)
    assert (await peer.receive())["data"] == changed
    code, changed = await rest(server, "PATCH", path, {"stop_loss": None, "trailing_distance": "250.5"})
    assert (code, "stop_loss" in changed, changed["trailing_distance"]) == (200, False, 250.5)
    assert working(server) == 1


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({}, 400, "nothing to change is given"),
        ({"price": "1.001"}, 400, "price: 1.001 is not a multiple of the tick size"),
        ({"stop_price": 5}, 400, "stop_price: a limit order has no stop price"),
        ({"amount": 0}, 400, "amount: must be from"),
        ({"trailing_distance": -1}, 400, "trailing_distance: must be positive"),
        ({"expires_at": 1}, 400, "expires_at: the expiry is not in the future"),
        ({"expires_at": 10**19}, 400, "expires_at: must be epoch milliseconds"),
    ],
)
async def test_a_change_is_checked_field_by_field_and_a_bad_one_changes_nothing(
    server: Server, bid: int, body: Any, code: int, message: str
) -> None:
    order = await placed(server, price=bid - 500)
    path = f"{ORDERS}/{order['id']}"
    given, reply = await rest(server, "PATCH", path, body)
    assert given == code
    assert message in reply["message"]
    assert await rest(server, "GET", path) == (200, order)


async def test_an_order_that_is_for_at_once_takes_no_expiry(server: Server, bid: int) -> None:
    order = await placed(server, type="stop", stop_price=bid + 500, time_in_force="ioc")
    where = f"{ORDERS}/{order['id']}"
    until = server.engine.now // 1_000_000 + 60_000
    code, answer = await rest(server, "PATCH", where, {"expires_at": until})
    assert (code, answer["message"]) == (400, "expires_at: only a GTD order has an expiry")
    assert (await rest(server, "GET", where))[1]["time_in_force"] == "ioc"


async def test_what_ended_or_never_was_cannot_be_changed(server: Server, bid: int) -> None:
    order = await placed(server, price=bid - 500)
    path = f"{ORDERS}/{order['id']}"
    await rest(server, "DELETE", path)
    assert (await rest(server, "PATCH", path, {"price": bid - 400}))[0] == 400
    assert (await rest(server, "PATCH", f"{ORDERS}/99", {"price": 1}))[0] == 404


async def test_an_order_ends_when_its_time_has_come(server: Server, connect: Connect, bid: int) -> None:
    until = server.engine.now // 1_000_000 + 5_000
    order = await placed(server, price=bid - 500, time_in_force="gtd", expires_at=until)
    assert (order["time_in_force"], order["expires_at"]) == ("gtd", until)
    peer = await listening(server, connect)
    await peer.receive()
    await server.advance(6)
    assert (await peer.receive())["data"]["status"] == "expired"


async def test_a_pair_is_taken_whole_and_the_first_fill_cancels_the_other(
    server: Server, connect: Connect, bid: int
) -> None:
    peer = await listening(server, connect)
    code, legs = await rest(server, "POST", PAIR, pair(bid))
    assert code == 201
    assert [(one["type"], one["client_order_id"], one["status"]) for one in legs] == [
        ("limit", "low", "open"),
        ("stop", "high", "open"),
    ]
    assert legs[0]["oco_group"] == legs[1]["oco_group"]
    assert [(await peer.receive())["data"] for _ in legs] == legs
    server.engine.submit(MovePrice(instrument="BTCUSDT", fraction=0.03))
    await server.advance(4)
    ended = {}
    while len(ended) < 2:
        data = (await peer.receive())["data"]
        if data["status"] in {"filled", "canceled"}:
            ended[data["client_order_id"]] = data["status"]
    assert ended == {"high": "filled", "low": "canceled"}
    assert working(server) == 0


@pytest.mark.parametrize(
    ("stop", "message"),
    [
        ({"stop_price": 1}, "stop_price: the stop price of a buy order is above the ask (order 2)"),
        ({"amount": "0.00001"}, "amount: 0.00001 is not a multiple"),
        ({"amount": "2"}, "amount: needs"),
        ({"type": "market", "stop_price": None}, "type: a market order does not wait"),
        ({"client_order_id": ""}, "client_order_id: from 1 to 64"),
    ],
)
async def test_of_a_pair_with_a_bad_leg_nothing_works(
    server: Server, bid: int, stop: dict[str, Any], message: str
) -> None:
    code, reply = await rest(server, "POST", PAIR, pair(bid, **stop))
    assert code == 400
    assert message in reply["message"]
    assert working(server) == 0


async def test_a_limit_that_would_fill_at_once_is_no_leg(server: Server, bid: int) -> None:
    body = pair(bid)
    body["orders"][0]["price"] = bid + 500
    code, reply = await rest(server, "POST", PAIR, body)
    assert (code, reply["message"]) == (400, "price: would fill at once: send it alone (order 1)")
    assert working(server) == 0
    for orders in ([], body["orders"][:1]):
        code, reply = await rest(server, "POST", PAIR, body | {"orders": orders})
        assert (code, reply["message"]) == (400, "orders: 2 are expected")


async def test_orders_sent_one_by_one_may_share_a_group(server: Server, bid: int) -> None:
    first = await placed(server, price=bid - 500, oco_group="mine")
    second = await placed(server, price=bid - 600, oco_group="mine")
    assert first["oco_group"] == second["oco_group"] == "mine"
    _, legs = await rest(server, "POST", PAIR, pair(bid) | {"oco_group": "mine"})
    assert [leg["client_order_id"] for leg in legs] == ["low", "high"], "the answer has what was asked for"
    await rest(server, "DELETE", f"{ORDERS}/{first['id']}")
    assert working(server) == 0


async def test_the_trigger_of_a_trailing_stop_follows_the_price(
    server: Server, connect: Connect, bid: int
) -> None:
    await placed(server, type="market")
    await server.advance(2)
    order = await placed(
        server, side="sell", type="stop", stop_price=bid - 200, trailing_distance=200, amount="0.01"
    )
    assert order["trailing_distance"] == 200.0
    peer = await listening(server, connect)
    server.engine.submit(MovePrice(instrument="BTCUSDT", fraction=0.01))
    await server.advance(4)
    moved = await peer.until(lambda message: message["event"] == "update")
    assert moved["data"]["id"] == order["id"]
    assert moved["data"]["stop_price"] > order["stop_price"] + 100


async def test_a_trailing_stop_is_told_in_percent_that_give_back_its_distance(server: Server) -> None:
    await placed(server, type="market", trailing_distance="123.45")
    await server.advance(2)
    code, position = await rest(server, "GET", "/api/v1/positions/BTCUSDT")
    assert round(position["trailing_stop"] * position["average_price"] / 100, 2) == 123.45
    assert position["stop_loss"] is not None, "the trailing stop has set it"
    code, position = await rest(server, "POST", STOPS, {"trailing_distance": "300"})
    assert round(position["trailing_stop"] * position["average_price"] / 100, 2) == 300.0
    both = {"trailing_distance": 300, "trailing_stop": 1}
    assert (await rest(server, "POST", STOPS, both))[0] == 400
    code, position = await rest(server, "POST", STOPS, {"trailing_distance": None})
    assert (code, position["trailing_stop"]) == (200, None)
