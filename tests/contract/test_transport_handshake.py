"""How connections begin: paths, refusals, origins and hosts, HTTP beside WebSockets on one port."""

from __future__ import annotations

import asyncio
import base64

import aiohttp
import pytest
from echo import Echo, Other
from harness import Connect, eventually, serving

from embedded_server.transport.admission import Admission


async def test_endpoints_of_one_port_are_told_apart_by_path(connect: Connect) -> None:
    async with serving(Echo, Other) as served:
        await connect(served.url(0))
        await connect(served.url(1))
        await eventually(lambda: served.facade(0).clients and served.facade(1).clients)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await connect(f"ws://127.0.0.1:{served.port}/elsewhere")
        assert refused.value.status == 404


async def test_the_handshake_shows_path_query_and_headers(connect: Connect) -> None:
    async with serving(Echo) as served:
        await connect(served.url() + "?session_id=a%20b&session_id=c", headers={"Authorization": "Bearer t"})
        await eventually(lambda: served.facade().clients)
        handshake = served.facade().clients[0].handshake
        assert handshake.path == "/ws"
        assert handshake.query == {"session_id": "c"}
        assert handshake.headers["authorization"] == "Bearer t"
        assert handshake.peer == "127.0.0.1"


async def test_a_facade_may_refuse_an_upgrade_with_its_own_answer() -> None:
    async with serving(Echo) as served, aiohttp.ClientSession() as http:
        headers = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
        }
        async with http.get(served.http + "/ws?refuse=1", headers=headers) as answer:
            assert answer.status == 400
            assert await answer.json() == {"message": "session is already used"}
        assert served.facade().clients == []


@pytest.mark.parametrize("line", ["POST /ws HTTP/1.1", "GET /ws HTTP/1.0"])
async def test_only_a_get_of_http_1_1_opens_a_websocket(line: str) -> None:
    async with serving(Echo) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        key = base64.b64encode(bytes(16)).decode()
        writer.write(
            f"{line}\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        assert (await reader.readline()).split()[1] == b"404"
        assert served.facade().clients == []
        writer.close()


async def test_an_upgrade_without_a_key_is_refused_and_admits_nobody() -> None:
    async with serving(Echo) as served, aiohttp.ClientSession() as http:
        headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        async with http.get(served.http + "/ws", headers=headers) as answer:
            assert answer.status == 400
        assert served.facade().clients == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
    ],
)
async def test_strangers_are_refused_on_websocket_and_http(
    connect: Connect, headers: dict[str, str], status: int
) -> None:
    async with serving(Echo) as served, aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await connect(served.url(), headers=headers)
        assert refused.value.status == status
        async with http.get(served.http + "/health", headers=headers) as answer:
            assert answer.status == status


async def test_listed_origins_and_hosts_are_admitted(connect: Connect) -> None:
    admission = Admission(origins=["https://app.example"], hosts=["market.example"])
    async with serving(Echo, admission=admission) as served, aiohttp.ClientSession() as http:
        headers = {"Origin": "https://app.example", "Host": "market.example:8000"}
        peer = await connect(served.url(), headers=headers)
        await peer.send("hello")
        assert await peer.receive_raw() == "hello"
        async with http.get(served.http + "/health", headers=headers) as answer:
            assert answer.status == 200
            assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example"


async def test_a_body_can_be_posted_to_the_port_of_the_websocket() -> None:
    async with serving(Echo) as served, aiohttp.ClientSession() as http:
        async with http.post(served.http + "/double", json=21) as answer:
            assert await answer.json() == 42
        async with http.get(served.http + "/health") as answer:
            assert answer.status == 200
            assert (await answer.json())["status"] == "ok"
        async with http.get(served.http + "/ws") as answer:
            assert answer.status == 404
        async with http.post(served.http + "/double", data=b"1" * 70_000) as answer:
            assert answer.status == 413
