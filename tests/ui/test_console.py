"""Getting about: panes, tabs, zoom, the command line, filters, themes, quitting; and what no key may do."""

from __future__ import annotations

import pytest

from tests.ui import scene
from tui_trader.model.commands import (
    ControlBot,
    PauseStrategy,
    StartStrategy,
    StopStrategy,
    WatchBars,
    WatchDepth,
)
from tui_trader.model.events import LinkChanged, NoticeReceived
from tui_trader.model.values import LinkState, Severity


async def test_choosing_a_market_moves_chart_and_book(stage) -> None:
    async with stage() as it:
        it.wires.sent.clear()
        await it.press("g", "j", "enter")
        assert it.app.store.selection.symbol == "MSFT"
        assert it.wires.of(WatchDepth) == [WatchDepth(link="market_data_gateway", symbol="MSFT")]
        (bars,) = it.wires.of(WatchBars)
        assert (bars.symbol, bars.timeframe) == ("MSFT", "1m")
        await it.press("right_square_bracket")
        assert it.wires.of(WatchBars)[-1].timeframe == "5m"


async def test_a_reconnected_link_is_asked_for_the_same_again(stage) -> None:
    async with stage() as it:
        it.wires.sent.clear()
        await it.tell(LinkChanged("market_data_gateway", LinkState.RECONNECTING))
        await it.tell(LinkChanged("market_data_gateway", LinkState.READY))
        assert it.wires.of(WatchDepth)[-1].symbol == "EURUSD"


async def test_every_pane_can_be_reached_by_its_name(stage) -> None:
    async with stage(80, 24) as it:
        for key, pane in it.app.board.panes.items():
            await it.go(key)
            assert it.app.focused is pane


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (60, 20), (40, 12), (30, 8)])
async def test_every_pane_has_its_place_at_any_size(stage, size: tuple[int, int]) -> None:
    async with stage(*size) as it:
        for key, pane in it.app.board.panes.items():
            it.app.front.show_pane(key)
            await it.until(lambda pane=pane: it.app.focused is pane)
            assert pane in it.app.board.visible_panes
        await it.show()
        assert " PAPER " in it.screen.splitlines()[0]


async def test_zoom_gives_a_pane_the_board_and_q_takes_it_back(stage) -> None:
    async with stage() as it:
        await it.go("chart")
        await it.press("z")
        assert it.app.board.visible_panes == [it.app.board.panes["chart"]]
        await it.press("q")
        assert len(it.app.board.visible_panes) == 4
        assert it.app.is_running


async def test_resizing_keeps_the_keyboard_on_something_visible(stage) -> None:
    async with stage(200, 60) as it:
        await it.go("bot")
        await it.pilot.resize_terminal(80, 24)
        await it.show()
        assert it.app.focused in it.app.board.visible_panes


async def test_q_quits_and_closes_the_links(stage) -> None:
    async with stage() as it:
        await it.press("q")
        assert it.app.return_code == 0
    assert it.wires.stopped


async def test_the_filter_shows_only_what_matches(stage) -> None:
    async with stage() as it:
        await it.press("slash")
        await it.type("btc")
        await it.press("enter")
        assert [row.key for row in it.app.board.panes["tickers"].rows()] == ["BTCUSDT", "BTCUSDT-PERP"]
        assert "NFLX" not in it.screen
        await it.press("slash", "escape")
        assert "NFLX" in it.screen


async def test_a_symbol_alone_jumps_to_it(stage) -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("btcusdt.p")
        await it.press("enter")
        assert it.app.store.selection.symbol == "BTCUSDT-PERP"


async def test_the_command_line_completes_and_remembers(stage) -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("ch")
        await it.press("tab")
        await it.type("ETHUSDT-")
        await it.press("tab")
        await it.type("1h")
        await it.press("enter")
        selection = it.app.store.selection
        assert (selection.symbol, selection.timeframe) == ("ETHUSDT-PERP", "1h")
        await it.press("colon", "up")
        assert it.app.command_line.input.value == "chart ETHUSDT-PERP 1h"


async def test_a_usage_or_complaint_that_does_not_fit_says_so(stage) -> None:
    async with stage(80, 24) as it:
        await it.press("colon")
        await it.type("buy ")
        assert it.screen.splitlines()[-2].endswith("…")
        await it.type("1 EURUSD nonsense_of_more_letters_than_a_line_of_eighty_has_room_for_in_any_case")
        await it.press("enter")
        assert it.screen.splitlines()[-2].startswith(" ✕ What does 'nonsense")
        assert it.screen.splitlines()[-2].endswith("…")


async def test_a_wrong_line_is_explained_in_place(stage) -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("frobnicate")
        await it.press("enter")
        assert "There is no command 'frobnicate'" in it.screen
        assert it.app.command_line.display
        await it.press("escape")
        assert not it.app.command_line.display


async def test_the_consoles_keys_are_letters_while_one_types(stage) -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("q9z?t")
        assert it.app.command_line.input.value == "q9z?t"
        assert it.app.is_running


async def test_starting_a_strategy_asks_and_pausing_does_not(stage) -> None:
    async with stage() as it:
        await it.go("strategies")
        await it.press("s", "p", "x")
        assert it.wires.of(StartStrategy) == []
        assert it.wires.of(PauseStrategy) == []
        await it.press("enter", "p")
        assert [one.strategy_id for one in it.wires.of(PauseStrategy)] == ["strategy-123"]
        await it.wait(1.0)
        await it.press("j", "s")
        assert "Resume Mean Reversion?" in it.screen
        assert it.wires.of(StartStrategy) == []
        await it.wait(1.0)
        await it.press("enter")
        assert [one.strategy_id for one in it.wires.of(StartStrategy)] == ["strategy-124"]


async def test_stopping_a_strategy_and_the_bot_by_command(stage) -> None:
    async with stage() as it:
        for line in ("strat strategy-123 stop keep", "bot pause", "bot start"):
            await it.press("colon")
            await it.type(line)
            await it.press("enter")
        assert [one.strategy_id for one in it.wires.of(StopStrategy)] == ["strategy-123"]
        assert [one.command for one in it.wires.of(ControlBot)] == ["PAUSE"]
        assert "Start the bot?" in it.screen
        await it.wait(1.0)
        await it.press("y")
        assert [one.command for one in it.wires.of(ControlBot)] == ["PAUSE", "START"]


async def test_a_lost_link_is_shown_at_once(stage) -> None:
    async with stage() as it:
        await it.tell(LinkChanged("onetrade", LinkState.RECONNECTING, "connection lost", 1, 2.0))
        assert "1 link not ready" in it.screen
        assert "offline" in it.screen
        await it.go("links")
        assert "again in 2s" in it.screen
        await it.tell(
            LinkChanged("onetrade", LinkState.READY, "not encrypted: whoever is on the way reads along")
        )
        assert "ready !" in it.screen
        assert "not encrypted" in it.screen, "it is told, and it is seen for as long as it is so"


async def test_server_text_is_shown_as_it_is(stage) -> None:
    async with stage() as it:
        await it.tell(NoticeReceived("onetrade", Severity.ERROR, "[@click=app.exit]look[/] [bold", "E[/x]"))
        assert "[@click=app.exit]" in it.screen
        assert it.app.is_running


async def test_no_color_keeps_every_mark(stage, monkeypatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with stage() as it:
        assert it.app.no_color
        assert "▲" in it.screen
        assert "●" in it.screen


async def test_an_idle_console_draws_nothing(stage) -> None:
    async with stage() as it:
        await it.show()
        now = it.clock.now
        assert [pane.KEY for pane in it.app.board.visible_panes if pane.tick(now)] == []
        await it.tell(*list(scene.quotes(scene.BEATS))[:1])
        assert it.app.store.quotes.get("AAPL").arrived == now


async def test_the_palette_opens_once_even_below_the_kill_switch(stage) -> None:
    async with stage() as it:
        await it.press("ctrl+p", "ctrl+k", "ctrl+p")
        assert [type(one).__name__ for one in it.app.screen_stack[1:]] == [
            "CommandPalette",
            "KillSwitchDialog",
        ]
        await it.press("escape", "escape")
        assert len(it.app.screen_stack) == 1


async def test_the_palette_goes_to_panes_instruments_and_verbs(stage) -> None:
    async with stage() as it:
        await it.press("ctrl+p")
        await it.type("Go to Orders")
        await it.until(lambda: "Go to Orders" in it.screen and "Go to Risk" not in it.screen)
        await it.press("enter")
        await it.until(lambda: it.app.focused is it.app.board.panes["orders"])


async def test_the_first_account_on_the_status_line_is_the_one_that_trades_what_is_looked_at(stage) -> None:
    async with stage(80, 24) as it:
        assert "onetrade 10,214.55 USD" in it.screen.splitlines()[0]
        it.app.store.selection.choose("BTCUSDT")
        await it.show()
        assert "channels 50,310.20 USDT" in it.screen.splitlines()[0]
        assert "onetrade" not in it.screen.splitlines()[0]


async def test_a_pane_is_gone_to_by_its_key_or_by_what_its_title_says(stage) -> None:
    async with stage() as it:
        for word, key in (("ladder", "order_book"), ("Markets", "tickers"), ("risk alerts", "risk_alerts")):
            await it.press("colon")
            await it.type(f"show {word}")
            await it.press("enter")
            assert it.app.focused is it.app.board.panes[key]
        await it.press("colon")
        await it.type("show nothing")
        await it.press("enter")
        assert "There is no pane 'nothing'; Tab lists them." in it.screen


@pytest.mark.parametrize("dialogs", [("comma",), ("f9", "ctrl+k"), ("comma", "ctrl+k")])
async def test_what_is_seen_behind_dialogs_goes_on(stage, dialogs: tuple[str, ...]) -> None:
    async with stage(200, 60) as it:
        await it.press(*dialogs)
        assert len(it.app.screen_stack) == 1 + len(dialogs)
        assert "STALE" not in it.screen.splitlines()[2]
        await it.wait(3.5)
        assert "STALE" in it.screen.splitlines()[2]


async def test_a_ticket_below_another_dialog_tells_that_its_quote_is_stale(stage) -> None:
    async with stage(200, 60) as it:
        it.app.front.open_ticket("EURUSD", {})
        await it.show()
        await it.press("ctrl+k")
        ticket = it.app.screen_stack[1]
        shown = ticket.query_one("#preview")
        assert "STALE" not in str(shown._lines)
        await it.wait(3.5)
        assert "STALE" in str(shown._lines)


async def test_the_tab_that_is_open_is_named_however_little_room_there_is(stage) -> None:
    async with stage(40, 12) as it:
        for key, title in (("risk", "Risk"), ("journal", "Journal"), ("positions", "Positions 3")):
            await it.go(key)
            line = it.screen.splitlines()[2]
            assert title in line, line
            await it.pilot.click(offset=(line.index(title) + 1, 2))
            assert it.app.focused is it.app.board.panes[key], "a click on it stays on it"
        before = it.screen.splitlines()[2]
        await it.pilot.click(offset=(before.index("Positions 3") - 3, 2))
        await it.show()
        assert it.app.focused is it.app.board.panes["order_book"]
