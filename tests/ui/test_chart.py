"""The chart: indicators by key, crosshair, own levels and fills, history."""

from __future__ import annotations

import re

import pytest

from tests.ui import scene
from tests.ui.market_stage import market_stage
from tui_trader.formatting.times import moment
from tui_trader.model.events import BarUpdated, IndicatorsUpdated
from tui_trader.model.values import Bar

CHART = ("tab",)
"""From the watchlist to the chart."""


def chart(it: object) -> object:
    return it.app.board.panes["chart"]


async def test_large_screens_show_rsi_and_macd_medium_ones_rsi_and_small_ones_neither(stage) -> None:
    for size, shown in (((200, 60), (True, True)), ((120, 40), (True, False)), ((80, 24), (False, False))):
        async with stage(*size) as it:
            assert ("RSI 14" in it.screen, "MACD 12 26 9" in it.screen) == shown


async def test_a_key_goes_through_the_indicators(stage) -> None:
    async with stage() as it:
        await it.press(*CHART, "i")
        assert "MACD 12 26 9" in it.screen
        assert "RSI 14" not in it.screen
        await it.press("i")
        assert "MACD 12 26 9" in it.screen
        assert "RSI 14" in it.screen
        await it.press("i")
        assert "MACD 12 26 9" not in it.screen
        assert "RSI 14" not in it.screen


async def test_bands_and_average_come_and_go_with_their_figures(stage) -> None:
    async with stage(200, 60) as it:
        await it.press(*CHART, "z")
        assert "BB 1.08" in it.screen
        assert "SMA 50" not in it.screen
        await it.press("b", "a")
        assert "BB 1.08" not in it.screen
        assert "SMA 50 1.08" in it.screen


async def test_what_the_server_reckons_counts_more_than_what_the_console_does(stage) -> None:
    async with stage(200, 60) as it:
        last = it.app.store.candles.get("EURUSD", "1m").bars[-1].time
        await it.tell(IndicatorsUpdated("bot_core", "EURUSD", "1m", last, (("rsi", 12.3), ("macd", 0.5))))
        assert "RSI 14  12.3  oversold" in it.screen
        assert "MACD 12 26 9  +0.500000" in it.screen


async def test_the_crosshair_reads_out_the_candle_it_is_moved_to_and_esc_takes_it_away(stage) -> None:
    async with stage(200, 60) as it:
        bars = it.app.store.candles.get("EURUSD", "1m").bars
        await it.press(*CHART, "c", "h", "h", "h")
        assert f"{moment(bars[-4].time):%d %b %H:%M}  O {bars[-4].open:.5f}" in it.screen
        await it.press("l")
        assert f"{moment(bars[-3].time):%d %b %H:%M}  O {bars[-3].open:.5f}" in it.screen
        await it.press("escape")
        assert f"O {bars[-1].open:.5f}" in it.screen


async def test_the_crosshairs_time_leaves_no_piece_of_another(stage) -> None:
    async with stage(80, 24) as it:
        await it.go("chart")
        await it.press("c")
        for _ in range(20):
            await it.press("h")
            axis = next(
                line for line in it.screen.splitlines() if re.search(r"\d\d [A-Z][a-z]{2} \d\d:", line)
            )
            assert set(re.findall(r"[\d:]*:[\d:]*", axis)) <= set(re.findall(r"\d\d:\d\d", axis)), axis


async def test_the_crosshair_takes_the_view_along_into_history(stage) -> None:
    async with stage() as it:
        await it.press(*CHART, "c", *["h"] * 80)
        bars = it.app.store.candles.get("EURUSD", "1m").bars
        assert f"O {bars[-81].open:.5f}" in it.screen
        assert "◂" in it.screen


async def test_a_view_of_the_past_stays_where_it_is_when_candles_come(stage) -> None:
    async with stage() as it:
        await it.press(*CHART, "h")
        pane = chart(it)
        before = pane._end
        bars = it.app.store.candles.get("EURUSD", "1m").bars
        last = bars[-1]
        coming = Bar(last.time + 60_000, last.close, last.close, last.close, last.close, 1.0)
        back = pane._back(bars)
        await it.tell(BarUpdated("market_data_gateway", "EURUSD", "1m", coming))
        assert pane._end == before
        assert f"◂ {back + 1}" in it.screen
        await it.press("g")
        first = it.app.store.candles.get("EURUSD", "1m").bars[0]
        assert pane._view(pane._in_sight).window[0].time == first.time
        assert "◂" in it.screen
        await it.press("G")
        assert "◂" not in it.screen


async def test_further_off_candles_are_joined(stage) -> None:
    async with stage() as it:
        await it.press(*CHART, "minus")
        assert "EURUSD 1m  ×2" in it.screen
        joined, bars = chart(it).joined, it.app.store.candles.get("EURUSD", "1m").bars
        assert len(joined) in (len(bars) // 2, len(bars) // 2 + 1)
        assert joined[-1].close == bars[-1].close
        await it.press("plus", "plus")
        assert "×" not in it.screen


async def test_own_position_its_protection_and_orders_are_named_on_the_chart(stage) -> None:
    async with stage() as it:
        picture = "\n".join(line[29:92] for line in it.screen.splitlines())
        assert "long 0.5 " in picture
        assert "SL" in picture
        assert "1.08372" in picture


async def test_a_fill_stands_at_its_candle_and_price() -> None:
    async with market_stage() as it:
        await it.command("buy 0.1 EURUSD market")
        await it.agree()
        await it.advance(2.0)
        (deal,) = (one for one in it.app.store.deals if one.symbol == "EURUSD")
        await it.press(*CHART)
        rows = [line for line in it.screen.splitlines() if "▲" in line[29:80]]
        assert any(f"{deal.price:.5f}" in line for line in rows), "beside it stands the entry's own label"


async def test_the_chart_of_a_short_history_is_drawn_without_figures_it_cannot_know(stage) -> None:
    async with stage(200, 60, busy=False) as it:
        await it.play(scene.links_ready())
        for link, listed in scene.instruments().items():
            await it.tell(scene.e.InstrumentsListed(link, tuple(listed)))
        await it.tell(*scene.quotes(0), scene.candles("EURUSD", count=3))
        assert "RSI 14  –" in it.screen


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (200, 60)])
async def test_the_crosshair_on_the_screen(stage, snapshot, width: int, height: int) -> None:
    async with stage(width, height) as it:
        await it.press(*CHART, "a", "c", *["h"] * 12)
        snapshot(it.app, f"chart_{width}x{height}")
