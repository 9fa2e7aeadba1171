"""channels.md over a real socket: login, errors, snapshots, heartbeat and close, signed REST."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from flows.channels import authentication, rest, sign, signed_in
from harness import Connect, Peer
from yarl import URL

from embedded_server.model.commands import Accepted, ModifyOrder, PlaceOrder
from embedded_server.model.enums import OrderKind, Side
from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from embedded_server.transport.limits import Limits
from embedded_server.transport.time_source import ManualTimeSource

LIMIT = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "amount": "0.01", "price": "30000"}


async def answer(peer: Peer, message: Any) -> Any:
    """What the next reply to a message is; market data in between is dropped."""
    await peer.send(message)
    return await peer.until(lambda reply: "event" in reply and "channel" not in reply)


async def subscribe(peer: Peer, *channels: str, **params: Any) -> Any:
    return await answer(peer, {"action": "subscribe", "channels": list(channels), "params": params})


def error_of(reply: Any) -> tuple[int, str]:
    assert list(reply) == ["event", "message", "code", "timestamp"]
    assert reply["event"] == "error"
    return reply["code"], reply["message"]


@pytest.mark.parametrize(
    "message",
    ["nonsense", "{}", b"x", {"action": "subscribe", "channels": ["trades"]}, {"action": "hello"}],
)
async def test_before_the_login_everything_else_is_401_and_the_connection_stays(
    server: Server, connect: Connect, message: Any
) -> None:
    peer = await connect(server.endpoints["channels"])
    assert error_of(await answer(peer, message)) == (401, "Unauthorized")
    assert (await answer(peer, authentication(server)))["event"] == "authenticated"


async def test_a_pong_before_the_login_is_no_error(server: Server, connect: Connect) -> None:
    peer = await connect(server.endpoints["channels"])
    await peer.send({"action": "pong", "timestamp": 1})
    assert (await answer(peer, authentication(server)))["event"] == "authenticated"


@pytest.mark.parametrize(
    "change", [{"api_key": "other"}, {"signature": "0" * 64}, {"timestamp": 1647356789123}]
)
async def test_a_wrong_key_signature_or_time_fails(
    server: Server, connect: Connect, change: dict[str, Any]
) -> None:
    peer = await connect(server.endpoints["channels"])
    reply = await answer(peer, authentication(server) | change)
    assert error_of(reply) == (401, "Authentication failed")


async def test_a_login_cannot_be_replayed(server: Server, connect: Connect) -> None:
    message = authentication(server)
    first, second = [await connect(server.endpoints["channels"]) for _ in range(2)]
    assert (await answer(first, message))["event"] == "authenticated"
    assert error_of(await answer(second, message)) == (401, "Authentication failed")


async def test_the_fifth_failed_login_closes_with_1008(server: Server, connect: Connect) -> None:
    peer = await connect(server.endpoints["channels"])
    for _ in range(5):
        assert error_of(await answer(peer, authentication(server) | {"signature": ""}))[0] == 401
    assert (await peer.receive())["event"] == "close"
    assert (await peer.closed())[0] == 1008


async def test_a_login_must_come_within_ten_seconds(server: Server, connect: Connect) -> None:
    peer = await connect(server.endpoints["channels"])
    await server.advance(10)
    assert (await peer.receive())["event"] == "close"
    assert await peer.closed() == (1008, "Authentication timeout")


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"channels": ["nothing"]}, (400, "Unknown channel: nothing")),
        ({"channels": []}, (400, "Invalid channels: from 1 to 100 are expected")),
        ({"channels": "trades"}, (400, "channels: Expected `array`, got `str`")),
        ({}, (400, "Object missing required field `channels`")),
        ({"channels": ["trades"], "params": {"exchange": "mars"}}, (404, "Unknown exchange: mars")),
        ({"channels": ["trades"], "params": {"symbols": ["NOPE"]}}, (404, "Unknown symbol: NOPE")),
        ({"channels": ["trades"], "params": {"symbols": ["BTC/USDT"]}}, (400, "Invalid symbol format")),
        ({"channels": ["trades"], "params": {"symbols": []}}, (400, "Invalid symbols")),
        ({"channels": ["orderbook"], "params": {"depth": 0}}, (400, "Invalid depth")),
        ({"channels": ["orderbook"], "params": {"depth": "5"}}, (400, "params.depth: Expected `int`")),
        ({"channels": ["market_data"], "params": {"type": "candles"}}, (400, "Unknown market data type")),
        ({"channels": ["trades", "nothing"]}, (400, "Unknown channel: nothing")),
    ],
)
@pytest.mark.parametrize("action", ["subscribe", "unsubscribe"])
async def test_what_there_is_not_changes_nothing(
    server: Server, connect: Connect, action: str, request_: dict[str, Any], expected: tuple[int, str]
) -> None:
    peer = await signed_in(server, connect)
    given, told = error_of(await answer(peer, {"action": action, **request_}))
    assert given == expected[0]
    assert expected[1] in told
    assert not server.endpoint("channels").topics.active()


@pytest.mark.parametrize("message", ["nonsense", "[]", b"x", {"action": 1}, {"action": "dance"}, "[" * 9_999])
async def test_what_cannot_be_understood_is_400(server: Server, connect: Connect, message: Any) -> None:
    peer = await signed_in(server, connect)
    assert error_of(await answer(peer, message))[0] == 400
    assert (await subscribe(peer, "trades"))["event"] == "subscribed"


async def test_a_subscription_is_echoed_as_it_was_written(server: Server, connect: Connect) -> None:
    peer = await signed_in(server, connect)
    bare = await answer(peer, {"action": "subscribe", "channels": ["system_events"]})
    assert list(bare) == ["event", "channels", "timestamp"]
    params = {"exchange": "binance", "symbols": ["BTCUSDT"], "type": "ticker"}
    reply = await subscribe(peer, "market_data", **params)
    assert (reply["channels"], reply["params"]) == (["market_data"], params)


async def test_no_symbols_means_all_of_them(server: Server, connect: Connect) -> None:
    peer = await signed_in(server, connect)
    await subscribe(peer, "market_data", exchange="binance")
    symbols = {(await peer.receive())["symbol"] for _ in range(8)}
    assert symbols == set(server.engine.accounts["spot"].instruments)


async def test_a_new_depth_replaces_the_old_one(server: Server, connect: Connect) -> None:
    peer = await signed_in(server, connect)
    for depth in (8, 3):
        await subscribe(peer, "orderbook", symbols=["BTCUSDT"], depth=depth)
        assert len((await peer.receive())["data"]["bids"]) == depth
    await server.advance(3)
    assert len((await peer.receive())["data"]["bids"]) == 3


async def test_unsubscribing_one_symbol_leaves_the_others(server: Server, connect: Connect) -> None:
    peer = await signed_in(server, connect)
    await subscribe(peer, "market_data", symbols=["BTCUSDT", "ETHUSDT"])
    params = {"symbols": ["BTCUSDT"]}
    await answer(peer, {"action": "unsubscribe", "channels": ["market_data"], "params": params})
    await server.advance(5)
    await peer.send({"action": "subscribe", "channels": ["system_events"]})
    seen = set()
    while (message := await peer.receive()).get("event") != "subscribed":
        seen.add(message["symbol"])
    assert seen == {"ETHUSDT"}


async def test_orders_and_positions_begin_with_a_snapshot(server: Server, connect: Connect) -> None:
    _, order = await rest(server, "POST", "/api/v1/orders", LIMIT)
    buy = {"symbol": "ETHUSDT", "side": "buy", "type": "market", "amount": 1}
    assert (await rest(server, "POST", "/api/v1/orders", buy))[0] == 201
    await server.advance(2)
    peer = await signed_in(server, connect)
    await subscribe(peer, "orders", "positions")
    first, second = await peer.receive(), await peer.receive()
    assert (first["channel"], first["event"], first["data"]["id"]) == ("orders", "snapshot", order["id"])
    assert (second["channel"], second["event"], second["symbol"]) == ("positions", "snapshot", "ETHUSDT")


async def test_idle_connections_are_pinged_and_kept_by_a_pong(server: Server, connect: Connect) -> None:
    peer = await signed_in(server, connect)
    await server.advance(30)
    assert (await peer.receive())["event"] == "ping"
    await peer.send({"action": "pong", "timestamp": server.time.epoch_ms()})
    assert error_of(await answer(peer, {"action": "dance"}))[0] == 400
    await server.advance(29)
    assert error_of(await answer(peer, {"action": "dance"}))[0] == 400


async def test_without_a_pong_a_close_event_precedes_the_close(server: Server, connect: Connect) -> None:
    peer = await signed_in(server, connect)
    await server.advance(40)
    assert (await peer.receive())["event"] == "ping"
    close = await peer.receive()
    assert list(close) == ["event", "message", "code", "timestamp"]
    assert (close["message"], close["code"]) == ("Session timeout", 1000)
    assert await peer.closed() == (1000, "Session timeout")


async def test_market_data_is_traffic(server: Server, connect: Connect) -> None:
    peer = await signed_in(server, connect)
    await subscribe(peer, "market_data", symbols=["BTCUSDT"])
    await server.advance(60)
    assert error_of(await answer(peer, {"action": "dance"}))[0] == 400


async def test_no_update_of_an_order_is_older_than_the_snapshot(server: Server, connect: Connect) -> None:
    peer = await signed_in(server, connect)
    order = PlaceOrder(
        account="spot", instrument="BTCUSDT", side=Side.BUY, kind=OrderKind.LIMIT, lots=10, price=3_000_000
    )
    placed = server.engine.submit(order)
    assert isinstance(placed, Accepted)
    server.engine.submit(ModifyOrder(account="spot", order_id=int(placed.id or 0), lots=20))
    await subscribe(peer, "orders")
    assert (await peer.receive())["event"] == "snapshot"
    await peer.send({"action": "dance"})
    assert error_of(await peer.receive())[0] == 400


async def test_the_hundred_and_first_message_is_429_and_the_third_such_the_end(
    server: Server, connect: Connect
) -> None:
    peer = await signed_in(server, connect)
    for _ in range(99):
        await peer.send({"action": "pong", "timestamp": 1})
    for _ in range(2):
        assert error_of(await answer(peer, {"action": "pong"})) == (429, "Too many requests")
    await peer.send({"action": "pong"})
    assert (await peer.receive())["event"] == "close"
    assert (await peer.closed())[0] == 1008


async def test_a_key_that_asks_too_often_by_rest_is_429_until_its_next_turn_but_may_always_cancel() -> None:
    settings = ServerSettings(seed=7, ports="free", clock="manual", requests_per_minute=6)
    time = ManualTimeSource()
    async with Server(settings, time_source=time, limits=Limits(close_seconds=0.2)) as server:
        status, order = await rest(server, "POST", "/api/v1/orders", LIMIT)
        assert status == 201
        for _ in range(5):
            time.advance(0.001)
            assert (await rest(server, "GET", "/api/v1/account"))[0] == 200
        time.advance(0.001)
        status, error = await rest(server, "GET", "/api/v1/orders")
        assert (status, error["code"], error["message"]) == (429, 429, "Too many requests")
        assert (await rest(server, "DELETE", f"/api/v1/orders/{order['id']}"))[1]["status"] == "canceled"
        time.advance(10)
        assert await rest(server, "GET", "/api/v1/orders") == (200, [])


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/v1/positions/BTC%55SDT", 404), ("/api/v1/orders?client_order_id=a%20b%2F%C3%BC&symbol=", 200)],
)
async def test_the_path_is_signed_as_it_is_sent(server: Server, path: str, status: int) -> None:
    timestamp = server.time.epoch_ms()
    headers = {
        "X-API-Key": server.credentials.channels.api_key,
        "X-Timestamp": str(timestamp),
        "X-Signature": sign(server, "GET", path, timestamp),
    }
    url = URL(server.http["channels"] + path, encoded=True)
    async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
        assert answer.status == status


async def test_who_is_no_key_does_not_use_up_a_keys_requests() -> None:
    settings = ServerSettings(seed=7, ports="free", clock="manual", requests_per_minute=1)
    async with Server(settings, limits=Limits(close_seconds=0.2)) as server:
        for _ in range(3):
            assert (await rest(server, "GET", "/api/v1/account", offset_ms=-60_000))[0] == 401
        assert (await rest(server, "GET", "/api/v1/account"))[0] == 200


async def test_the_end_of_the_server_is_announced(server: Server, connect: Connect) -> None:
    peer = await signed_in(server, connect)
    facade = server.endpoint("channels").facade
    for session in tuple(server.endpoint("channels").sessions):
        facade.shutting_down(session)
    assert (await peer.receive())["message"] == "Going away"
    assert (await peer.closed())[0] == 1001


# REST


async def test_an_order_is_placed_found_and_canceled(server: Server, connect: Connect) -> None:
    peer = await signed_in(server, connect)
    await subscribe(peer, "orders", symbols=["BTCUSDT"])
    code, order = await rest(server, "POST", "/api/v1/orders", LIMIT | {"client_order_id": "mine"})
    assert (code, order["status"], order["price"], order["cost"]) == (201, "open", 30000.0, 300.0)
    assert order["client_order_id"] == "mine"
    update = await peer.receive()
    assert (update["event"], update["data"]) == ("update", order)
    assert await rest(server, "GET", f"/api/v1/orders/{order['id']}") == (200, order)
    assert await rest(server, "GET", "/api/v1/orders?symbol=BTCUSDT") == (200, [order])
    assert await rest(server, "GET", "/api/v1/orders?symbol=ETHUSDT") == (200, [])
    code, canceled = await rest(server, "DELETE", f"/api/v1/orders/{order['id']}")
    assert (code, canceled["status"]) == (200, "canceled")
    assert (await peer.receive())["data"]["status"] == "canceled"
    assert (await rest(server, "POST", "/api/v1/orders", LIMIT | {"client_order_id": "mine"}, 1))[0] == 400


async def test_available_is_the_cash_that_neither_positions_nor_orders_hold(server: Server) -> None:
    buy = {"symbol": "BTCUSDT", "side": "buy", "type": "market", "amount": "0.1"}
    assert (await rest(server, "POST", "/api/v1/orders", buy))[0] == 201
    assert (await rest(server, "POST", "/api/v1/orders", LIMIT))[0] == 201
    _, (position,) = await rest(server, "GET", "/api/v1/positions")
    _, account = await rest(server, "GET", "/api/v1/account")
    held_by_the_order = 0.01 * 30000 * 1.001
    assert account["available"] == pytest.approx(account["balance"] - position["cost"] - held_by_the_order)


async def test_a_position_gets_stops_and_is_closed(server: Server, connect: Connect) -> None:
    peer = await signed_in(server, connect)
    await subscribe(peer, "positions", symbols=["BTCUSDT"])
    buy = {"symbol": "BTCUSDT", "side": "buy", "type": "market", "amount": 0.01}
    assert (await rest(server, "POST", "/api/v1/orders", buy))[0] == 201
    opened = await peer.receive()
    mark = opened["data"]["average_price"]
    stops = {"stop_loss": round(mark * 0.9), "take_profit": round(mark * 1.1), "trailing_stop": 2.5}
    code, position = await rest(server, "POST", "/api/v1/positions/BTCUSDT/stops", stops)
    assert code == 200
    assert position["take_profit"] == stops["take_profit"]
    assert position["trailing_stop"] == 2.5
    changed = await peer.until(lambda message: message["data"]["trailing_stop"] is not None)
    assert changed["event"] == "update"
    code, position = await rest(server, "POST", "/api/v1/positions/BTCUSDT/stops", {"take_profit": None})
    assert (code, position["take_profit"]) == (200, None)
    assert (await rest(server, "DELETE", "/api/v1/positions/BTCUSDT"))[0] == 200
    closed = await peer.until(lambda message: message["data"]["amount"] == 0)
    assert closed["data"]["unrealized_pnl"] == 0
    assert (await rest(server, "GET", "/api/v1/positions")) == (200, [])


@pytest.mark.parametrize(
    ("call", "body", "code", "message"),
    [
        ("POST /orders", LIMIT | {"symbol": "NOPE"}, 404, "Unknown symbol: NOPE"),
        ("POST /orders", LIMIT | {"exchange": "mars"}, 400, "exchange: unknown exchange mars"),
        ("POST /orders", LIMIT | {"amount": "0.00001"}, 400, "amount: 0.00001 is not a multiple"),
        ("POST /orders", LIMIT | {"amount": 0}, 400, "amount: must be from"),
        ("POST /orders", LIMIT | {"price": 30000.001}, 400, "is not a multiple of the tick size 0.01"),
        ("POST /orders", LIMIT | {"price": None}, 400, "price: is needed for a limit order"),
        ("POST /orders", LIMIT | {"price": -1}, 400, "price: must be positive"),
        ("POST /orders", LIMIT | {"stop_price": 1}, 400, "stop_price: does not belong to a limit order"),
        ("POST /orders", LIMIT | {"side": "long"}, 400, "side: Invalid enum value 'long'"),
        ("POST /orders", LIMIT | {"time_in_force": "gtd"}, 400, "expires_at: is needed"),
        ("POST /orders", LIMIT | {"client_order_id": ""}, 400, "client_order_id: from 1 to 64"),
        ("POST /orders", [], 400, "a JSON object is expected"),
        ("DELETE /orders/99", None, 404, "Unknown order: 99"),
        ("GET /orders/x", None, 404, "Unknown order: x"),
        ("POST /positions/BTCUSDT/stops", {"stop_loss": 1}, 404, "No position in BTCUSDT"),
        ("PATCH /orders", None, 404, "Not found"),
        ("GET /nothing", None, 404, "Not found"),
    ],
)
async def test_a_call_is_checked_field_by_field(
    server: Server, call: str, body: Any, code: int, message: str
) -> None:
    method, path = call.split()
    status, reply = await rest(server, method, f"/api/v1{path}", body)
    given, told = error_of(reply)
    assert (status, given) == (code, code)
    assert message in told


async def test_a_call_needs_a_fresh_signature_of_its_very_text(server: Server) -> None:
    assert (await rest(server, "GET", "/api/v1/orders"))[0] == 200
    assert (await rest(server, "GET", "/api/v1/orders"))[0] == 401, "used"
    assert (await rest(server, "GET", "/api/v1/orders", offset_ms=-5_001))[0] == 401
    url = server.http["channels"] + "/api/v1/orders"
    async with aiohttp.ClientSession() as http, http.get(url) as bare:
        assert error_of(await bare.json()) == (401, "Authentication failed")
