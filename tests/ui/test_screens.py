"""What the whole screen looks like, at three sizes and in every theme."""

from __future__ import annotations

import pytest

from tests.ui import scene
from tui_trader.model.events import LinkChanged, RequoteOffered
from tui_trader.model.values import LinkState, Order, OrderKind, OrderStatus, Side
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


@pytest.mark.parametrize("theme", ["paper", "midnight-blue-orange", "paper-blue-orange"])
async def test_other_themes(stage, snapshot, theme: str) -> None:
    async with stage(theme=theme) as it:
        snapshot(it.app, f"theme_{theme}")


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_the_ticket(stage, snapshot, width: int, height: int) -> None:
    async with stage(width, height) as it:
        await it.press("f9", "b", "tab", "m", "tab")
        await it.type("0.1")
        for field in it.app.screen.query("Input"):
            field.cursor_blink = False
        await it.press("tab", "shift+tab", "shift+tab")
        snapshot(it.app, f"ticket_{width}x{height}")


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_requote(stage, snapshot, width: int, height: int) -> None:
    async with stage(width, height) as it:
        order = Order(
            link="onetrade", id="512", symbol="EURUSD", side=Side.BUY, kind=OrderKind.MARKET,
            status=OrderStatus.REQUOTED, quantity=0.5, price=1.0859, offer_price=1.08597,
        )  # fmt: skip
        await it.tell(RequoteOffered(order=order, old_price=1.0859, valid_seconds=5.0))
        await it.wait(1.5)
        snapshot(it.app, f"requote_{width}x{height}")


async def test_everything_stale(stage, snapshot) -> None:
    async with stage() as it:
        await it.tell(
            *(
                LinkChanged(name, LinkState.RECONNECTING, "connection lost", 1, 2.0)
                for name in scene.SUPPORTED
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


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("place", [2, 3, 4])
async def test_each_workspace(stage, snapshot, width: int, height: int, place: int) -> None:
    async with stage(width, height) as it:
        await it.trade_for_a_while()
        await it.press(str(place))
        snapshot(it.app, f"workspace_{place}_{width}x{height}")


@pytest.mark.parametrize("theme", ["paper", "midnight-blue-orange"])
async def test_the_account_in_other_themes(stage, snapshot, theme: str) -> None:
    async with stage(theme=theme) as it:
        await it.trade_for_a_while()
        await it.press("3")
        snapshot(it.app, f"account_{theme}")


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_the_kill_switch(stage, snapshot, width: int, height: int) -> None:
    async with stage(width, height) as it:
        await it.press("ctrl+k")
        it.app.screen.query_one("Input").cursor_blink = False
        await it.type("kil")
        snapshot(it.app, f"kill_{width}x{height}")
        await it.type("l")
        await it.press("enter")
        await it.tell(scene.killed(verified=True), scene.risk(engaged=True))
        it.app.clear_notifications()
        await it.show()
        snapshot(it.app, f"killed_{width}x{height}")


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_the_limits(stage, snapshot, width: int, height: int) -> None:
    async with stage(width, height) as it:
        await it.go("risk")
        await it.press("e")
        for field in it.app.screen.query("Input"):
            field.cursor_blink = False
        await it.type("25")
        await it.press("tab")
        await it.type("0")
        snapshot(it.app, f"limits_{width}x{height}")


async def test_the_help(stage, snapshot) -> None:
    async with stage() as it:
        await it.press("question_mark")
        snapshot(it.app, "help_120x40")
