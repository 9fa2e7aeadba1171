"""An error of the engine's own: the market stops for good, every port says so, nobody's order is taken."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from desk import at_the_desk
from flows.channels import rest
from flows.onetrade import market_order
from flows.onetrade import signed_in as forex_session
from harness import Connect, Peer, eventually

from embedded_server.accounts.accounts import Accounts
from embedded_server.engine.engine import Engine, EngineSettings
from embedded_server.journal.errors import JournalError
from embedded_server.kernel.simulation import Priority
from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from embedded_server.transport.limits import Limits

STOPPED = "the market stopped because of an internal error"
REFUSED = f"{STOPPED}; it needs a restart"
ORDER = {"symbol": "BTCUSDT", "side": "buy", "type": "market", "amount": "0.01"}


def broken() -> None:
    raise ZeroDivisionError("planted")


async def health(base: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as http, http.get(base + "/health") as answer:
        return answer.status, await answer.json()


async def metric(server: Server, name: str) -> float:
    async with aiohttp.ClientSession() as http, http.get(server.http["bars"] + "/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(name + " "))


async def refusal(peer: Peer, request: dict[str, object], kind: str = "error") -> dict[str, Any]:
    await peer.send(request)
    message = await peer.until(lambda message: message["type"] == kind)
    data: dict[str, Any] = message["data"]
    return data


async def test_the_market_stands_is_logged_once_and_every_port_says_so(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await health(server.http["control"]))[0] == 200
    assert await metric(server, "tui_trader_engine_failed") == 0
    server.engine.simulation.soon(broken)
    with caplog.at_level(logging.CRITICAL):
        await server.advance(3)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ZeroDivisionError)
    stood = server.engine.now
    await server.advance(60)
    assert server.engine.now == stood
    assert len(caplog.records) == 1
    for base in set(server.http.values()):
        status, answer = await health(base)
        assert (status, answer["status"]) == (503, f"{STOPPED} (ZeroDivisionError); it needs a restart")
    assert await metric(server, "tui_trader_engine_failed") == 1


async def test_every_endpoint_refuses_in_its_own_words(server: Server, connect: Connect) -> None:
    async with forex_session(server) as trader:
        strategies = await connect(server.endpoints["orchestrator"])
        bot = await connect(server.endpoints["bot_core"])
        guardian = await connect(server.endpoints["risk_guardian"])
        signals = await connect(server.endpoints["ai_service"])
        server.engine.simulation.soon(broken)
        await server.advance(3)
        status, answer = await rest(server, "POST", "/api/v1/orders", ORDER)
        assert (status, answer["message"]) == (400, REFUSED)
        status, answer = await trader.call("POST", "/orders", market_order())
        assert (status, answer["message"]) == (503, REFUSED)
        assert (await trader.call("GET", "/orders"))[0] == 200
        listed = server.engine.strategies.states()[0].id
        assert REFUSED in (await refusal(strategies, {"type": "stop_strategy", "id": listed}))["message"]
        switch: dict[str, object] = {"type": "engage_kill_switch", "data": {"reason": "x"}}
        assert REFUSED in (await refusal(guardian, switch))["message"]
        request: dict[str, object] = {
            "type": "RequestSignal",
            "data": {"symbol": "BTCUSDT", "timeframe": "1h"},
        }
        for peer in (bot, signals):
            assert REFUSED in (await refusal(peer, request, "Error"))["message"]
        async with at_the_desk(server) as desk:
            status, answer = await desk.post("/clock/step", seconds=1)
            assert (status, answer["code"]) == (503, "UNAVAILABLE")


async def test_on_a_real_clock_it_is_logged_once_and_a_client_is_kept(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    async with Server(ServerSettings(ports="free"), limits=Limits(close_seconds=0.1)) as server:
        peer = await connect(server.endpoints["ai_service"])
        await peer.receive()
        server.engine.simulation.soon(broken)
        with caplog.at_level(logging.CRITICAL):
            await eventually(lambda: server.engine.failure is not None)
            await asyncio.sleep(0.05)  # several ticks
        assert len(caplog.records) == 1
        await peer.send({"type": "Ping", "timestamp": 1})
        assert (await peer.receive())["type"] == "Pong"


async def test_a_command_on_which_it_fails_is_refused_and_left_out_by_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    submit = Accounts.submit

    def fragile(self: Accounts, command: Any) -> Any:
        outcome = submit(self, command)  # done, and then it goes wrong
        if getattr(command, "reference", None) == "fatal":
            raise ZeroDivisionError("planted")
        return outcome

    monkeypatch.setattr(Accounts, "submit", fragile)
    settings = ServerSettings(ports="free", clock="manual", data=tmp_path)

    async def buy(server: Server, reference: str) -> int:
        return (await rest(server, "POST", "/api/v1/orders", {**ORDER, "client_order_id": reference}))[0]

    async with Server(settings, limits=Limits(close_seconds=0.1)) as server:
        assert await buy(server, "before") == 201
        await server.advance(1.25)
        with caplog.at_level(logging.CRITICAL):
            assert await buy(server, "fatal") == 400
            assert await buy(server, "after") == 400
        assert len(caplog.records) == 1
    for _ in range(2):
        async with Server(settings, limits=Limits(close_seconds=0.1)) as server:
            spot = server.engine.accounts["spot"]
            assert [order.reference for order in spot.order_history()][:1] == ["before"]
            assert "fatal" not in [order.reference for order in spot.order_history()]
            assert (await health(server.http["bars"]))[0] == 200
            await buy(server, "next")
            await server.advance(1)
            assert "next" in [order.reference for order in spot.order_history()]


async def test_an_error_that_comes_again_at_its_instant_is_said_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begin = Engine.__init__

    def planted(self: Engine, settings: EngineSettings | None = None) -> None:
        begin(self, settings)
        self.simulation.after(1_500_000_000, Priority.RISK, broken)

    monkeypatch.setattr(Engine, "__init__", planted)
    settings = ServerSettings(ports="free", clock="manual", data=tmp_path)
    async with Server(settings, limits=Limits(close_seconds=0.1)) as server:
        with caplog.at_level(logging.CRITICAL):
            await server.advance(3)
        assert "start again: the run goes on, or it is said that it cannot" in caplog.text
    with pytest.raises(JournalError, match=r"ZeroDivisionError .* at every start; name another folder"):
        Server(settings)
