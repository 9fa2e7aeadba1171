"""Every workspace and every dialog at 80x24, 120x40 and 200x60, and in every theme: colour-blind ones too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.widgets import Input

from tests.ui import scene
from tests.ui.album import Page, judge
from tests.ui.conftest import Stage
from tui_trader.model.events import LinkChanged, RequoteOffered
from tui_trader.model.values import LinkState, Order, OrderKind, OrderStatus, Side
from tui_trader.workspaces.registry import WORKSPACES

Open = Callable[[Stage], Awaitable[None]]


async def the_help(it: Stage) -> None:
    await it.press("question_mark")


async def the_settings(it: Stage) -> None:
    await it.press("comma")


async def a_question(it: Stage) -> None:
    await it.press("colon")
    await it.type("buy 0.1 EURUSD @ 1.0850 sl 1.08 tp 1.1")
    await it.press("enter")


async def an_empty_ticket(it: Stage) -> None:
    await it.press("f9")


async def a_ticket_with_complaints(it: Stage) -> None:
    fields = {"side": "buy", "kind": "stop-limit", "quantity": "0.123", "price": "1.2", "stop_price": "abc"}
    it.app.front.open_ticket("EURUSD", fields)
    await it.show()
    await it.press("enter")


async def a_ticket_looked_over(it: Stage) -> None:
    fields = {"side": "sell", "kind": "limit", "quantity": "0.2", "price": "1.0900", "trailing": "20pt"}
    it.app.front.open_ticket("EURUSD", fields, note="from a signal")
    await it.show()
    await it.press("enter")


async def a_pair(it: Stage) -> None:
    fields = {"side": "buy", "kind": "oco", "quantity": "0.2", "price": "1.0800", "stop_price": "1.0900"}
    it.app.front.open_ticket("EURUSD", fields)
    await it.show()
    await it.press("enter")


async def two_requotes(it: Stage) -> None:
    for number, symbol, price in (("512", "EURUSD", 1.08597), ("513", "XAUUSD", 2_652.31)):
        order = Order(
            link="onetrade", id=number, symbol=symbol, side=Side.BUY, kind=OrderKind.MARKET,
            status=OrderStatus.REQUOTED, quantity=0.5, price=price * 0.9999, offer_price=price,
        )  # fmt: skip
        await it.tell(RequoteOffered(order=order, old_price=order.price, valid_seconds=5.0))
    await it.wait(1.5)


async def the_kill_word(it: Stage) -> None:
    await it.press("ctrl+k")
    await it.type("kil")


async def the_kill_under_way(it: Stage) -> None:
    await it.press("ctrl+k")
    await it.type("kill")
    await it.press("enter")


async def the_kill_not_verified(it: Stage) -> None:
    await the_kill_under_way(it)
    await it.tell(scene.killed(verified=False, left=1), scene.risk(engaged=True))


async def the_kill_verified(it: Stage) -> None:
    await the_kill_under_way(it)
    await it.tell(scene.killed(verified=True), scene.risk(engaged=True))


async def the_limits(it: Stage) -> None:
    await it.go("risk")
    await it.press("e")
    await it.type("25")
    await it.press("tab")
    await it.type("0")


async def a_phrase(it: Stage) -> None:
    it.wires.live = frozenset({"onetrade"})
    it.app.desk.gate.allowed = True
    await a_question(it)
    await it.wait(0.6)
    await it.tell(*scene.quotes(scene.BEATS - 1))
    await it.press("y")
    await it.type("trade li")


async def a_session_in_use(it: Stage) -> None:
    await it.tell(LinkChanged("onetrade", LinkState.CONFLICT, "session is already used", takeover=True))


async def a_strategy_started(it: Stage) -> None:
    it.app.front.open_start(it.app.store.strategies.find("Breakout"))
    await it.show()
    await it.type("AAPL, 9!")


async def a_strategy_stopped(it: Stage) -> None:
    it.app.front.open_stop(it.app.store.strategies.find("Momentum Alpha"))


async def protection_typed(it: Stage) -> None:
    await it.go("positions")
    await it.press("enter", "m")


async def the_command_line(it: Stage) -> None:
    await it.press("colon")
    await it.type("s")
    await it.press("tab")


async def the_palette(it: Stage) -> None:
    await it.press("ctrl+p")
    await it.type("Go to Orders")
    await it.until(lambda: "Go to Orders" in it.screen and "Go to Risk" not in it.screen)


async def a_wrong_command(it: Stage) -> None:
    await it.press("colon")
    await it.type("buy 0.1 EURUSD @ 1.0850 sl 2")
    await it.press("enter")


DIALOGS: dict[str, tuple[Open, ...]] = {
    "questions": (a_question, a_strategy_started, a_strategy_stopped, protection_typed, the_limits),
    "tickets": (an_empty_ticket, a_ticket_with_complaints, a_ticket_looked_over, a_pair),
    "lines": (the_help, the_settings, the_command_line, a_wrong_command, the_palette),
    "interruptions": (a_session_in_use, two_requotes),
    "phrase": (a_phrase,),
    "kill word": (the_kill_word,),
    "kill": (the_kill_under_way,),
    "kill left": (the_kill_not_verified,),
    "kill done": (the_kill_verified,),
}
"""What can be opened one after the other on one console."""


@pytest.fixture(autouse=True)
def _no_files_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/home/trader/.config")
    monkeypatch.setenv("TUI_TRADER_CONFIG", "")
    monkeypatch.setattr("tui_trader.settings._USED", {})


@pytest.mark.parametrize("group", DIALOGS)
async def test_dialogs(stage, request: pytest.FixtureRequest, group: str) -> None:
    update = request.config.getoption("--snapshot-update")
    complaints: list[str] = []
    async with stage() as it:
        await it.tell(scene.risk())
        page = Page(it.pilot, it.app, update=update)
        for opened in DIALOGS[group]:
            await it.pilot.resize_terminal(120, 40)
            await it.until(lambda: it.app.screen.focused is not None)
            await it.fresh()
            await opened(it)
            for field in it.app.screen.query(Input):
                field.cursor_blink = False
            complaints += await page.take(opened.__name__)
            while len(it.app.screen_stack) > 1:
                it.app.pop_screen()
            it.app.command_line.close()
            await it.show()
    judge(complaints)


async def test_workspaces(stage, request: pytest.FixtureRequest) -> None:
    complaints: list[str] = []
    async with stage() as it:
        await it.trade_for_a_while()
        page = Page(it.pilot, it.app, update=request.config.getoption("--snapshot-update"))
        for place, workspace in enumerate(WORKSPACES):
            await it.press(str(place + 1))
            complaints += await page.take(f"workspace_{workspace.title.lower()}")
    judge(complaints)
