"""Habits that every pane shares: `/` filters, `y` copies, `g G` go to the ends, `,` explains the settings."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.ui import scene
from tui_trader.app import TraderApp
from tui_trader.dialogs.settings import SettingsDialog
from tui_trader.dialogs.ticket import TicketDialog
from tui_trader.settings_example import EXAMPLE
from tui_trader.workspaces import preferences


async def test_every_list_is_filtered_by_what_its_rows_say(stage) -> None:
    async with stage() as it:
        await it.trade_for_a_while()
        for pane, text, listed in (
            ("positions", "xau", ["1002"]),
            ("orders", "eth sell", ["9f31"]),
            ("deals", "sell 55.30", ["8"]),
            ("links", "bot", ["bot_core"]),
            ("strategies", "break", ["strategy-125"]),
            ("signals", "momentum", ["sig-1"]),
            ("risk_alerts", "drawdown", [1]),
            ("account", "usdt chan", ["channels"]),
        ):
            await it.go(pane)
            shown = it.app.board.panes[pane]
            before = len(shown.sifted())
            await it.press("slash")
            await it.type(text)
            found = [
                key[-1] if isinstance(key, tuple) else key for key in map(shown.identity, shown.sifted())
            ]
            assert found == listed, pane
            await it.press("enter")
            assert f"/{text} {len(listed)} of {before}" in it.screen, pane
            assert it.app.focused is shown
            await it.press("slash", "escape")
            assert len(shown.sifted()) == before, "leaving the filter shows all again"


async def test_y_copies_what_the_cursor_is_on(stage) -> None:
    async with stage() as it:
        await it.press("y")
        assert it.app.clipboard.split("\t")[:2] == ["EURUSD", "1.08586"]
        await it.go("positions")
        await it.press("j", "y")
        assert it.app.clipboard.split("\t")[:4] == ["XAUUSD", "short", "0.1", "2,662.30"]
        assert it.app.clipboard.split("\t")[-1] == "1002", "columns that are not shown are copied too"
        await it.go("chart")
        await it.press("y")
        assert it.app.clipboard.startswith("EURUSD\t2026-01-01 11:59\t1.08488\t")
        await it.go("order_book")
        await it.press("y")
        assert it.app.clipboard == "1.08586"
        await it.press("g", "y")
        top = it.app.clipboard
        await it.press("G", "y")
        assert float(it.app.clipboard) < 1.08586 < float(top)
        await it.go("risk")
        await it.press("y")
        assert "drawdown" in it.app.clipboard and "171,330.86" in it.app.clipboard


async def test_g_and_shift_g_go_to_the_ends_of_every_list(stage) -> None:
    async with stage() as it:
        await it.trade_for_a_while()
        for pane in ("tickers", "positions", "orders", "deals", "links", "signals", "strategies", "journal"):
            await it.go(pane)
            shown = it.app.board.panes[pane]
            rows = [shown.identity(row) for row in shown.sifted()]
            await it.press("G")
            assert shown.identity(shown.current) == rows[-1], pane
            await it.press("g")
            assert shown.identity(shown.current) == rows[0], pane


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_a_comma_explains_the_settings_and_opens_them_in_the_editor(
    stage, size, tmp_path: Path, monkeypatch
) -> None:
    file = tmp_path / "folder" / "settings.toml"
    monkeypatch.setattr(preferences, "used_file", lambda: file)
    monkeypatch.setattr("tui_trader.workspaces.front.used_file", lambda: file)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    async with stage(*size, theme="paper", keys={"console.zoom": "q"}) as it:
        await it.press("comma")
        assert isinstance(it.app.screen, SettingsDialog)
        assert "settings.toml" in it.screen and "not there yet" in it.screen
        assert "paper" in it.screen and "console.zoom" in it.screen
        assert "q is console.quit already" in it.screen
        await it.wait(1.0)
        await it.press("e")
        assert "No editor is named" in it.screen and not file.exists()
        monkeypatch.setenv("EDITOR", "vi")
        monkeypatch.setattr(TraderApp, "suspend", lambda self: _nothing())
        ran: list[list[str]] = []
        monkeypatch.setattr(preferences.subprocess, "run", lambda words, check: ran.append(words))
        await it.press("e")
        await it.until(lambda: "Read without a complaint" in it.screen)
        assert ran == [["vi", str(file)]] and file.read_text() == EXAMPLE
        assert "Read without a complaint" in it.screen and "not there yet" not in it.screen
        monkeypatch.setenv("EDITOR", "vi 'unfinished")
        await it.press("e")
        await it.until(lambda: "It could not be opened" in it.screen)
        monkeypatch.setenv("EDITOR", "vi")
        file.write_text("colour = 3\n")
        await it.press("e")
        await it.until(lambda: "there is no such setting" in it.screen)
        await it.press("comma", "f9")
        assert isinstance(it.app.screen, TicketDialog)


async def test_the_market_goes_on_while_the_editor_has_the_screen(stage, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(preferences, "used_file", lambda: tmp_path / "settings.toml")
    monkeypatch.setenv("VISUAL", "vi")
    monkeypatch.setattr(TraderApp, "suspend", lambda self: _nothing())
    entered, leave = threading.Event(), threading.Event()
    monkeypatch.setattr(preferences.subprocess, "run", lambda words, check: (entered.set(), leave.wait(20)))
    async with stage() as it:
        await it.press("comma")
        await it.wait(1.0)
        await it.press("e")
        await it.until(entered.is_set)
        assert it.app.terminal.lent, "nothing is written over the editor"
        moved = next(one for one in scene.quotes(0) if one.symbol == "AAPL")
        await it.tell(replace(moved, bid=300.01, ask=300.03, last=300.02))
        assert it.app.store.quotes.get("AAPL").last == 300.02
        await it.press("e")
        leave.set()
        await it.until(lambda: "Read without a complaint" in it.screen)
        assert not it.app.terminal.lent
        await it.press("escape")
        assert "300.02" in it.screen


class _nothing:  # noqa: N801 - stands in for a context manager
    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...
