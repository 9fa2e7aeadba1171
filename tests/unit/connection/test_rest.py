"""REST calls over a real socket: sent is what was asked, and no answer is never taken for a refusal."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from tui_trader.connection import rest
from tui_trader.connection.rest import NotSent, Rest
from tui_trader.protocols.codec import HttpRequest

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Http:
    """Answers every request with the same bytes and keeps what it was sent."""

    def __init__(self) -> None:
        self.answer = OK
        self.heard: list[bytes] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            ),
            0,
        )
        self.heard.append(head + await reader.readexactly(length))
        writer.write(self.answer)
        await writer.drain()
        writer.close()


class Dropping:
    """Answers once a connection, and goes away when the next request on it is under way."""

    def __init__(self) -> None:
        self.open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        with contextlib.suppress(asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK)
            await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        self.open -= 1


async def test_an_idle_connection_is_not_used_again_when_its_server_may_be_closing_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert rest.IDLE_SECONDS < 5.0, "uvicorn, Node and others close theirs after five"
    monkeypatch.setattr(rest, "IDLE_SECONDS", 0.05)
    dropping = Dropping()
    server = await asyncio.start_server(dropping.serve, "127.0.0.1", 0)
    client = Rest(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    request = HttpRequest("POST", "/api/orders", "place")
    assert await client(request) == (200, b"ok")
    with pytest.raises(OSError, match="no answer"):  # what would become of an order
        await client(request)
    assert await client(request) == (200, b"ok")
    await asyncio.sleep(0.1)
    assert await client(request) == (200, b"ok")
    await client.close()
    server.close()
    async with asyncio.timeout(10):
        while dropping.open:  # noqa: ASYNC110 - the library tells nobody
            await asyncio.sleep(0)


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    one = Http()
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield one
    server.close()
    await server.wait_closed()


@pytest.fixture
async def client(http: Http) -> AsyncIterator[Rest]:
    one = Rest(http.url + "/")
    yield one
    await one.close()


async def test_a_request_is_sent_as_asked_with_every_digit(http: Http, client: Rest) -> None:
    request = HttpRequest(
        "POST",
        "/api/orders",
        "place",
        query={"a b": "c&d"},
        body={"volume": Decimal("0.10")},
        headers={"Authorization": "Bearer t"},
    )
    assert await client(request) == (200, b"ok")
    (heard,) = http.heard
    assert heard.startswith(b"POST /api/orders?a+b=c%26d HTTP/1.1\r\n")
    assert b"authorization: bearer t" in heard.lower()
    assert b"content-type: application/json" in heard.lower()
    assert heard.endswith(b'\r\n\r\n{"volume":0.10}')


async def test_bytes_are_sent_as_they_are_and_nothing_means_no_body(http: Http, client: Rest) -> None:
    await client(HttpRequest("POST", "/x", "p", body=b'{"signed": 1}'))
    await client(HttpRequest("GET", "/x", "p"))
    assert http.heard[0].endswith(b'\r\n\r\n{"signed": 1}')
    assert b"content-type" not in http.heard[1].lower()
    assert b"?" not in http.heard[1].split(b"\r\n")[0]


async def test_an_error_status_is_an_answer(http: Http, client: Rest) -> None:
    http.answer = b"HTTP/1.1 409 Conflict\r\nContent-Length: 4\r\n\r\ngone"
    assert await client(HttpRequest("POST", "/x", "p")) == (409, b"gone")


async def test_a_redirect_is_not_followed(http: Http, client: Rest) -> None:
    http.answer = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    assert await client(HttpRequest("GET", "/x", "p")) == (302, b"")


async def test_nobody_listening_means_that_nothing_was_sent() -> None:
    client = Rest("http://127.0.0.1:1")
    with pytest.raises(NotSent, match="cannot connect"):
        await client(HttpRequest("POST", "/x", "p"))
    await client.close()


@pytest.mark.parametrize("address", ["", "http://[::1", "ftp://127.0.0.1"])
async def test_an_address_that_is_none_means_that_nothing_was_sent(address: str) -> None:
    client = Rest(address)
    with pytest.raises(OSError):
        await client(HttpRequest("POST", "/x", "p"))
    await client.close()


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"]
)
async def test_an_answer_that_never_came_whole_is_no_answer(http: Http, client: Rest, answer: bytes) -> None:
    http.answer = answer
    with pytest.raises(OSError, match="no answer") as caught:
        await client(HttpRequest("POST", "/x", "p"))
    assert not isinstance(caught.value, NotSent)


async def test_an_endless_answer_is_cut(http: Http, client: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest, "MAX_BODY", 1_000)
    http.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2_000
    with pytest.raises(OSError, match="too long"):
        await client(HttpRequest("GET", "/x", "p"))
