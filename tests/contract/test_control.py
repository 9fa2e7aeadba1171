"""The control endpoint: who may use it, time, looking back, and what it does not accept."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import Any

import aiohttp
import pytest
from desk import Desk, at_the_desk
from flows.channels import signed_in
from harness import Connect

from embedded_server.control.control import HOST, PORT
from embedded_server.control.operations import OPERATIONS
from embedded_server.model.commands import PlaceOrder
from embedded_server.model.enums import OrderKind, Side
from embedded_server.model.errors import PortTaken
from embedded_server.protocols.bars.facade import BarsFacade
from embedded_server.protocols.channels.facade import ChannelsFacade
from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from embedded_server.transport.limits import Limits

BODIES = [
    "/clock",
    "/clock/step",
    "/clock/run-until",
    *(one.path for one in OPERATIONS if "inject" in one.path),
]


def buy(server: Server, **changes: Any) -> int:
    """Buy 0.1 lots of EUR/USD at market; the order's id."""
    order = {
        "account": "forex",
        "instrument": "EURUSD",
        "side": Side.BUY,
        "kind": OrderKind.MARKET,
        "lots": 10,
    }
    outcome = server.engine.submit(PlaceOrder(**{**order, **changes}))
    number = getattr(outcome, "id", None)
    assert isinstance(number, int), outcome
    return number


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer", "Basic TOKEN", "TOKEN", "Bearer \u00e9"])
async def test_every_operation_needs_the_token(server: Server, header: str | None) -> None:
    token = server.credentials.control.token
    headers = {} if header is None else {"Authorization": header.replace("TOKEN", token)}
    async with aiohttp.ClientSession(server.http["control"], headers=headers) as http:
        for operation in OPERATIONS:
            async with http.request(operation.method, operation.path, json={}) as answer:
                assert answer.status == 401, operation.path
                assert answer.headers["WWW-Authenticate"] == "Bearer"
                assert (await answer.json())["code"] == "UNAUTHORIZED"


async def test_its_page_its_document_and_its_health_need_no_token(server: Server) -> None:
    async with aiohttp.ClientSession(server.http["control"]) as http:
        async with http.get("/") as answer:
            page = await answer.text()
            assert (answer.status, answer.content_type) == (200, "text/html")
            assert all(one.path in page for one in OPERATIONS)
            assert "http://" not in page
            assert "https://" not in page
        async with http.get("/openapi.json") as answer:
            paths = (await answer.json())["paths"]
            assert {(one.method.lower(), one.path) for one in OPERATIONS} <= {
                (method, path) for path, methods in paths.items() for method in methods
            }
        async with http.get("/health") as answer:
            assert (await answer.json())["status"] == "ok"


@pytest.mark.parametrize(
    ("headers", "status"), [({"Origin": "http://evil.example"}, 403), ({"Host": "evil.example"}, 421)]
)
async def test_a_web_page_cannot_reach_it(desk: Desk, headers: dict[str, str], status: int) -> None:
    async with desk.http.get("/clock", headers=headers) as answer:
        assert answer.status == status


async def test_it_is_on_loopback_wherever_the_endpoints_are() -> None:
    settings = ServerSettings(ports="free", clock="manual", host="0.0.0.0", allowed_origins=("*",))
    async with Server(settings, facades=[BarsFacade]) as server:
        assert server.http["control"].startswith(f"http://{HOST}:")
        assert list(server.endpoints) == ["bars"]
        async with (
            aiohttp.ClientSession(server.http["control"], headers={"Origin": "http://a.example"}) as http,
            http.get("/health") as answer,
        ):
            assert answer.status == 403


async def test_it_can_be_left_out() -> None:
    settings = ServerSettings(ports="free", clock="manual", control=False)
    async with Server(settings, facades=[BarsFacade]) as server:
        assert list(server.http) == ["bars"]


def taken_behind_a_free_one(stack: contextlib.ExitStack) -> int:
    """A port that somebody listens on; on a busy machine the one before it is often taken as well."""
    while True:
        taken = stack.enter_context(socket.socket())
        taken.bind((HOST, 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port - 1))
            return port


async def test_its_port_is_counted_last_and_a_taken_one_is_named() -> None:
    assert PORT == 8099
    with contextlib.ExitStack() as stack:
        port = taken_behind_a_free_one(stack)
        with pytest.raises(PortTaken, match=rf"port {port} .*control"):
            async with Server(ServerSettings(ports=port - 1, clock="manual"), facades=[BarsFacade]):
                pass


async def test_a_standing_clock_is_stepped(desk: Desk, server: Server) -> None:
    _, before = await desk.get("/clock")
    assert (before["mode"], before["timers"], before["time"]) == ("paused", "manual", "2026-01-05T00:00:00Z")
    step = await desk.done("/clock/step", seconds=2.5)
    assert step["time"] == "2026-01-05T00:00:02.500Z"
    assert step["time_ns"] == server.engine.now == before["time_ns"] + 2_500_000_000
    assert step["events"] > 0
    _, after = await desk.get("/clock")
    assert after["sequence"] == before["sequence"] + step["events"]
    assert after["timers_ms"] == before["timers_ms"] + 2500


async def test_the_timers_of_the_protocols_step_along(desk: Desk, server: Server, connect: Connect) -> None:
    peer = await connect(server.endpoints["bars"])
    await desk.done("/clock/step", seconds=29)
    assert not peer.socket.closed
    await desk.done("/clock/step", seconds=2)
    assert (await peer.closed())[0] == 1003


async def test_timers_can_be_manual_by_a_setting() -> None:
    settings = ServerSettings(ports="free", clock="manual", timers="manual")
    async with Server(settings, facades=[BarsFacade]) as server, at_the_desk(server) as desk:
        assert (await desk.get("/clock"))[1]["timers"] == "manual"


async def test_a_client_signs_by_its_own_clock_though_the_timers_stand(connect: Connect) -> None:
    settings = ServerSettings(ports="free", clock="manual", timers="manual")
    async with Server(settings, facades=[ChannelsFacade], limits=Limits(close_seconds=0.2)) as server:
        await server.advance(60)
        peer = await signed_in(server, connect, time.time_ns() // 1_000_000 - server.time.epoch_ms())
        await server.advance(29)
        await peer.send({"action": "dance"})
        assert (await peer.receive())["code"] == 400
        await server.advance(30)
        assert (await peer.receive())["event"] == "ping"
        await server.advance(10)
        assert (await peer.receive())["event"] == "close"


async def test_a_running_clock_is_paused_stepped_and_runs_on_from_there() -> None:
    settings = ServerSettings(ports="free", start=1_767_571_200_000_000_000)
    async with Server(settings, facades=[BarsFacade]) as server, at_the_desk(server) as desk:
        status, refused = await desk.post("/clock/step", seconds=1)
        assert (status, refused["code"]) == (409, "CLOCK_RUNS")
        condition = {"type": "event", "event": "BarClosed"}
        assert (await desk.post("/clock/run-until", condition=condition))[0] == 409
        paused = await desk.done("/clock", mode="paused")
        assert (paused["mode"], server.engine.now) == ("paused", paused["time_ns"])
        step = await desk.done("/clock/step", seconds=30)
        assert step["time_ns"] == paused["time_ns"] + 30_000_000_000
        running = await desk.done("/clock", mode="real", speed=50)
        assert (running["mode"], running["speed"], running["time_ns"]) == ("real", 50.0, step["time_ns"])
        while (await desk.get("/clock"))[1]["time_ns"] == step["time_ns"]:
            pass
        later = await desk.done("/clock", mode="paused")
        assert step["time_ns"] < later["time_ns"] < step["time_ns"] + 60_000_000_000


async def test_a_run_stops_at_a_price(desk: Desk, server: Server) -> None:
    _, now = await desk.get("/snapshot")
    level = now["instruments"]["BTCUSDT"]["quote"]["last"] + 2
    condition = {"type": "price", "instrument": "BTCUSDT", "above": level}
    run = await desk.done("/clock/run-until", condition=condition, limit_seconds=600)
    assert run["matched"]
    assert run["event"]["type"] == "QuoteChanged"
    assert run["event"]["event"]["quote"]["last"] >= level
    assert run["event"]["event"]["time"] == run["time"]
    assert run["event"]["sequence"] < server.engine.bus.sequence
    again = await desk.done("/clock/run-until", condition=condition)
    assert (again["matched"], again["event"], again["events"]) == (True, None, 0)
    below = {"type": "price", "instrument": "BTCUSDT", "below": level / 2, "of": "bid"}
    missed = await desk.done("/clock/run-until", condition=below, limit_seconds=1.5)
    assert (missed["matched"], missed["time_ns"]) == (False, run["time_ns"] + 1_500_000_000)


async def test_a_run_stops_at_the_end_of_an_order_and_of_a_position(desk: Desk, server: Server) -> None:
    order = buy(server, deviation_ticks=100, price=server.engine.market.quote("EURUSD").ask)
    filled = {"type": "order", "id": order, "status": "filled"}
    run = await desk.done("/clock/run-until", condition=filled, limit_seconds=10)
    assert run["event"]["event"]["order"]["id"] == order
    assert run["event"]["event"]["order"]["quantity"] == 0.1
    held = await desk.done("/clock/run-until", condition=filled)
    assert (held["matched"], held["event"]) == (True, None)
    account = server.engine.accounts["forex"]
    position = account.positions()[0]
    closed = {"type": "position_closed", "id": position.id}
    bid = server.engine.market.quote("EURUSD").bid
    buy(server, side=Side.SELL, position_id=position.id, deviation_ticks=100, price=bid)
    run = await desk.done("/clock/run-until", condition=closed, limit_seconds=10)
    assert run["event"]["type"] == "PositionClosed"
    assert (await desk.done("/clock/run-until", condition=closed))["event"] is None


async def test_a_run_stops_at_an_event_of_a_type(desk: Desk) -> None:
    condition = {"type": "event", "event": "BarClosed", "instrument": "BTCUSDT"}
    run = await desk.done("/clock/run-until", condition=condition, limit_seconds=61)
    assert run["event"]["event"]["instrument"] == "BTCUSDT"
    assert run["time"] == "2026-01-05T00:01:00Z"
    placed = {"type": "event", "event": "OrderPlaced", "account": "futures"}
    missed = await desk.done("/clock/run-until", condition={**placed, "account": "spot"}, limit_seconds=1)
    assert not missed["matched"]


async def test_a_run_may_wait_for_a_signal_that_does_not_come(desk: Desk, server: Server) -> None:
    name = server.engine.strategies.states()[0].id
    condition = {"type": "signal", "strategy": name, "instrument": "AAPL"}
    run = await desk.done("/clock/run-until", condition=condition, limit_seconds=0.5)
    assert (run["matched"], run["event"]) == (False, None)


@pytest.mark.parametrize(
    "condition",
    [
        {"type": "price", "instrument": "EURUSD"},
        {"type": "price", "instrument": "EURUSD", "above": 1, "below": 2},
        {"type": "price", "instrument": "NOPE", "above": 1},
        {"type": "order", "status": "filled", "id": 999},
        {"type": "order", "status": "eaten"},
        {"type": "order", "status": "filled", "account": "nobody"},
        {"type": "position_closed", "id": 999},
        {"type": "signal", "strategy": "nobody"},
        {"type": "event", "event": "Nothing"},
        {"type": "weather"},
        {},
    ],
)
async def test_a_condition_that_cannot_be_is_refused(
    desk: Desk, server: Server, condition: dict[str, Any]
) -> None:
    before = server.engine.now
    status, refused = await desk.post("/clock/run-until", condition=condition)
    assert (status, refused["code"], server.engine.now) == (400, "INVALID", before)


async def test_the_snapshot_is_the_engine_in_human_units(desk: Desk, server: Server) -> None:
    buy(server)
    await desk.done("/clock/step", seconds=3)
    _, human = await desk.get("/snapshot")
    _, raw = await desk.get("/snapshot?raw=true")
    assert human["time"] == "2026-01-05T00:00:03Z"
    assert raw["time"] == server.engine.now
    assert human["sequence"] == raw["sequence"] == server.engine.bus.sequence
    quote, ticks = human["instruments"]["EURUSD"]["quote"], raw["instruments"]["EURUSD"]["quote"]
    instrument = server.engine.market.instruments["EURUSD"]
    assert quote["bid"] == float(instrument.price(ticks["bid"]))
    assert quote["bid_quantity"] == float(instrument.quantity(ticks["bid_lots"]))
    best = human["instruments"]["EURUSD"]["bids"][0]
    assert best == {"price": quote["bid"], "quantity": quote["bid_quantity"]}
    account, state = human["accounts"]["forex"], raw["accounts"]["forex"]["state"]
    assert account["state"]["equity"] == state["equity_micros"] / 1_000_000
    assert account["positions"][0]["quantity"] == 0.1
    assert account["deals"][0]["time"].startswith("2026-01-05T00:00:0")


async def test_events_are_read_on_from_the_last_one_known(desk: Desk, server: Server) -> None:
    _, start = await desk.get("/events?types=OrderPlaced,OrderFilled")
    assert start["lost"] is False
    order = buy(server)
    await desk.done("/clock/step", seconds=3)
    _, page = await desk.get(f"/events?after={start['next']}&types=OrderPlaced,OrderFilled")
    mine = [one for one in page["events"] if one["event"]["order"]["account"] == "forex"]
    assert [one["type"] for one in mine] == ["OrderPlaced", "OrderFilled"]
    assert {one["event"]["order"]["id"] for one in mine} == {order}
    assert page["next"] == server.engine.bus.sequence - 1
    assert (await desk.get(f"/events?after={page['next']}"))[1]["events"] == []

    _, first = await desk.get(f"/events?after={start['next']}&limit=2")
    _, second = await desk.get(f"/events?after={first['next']}&limit=2&raw=true")
    sequences = [one["sequence"] for one in first["events"] + second["events"]]
    assert sequences == list(range(start["next"] + 1, start["next"] + 5))


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "limit=10001", "types=Nothing", "raw=yes", "after=1e3"]
)
async def test_a_query_that_cannot_be_read_is_refused(desk: Desk, query: str) -> None:
    status, refused = await desk.get(f"/events?{query}")
    assert (status, refused["code"]) == (400, "INVALID")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no",
        b"[]",
        b"null",
        b'{"seconds": NaN}',
        b'{"seconds": 1e999}',
        b'{"a": 1, "a": 2}',
        b'{"nobody": "knows this"}',
        b'{"endpoint": "\\ud800"}',
        b'{"a": ' * 200 + b"1" + b"}" * 200,
        b"\xff\xfe",
    ],
)
async def test_a_hostile_body_is_refused_in_one_sentence(desk: Desk, server: Server, body: bytes) -> None:
    before = server.engine.now
    for path in BODIES:
        status, refused = await desk.send(path, body)
        assert (status, set(refused), refused["code"]) == (400, {"code", "message"}, "INVALID"), path
        assert "\n" not in refused["message"]
    assert server.engine.now == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/clock", {"speed": 0}),
        ("/clock", {"speed": "2"}),
        ("/clock", {"mode": "backwards"}),
        ("/clock/step", {"seconds": 0}),
        ("/clock/step", {"seconds": 1e9}),
        ("/clock/step", {"seconds": True}),
        ("/clock/step", {"seconds": 1, "minutes": 1}),
        ("/inject/price", {"instrument": "EURUSD", "fraction": 0.6}),
        ("/inject/requote", {"count": -1}),
        ("/inject/disconnect", {"endpoint": "bars", "code": 1006}),
        ("/inject/disconnect", {"endpoint": "bars", "code": 2000}),
        ("/inject/disconnect", {"endpoint": "bars", "reason": "x" * 124}),
        ("/inject/error", {"endpoint": "channels", "code": 418}),
        ("/inject/error", {"endpoint": "bot_core", "code": "INVALID_POSITION", "severity": "FATAL"}),
    ],
)
async def test_values_out_of_bounds_are_refused(desk: Desk, path: str, body: dict[str, Any]) -> None:
    status, refused = await desk.post(path, **body)
    assert (status, refused["code"]) == (400, "INVALID")


async def test_a_body_past_the_limit_is_refused(desk: Desk) -> None:
    status, refused = await desk.send("/clock/step", b'{"seconds": 1}' + b" " * 70_000)
    assert (status, set(refused)) == (413, {"code", "message"})


async def test_other_paths_and_methods_are_refused_in_the_same_shape(desk: Desk) -> None:
    assert await desk.get("/nowhere") == (
        404,
        {"code": "NOT_FOUND", "message": "there is nothing at this path"},
    )
    assert (await desk.post("/snapshot"))[0] == 405
    assert (await desk.get("/inject/price"))[0] == 405


async def test_what_happened_before_the_doors_opened_is_told_to_nobody(
    server: Server, connect: Connect
) -> None:
    peer = await connect(server.endpoints["orchestrator"])
    await peer.send({"type": "get_active_strategies"})
    assert [(await peer.receive())["type"] for _ in range(2)] == [
        "execution_service_status",
        "strategy_status_list",
    ]
