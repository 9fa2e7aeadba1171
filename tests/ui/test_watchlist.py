"""The watchlist: where its cursor stands, what it is sorted by, what is warm, and all of its columns."""

from __future__ import annotations

import re

from tests.ui import scene
from tests.ui.conftest import Stage
from tui_trader.panes.tickers import TickersPane


def tickers(it: Stage) -> TickersPane:
    pane = it.app.board.panes["tickers"]
    assert isinstance(pane, TickersPane)
    return pane


def order_of(it: Stage) -> list[str]:
    return [row.key for row in tickers(it).rows()]


async def test_the_cursor_stands_on_what_is_looked_at_until_it_is_moved(stage) -> None:
    async with stage() as it:
        assert tickers(it).current.key == "EURUSD"
        await it.press("j")
        assert tickers(it).current.key == "GBPUSD"
        await it.fresh()
        assert tickers(it).current.key == "GBPUSD", "from here on the cursor is the user's"
        await it.press("colon")
        await it.type("TSLA")
        await it.press("enter")
        assert tickers(it).current.key == "TSLA"


async def test_the_list_is_sorted_by_keys_and_turned_round(stage) -> None:
    async with stage() as it:
        listed = order_of(it)
        await it.press("s")
        assert order_of(it) == sorted(listed)
        assert "by symbol ↑" in it.screen
        await it.press("s")
        assert order_of(it)[:3] == ["DOGEUSDT", "SOLUSDT-PERP", "SOLUSDT"]
        assert "by change ↓" in it.screen
        await it.press("S")
        assert order_of(it)[0] == "TSLA" and "by change ↑" in it.screen
        await it.press("S", "s")
        volumes = {key: volume for key, _, _, _, _, volume in scene._MARKETS}
        assert order_of(it)[:2] == sorted(volumes, key=volumes.get, reverse=True)[:2]
        await it.press("s")
        assert "by spread ↑" in it.screen
        await it.press("s")
        assert order_of(it) == listed


async def test_a_change_is_the_warmer_the_larger_it_is_and_its_figure_says_so_too(stage) -> None:
    async with stage() as it:
        pane, now = tickers(it), it.clock()
        cells = {row.key: pane._change(row, now) for row in pane.rows()}
        assert cells["NVDA"] == ("+3.07", "bold up", "heat-up-3")
        assert cells["TSLA"] == ("-2.44", "down", "heat-down-2")
        assert cells["MSFT"] == ("-0.31", "down", "heat-down-1")
        assert cells["EURUSD"] == ("+0.12", "up", "")
        assert cells["META"] == ("0.00", "muted", "")
        await it.wait(4.0)
        assert pane._change(next(row for row in pane.rows() if row.key == "NVDA"), it.clock())[1:] == (
            "stale",
            "",
        )


async def test_zoomed_it_shows_every_column_of_every_link(stage) -> None:
    async with stage() as it:
        await it.press("z")
        head = next(line for line in it.screen.splitlines() if "Symbol" in line)
        assert head.split() == ["Symbol", "Last", "Chg%", "Trend", "Bid", "Ask", "Spread", "Volume"]
        lines = it.screen.splitlines()
        for key, figures in (
            ("AAPL", "51.2M"),
            ("BTCUSDT", "24.8K"),
            ("BTCUSDT.P", "98.4K"),
            ("EURUSD", "1.20K"),
        ):
            line = next(line for line in lines[2:] if re.match(rf"[ ▎]{re.escape(key)} ", line))
            assert len(line.split()) == 8 and line.split()[-1] == figures
        bid, ask = next(line for line in lines[2:] if "EURUSD" in line).split()[4:6]
        assert (bid, ask) == ("1.08582", "1.08590")
