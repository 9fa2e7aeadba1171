"""Each endpoint of the registry over a real socket: its documented path, its health, its main flow."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import aiohttp
import pytest
from harness import Connect

from embedded_server.protocols.registry import FACADES

if TYPE_CHECKING:
    from embedded_server.server import Server

NAMES = [facade.name for facade in FACADES]
DOCUMENTED = {
    "orchestrator": (8082, "/"),
    "market_data_gateway": (3001, "/ws"),
    "risk_guardian": (3002, "/ws"),
    "bot_core": (8080, "/ws"),
    "ai_service": (8000, "/ws"),
    "bars": (8000, "/api/v1/ws"),
    "onetrade": (8070, "/ws/v1"),
    "channels": (8090, "/ws"),
}

SHOWN = {
    "market_data_gateway": pytest.mark.provokes(
        "market_data_gateway/client/*",
        "market_data_gateway/server/*scribed",
        "market_data_gateway/server/quote",
        "market_data_gateway/server/trade",
        "market_data_gateway/server/bar",
    ),
    "risk_guardian": pytest.mark.provokes(
        "risk_guardian/client/set_risk_limits",
        "risk_guardian/client/*_kill_switch",
        "risk_guardian/server/risk_status",
        "risk_guardian/server/risk_limits",
        "risk_guardian/server/kill_switch",
    ),
}
"""What only these flows show; the documented endpoints have clients and tests of their own for that."""


def test_every_documented_endpoint_has_its_port_and_path() -> None:
    assert {facade.name: (facade.port, facade.path) for facade in FACADES} == DOCUMENTED


@pytest.mark.parametrize("name", [pytest.param(name, marks=SHOWN.get(name, ())) for name in NAMES])
async def test_the_main_flow(name: str, server: Server, connect: Connect) -> None:
    flow = importlib.import_module(f"flows.{name}")
    await flow.main_flow(server, connect)


async def test_every_endpoint_has_a_url_on_its_path_and_answers_health(server: Server) -> None:
    assert list(server.endpoints) == NAMES
    assert list(server.http) == [*NAMES, "control"]
    async with aiohttp.ClientSession() as http:
        for name in NAMES:
            port, path = server.http[name].rpartition(":")[2], DOCUMENTED[name][1]
            assert server.endpoints[name] == f"ws://127.0.0.1:{port}{path}"
            async with http.get(server.http[name] + "/health") as answer:
                assert answer.status == 200
                assert answer.content_type == "application/json"


async def test_endpoints_with_the_same_documented_port_share_one(server: Server) -> None:
    assert server.http["ai_service"] == server.http["bars"]
    assert len({server.http[name] for name in NAMES}) == len({port for port, _ in DOCUMENTED.values()})
