"""What OneTrade's orders and positions can do by extension: trail, and cancel one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flows.onetrade import Trader, event, market_order
from harness import Connect, Peer

from embedded_server.model.commands import MovePrice

if TYPE_CHECKING:
    from embedded_server.server import Server

POINT = 0.000_01
BUY_LIMIT, BUY_STOP = 1, 2


async def listening(server: Server, connect: Connect, trader: Trader) -> Peer:
    assert (await trader.check_session())[0] == 200
    peer = await trader.socket(server, connect)
    await peer.send({"type": "start_account_all", "data": None})
    return peer


def bid(server: Server) -> float:
    return round(server.engine.market.quote("EURUSD").bid * POINT, 5)


def pair(server: Server, **stop: Any) -> dict[str, Any]:
    now = bid(server)
    low = {"volume": 0.1, "side": 0, "type": BUY_LIMIT, "order_price": round(now - 0.002, 5)}
    high = {"volume": 0.1, "side": 0, "type": BUY_STOP, "order_price": round(now + 0.002, 5)} | stop
    orders = [low | {"external_id": "low"}, high | {"external_id": "high"}]
    return {"account_id": 1, "user_id": 1, "symbol_id": 1, "orders": orders}


def working(server: Server) -> int:
    return len(server.engine.accounts["forex"].working_orders())


async def test_a_pair_is_taken_whole_and_the_first_fill_cancels_the_other(
    server: Server, connect: Connect, trader: Trader
) -> None:
    peer = await listening(server, connect, trader)
    status, legs = await trader.call("POST", "/orders/oco", pair(server))
    assert status == 201
    assert [(leg["type"], leg["external_id"], leg["status"]) for leg in legs] == [
        (BUY_LIMIT, "low", 0),
        (BUY_STOP, "high", 0),
    ]
    assert legs[0]["oco_group"] == legs[1]["oco_group"]
    assert [(await event(peer, "orders_place"))["id"] for _ in legs] == [leg["id"] for leg in legs]
    server.engine.submit(MovePrice(instrument="EURUSD", fraction=0.004))
    await server.advance(4)
    canceled = await event(peer, "orders_cancel")
    assert (canceled["id"], canceled["reason"]) == (legs[0]["id"], 5), "take profit or stop loss: of a pair"
    filled = await event(peer, "orders_update")
    while filled["status"] != 3:
        filled = await event(peer, "orders_update")
    assert filled["id"] == legs[1]["id"]
    assert working(server) == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"order_price": 0.5}, "order_price: the stop price of a buy order is above the ask (order 2)"),
        ({"volume": 0.001}, "volume: 0.001 is not a multiple"),
        ({"type": 0, "order_price": None}, "type: a market order does not wait"),
        ({"trailing_stop": -1}, "trailing_stop: must be from 0"),
    ],
)
async def test_of_a_pair_with_a_bad_leg_nothing_works(
    server: Server, trader: Trader, change: dict[str, Any], message: str
) -> None:
    body = pair(server, **change)
    status, answer = await trader.call("POST", "/orders/oco", body)
    assert status == 400
    assert message in answer["message"]
    assert working(server) == 0
    status, answer = await trader.call("POST", "/orders/oco", body | {"orders": body["orders"][:1]})
    assert (status, answer["message"]) == (400, "orders: 2 are expected")


async def test_a_trailing_stop_follows_the_price_and_can_be_changed_and_removed(
    server: Server, connect: Connect, trader: Trader
) -> None:
    peer = await listening(server, connect, trader)
    status, order = await trader.call("POST", "/orders", market_order(trailing_stop=150))
    assert (status, order["trailing_stop"]) == (201, 150)
    await server.advance(2)
    opened = await event(peer, "positions_open")
    assert opened["trailing_stop"] == 150
    path = f"/positions/{opened['id']}"
    first = (await trader.call("GET", path))[1]["price_sl"]
    server.engine.submit(MovePrice(instrument="EURUSD", fraction=0.003))
    await server.advance(4)
    _, position = await trader.call("GET", path)
    assert position["price_sl"] > first + 0.002
    status, position = await trader.call("PUT", path, {"trailing_stop": 400})
    assert (status, position["trailing_stop"]) == (200, 400)
    for removed in (0, None):
        status, position = await trader.call("PUT", path, {"trailing_stop": removed})
        assert (status, "trailing_stop" in position) == (200, False)
        assert position["price_sl"] > first + 0.002, "the stop loss stays where it was"
    status, answer = await trader.call("PUT", path, {"trailing_stop": 10_000_000})
    assert (status, answer["message"]) == (400, "trailing_stop: must be from 0 to 1000000 points")


async def test_a_working_orders_trail_is_changed_and_orders_may_share_a_group(
    server: Server, trader: Trader
) -> None:
    terms = {"type": BUY_LIMIT, "order_price": round(bid(server) - 0.01, 5), "oco_group": "mine"}
    _, first = await trader.call("POST", "/orders", market_order(**terms))
    _, second = await trader.call("POST", "/orders", market_order(**terms))
    assert first["oco_group"] == second["oco_group"] == "mine"
    _, legs = await trader.call("POST", "/orders/oco", pair(server) | {"oco_group": "mine"})
    assert [leg["external_id"] for leg in legs] == ["low", "high"], "the answer has what was asked for"
    status, changed = await trader.call("PUT", f"/orders/{first['id']}", {"trailing_stop": 99})
    assert (status, changed["trailing_stop"]) == (200, 99)
    await trader.call("DELETE", f"/orders/{first['id']}")
    await server.advance(0.5)
    assert working(server) == 0
