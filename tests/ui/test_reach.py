"""LIVE links, the user's keys and NO_COLOR, as the screen has them."""

from __future__ import annotations

import pytest

from tui_trader.model.commands import CancelOrder, ClosePosition, Command, PlaceOrder
from tui_trader.model.errors import CommandError
from tui_trader.model.events import LinkChanged
from tui_trader.model.values import LinkState


def live(it, *, allowed: bool = True) -> None:
    """Make the forex link a live one."""
    it.wires.live = frozenset({"onetrade"})
    it.app.desk.gate.allowed = allowed


async def order(it) -> None:
    """Type an order and say yes."""
    await it.press("colon")
    await it.type("buy 0.1 EURUSD @ 1.0800")
    await it.press("enter")
    await it.wait(0.6)
    await it.press("enter")


@pytest.mark.parametrize("size", [(200, 60), (80, 24), (40, 12), (20, 10), (12, 8)])
async def test_the_badge_tells_live_at_any_size(stage, size) -> None:
    async with stage(*size) as it:
        assert " PAPER " in it.screen.splitlines()[0]
        live(it, allowed=False)
        await it.show()
        assert " LIVE " in it.screen.splitlines()[0]
        assert "PAPER" not in it.screen.splitlines()[0]


async def test_without_the_flag_a_live_link_takes_no_order(stage) -> None:
    async with stage() as it:
        live(it, allowed=False)
        await it.fresh()
        assert "LIVE  view only" in it.screen.splitlines()[0]
        await order(it)
        assert it.wires.of(PlaceOrder) == []
        assert "without --live" in it.screen


async def test_the_first_order_on_a_live_link_asks_for_the_phrase(stage) -> None:
    async with stage() as it:
        live(it)
        await it.fresh()
        await order(it)
        assert "onetrade is LIVE" in it.screen
        assert "trade live on onetrade" in it.screen
        assert it.wires.of(PlaceOrder) == []
        await it.wait(0.6)
        await it.type("yes")
        await it.press("enter")
        assert "That is not the phrase" in it.screen
        assert it.wires.of(PlaceOrder) == []
        await it.press("backspace", "backspace", "backspace")
        await it.type("trade live on onetrade")
        await it.press("enter")
        assert len(it.wires.of(PlaceOrder)) == 1
        assert "LIVE  ARMED" in it.screen.splitlines()[0]
        await it.fresh()
        await order(it)
        assert len(it.wires.of(PlaceOrder)) == 2


async def test_escape_sends_nothing_and_a_reconnect_asks_again(stage) -> None:
    async with stage() as it:
        live(it)
        await it.fresh()
        await order(it)
        await it.press("escape")
        assert "onetrade is LIVE" not in it.screen
        assert it.wires.of(PlaceOrder) == []
        assert it.app.desk.gate.arm("onetrade", "trade live on onetrade")
        await it.tell(
            LinkChanged("onetrade", LinkState.RECONNECTING), LinkChanged("onetrade", LinkState.READY)
        )
        assert "LIVE  locked" in it.screen.splitlines()[0]
        await it.fresh()
        await order(it)
        assert "onetrade is LIVE" in it.screen
        assert it.wires.of(PlaceOrder) == []


async def test_a_price_that_went_stale_behind_the_phrase_sends_nothing(stage) -> None:
    async with stage() as it:
        live(it)
        await it.fresh()
        await order(it)
        await it.wait(10)
        await it.type("trade live on onetrade")
        await it.press("enter")
        assert it.wires.of(PlaceOrder) == []
        assert "went stale meanwhile" in it.screen


async def test_a_price_that_went_stale_behind_the_question_sends_nothing(stage) -> None:
    async with stage() as it:
        await it.fresh()
        await it.press("colon")
        await it.type("buy 0.5 EURUSD market dev 0")
        await it.press("enter")
        await it.wait(10)
        await it.press("y")
        assert it.wires.of(PlaceOrder) == []
        assert "went stale meanwhile" in it.screen


async def test_several_commands_wait_for_one_phrase(stage) -> None:
    async with stage() as it:
        live(it)
        for line in ("cancel all", "close EURUSD"):
            await it.press("colon")
            await it.type(line)
            await it.press("enter")
        assert [one.link for one in it.wires.of(CancelOrder)].count("onetrade") == 1
        assert it.wires.of(ClosePosition) == []
        await it.wait(0.6)
        await it.type("trade live on onetrade")
        await it.press("enter")
        assert [one.position_id for one in it.wires.of(ClosePosition)] == ["1001"]


@pytest.mark.parametrize(("seconds", "sent"), [(0.6, [ClosePosition, PlaceOrder]), (10.0, [])])
async def test_both_halves_of_a_reversal_wait_for_one_phrase(stage, seconds: float, sent: list) -> None:
    async with stage() as it:
        live(it)
        await it.go("positions")
        await it.fresh()
        await it.press("enter", "v")
        await it.wait(0.6)
        await it.press("enter")
        assert "close position 1001" in it.screen and "sell 0.5 EURUSD market" in it.screen
        await it.wait(seconds)
        await it.type("trade live on onetrade")
        await it.press("enter")
        trades = [one for one in it.wires.sent if isinstance(one, ClosePosition | PlaceOrder)]
        assert [type(one) for one in trades] == sent, "both, or with a price gone stale neither"


async def test_a_reversal_whose_close_is_refused_opens_nothing(stage) -> None:
    async with stage() as it:
        live(it)
        await it.go("positions")
        await it.fresh()
        await it.press("enter", "v")
        await it.wait(0.6)
        await it.press("enter")
        await it.wait(0.6)
        await it.type("trade live on onetrade")
        send = it.wires.send

        def refuse_closing(command: Command) -> None:
            if isinstance(command, ClosePosition):
                raise CommandError("onetrade is busy")
            send(command)

        it.wires.send = refuse_closing
        await it.press("enter")
        assert "onetrade is busy" in it.screen
        assert it.wires.of(PlaceOrder) == []


async def test_a_users_keys_work_and_the_hints_and_the_help_show_them(stage) -> None:
    async with stage(keys={"console.help": "f1", "console.zoom": "o"}) as it:
        assert "F1 help" in it.screen.splitlines()[-1]
        await it.press("o")
        assert it.app.board.zoomed is not None
        await it.press("z", "o")
        assert it.app.board.zoomed is None
        await it.press("f1")
        assert "F1         Show every key" in it.screen


async def test_a_bad_entry_of_the_keymap_is_told_and_the_rest_works(stage) -> None:
    async with stage(keys={"console.help": "q", "console.dance": "d", "console.zoom": "o"}) as it:
        assert any("console.help: q is console.quit already" in line.text for line in it.app.store.journal)
        assert any("no action 'console.dance'" in line.text for line in it.app.store.journal)
        await it.press("o")
        assert it.app.board.zoomed is not None


async def test_without_colour_what_matters_is_told_by_characters(stage, monkeypatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with stage() as it:
        assert " PAPER " in it.screen.splitlines()[0]
        assert it.app.focused is not None
        assert f"▌{it.app.focused.TITLE}" in it.screen.replace("▌0 ", "▌")
        assert {"▲", "▼"} & set(it.screen)
        live(it)
        await it.fresh()
        assert "LIVE  locked" in it.screen.splitlines()[0]
