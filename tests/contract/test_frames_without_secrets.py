"""Every login flow on real sockets: what the inspector can show of it has no secret in it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from tui_trader.connection.links import Links
from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.values import LinkState
from tui_trader.own_server import plans
from tui_trader.protocols.onetrade.codec import OneTradeCodec
from tui_trader.protocols.redaction import HIDDEN, is_secret
from tui_trader.server_process import Announcement


def _secrets(server: Server, links: Links) -> set[str]:
    """Keys of the server's own file, and what a login gave."""
    file = msgspec.json.decode(
        Path(str(server.credentials_file)).read_bytes(), type=dict[str, dict[str, str]]
    )
    secrets = {value for one in file.values() for name, value in one.items() if is_secret(name)}
    codec = links._links["onetrade"].codec
    assert isinstance(codec, OneTradeCodec)
    assert codec.session.tokens is not None
    return {*secrets, codec.session.tokens.session_id, codec.session.tokens.access_token}


async def test_no_frame_of_any_link_shows_a_secret() -> None:
    ready: set[str] = set()
    all_ready = asyncio.Event()

    def sink(event: e.Event) -> None:
        if isinstance(event, e.LinkChanged) and event.state is LinkState.READY:
            ready.add(event.link)
            if ready == set(links.names):
                all_ready.set()

    async with Server(ServerSettings(seed=7, ports="free", clock="manual")) as server:
        announcement = Announcement(True, server.endpoints, server.http, str(server.credentials_file))
        links = Links(plans(announcement), sink)
        links.start()
        try:
            async with asyncio.timeout(20):
                await all_ready.wait()
            links.send(c.RefreshAccount(link="onetrade"))
            secrets = _secrets(server, links)
            frames = [frame for name in links.names for frame in links.tap(name).since(0)]
        finally:
            await links.stop()
    shown = {frame.sequence: f"{frame.kind} {frame.line} {frame.text}" for frame in frames}
    raw = "".join(str(frame._data) for frame in frames)
    assert len(secrets) >= 5
    assert any(secret in raw for secret in secrets), "the logins were not seen at all"
    assert not [text for text in shown.values() if any(secret in text for secret in secrets)]
    assert not [text for text in shown.values() if "eyJ" in text], "a minted token"
    for name in ("bot_core", "channels", "onetrade"):
        assert any(HIDDEN in shown[frame.sequence] for frame in frames if frame.link == name), name
