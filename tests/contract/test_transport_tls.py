"""Every listener behind a certificate, and what is said about one that cannot be used."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
import trustme
import websockets
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from harness import connector, eventually

from embedded_server.model.commands import RequestReport
from embedded_server.model.errors import ConfigurationError
from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from embedded_server.transport.limits import Limits
from tests.contract.test_transport_server import process

SUBSCRIBE = {"type": "bars.subscribe", "payload": {"symbol": "BTCUSDT"}}


class Files:
    """A certificate for this machine, and who vouches for it."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        issued = authority.issue_cert("127.0.0.1", "localhost")
        self.certificate, self.key = folder / "chain.pem", folder / "key.pem"
        self.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(str(self.key))
        self.trusting = ssl.create_default_context()
        authority.configure_trust(self.trusting)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("tls"))


@pytest_asyncio.fixture
async def secured(files: Files) -> AsyncIterator[Server]:
    settings = ServerSettings(
        ports="free", clock="manual", tls_certificate=files.certificate, tls_key=files.key
    )
    async with Server(settings, limits=Limits(close_seconds=0.2, request_seconds=0.5)) as server:
        yield server


async def test_every_endpoint_is_wss_and_https_for_aiohttp(secured: Server, files: Files) -> None:
    assert all(url.startswith("wss://127.0.0.1:") for url in secured.endpoints.values())
    assert all(url.startswith("https://127.0.0.1:") for url in secured.http.values())
    async with connector() as connect, aiohttp.ClientSession() as http:
        peer = await connect(secured.endpoints["bars"], ssl=files.trusting)
        await peer.send(SUBSCRIBE)
        await peer.until(lambda message: message["type"] == "bars.subscribe.response")
        for base in secured.http.values():
            for page in ("/health", "/metrics"):
                async with http.get(base + page, ssl=files.trusting) as answer:
                    assert answer.status == 200


async def test_a_report_is_announced_where_it_downloads(secured: Server, files: Files) -> None:
    tls = aiohttp.TCPConnector(ssl=files.trusting)
    async with connector() as connect, aiohttp.ClientSession(connector=tls) as http:
        base, key = secured.http["onetrade"], secured.credentials.onetrade.api_key
        async with http.post(base + "/api/v1/oauth2/login", headers={"API-Key": key}) as answer:
            login = (await answer.json())["data"]
        session, token = login["session_id"], login["access_token"]
        url = f"{secured.endpoints['onetrade']}?session_id={session}&access_token={token}"
        peer = await connect(url, ssl=files.trusting)
        await peer.send({"type": "start_account_all", "data": None})
        await peer.send({"type": "ping", "data": None})
        await peer.until(lambda message: message["type"] == "pong")
        secured.engine.submit(RequestReport(account="forex", kind="statement", start=0, end=2**60))
        await secured.advance(2)
        report = await peer.until(lambda message: message["type"] == "report_create")
        async with http.get(report["data"]["url"]) as answer:
            assert answer.status == 200
            assert "<!doctype html>" in await answer.text()


async def test_websockets_speaks_with_it_too(secured: Server, files: Files) -> None:
    async with websockets.connect(secured.endpoints["bars"], ssl=files.trusting) as socket:
        await socket.send(json.dumps(SUBSCRIBE))
        assert json.loads(await socket.recv())["type"] == "bars.subscribe.response"
        await socket.close()
        assert socket.close_code == 1000
    await eventually(lambda: not secured.endpoint("bars").sessions)


async def test_its_documents_say_wss(secured: Server, files: Files) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.get(secured.http["orchestrator"] + "/asyncapi.json", ssl=files.trusting) as answer,
    ):
        assert (await answer.json())["servers"]["here"]["protocol"] == "wss"


async def test_a_client_that_does_not_trust_it_stays_outside(secured: Server) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await websockets.connect(secured.endpoints["bars"], ssl=ssl.create_default_context())


async def test_plain_text_and_silence_at_a_tls_port_are_cut_off(secured: Server, files: Files) -> None:
    port = int(secured.http["bars"].rpartition(":")[2])
    for sent in (b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", b"", b"\x16\x03\x01"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        async with asyncio.timeout(5):
            with contextlib.suppress(ConnectionError):
                assert b"HTTP" not in await reader.read()
        writer.close()
    async with websockets.connect(secured.endpoints["bars"], ssl=files.trusting) as socket:
        await socket.send(json.dumps(SUBSCRIBE))
        await socket.recv()


async def test_a_stuck_tls_reader_is_cut_off(files: Files) -> None:
    settings = ServerSettings(
        ports="free", clock="manual", tls_certificate=files.certificate, tls_key=files.key
    )
    limits = Limits(probe_seconds=0.1, probe_answer_seconds=0.2, close_seconds=0.1)
    async with Server(settings, limits=limits) as server:
        port = int(server.http["bars"].rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=files.trusting)
        writer.write(
            b"GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
        await eventually(lambda: server.endpoint("bars").sessions)
        next(iter(server.endpoint("bars").sessions)).send(b"{}")
        await eventually(lambda: server.endpoint("bars").evictions)
        await eventually(lambda: not server.endpoint("bars").sessions)
        writer.transport.abort()


def test_the_json_line_says_wss_and_https(files: Files) -> None:
    with process(json=True, tls_certificate=str(files.certificate), tls_key=str(files.key)) as child:
        assert child.stdout is not None
        ready = json.loads(child.stdout.readline())
        assert {url.partition("://")[0] for url in ready["endpoints"].values()} == {"wss"}
        assert {url.partition("://")[0] for url in ready["http"].values()} == {"https"}
        child.terminate()
        _, errors = child.communicate(timeout=10)
        assert (child.returncode, errors) == (0, "")


def test_a_file_that_cannot_be_read_is_one_sentence_and_exit_code_2(files: Files) -> None:
    with process(tls_certificate="/nowhere/chain.pem", tls_key=str(files.key)) as child:
        output, errors = child.communicate(timeout=10)
        assert (child.returncode, output) == (2, "")
        assert (
            errors
            == "tui-trader: tls_certificate /nowhere/chain.pem cannot be read: no such file or directory\n"
        )


@pytest.mark.parametrize(
    "case", ["no key", "no certificate", "swapped", "empty", "encrypted", "folder", "foreign"]
)
def test_what_is_wrong_with_a_certificate_is_said_before_anything_opens(
    files: Files, tmp_path: Path, case: str
) -> None:
    empty, encrypted = tmp_path / "empty.pem", tmp_path / "encrypted.pem"
    empty.touch()
    key = load_pem_private_key(files.key.read_bytes(), None)
    encrypted.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    )
    certificate, private, words = {
        "no key": (files.certificate, None, "tls_key is missing"),
        "no certificate": (None, files.key, "tls_certificate is missing"),
        "swapped": (files.key, files.certificate, "no certificate with its key"),
        "empty": (empty, empty, "no certificate with its key"),
        "encrypted": (files.certificate, encrypted, "is encrypted"),
        "folder": (tmp_path, files.key, "cannot be read"),
        "foreign": (files.certificate, Files(tmp_path).key, "key values mismatch"),
    }[case]
    settings = ServerSettings(ports="free", clock="manual", tls_certificate=certificate, tls_key=private)
    with pytest.raises(ConfigurationError, match=words) as refused:
        Server(settings)
    assert "\n" not in str(refused.value)
