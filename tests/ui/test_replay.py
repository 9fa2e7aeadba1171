"""A session recorded by keys and played back in the same panes, where nothing can be sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui import scene, scripted_wires
from tests.ui.conftest import MakeStage, Stage
from tests.ui.picture import text_of
from tui_trader.app import TraderApp
from tui_trader.model import events as e
from tui_trader.model.values import Severity
from tui_trader.playback.player import Player


async def run(it: Stage, line: str) -> None:
    await it.press("colon")
    await it.type(line)
    await it.press("enter")


@pytest.fixture
async def recording(stage: MakeStage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six seconds of a busy day."""
    monkeypatch.setenv("TUI_TRADER_EXPORTS", str(tmp_path))
    async with stage() as it:
        await run(it, "record start day")
        assert " REC " in it.screen.splitlines()[0]
        for second in range(6):
            it.clock.now += 1.0
            await it.tell(e.NoticeReceived("onetrade", Severity.INFO, f"second {second}"))
            await it.tell(*scene.quotes(scene.BEATS + second))
        await run(it, "record stop")
        assert " REC " not in it.screen.splitlines()[0]
        assert "--replay" in it.screen
    return tmp_path / "day.rec"


async def test_a_recorded_session_plays_in_the_same_panes(recording: Path) -> None:
    clock = scripted_wires.Clock()
    player = Player(recording, clock)
    app = TraderApp(
        scripted_wires.Look(symbol=player.header.symbol), player.connect, clock=player.now, prefix="test"
    )
    app.animation_level = "none"
    app.desk.player = player

    async with app.run_test(size=(120, 40), notifications=True) as pilot:

        async def shown(text: str) -> None:
            for _ in range(200):
                app.frame()
                if text in text_of(app):
                    return
                await pilot.pause(0.02)
            raise AssertionError(f"{text!r} is not in\n{text_of(app)}")

        await shown("NFLX")
        assert " PAPER  REPLAY 1×" in text_of(app).splitlines()[0].replace("   ", "  ")
        assert len(app.store.positions) == 3
        assert "F5 pause" in text_of(app).splitlines()[-1]
        await pilot.press("f7", "f7")
        await shown("REPLAY 5×")
        clock.now += 0.5
        await pilot.press("f5")
        await shown("REPLAY paused")
        await pilot.pause(0.1)
        entries = len(app.store.journal)
        clock.now += 100.0
        await pilot.pause(0.1)
        assert len(app.store.journal) == entries
        await pilot.press("f5", "f6", "f6")
        clock.now += 10.0
        await shown("REPLAY ended")
        assert [one.text for one in app.store.journal if one.kind == "notice"][-1] == "second 5"

        await pilot.press(
            "colon", *("b", "u", "y", "space", "1", "space", "E", "U", "R", "U", "S", "D"), "enter"
        )
        await pilot.pause()
        app.frame()
        assert [order for order in app.store.orders.active if order.reference] == []


async def test_a_replay_cannot_be_recorded_and_nothing_else_is_played(stage: MakeStage) -> None:
    async with stage() as it:
        await it.press("f5", "f7")
        assert "REPLAY" not in it.screen and "F5 pause" not in it.screen
        await run(it, "record nonsense")
        assert "✕" in it.screen
