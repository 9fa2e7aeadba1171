"""Links over TLS to a real server: an authority of one's own, and a sentence where there is no trust."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import trustme
from websockets.asyncio.server import ServerConnection, serve

from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from embedded_server.transport.limits import Limits
from tui_trader.backends import Backends
from tui_trader.connection.link import NOT_ENCRYPTED, Link
from tui_trader.connection.links import Links
from tui_trader.model.errors import SettingsError
from tui_trader.model.events import Event, LinkChanged
from tui_trader.model.values import LinkState
from tui_trader.protocols.channels.codec import ChannelsCodec
from tui_trader.protocols.codec import Endpoint
from tui_trader.settings import load


class Authority:
    """A certificate authority of somebody's own, and what it issued."""

    def __init__(self, folder: Path, *names: str) -> None:
        authority = trustme.CA()
        issued = authority.issue_cert(*names)
        self.file, self.certificate, self.key = folder / "ca.pem", folder / "chain.pem", folder / "key.pem"
        authority.cert_pem.write_to_path(str(self.file))
        self.certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(str(self.key))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"), "127.0.0.1")


@pytest_asyncio.fixture
async def secured(authority: Authority) -> AsyncIterator[Server]:
    settings = ServerSettings(
        ports="free", clock="manual", tls_certificate=authority.certificate, tls_key=authority.key
    )
    async with Server(settings, limits=Limits(close_seconds=0.2)) as server:
        yield server


class Told:
    """Link changes, and a way to wait for one."""

    def __init__(self) -> None:
        self.changes: list[LinkChanged] = []
        self._news = asyncio.Event()

    def __call__(self, event: Event) -> None:
        if isinstance(event, LinkChanged):
            self.changes.append(event)
            self._news.set()

    async def state(self, link: str, state: LinkState) -> LinkChanged:
        async with asyncio.timeout(10):
            while True:
                for change in self.changes:
                    if change.link == link and change.state is state:
                        return change
                self._news.clear()
                await self._news.wait()


def settings_file(folder: Path, server: Server, names: tuple[str, ...], more: str) -> Path:
    """A settings file with a link to each endpoint."""
    file = folder / "settings.toml"
    file.write_text(
        "".join(
            f'[links.{name}]\nprotocol = "{name}"\nurl = "{server.endpoints[name]}"\n'
            f'http = "{server.http[name]}"\n'
            f'credentials_file = "{server.credentials_file}"\npaper = true\n{more}\n'
            for name in names
        )
    )
    return file


async def connected(file: Path, names: tuple[str, ...], told: Told) -> Links:
    """Links of a settings file."""
    return await Backends(load(file, environment={}, flags={"connect": names})).connect(told)


async def test_a_private_authority_is_trusted_by_socket_and_rest(
    secured: Server, authority: Authority, tmp_path: Path
) -> None:
    names, told = ("bars", "onetrade", "channels"), Told()
    links = await connected(
        settings_file(tmp_path, secured, names, f'ca_file = "{authority.file}"'), names, told
    )
    for name in names:
        assert (await told.state(name, LinkState.READY)).detail == ""
    await links.stop()


async def test_without_it_one_sentence_says_so(secured: Server, tmp_path: Path) -> None:
    names, told = ("bars", "onetrade"), Told()
    links = await connected(settings_file(tmp_path, secured, names, ""), names, told)
    for name in names:  # by the socket, and by the login before it
        change = await told.state(name, LinkState.RECONNECTING)
        assert change.detail == (
            "the server's certificate is not trusted: unable to get local issuer certificate"
        )
    await links.stop()


async def test_another_hosts_certificate_is_not_trusted(tmp_path: Path) -> None:
    other = Authority(tmp_path, "broker.example")
    settings = ServerSettings(
        ports="free", clock="manual", tls_certificate=other.certificate, tls_key=other.key
    )
    async with Server(settings, limits=Limits(close_seconds=0.2)) as server:
        told = Told()
        links = await connected(
            settings_file(tmp_path, server, ("bars",), f'ca_file = "{other.file}"'), ("bars",), told
        )
        detail = (await told.state("bars", LinkState.RECONNECTING)).detail
        assert detail.startswith("the server's certificate is not trusted: IP address mismatch")
        await links.stop()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_that_has_no_authority_is_refused_before_anything_starts(
    tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)
    file = tmp_path / "settings.toml"
    file.write_text(f'[links.a]\nprotocol = "bars"\nurl = "wss://h/ws"\nca_file = "{tmp_path / "ca.pem"}"\n')
    with pytest.raises(SettingsError, match=r"links\.a\.ca_file: .*ca\.pem"):
        Backends(load(file, environment={}, flags={"connect": ("a",)}))


@pytest.mark.parametrize(
    ("key", "address"),
    [
        ("url", "ws://broker.example/ws"),
        ("url", "ws://10.0.0.7:8080/ws"),
        ("url", "ws://127.0.0.1.example/ws"),
        ("http", "http://broker.example"),
    ],
)
def test_nothing_goes_to_another_machine_in_the_clear_unless_told(
    tmp_path: Path, key: str, address: str
) -> None:
    lines = {"protocol": "bars", "url": "wss://broker.example/ws", key: address}
    text = "[links.a]\n" + "".join(f'{name} = "{value}"\n' for name, value in lines.items())
    file = tmp_path / "settings.toml"
    file.write_text(text)
    with pytest.raises(
        SettingsError, match=rf"links\.a\.{key}: would send everything in the clear; use \w+s://"
    ):
        load(file, environment={})
    file.write_text(text + "insecure = true\n")
    assert load(file, environment={}).links["a"].insecure


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.8.8.8"])
def test_loopback_needs_no_tls(tmp_path: Path, host: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'[links.a]\nprotocol = "bars"\nurl = "ws://{host}:1/ws"\nhttp = "http://{host}:1"\n')
    assert load(file, environment={}).links["a"].url


async def test_a_link_in_the_clear_says_so_for_as_long_as_it_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def greet(connection: ServerConnection) -> None:
        await connection.send('{"event": "authenticated", "success": true}')
        await connection.wait_closed()

    async with serve(greet, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        monkeypatch.setattr("tui_trader.connection.trust._is_loopback", lambda host: False)
        told = Told()
        link = Link(ChannelsCodec("far", Endpoint(f"ws://127.0.0.1:{port}/ws")), told)
        link.start()
        assert (await told.state("far", LinkState.READY)).detail == NOT_ENCRYPTED
        await link.stop()


async def test_a_redirect_is_not_followed_to_another_place() -> None:
    reached = []

    async def elsewhere(connection: ServerConnection) -> None:
        reached.append(connection.request)

    async with serve(elsewhere, "127.0.0.1", 0) as other:
        port = next(iter(other.sockets)).getsockname()[1]

        def redirect(connection: ServerConnection, request: object) -> object:
            response = connection.respond(302, "")
            response.headers["Location"] = f"ws://127.0.0.1:{port}/ws"
            return response

        async with serve(elsewhere, "127.0.0.1", 0, process_request=redirect) as server:
            first = next(iter(server.sockets)).getsockname()[1]
            told = Told()
            link = Link(ChannelsCodec("a", Endpoint(f"ws://127.0.0.1:{first}/ws")), told)
            link.start()
            change = await told.state("a", LinkState.RECONNECTING)
            assert change.detail == "the server answered HTTP 302 to the WebSocket request"
            await link.stop()
    assert reached == []
