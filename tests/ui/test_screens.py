"""What the whole screen looks like at three sizes, busy, empty and stale; test_album.py has the rest."""

from __future__ import annotations

import pytest

from tests.ui import scripted_wires
from tui_trader.model.events import LinkChanged
from tui_trader.model.values import LinkState
from tui_trader.workspaces.trade import DECK

SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_busy_day(stage, snapshot, width: int, height: int) -> None:
    async with stage(width, height) as it:
        snapshot(it.app, f"busy_{width}x{height}")


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_before_anything_arrived(stage, snapshot, width: int, height: int) -> None:
    async with stage(width, height, busy=False) as it:
        await it.show()
        snapshot(it.app, f"empty_{width}x{height}")


async def test_everything_stale(stage, snapshot) -> None:
    async with stage() as it:
        await it.tell(
            *(
                LinkChanged(name, LinkState.RECONNECTING, "connection lost", 1, 2.0)
                for name in scripted_wires.SUPPORTED
            )
        )
        await it.wait(4.0)
        assert "STALE" in it.screen
        assert "8 links not ready" in it.screen
        snapshot(it.app, "stale_120x40")


@pytest.mark.parametrize("tab", DECK)
async def test_each_tab_of_the_deck(stage, snapshot, tab: str) -> None:
    async with stage() as it:
        await it.press("greater_than_sign", *["greater_than_sign"] * DECK.index(tab))
        assert it.app.focused is it.app.board.panes[tab]
        snapshot(it.app, f"tab_{tab}")
