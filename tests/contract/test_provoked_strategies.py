"""How every value of orchestrator.md is provoked, the rare ones by a strategy that breaks and by control."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from desk import at_the_desk
from harness import Connect

from embedded_server.strategies.registry import LISTINGS
from tests.contract.provocation import Promises, listening

if TYPE_CHECKING:
    from embedded_server.server import Server

SYMBOLS = ["AAPL", "MSFT", "GOOGL", "AMZN", "TSLA", "NVDA", "META", "NFLX"]
STRATEGIES = ["strategy-123", "strategy-124", "strategy-125", "strategy-126", "strategy-127"]


async def start_all(peer: Any) -> None:
    """Every strategy on every symbol."""
    for name in STRATEGIES:
        await peer.send({"type": "stop_strategy", "id": name})
        await peer.send({"type": "start_strategy", "id": name, "config": {"symbols": SYMBOLS}})


@pytest.mark.provokes(
    "orchestrator/value/strategy_signal.action=*",
    "orchestrator/value/strategy_trade.*",
)
async def test_signals_and_trades_on_both_sides(server: Server, connect: Connect, promises: Promises) -> None:
    peer = await connect(server.endpoints["orchestrator"])
    async with listening(peer):
        await start_all(peer)
        await promises.keep(server, seconds=3 * 3600, step=60)


@pytest.mark.provokes(
    "orchestrator/value/strategy_status_list.status=*",
    "orchestrator/value/execution_service_status.status=*",
)
async def test_every_status_of_a_strategy_and_of_the_service(
    server: Server, connect: Connect, promises: Promises, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise ZeroDivisionError("a strategy's own mistake")

    peer = await connect(server.endpoints["orchestrator"])
    async with listening(peer), at_the_desk(server) as desk:
        await peer.send({"type": "get_active_strategies"})
        await start_all(peer)
        await peer.send({"type": "pause_strategy", "id": STRATEGIES[1]})
        await peer.send({"type": "get_active_strategies"})
        await promises.settle()
        for listing in LISTINGS:
            monkeypatch.setattr(type(listing.rule), "decide", breaks)
        for running in (False, True):
            await desk.done("/inject/event", type="ExecutionServiceChanged", running=running)
        await promises.keep(server, seconds=120, step=20)
        await peer.send({"type": "get_active_strategies"})
        await promises.settle()


@pytest.mark.provokes("risk_guardian/server/risk_alert")
async def test_a_limit_that_is_exceeded_is_alerted(
    server: Server, connect: Connect, promises: Promises
) -> None:
    peer = await connect(server.endpoints["risk_guardian"])
    async with listening(peer):
        await peer.send({"type": "set_risk_limits", "data": {"maxExposurePercent": 0.001}})
        await promises.keep(server, seconds=60, step=2)


@pytest.mark.provokes("risk_guardian/client/get_risk_status", "market_data_gateway/server/error")
async def test_the_extensions_answer_requests_and_mistakes(
    server: Server, connect: Connect, promises: Promises
) -> None:
    guardian = await connect(server.endpoints["risk_guardian"])
    gateway = await connect(server.endpoints["market_data_gateway"])
    await guardian.receive()
    await guardian.send({"type": "get_risk_status"})
    assert (await guardian.receive())["type"] == "risk_status"
    await gateway.send({"type": "nonsense"})
    assert (await gateway.receive())["type"] == "error"
    assert not promises.left()
