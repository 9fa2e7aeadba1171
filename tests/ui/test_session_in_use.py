"""Two consoles and one session: the dialog, what it offers, and what the server does of it."""

from __future__ import annotations

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.ui.market_stage import market_stage
from tui_trader.dialogs.session_in_use import SessionDialog
from tui_trader.model.events import LinkChanged
from tui_trader.model.values import LinkState


def in_use(*, takeover: bool) -> LinkChanged:
    return LinkChanged("onetrade", LinkState.CONFLICT, "session is already used", takeover=takeover)


async def test_the_user_chooses_and_nothing_retries_by_itself(stage) -> None:
    async with stage() as it:
        await it.tell(in_use(takeover=True))
        assert "Session in use" in it.screen and "session is already used" in it.screen
        await it.press("t")
        assert it.wires.taken_over == [], "a key that was on its way to something else decides nothing"
        await it.wait(30.0)
        assert (it.wires.retried, it.wires.taken_over) == ([], [])
        await it.press("escape")
        await it.wait(5.0)
        assert "Session in use" not in it.screen, "told once"
        await it.go("links")
        await it.press("G", "slash")
        await it.type("onetrade")
        await it.press("enter", "enter")
        assert isinstance(it.app.screen, SessionDialog), "Enter on the link asks again"
        await it.wait(1.0)
        await it.press("t")
        assert it.wires.taken_over == ["onetrade"]


async def test_without_the_extension_taking_over_is_explained_and_not_offered(stage) -> None:
    async with stage(80, 24) as it:
        await it.tell(in_use(takeover=False))
        assert "cannot displace" in it.screen and "t take over" not in it.screen
        await it.wait(1.0)
        await it.press("t")
        assert it.wires.taken_over == []
        await it.press("r")
        assert it.wires.retried == ["onetrade"] and "Session in use" not in it.screen
        await it.tell(LinkChanged("onetrade", LinkState.CONNECTING), in_use(takeover=False))
        assert "Session in use" in it.screen, "it came to that again"
        await it.tell(LinkChanged("onetrade", LinkState.READY))
        assert "Session in use" not in it.screen, "it is over by itself"


async def test_a_session_is_taken_over_at_the_server_and_the_other_one_is_gone() -> None:
    async with market_stage() as it:
        (link,) = [one for one in it.seat.each_link if one.name == "onetrade"]
        tokens = link.codec.session.tokens
        url, _ = await link.codec.prepare(_always)
        link._conversation._socket.transport.abort()
        other = await connect(url)
        await it.until(lambda: link.state is LinkState.CONFLICT, 30.0)
        await it.show()
        assert "take over" in it.screen, "the server's own description says that it can"
        await it.advance(1.0)
        await it.press("t")
        await it.until(lambda: link.state is LinkState.READY, 10.0)
        assert link.codec.session.tokens == tokens, "it is the same session"
        with pytest.raises(ConnectionClosed):
            while True:
                await other.recv()
        assert "Session in use" not in it.screen


async def _always(request: object) -> tuple[int, bytes]:
    return 200, b""
