"""Documents over real sockets: where they are, and that they say of HTTP what the routes and answers are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aiohttp
import msgspec
import pytest
from flows.channels import rest
from flows.onetrade import market_order, signed_in
from harness import Connect

from embedded_server.documentation.own_operations import Health
from embedded_server.protocols.channels.operations import DESCRIPTION as CHANNELS
from embedded_server.protocols.onetrade.operations import DESCRIPTION as ONETRADE
from embedded_server.protocols.operation import HttpOperation
from embedded_server.protocols.registry import FACADES

if TYPE_CHECKING:
    from embedded_server.server import Server

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CATCH_ALL = "/api/{rest:path}"
"""Answers 404 in the endpoint's error shape: it stands for what there is not."""

PLACES = {facade.name: "/asyncapi" for facade in FACADES} | {"bars": "/api/v1/ws/asyncapi"}


async def get(url: str, **options: Any) -> tuple[int, Any, bytes]:
    async with aiohttp.ClientSession() as http, http.get(url, **options) as answer:
        return answer.status, answer.headers, await answer.read()


def concrete(path: str) -> str:
    """A path with parameters that nothing has."""
    for name, value in (("{id}", "999999"), ("{session_id}", "nobody"), ("{symbol}", "BTCUSDT")):
        path = path.replace(name, value)
    return path


@pytest.mark.parametrize("name", PLACES)
async def test_every_endpoint_serves_its_document_and_page(server: Server, name: str) -> None:
    base = server.http[name]
    status, headers, body = await get(f"{base}{PLACES[name]}.json")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    document = json.loads(body)
    assert document["asyncapi"] == ("2.4.0" if name == "bars" else "3.1.0")
    status, headers, body = await get(base + PLACES[name])
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert document["info"]["title"] in body.decode()
    assert server.endpoints[name].encode() in body


async def test_the_two_endpoints_of_one_port_have_documents_of_their_own(server: Server) -> None:
    assert server.http["bars"] == server.http["ai_service"]
    ai = json.loads((await get(f"{server.http['bars']}/asyncapi.json"))[2])
    bars = json.loads((await get(f"{server.http['bars']}/api/v1/ws/asyncapi.json"))[2])
    assert (ai["channels"]["ai_service"]["address"], list(bars["channels"])) == ("/ws", ["/"])
    assert (await get(f"{server.http['bars']}/api/v1/ws"))[0] == 404


@pytest.mark.parametrize("name", PLACES)
async def test_openapi_has_every_route_of_the_port_and_no_other(server: Server, name: str) -> None:
    port = server.http[name]
    document = json.loads((await get(f"{port}/openapi.json"))[2])
    routes = {"/health", "/metrics", "/openapi.json"}
    for other, base in server.http.items():
        if base == port:
            routes |= {route.path for route in server.endpoint(other).facade.routes()}
            routes |= {PLACES[other], f"{PLACES[other]}.json"}
    assert set(document["paths"]) == routes - {CATCH_ALL}


async def test_every_path_of_a_port_without_parameters_that_openapi_names_is_there(server: Server) -> None:
    for base in set(server.http.values()):
        document = json.loads((await get(f"{base}/openapi.json"))[2])
        for path, methods in document["paths"].items():
            if "security" not in methods.get("get", {"security": ()}):
                status = (await get(base + concrete(path)))[0]
                assert status == 200 or "{" in path, path


async def test_health_is_what_openapi_says(server: Server) -> None:
    for base in set(server.http.values()):
        msgspec.json.decode((await get(f"{base}/health"))[2], type=Health)


@pytest.mark.parametrize("path", sorted({one.path for one in ONETRADE.http}))
async def test_onetrade_has_the_methods_that_openapi_says_and_no_other(server: Server, path: str) -> None:
    declared = {one.method for one in ONETRADE.http if one.path == path}
    async with signed_in(server) as trader:
        for method in METHODS:
            async with trader.http.request(method, concrete(path), headers=trader.headers) as answer:
                assert (answer.status != 405) is (method in declared), method


@pytest.mark.parametrize("path", sorted({one.path for one in CHANNELS.http}))
async def test_the_channels_api_has_the_methods_that_openapi_says_and_no_other(
    server: Server, path: str
) -> None:
    declared = {one.method for one in CHANNELS.http if one.path == path}
    for method in METHODS:
        status, reply = await rest(server, method, concrete(path))
        missing = status == 404 and reply["message"] == "Not found"
        assert missing is (method not in declared), method


async def check(operation: HttpOperation, status: int, reply: Any) -> None:
    """An answer is exactly what its model says: no field less, none more."""
    assert status == operation.status, (operation.path, reply)
    value = msgspec.convert(reply, operation.answer)
    assert msgspec.json.decode(msgspec.json.encode(value)) == reply, operation.path


async def test_onetrades_answers_are_what_openapi_says(server: Server) -> None:
    async with signed_in(server) as trader:
        assert (await trader.call("POST", "/orders", market_order()))[0] == 201
        await server.advance(2)
        order = (await trader.call("GET", "/orders/history"))[1][0]["id"]
        position = (await trader.call("GET", "/positions"))[1][0]["id"]
        deal = (await trader.call("GET", "/deals"))[1][0]["id"]
        report = (await trader.call("POST", "/reports", {"type": 1}))[1]["id"]
        numbers = {"orders": order, "positions": position, "deals": deal, "reports": report, "symbols": 1}
        checked = 0
        for operation in ONETRADE.http:
            path = operation.path.removeprefix("/api/v1/trader")
            if operation.method == "GET" and operation.security and not path.endswith("/download"):
                path = path.replace("{id}", str(numbers.get(path.split("/")[1], "")))
                await check(operation, *await trader.call("GET", path))
                checked += 1
    assert checked == 15


async def test_the_channels_apis_answers_are_what_openapi_says(server: Server) -> None:
    buy = {"symbol": "BTCUSDT", "side": "buy", "type": "market", "amount": 0.01}
    bought = (await rest(server, "POST", "/api/v1/orders", buy))[1]
    for operation in CHANNELS.http:
        if operation.method == "GET":
            path = operation.path.replace("{id}", bought["id"]).replace("{symbol}", "BTCUSDT")
            await check(operation, *await rest(server, "GET", path))


async def test_a_refusal_has_the_shape_that_openapi_says(server: Server) -> None:
    async with signed_in(server) as trader:
        status, reply = await trader.call("GET", "/orders/999999")
        assert status == 404
        assert msgspec.to_builtins(msgspec.convert(reply, ONETRADE.refusal)) == reply
        status, reply = await trader.check_session("x")
        assert status == 404
        session = next(one for one in ONETRADE.http if one.path.endswith("{session_id}"))
        msgspec.convert(reply, session.refusal)
    status, reply = await rest(server, "GET", "/api/v1/orders/999999")
    assert status == 404
    msgspec.convert(reply, CHANNELS.refusal)


async def test_a_page_does_not_repeat_a_strange_host(server: Server, connect: Connect) -> None:
    base = server.http["orchestrator"]
    status, _, body = await get(f"{base}/asyncapi", headers={"Host": 'x"><script>alert(1)</script>'})
    assert b"alert(1)" not in body
    assert status in {200, 400, 403, 421}
