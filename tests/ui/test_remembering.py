"""Alerts, lists, first steps and what is remembered, as a user meets them."""

from __future__ import annotations

from pathlib import Path

from tests.ui import scene
from tui_trader.model.events import LinkChanged, RiskAlertRaised
from tui_trader.model.values import LinkState
from tui_trader.remembered import Remembered, StateFile


async def typed(it, line: str) -> None:
    await it.press("colon")
    it.app.command_line.input.value = line
    await it.press("enter")


async def test_an_alert_is_told_once_with_a_toast_and_a_bell(stage, monkeypatch) -> None:
    async with stage() as it:
        rung = []
        monkeypatch.setattr(it.app, "bell", lambda: rung.append(1))
        await typed(it, "alert link onetrade")
        assert "Alert 1: link onetrade" in it.screen
        await it.tell(LinkChanged("onetrade", LinkState.RECONNECTING))
        assert "alert 1: onetrade is not connected" in it.screen
        await it.show()
        assert rung == [1]
        lines = [line.text for line in it.app.store.journal if line.kind == "alert"]
        assert lines == ["alert 1: onetrade is not connected"]


async def test_a_limit_that_the_guardian_saw_passed_rings_once_and_reaches_the_desktop(
    stage, monkeypatch
) -> None:
    async with stage(notify="osc9") as it:
        rung: list[object] = []
        monkeypatch.setattr(it.app, "bell", lambda: rung.append("bell"))
        monkeypatch.setattr(type(it.app), "is_headless", False)
        monkeypatch.setattr(it.app._driver, "write", lambda text: "\x1b]9" in text and rung.append(text))
        near, past = (one for one in scene.trading_record() if isinstance(one, RiskAlertRaised))
        await it.tell(near)
        assert rung == [], "near a limit is a toast and no noise"
        await it.tell(past)
        assert rung[0] == "bell" and str(rung[1]).startswith("\x1b]9;tui-trader")
        await it.show()
        assert rung.count("bell") == 1


async def test_alerts_are_listed_and_deleted(stage) -> None:
    async with stage() as it:
        await typed(it, "alert EURUSD > 99")
        await typed(it, "alert pnl < -100000")
        await typed(it, "alert list")
        assert "2  pnl < -100000" in it.screen
        await typed(it, "alert delete 1")
        assert [alert.text for alert in it.app.desk.alerts] == ["pnl < -100000"]
        await typed(it, "alert delete all")
        assert len(it.app.desk.alerts) == 0
        await typed(it, "alert EURUSD")
        assert "Say what and when" in it.screen


async def test_favourites_make_a_list_that_can_be_shown_alone(stage) -> None:
    async with stage() as it:
        tickers = it.app.board.panes["tickers"]
        everything = len(tickers.rows())
        await it.press("g", "asterisk", "j", "j", "asterisk", "w")
        assert [row.key for row in tickers.rows()] == ["AAPL", "GOOGL"]
        assert "★ favourites" in it.screen
        await it.press("w")
        assert len(tickers.rows()) == everything
        await typed(it, "list mine EURUSD XAUUSD")
        assert [row.key for row in tickers.rows()] == ["EURUSD", "XAUUSD"]
        await typed(it, "list")
        assert len(tickers.rows()) == everything


async def test_the_first_steps_are_shown_until_they_were_taken(stage, tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.json")
    async with stage(state=file) as it:
        assert "1/3 first, move" in it.screen.splitlines()[-1]
        await it.press("j")
        assert "2/3 then arm" in it.screen.splitlines()[-1]
        it.app.front.show_pane("positions")
        await it.show()
        await it.fresh()
        await it.press("enter")
        assert "3/3 then send" in it.screen.splitlines()[-1]
        await it.press("x")
        assert "/3 " not in it.screen.splitlines()[-1]
    assert set(file.read().steps) == {"move", "arm", "send"}
    async with stage(state=file) as it:
        assert "/3 " not in it.screen.splitlines()[-1]


async def test_a_session_leaves_its_looks_to_the_next(stage, tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.json")
    async with stage(state=file) as it:
        await typed(it, "theme paper")
        await typed(it, "chart GBPUSD 15m")
        await typed(it, "alert EURUSD > 99")
        await it.press("s", "2")
        it.clock.now += 6
        await it.show()
        await it.until(lambda: file.read().symbol == "GBPUSD")
    async with stage(state=file) as it:
        assert it.app.theme == "paper"
        assert (it.app.store.selection.symbol, it.app.store.selection.timeframe) == ("GBPUSD", "15m")
        assert it.app.board.place == 1
        assert it.app.board.panes["tickers"].sorting == "symbol"
        assert [alert.text for alert in it.app.desk.alerts] == ["EURUSD > 99"]


async def test_settings_win_over_what_was_remembered(stage, tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.json")
    file.write(Remembered(theme="paper", symbol="GBPUSD", workspace=99, timeframe="7m", sorting="colour"))
    async with stage(state=file, theme="midnight", symbol="AAPL") as it:
        assert it.app.theme == "midnight"
        assert (it.app.store.selection.symbol, it.app.store.selection.timeframe) == ("AAPL", "1m")
        assert (it.app.board.place, it.app.board.panes["tickers"].sorting) == (0, "listed")


async def test_a_damaged_state_is_told_and_the_console_starts(stage, tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.json")
    file.path.write_text("{")
    async with stage(state=file) as it:
        assert any("damaged and ignored" in line.text for line in it.app.store.journal)
        assert it.app.is_running


async def test_nothing_is_written_without_a_file(stage) -> None:
    async with stage() as it:
        it.clock.now += 60
        await it.tell(*scene.quotes(1))
        assert it.app.is_running
