"""The orchestrator's document against a real server: what a developer with only the document would meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orchestrator_client
import pytest
from orchestrator_client import WebSocketService
from waiting import advance_until, types

if TYPE_CHECKING:
    from embedded_server.server import Server


CONFIG = {
    "symbols": ["AAPL", "MSFT"],
    "dataResolution": "1m",
    "realTrading": False,
    "maxPositionValue": 10000,
    "maxOrdersPerMinute": 5,
    "stopLossPercentage": 0.02,
}


@pytest.mark.provokes(
    "orchestrator/client/*",
    "orchestrator/server/strategy_*",
    "orchestrator/server/execution_service_status",
    "orchestrator/value/strategy_status_list.status=ACTIVE",
    "orchestrator/value/strategy_status_list.status=STOPPED",
    "orchestrator/value/execution_service_status.status=RUNNING",
)
async def test_orchestrator_serves_the_document(server: Server) -> None:
    async with WebSocketService(server.endpoints["orchestrator"], reconnect_seconds=0.01) as service:
        assert (await service.next("execution_service_status"))["data"]["status"] in ("RUNNING", "STOPPED")
        strategies = await service.get_active_strategies()
        assert strategies
        assert {strategy["status"] for strategy in strategies} <= set(orchestrator_client.STATUSES)
        for strategy in strategies:
            if strategy["status"] != "STOPPED":
                await service.stop_strategy(strategy["id"])
                await service.next("strategy_stopped", strategyId=strategy["id"])
        name = strategies[0]["id"]
        await service.start_strategy(name, CONFIG)
        started = await service.next("strategy_started", strategyId=name)
        assert started["data"]["symbols"] == CONFIG["symbols"]
        assert started["data"]["name"] == strategies[0]["name"]
        await service.pause_strategy(name)
        await service.next("strategy_paused", strategyId=name)
        await service.start_strategy(name)
        await service.next("strategy_started", strategyId=name)
        for other in strategies[1:]:
            await service.start_strategy(other["id"], {**CONFIG, "symbols": ["AAPL", "NVDA", "TSLA"]})
            await service.next("strategy_started", strategyId=other["id"])
        await advance_until(
            server, service.inbox, lambda m: m["type"] == "strategy_trade", seconds=3 * 3600, step=60
        )
        assert any(message["type"] == "strategy_signal" for message in service.inbox.seen)
        listed = await service.get_active_strategies()
        assert any(strategy["positions"] for strategy in listed)
        assert {strategy["status"] for strategy in listed} == {"ACTIVE"}
        for strategy in strategies:
            await service.stop_strategy(strategy["id"])
            await service.next("strategy_stopped", strategyId=strategy["id"])
        await service.drop()
        await service.opened()
        assert await service.get_active_strategies()
        assert service.connections == 2
        assert types(service.inbox) == set(orchestrator_client.EXAMPLES) - {"error"}
    assert service.surprises == []


async def test_orchestrator_does_not_tell_what_was_before_the_connection(server: Server) -> None:
    async with WebSocketService(server.endpoints["orchestrator"]) as service:
        await service.get_active_strategies()
        assert [message["type"] for message in service.inbox.seen] == [
            "execution_service_status",
            "strategy_status_list",
        ]


@pytest.mark.provokes(
    "orchestrator/server/error",
    "orchestrator/error/*",
)
async def test_orchestrator_answers_what_it_cannot_process_and_stays(server: Server) -> None:
    async with WebSocketService(server.endpoints["orchestrator"]) as service:
        strategy = (await service.get_active_strategies())[0]["id"]
        await service.stop_strategy(strategy)
        wrong: list[tuple[Any, str]] = [
            ("no json", "INVALID_MESSAGE"),
            (b"\x00\x01", "INVALID_MESSAGE"),
            ("[]", "INVALID_MESSAGE"),
            ({"type": "nonsense"}, "INVALID_MESSAGE"),
            ({"type": "start_strategy"}, "INVALID_MESSAGE"),
            ({"type": "start_strategy", "id": "nobody"}, "UNKNOWN_STRATEGY"),
            ({"type": "stop_strategy", "id": "nobody"}, "UNKNOWN_STRATEGY"),
            ({"type": "pause_strategy", "id": "nobody"}, "UNKNOWN_STRATEGY"),
            ({"type": "pause_strategy", "id": strategy}, "INVALID_STATE"),
        ]
        for field, value in (
            ("symbols", ["NOSUCH"]),
            ("symbols", "AAPL"),
            ("symbols", []),
            ("dataResolution", "7q"),
            ("realTrading", True),
            ("maxPositionValue", -1),
            ("maxOrdersPerMinute", 0),
            ("stopLossPercentage", 7),
        ):
            config = {**CONFIG, field: value}
            wrong.append(({"type": "start_strategy", "id": strategy, "config": config}, "INVALID_CONFIG"))
        for message, code in wrong:
            await service.send(message)
            error = await service.next("error")
            assert error["data"]["code"] == code, message
        await service.start_strategy(strategy, CONFIG)
        await service.next("strategy_started", strategyId=strategy)
        await service.start_strategy(strategy, CONFIG)
        await service.next("error", code="INVALID_STATE", request="start_strategy")
        assert service.connections == 1


async def test_orchestrator_in_real_time(real_server: Server) -> None:
    async with WebSocketService(real_server.endpoints["orchestrator"]) as service:
        assert await service.get_active_strategies()
        assert service.is_connected()
    assert service.surprises == []
