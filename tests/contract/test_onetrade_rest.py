"""OneTrade's REST half over a real socket: every call, every refusal, reports that download."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from flows.onetrade import Trader, event, market_order, signed_in
from harness import Connect

from embedded_server.model.commands import ForceRequote

if TYPE_CHECKING:
    from embedded_server.server import Server


async def refusal(trader: Trader, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """Status and message; the shape of the error is checked."""
    status, answer = await trader.call(method, path, body)
    assert list(answer) == ["code", "success", "error", "message", "data"]
    assert (answer["code"], answer["success"], answer["data"]) == (status, False, None)
    return status, answer["message"]


async def place(trader: Trader, server: Server, **changes: Any) -> Any:
    status, order = await trader.call("POST", "/orders", market_order(**changes))
    assert status == 201, order
    await server.advance(2)
    return order


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({}, "", 401),
        ({"API-Key": "wrong"}, "", 401),
        ({"API-Key": "\u00e9"}, "", 401),
        ({"API-Key": "wrong"}, "?grant_type=password", 400),
    ],
)
async def test_a_login_needs_the_key(
    server: Server, headers: dict[str, str], query: str, status: int
) -> None:
    async with (
        aiohttp.ClientSession(server.http["onetrade"]) as http,
        http.post("/api/v1/oauth2/login" + query, headers=headers) as answer,
    ):
        assert answer.status == status
        assert (await answer.json())["success"] is False


async def test_five_failed_logins_close_the_door_for_a_minute_and_open_sessions_stay(server: Server) -> None:
    path = "/api/v1/oauth2/login"
    right = {"API-Key": server.credentials.onetrade.api_key}
    async with aiohttp.ClientSession(server.http["onetrade"]) as http, signed_in(server) as trader:
        for _ in range(5):
            async with http.post(path, headers={"API-Key": "wrong"}) as answer:
                assert answer.status == 401
        for headers in ({"API-Key": "wrong"}, right):
            async with http.post(path, headers=headers) as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
                assert (await answer.json())["error"] == "TOO_MANY_REQUESTS"
        assert (await trader.call("GET", "/account"))[0] == 200
        await server.advance(59.5)
        async with http.post(path, headers=right) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
        await server.advance(0.5)
        async with http.post(path, headers=right) as answer:
            assert answer.status == 200


async def test_every_call_needs_the_token(server: Server, trader: Trader) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": trader.access_token}):
        stranger = Trader(trader.http, trader.session_id, "")
        stranger.headers = headers
        assert (await refusal(stranger, "GET", "/account"))[0] == 401


async def test_each_login_is_a_session_of_its_own(server: Server, connect: Connect) -> None:
    async with signed_in(server) as one, signed_in(server) as other:
        await one.socket(server, connect)
        assert (await other.check_session())[0] == 200


async def test_an_unknown_session_is_404(trader: Trader) -> None:
    trader.session_id = "unknown"
    assert await trader.check_session() == (404, {"message": "session not found"})


async def test_of_two_sockets_at_once_exactly_one_is_let_in(
    server: Server, connect: Connect, trader: Trader
) -> None:
    results = await asyncio.gather(
        *(trader.socket(server, connect) for _ in range(5)), return_exceptions=True
    )
    refused = [one for one in results if isinstance(one, aiohttp.WSServerHandshakeError)]
    assert [one.status for one in refused] == [400] * 4


async def test_a_wrong_token_is_401_at_the_upgrade(server: Server, connect: Connect, trader: Trader) -> None:
    trader.access_token = "wrong"
    with pytest.raises(aiohttp.WSServerHandshakeError, match="401"):
        await trader.socket(server, connect)


async def test_closing_frees_the_session_for_the_same_id(
    server: Server, connect: Connect, trader: Trader
) -> None:
    peer = await trader.socket(server, connect)
    await peer.close()
    assert (await trader.check_session())[0] == 200
    await trader.socket(server, connect)


async def test_a_takeover_logs_the_other_socket_out(server: Server, connect: Connect, trader: Trader) -> None:
    peer = await trader.socket(server, connect)
    assert (await trader.check_session("?takeover=true"))[0] == 200
    assert await peer.receive() == {"type": "session_logout", "data": {"session_id": trader.session_id}}
    assert (await peer.closed())[0] == 1000
    await trader.socket(server, connect)


async def test_a_takeover_needs_the_sessions_own_token(
    server: Server, connect: Connect, trader: Trader
) -> None:
    await trader.socket(server, connect)
    async with signed_in(server) as other:
        other.session_id = trader.session_id
        assert (await other.check_session("?takeover=true"))[0] == 403
    assert (await trader.check_session())[0] == 400


async def test_a_logout_ends_session_and_token(server: Server, connect: Connect, trader: Trader) -> None:
    peer = await trader.socket(server, connect)
    async with trader.http.post("/api/v1/oauth2/logout", headers=trader.headers) as answer:
        assert answer.status == 200
    assert (await peer.receive())["type"] == "session_logout"
    assert (await refusal(trader, "GET", "/account"))[0] == 401
    assert (await trader.check_session())[0] == 404


async def test_a_volume_may_be_a_number_or_a_text(server: Server, trader: Trader) -> None:
    for volume in (0.1, "0.10", "0.3"):
        order = await place(trader, server, volume=volume)
        assert order["volume_initial"] == float(volume)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"volume": 0.001}, "volume: 0.001 is not a multiple of the step 0.01"),
        ({"volume": 0}, "volume: must be from 0.01"),
        ({"volume": -0.1}, "volume: must be from 0.01"),
        ({"volume": "x"}, "volume: Invalid decimal string"),
        ({"volume": "NaN"}, "volume: not a usable number"),
        ({"volume": 1e15}, "volume: not a usable number"),
        ({"volume": None}, "volume: Expected `decimal`, got `null`"),
        ({"side": 2}, "side: must be 0 (buy) or 1 (sell)"),
        ({"side": 7}, "side: Invalid enum value 7"),
        ({"side": True}, "side: Expected `int`, got `bool`"),
        ({"type": 9}, "type: Invalid enum value 9"),
        ({"type": 1}, "order_price: is needed for this type of order"),
        ({"type": 3, "order_price": 1.2}, "side: 0 does not fit type 3"),
        ({"type": 1, "order_price": 1.084555}, "order_price: 1.084555 is not a multiple of the tick size"),
        ({"type": 1, "order_price": -1}, "order_price: must be positive"),
        ({"price_sl": 1.0000001}, "price_sl: 1.0000001 is not a multiple of the tick size 0.00001"),
        ({"type": 5, "order_price": 1.2}, "price_stop_limit: is needed"),
        ({"price_stop_limit": 1.2}, "price_stop_limit: is only for stop limit orders"),
        ({"deviation": 3}, "deviation: is only for market orders with an order_price"),
        ({"deviation": -1, "order_price": 1.08}, "deviation: must be from 0"),
        ({"account_id": 2}, "account_id: there is no 2 here, only 1"),
        ({"user_id": 9}, "user_id: there is no 9 here, only 1"),
        ({"expiration_police": 2}, "time_expiration: is needed"),
        (
            {"type": 1, "order_price": 1.0, "time_expiration": "soon", "expiration_police": 2},
            "time_expiration",
        ),
        ({"time_expiration": 1, "expiration_police": 2}, "time_expiration: has passed already"),
        ({"comment": "x" * 201}, "comment: is longer than 200 characters"),
    ],
)
async def test_a_create_body_is_checked_field_by_field(
    trader: Trader, changes: dict[str, Any], message: str
) -> None:
    status, told = await refusal(trader, "POST", "/orders", market_order(**changes))
    assert status == 400
    assert message in told


@pytest.mark.parametrize("field", ["symbol_id", "volume", "side", "type"])
async def test_what_an_order_cannot_do_without_is_named(trader: Trader, field: str) -> None:
    body = market_order()
    del body[field]
    status, message = await refusal(trader, "POST", "/orders", body)
    assert status == 400
    assert field in message


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "null", '{"a":1,"a":2}', "NaN", "[" * 30_000, "\x00"])
async def test_hostile_bodies_are_400(trader: Trader, text: str) -> None:
    url = "/api/v1/trader/orders"
    async with trader.http.post(url, data=text, headers=trader.headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"] == "INVALID"


async def test_an_unknown_symbol_is_404(trader: Trader) -> None:
    assert (await refusal(trader, "POST", "/orders", market_order(symbol_id=999)))[0] == 404


async def test_a_working_order_is_listed_changed_and_deleted(
    server: Server, connect: Connect, trader: Trader
) -> None:
    peer = await trader.socket(server, connect)
    await peer.send({"type": "start_account_all", "data": None})
    order = await place(trader, server, type=1, order_price=1.05, price_sl=1.04, comment="far")
    path = f"/orders/{order['id']}"
    assert (await trader.call("GET", path))[1]["status"] == 0
    assert [one["id"] for one in (await trader.call("GET", "/orders"))[1]] == [order["id"]]

    status, changed = await trader.call("PUT", path, {"order_price": 1.06, "price_sl": None, "volume": 0.2})
    assert status == 200
    assert (changed["price_order"], changed["price_sl"], changed["volume_initial"]) == (1.06, None, 0.2)
    assert (await event(peer, "orders_update"))["price_order"] == 1.06

    status, canceled = await trader.call("DELETE", path)
    assert (status, canceled["status"]) == (200, 4)
    assert (await event(peer, "orders_cancel"))["time_done"]
    assert (await refusal(trader, "DELETE", path))[0] == 409
    assert (await trader.call("GET", "/orders"))[1] == []
    history = (await trader.call("GET", "/orders/history"))[1]
    assert [one["id"] for one in history] == [order["id"]]


async def test_an_order_with_an_expiration_expires(server: Server, connect: Connect, trader: Trader) -> None:
    peer = await trader.socket(server, connect)
    await peer.send({"type": "start_account_all", "data": None})
    expiration = server.engine.now // 1_000_000_000 + 5
    order = await place(
        trader, server, type=1, order_price=1.05, time_expiration=expiration, expiration_police=2
    )
    await server.advance(5)
    expired = await event(peer, "orders_expired")
    assert (expired["id"], expired["status"]) == (order["id"], 6)


async def test_a_stop_limit_order_keeps_both_prices(server: Server, trader: Trader) -> None:
    order = await place(trader, server, type=5, order_price=1.2, price_stop_limit=1.21)
    assert (order["type"], order["price_order"], order["price_stop_limit"]) == (5, 1.2, 1.21)


@pytest.mark.parametrize(
    ("approved", "outcome"), [(True, ("orders_update", 3)), (False, ("orders_cancel", 4))]
)
async def test_a_requote_is_answered_once(
    server: Server, connect: Connect, trader: Trader, approved: bool, outcome: tuple[str, int]
) -> None:
    peer = await trader.socket(server, connect)
    await peer.send({"type": "start_account_all", "data": None})
    server.engine.submit(ForceRequote())
    order = await place(trader, server, order_price=1.2)
    await event(peer, "dealing_order_requote")
    path, answer = f"/orders/{order['id']}/approval", {"account_id": 1, "approved": approved, "user_id": 1}
    assert (await refusal(trader, "POST", path, answer | {"id": order["id"] + 1}))[0] == 400
    assert (await refusal(trader, "POST", path, {"id": order["id"]}))[0] == 400
    assert (await trader.call("POST", path, answer | {"id": order["id"]}))[0] == 200
    assert (await refusal(trader, "POST", path, answer))[0] == 409
    await server.advance(1)
    assert (await event(peer, outcome[0]))["status"] == outcome[1]


@pytest.mark.parametrize(
    "path", ["/orders/77", "/orders/x", "/positions/77", "/deals/77", "/symbols/77", "/nothing"]
)
async def test_what_there_is_not_is_404(trader: Trader, path: str) -> None:
    assert (await refusal(trader, "GET", path))[0] == 404


async def test_a_method_that_is_not_there_is_405(trader: Trader) -> None:
    assert (await refusal(trader, "DELETE", "/account"))[0] == 405


async def test_a_position_is_protected_closed_in_part_and_whole(server: Server, trader: Trader) -> None:
    await place(trader, server, volume=0.3)
    (position,) = (await trader.call("GET", "/positions"))[1]
    path = f"/positions/{position['id']}"

    status, changed = await trader.call("PUT", path, {"price_sl": 1.01, "price_tp": "1.2"})
    assert (status, changed["price_sl"], changed["price_tp"]) == (200, 1.01, 1.2)
    changed = (await trader.call("PUT", path, {"price_sl": None}))[1]
    assert (changed["price_sl"], changed["price_tp"]) == (None, 1.2)

    assert (await refusal(trader, "POST", path, {"volume": 0.005}))[0] == 400
    assert (await trader.call("POST", path, {"volume": 0.1}))[0] == 200
    await server.advance(2)
    part = (await trader.call("GET", path))[1]
    assert (part["volume_current"], part["volume_initial"], part["price_tp"]) == (0.2, 0.3, 1.2)

    assert (await trader.call("POST", path))[0] == 200
    await server.advance(2)
    assert (await trader.call("GET", "/positions"))[1] == []
    (closed,) = (await trader.call("GET", "/positions/history"))[1]
    assert (closed["id"], closed["status"], closed["volume_current"]) == (position["id"], 2, 0.0)
    assert (await trader.call("POST", path))[0] in (404, 409)

    deals = (await trader.call("GET", "/deals"))[1]
    assert [(one["direction"], one["volume"]) for one in deals] == [(0, 0.3), (1, 0.1), (1, 0.2)]
    assert (await trader.call("GET", f"/deals/{deals[0]['id']}"))[1] == deals[0]
    account = (await trader.call("GET", "/account"))[1]
    booked = sum(one["profit"] + one["commission"] + one["swap"] for one in deals)
    assert account["balance"] == pytest.approx(10_000 + booked)
    assert closed["total_profit"] == pytest.approx(booked)


async def test_symbols_are_listed_and_eurusd_is_number_one(trader: Trader) -> None:
    symbols = (await trader.call("GET", "/symbols"))[1]
    assert len(symbols) == 8
    assert (await trader.call("GET", "/symbols/1"))[1] == symbols[0]
    assert (symbols[0]["symbol"], symbols[0]["digits"], symbols[0]["contract_size"]) == ("EURUSD", 5, 100_000)


async def test_history_counts_back_or_spans(trader: Trader) -> None:
    path = "/symbols/ticks/history/1"
    bars = (await trader.call("GET", f"{path}?resolution=5&count_back=10"))[1]
    assert len(bars) == 10
    assert [one["time"] for one in bars] == list(range(bars[0]["time"], bars[0]["time"] + 3_000_000, 300_000))
    query = f"from={bars[2]['time']}&to={bars[5]['time'] // 1000}&resolution=5"
    assert (await trader.call("GET", f"{path}?{query}"))[1] == bars[2:5]


@pytest.mark.parametrize(
    "query", ["resolution=2", "count_back=0", "count_back=x", "from=yesterday", "to=1e3"]
)
async def test_a_history_query_is_checked(trader: Trader, query: str) -> None:
    status, message = await refusal(trader, "GET", f"/symbols/ticks/history/1?{query}")
    assert status == 400
    assert query.partition("=")[0] in message


@pytest.mark.parametrize("kind", [0, 1, 2])
async def test_a_report_is_announced_and_downloads(
    server: Server, connect: Connect, trader: Trader, kind: int
) -> None:
    peer = await trader.socket(server, connect)
    await peer.send({"type": "start_account_all", "data": None})
    await place(trader, server, comment="=cmd()")
    status, asked = await trader.call("POST", "/reports", {"type": kind})
    assert (status, asked["status"], asked["url"]) == (201, 0, "")
    await server.advance(2)
    report = await event(peer, "report_create")
    assert (report["id"], report["type"], report["status"]) == (asked["id"], kind, 1)
    async with aiohttp.ClientSession() as anyone:
        for form, start in (("csv", "item" if kind == 0 else "id"), ("html", "<!doctype html>")):
            async with anyone.get(f"{report['url']}&format={form}") as answer:
                assert answer.status == 200
                text = await answer.text()
                assert text.startswith(start)
                assert "EURUSD" in text
                assert ",=cmd()" not in text
        async with anyone.get(report["url"].replace("key=", "key=0")) as answer:
            assert answer.status == 401
    assert (await trader.call("GET", "/reports"))[1] == [report]


async def test_what_was_done_is_in_the_journal(server: Server, trader: Trader) -> None:
    order = await place(trader, server, type=1, order_price=1.05)
    await trader.call("DELETE", f"/orders/{order['id']}")
    entries = [one["desc"] for one in (await trader.call("GET", "/journal"))[1]]
    assert entries == [
        "login",
        f"order {order['id']}: buy 0.1 EURUSD limit",
        f"order {order['id']}: canceled",
    ]
