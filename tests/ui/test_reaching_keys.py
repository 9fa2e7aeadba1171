"""Keys that must be reachable: the kill switch from anywhere, and hints that name the user's own keys."""

from __future__ import annotations

import pytest

from tui_trader.dialogs.kill_switch import KillSwitchDialog
from tui_trader.model.commands import EngageKillSwitch, PlaceOrder

OWN_KEYS = {
    "console.kill": "f8",
    "positions.arm": "f2",
    "orders.arm": "f2",
    "ticket.proceed": "f3",
    "ticket.close": "f4",
    "limits.proceed": "f3",
    "limits.close": "f4",
    "starting.proceed": "f3",
    "starting.close": "f4",
    "kill.close": "f4",
    "help.close": "f4",
    "records.follow": "F",
}


@pytest.mark.parametrize("way", [("f9",), ("colon",), ("question_mark",), ("3", "e")])
async def test_the_kill_switch_is_reached_from_any_dialog_and_text_field(stage, way: tuple[str, ...]) -> None:
    async with stage() as it:
        if way[0] == "3":
            await it.go("risk")
        await it.press(*(way if way[0] != "3" else way[1:]))
        before = it.app.screen
        await it.press("ctrl+k")
        assert isinstance(it.app.screen, KillSwitchDialog)
        await it.press("ctrl+k")
        assert len(it.app.screen_stack) == 2 + (before is not it.app.screen_stack[0]), "it is there once"
        assert not it.wires.of(EngageKillSwitch), "the chord alone does nothing"
        await it.type("KILL")
        await it.press("enter")
        assert len(it.wires.of(EngageKillSwitch)) == 1
        await it.press("escape")
        assert it.app.screen is before, "what was under it is still there"
        assert not it.wires.of(PlaceOrder)


async def test_hints_name_the_keys_that_the_user_has(stage) -> None:
    async with stage(keys=OWN_KEYS) as it:
        await it.go("positions")
        await it.press("x")
        assert "Press F2 first" in it.screen
        it.app.clear_notifications()
        await it.press("f9")
        assert "F3 look over" in it.screen and "F4 close" in it.screen and "Esc" not in it.screen
        await it.press("f4", "f8")
        assert isinstance(it.app.screen, KillSwitchDialog) and "F4 close" in it.screen
        await it.press("f4", "question_mark")
        assert "F4 close" in it.screen
        await it.press("f4")
        await it.go("risk")
        await it.press("e")
        assert "F3 look over" in it.screen and "F4 close" in it.screen
        await it.press("f4")
        it.app.front.open_start(it.app.store.strategies.find("Breakout"))
        await it.show()
        assert "F3 look over" in it.screen and "F4 close" in it.screen
        await it.press("f4")
        await it.go("journal")
        await it.press("g")
        assert "F follows" in it.screen or "newer: F" in it.screen
