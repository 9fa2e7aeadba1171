"""The rare things on demand, as clients of each endpoint see them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from desk import Desk
from flows.onetrade import Trader, event, market_order
from harness import Connect, Peer, eventually

from embedded_server.engine.engine import Input
from embedded_server.model.commands import ForceRequote, MovePrice, RaiseEvent
from embedded_server.server import Server

PLATFORM_CODES = (
    "TRADE_EXECUTION_FAILED",
    "INSUFFICIENT_BALANCE",
    "INVALID_POSITION",
    "MARKET_DATA_ERROR",
    "AI_SERVICE_ERROR",
    "WEBSOCKET_ERROR",
)


async def account_peer(server: Server, trader: Trader, connect: Connect) -> Peer:
    """OneTrade's socket with the account's events."""
    peer = await trader.socket(server, connect)
    await peer.send({"type": "start_account_all", "data": None})
    await peer.send("9")
    assert await peer.receive_raw() == "10"
    return peer


async def test_a_requote_happens_on_demand(
    desk: Desk, server: Server, trader: Trader, connect: Connect
) -> None:
    peer = await account_peer(server, trader, connect)
    price = float(server.engine.market.instruments["EURUSD"].price(server.engine.market.quote("EURUSD").ask))
    assert await desk.done("/inject/requote", count=1, ticks=7) == {"accepted": True}
    _, order = await trader.call("POST", "/orders", market_order(order_price=price))
    condition = {"type": "order", "id": order["id"], "status": "requoted"}
    assert (await desk.done("/clock/run-until", condition=condition))["matched"]
    offer = await event(peer, "dealing_order_requote")
    assert (offer["id"], offer["status"]) == (order["id"], 7)


async def test_what_concerns_the_engine_is_journalled(desk: Desk, server: Server) -> None:
    inputs: list[Input] = []
    server.engine.on_input = inputs.append
    await desk.done("/inject/price", instrument="AAPL", fraction=-0.02)
    await desk.done("/inject/requote")
    await desk.done("/inject/event", type="SessionChanged", instrument="AAPL")
    assert [type(one.command) for one in inputs] == [MovePrice, ForceRequote, RaiseEvent]


async def test_a_price_moves_by_a_fraction(desk: Desk, server: Server) -> None:
    before = server.engine.market.quote("AAPL").last
    await desk.done("/inject/price", instrument="AAPL", fraction=-0.02)
    await desk.done("/clock/step", seconds=20)
    assert server.engine.market.quote("AAPL").last < before * 0.99


@pytest.mark.parametrize("endpoint", ["bot_core", "ai_service"])
@pytest.mark.parametrize("severity", ["INFO", "WARNING", "ERROR", "CRITICAL"])
async def test_both_services_send_every_code_with_every_severity(
    desk: Desk, server: Server, connect: Connect, endpoint: str, severity: str
) -> None:
    peer = await connect(server.endpoints[endpoint])
    await peer.receive()
    for code in PLATFORM_CODES:
        body = {"endpoint": endpoint, "code": code, "severity": severity, "text": "on demand"}
        sent = await desk.done("/inject/error", **body, details={"symbol": "BTCUSDT"}, recoverable=False)
        assert sent == {"clients": 1}
        data = (await peer.until(lambda message: message["type"] == "Error"))["data"]
        assert list(data) == ["code", "message", "severity", "details", "timestamp", "recoverable"]
        assert (data["code"], data["severity"], data["details"]) == (code, severity, {"symbol": "BTCUSDT"})


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        *(
            ({"endpoint": "channels", "code": code}, {"event": "error", "code": code})
            for code in (400, 401, 403, 404, 429, 500)
        ),
        (
            {"endpoint": "bars", "symbol": "AAPL"},
            {
                "type": "bars.subscribe.response",
                "payload": {
                    "status": "error",
                    "symbol": "AAPL",
                    "message": "Injected error",
                    "topic": "bars:AAPL:1",
                },
            },
        ),
        ({"endpoint": "bars", "symbol": "X", "reply": "unsubscribe"}, {"type": "bars.unsubscribe.response"}),
        ({"endpoint": "orchestrator", "code": "STRATEGY_FAILED"}, {"type": "error"}),
        ({"endpoint": "market_data_gateway", "code": "UNKNOWN_SYMBOL"}, {"type": "error"}),
        ({"endpoint": "risk_guardian", "code": "INVALID_LIMITS"}, {"type": "error"}),
    ],
)
async def test_an_endpoint_sends_its_error_message(
    desk: Desk, server: Server, connect: Connect, body: dict[str, Any], wanted: dict[str, Any]
) -> None:
    peer = await connect(server.endpoints[body["endpoint"]])
    assert await desk.done("/inject/error", **body) == {"clients": 1}
    assert wanted.items() <= (await peer.until(lambda message: wanted.items() <= message.items())).items()


async def test_a_message_goes_to_the_one_client_that_is_named(
    desk: Desk, server: Server, connect: Connect
) -> None:
    first = await connect(server.endpoints["bars"])
    second = await connect(server.endpoints["bars"])
    _, listed = await desk.get("/clients")
    rows = listed["clients"]
    assert [row["endpoint"] for row in rows] == ["bars", "bars"]
    assert (rows[0]["peer"], rows[0]["queue"], rows[0]["lagging"]) == ("127.0.0.1", 0, False)
    assert rows[0]["since"] == "2026-01-05T00:00:00Z"
    error = {"endpoint": "bars", "symbol": "AAPL", "client": rows[1]["id"]}
    assert await desk.done("/inject/error", **error) == {"clients": 1}
    assert (await second.receive())["payload"]["status"] == "error"
    await desk.done("/inject/error", endpoint="bars", symbol="MSFT")
    assert (await first.receive())["payload"]["symbol"] == "MSFT"
    status, refused = await desk.post("/inject/error", **{**error, "client": "nobody"})
    assert (status, refused["code"]) == (404, "UNKNOWN_CLIENT")


async def test_onetrade_sends_what_no_market_provokes(
    desk: Desk, server: Server, trader: Trader, connect: Connect
) -> None:
    peer = await account_peer(server, trader, connect)
    await desk.done("/inject/error", endpoint="onetrade", text="no")
    assert await event(peer, "error") == {"message": "no"}
    await desk.done("/inject/message", message="onetrade.info", text="by the way")
    assert await event(peer, "info") == {"message": "by the way"}
    for kind in ("deals_update", "orders_rejected", "positions_update"):
        status, refused = await desk.post("/inject/message", message=f"onetrade.{kind}")
        assert (status, refused["code"]) == (400, "INVALID"), kind

    _, order = await trader.call("POST", "/orders", market_order())
    await desk.done("/clock/step", seconds=3)
    deal = await event(peer, "deals_create")
    position = await event(peer, "positions_open")
    await desk.done("/inject/message", message="onetrade.deals_update", id=deal["id"], comment="booked anew")
    assert await event(peer, "deals_update") == deal | {"comment": "booked anew"}
    await desk.done("/inject/message", message="onetrade.positions_update")
    closing = await event(peer, "positions_update")
    assert (closing["id"], closing["status"]) == (position["id"], 1)
    await desk.done("/inject/message", message="onetrade.orders_rejected", text="not today")
    rejected = await event(peer, "orders_rejected")
    assert (rejected["id"], rejected["status"], rejected["comment"]) == (order["id"], 5, "not today")
    assert (await desk.post("/inject/message", message="onetrade.deals_update", id=999))[0] == 400


async def test_status_alert_and_exchange_messages_come_on_demand(
    desk: Desk, server: Server, connect: Connect
) -> None:
    bot = await connect(server.endpoints["bot_core"])
    await bot.receive()
    await desk.done("/inject/message", message="bot_core.BotStatusUpdate", mode="LIVE_TRADING")
    wanted = ("ERROR", "LIVE_TRADING")
    await bot.until(
        lambda one: (
            one["type"] == "BotStatusUpdate" and (one["data"]["status"], one["data"]["mode"]) == wanted
        )
    )
    guardian = await connect(server.endpoints["risk_guardian"])
    await desk.done("/inject/message", message="risk_guardian.risk_alert", level="warning")
    alert = await guardian.until(lambda one: one["type"] == "risk_alert")
    assert alert["data"]["level"] == "WARNING"
    channels = await connect(server.endpoints["channels"])
    await desk.done("/inject/message", message="channels.system_events")
    message = await channels.receive()
    assert (message["event"], message["data"]["status"]) == ("exchange_connection_status", "disconnected")


async def test_a_raised_event_is_told_by_each_endpoint_in_its_own_words(
    desk: Desk, server: Server, trader: Trader, connect: Connect
) -> None:
    bot = await connect(server.endpoints["bot_core"])
    onetrade = await account_peer(server, trader, connect)
    orchestrator = await connect(server.endpoints["orchestrator"])
    await orchestrator.receive()

    await desk.done("/inject/event", type="ExecutionServiceChanged")
    assert (await orchestrator.receive())["data"] == {"status": "STOPPED"}

    for body, code, severity in (
        ({"type": "MarginCalled", "account": "futures"}, "INSUFFICIENT_BALANCE", "WARNING"),
        ({"type": "SessionChanged", "instrument": "BTCUSDT-PERP"}, "MARKET_DATA_ERROR", "WARNING"),
        ({"type": "BotTradeFailed", "instrument": "BTCUSDT-PERP"}, "TRADE_EXECUTION_FAILED", "ERROR"),
        (
            {"type": "BotTradeFailed", "instrument": "BTCUSDT-PERP", "available": 0},
            "INSUFFICIENT_BALANCE",
            "ERROR",
        ),
    ):
        await desk.done("/inject/event", **body)
        error = (await bot.until(lambda message: message["type"] == "Error"))["data"]
        assert (error["code"], error["severity"]) == (code, severity)

    await desk.done("/inject/event", type="MarginCalled", account="forex", margin_level_percent=80)
    assert "80.00 %" in (await event(onetrade, "info"))["message"]
    assert server.engine.market.is_open("BTCUSDT-PERP")
    assert (await desk.post("/inject/event", type="MarginCalled", account="nobody"))[0] == 404
    assert (await desk.post("/inject/event", type="SessionChanged", instrument="NOPE"))[0] == 404
    assert (await desk.post("/inject/price", instrument="NOPE", fraction=0.1))[0] == 404


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1008, 1009, 1011, 1012, 1013, 3000, 4999])
async def test_a_client_is_closed_with_any_code(
    desk: Desk, server: Server, connect: Connect, code: int
) -> None:
    peer = await connect(server.endpoints["bars"])
    body = {"endpoint": "bars", "code": code, "reason": "on demand"}
    assert await desk.done("/inject/disconnect", **body) == {"clients": 1}
    assert await peer.closed() == (code, "on demand")


async def test_a_client_can_be_cut_without_a_word(desk: Desk, server: Server, connect: Connect) -> None:
    peer = await connect(server.endpoints["bars"])
    await desk.done("/inject/disconnect", endpoint="bars", abort=True)
    assert (await peer.closed())[0] == 1006
    await eventually(lambda: not server.endpoint("bars").sessions)
    assert await desk.done("/inject/disconnect", endpoint="bars") == {"clients": 0}


async def test_channels_says_close_before_it_closes(desk: Desk, server: Server, connect: Connect) -> None:
    peer = await connect(server.endpoints["channels"])
    await desk.done("/inject/disconnect", endpoint="channels", code=1011, reason="Internal error")
    said = await peer.receive()
    assert (said["event"], said["code"], said["message"]) == ("close", 1011, "Internal error")
    assert await peer.closed() == (1011, "Internal error")


async def test_an_endpoint_that_is_not_there_is_refused(desk: Desk) -> None:
    for path in ("/inject/disconnect", "/inject/silence"):
        status, refused = await desk.post(
            path, endpoint="nowhere", **({"seconds": 1} if "sil" in path else {})
        )
        assert (status, refused["code"]) == (404, "UNKNOWN_ENDPOINT")


async def test_a_silent_connection_answers_when_the_silence_is_over(
    desk: Desk, server: Server, connect: Connect
) -> None:
    peer = await connect(server.endpoints["bars"])
    assert await desk.done("/inject/silence", endpoint="bars", seconds=20) == {"clients": 1}
    await peer.send({"type": "bars.subscribe", "payload": {"symbol": "AAPL"}})
    await desk.done("/inject/error", endpoint="bars", symbol="AAPL")
    _, listed = await desk.get("/clients")
    assert (listed["clients"][0]["queue"], listed["clients"][0]["lagging"]) == (1, True)
    await desk.done("/clock/step", seconds=19)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(peer.receive_raw(), 0.05)
    await desk.done("/clock/step", seconds=2)
    assert (await peer.receive())["payload"]["status"] == "error"
    assert (await peer.receive())["payload"]["status"] == "ok"
    await desk.done("/clock/step", seconds=5)
    assert (await peer.receive())["type"] == "bars.update"


async def test_a_close_that_falls_into_the_silence_comes_after_it(
    desk: Desk, server: Server, connect: Connect
) -> None:
    peer = await connect(server.endpoints["bars"])
    await desk.done("/inject/silence", endpoint="bars", seconds=40)
    await desk.done("/clock/step", seconds=35)
    _, listed = await desk.get("/clients")
    assert len(listed["clients"]) == 1
    await desk.done("/clock/step", seconds=6)
    assert (await peer.closed())[0] == 1003


async def test_market_data_is_pushed_again_after_a_silence(
    desk: Desk, server: Server, connect: Connect
) -> None:
    peer = await connect(server.endpoints["market_data_gateway"])
    await peer.send({"type": "subscribe", "data": {"symbols": ["BTCUSDT"], "channels": ["quote"]}})
    await peer.until(lambda message: message["type"] == "quote")
    await desk.done("/inject/silence", endpoint="market_data_gateway", seconds=3)
    await desk.done("/clock/step", seconds=10)
    stamps = [json.loads(await peer.receive_raw())["timestamp"] for _ in range(3)]
    assert stamps == sorted(stamps)
    assert stamps[0] > "2026-01-05T00:00:01"
