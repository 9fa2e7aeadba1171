"""Rows of the console's features that no other test presses keys for, several on one stage."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.style import Style

from embedded_server.model.commands import ForceRequote, MovePrice
from embedded_server.model.enums import OrderStatus, Resolution
from embedded_server.model.events import OrderPlaced, OrderRejected
from tests.ui import scene
from tests.ui.market_stage import MarketStage, market_stage
from tui_trader.model import events as e
from tui_trader.model.commands import ClosePosition
from tui_trader.model.values import LinkState
from tui_trader.panes.tape import LARGE
from tui_trader.themes import THEMES


def place_of(screen: str, text: str, row: int = 0) -> tuple[int, int]:
    """Where a text stands on the screen, from this row on."""
    for y, line in enumerate(screen.splitlines()):
        if y >= row and text in line:
            return line.index(text), y
    raise AssertionError(f"{text!r} is not on\n{screen}")


def style_at(app: object, x: int, y: int) -> Style:
    """How a cell is drawn."""
    for segment in app.screen._compositor.render_strips()[y]:
        if x < len(segment.text):
            return segment.style
        x -= len(segment.text)
    raise AssertionError("beyond the screen")


def orders(it: MarketStage) -> list[object]:
    """Every order of the forex account, as it is now."""
    told = [one for one in it.events if isinstance(one, OrderPlaced | OrderRejected)]
    ids = dict.fromkeys(one.order.id for one in told if one.order.account == "forex")
    return [it.server.engine.accounts["forex"].order(number) for number in ids]


async def click(it: object, x: int, y: int, times: int = 1) -> None:
    """Click on a cell of the screen."""
    for _ in range(times):
        await getattr(it, "seat", it).pilot.click(offset=(x, y))
    await it.show()


def ground_of(app: object, x: int, y: int) -> str:
    """The ground of a cell, as #rrggbb."""
    colour = style_at(app, x, y).bgcolor
    return "" if colour is None else colour.get_truecolor().hex


async def test_a_price_that_moved_flashes_for_a_moment(stage) -> None:
    async with stage() as it:
        x, y = place_of(it.screen, "MSFT")
        moved = next(one for one in scene.quotes(scene.BEATS - 1) if one.symbol == "MSFT")
        for step, name in ((0.5, "flash-up"), (-0.9, "flash-down")):
            await it.wait(1.0)
            x = it.screen.splitlines()[y].index(f"{it.app.store.quotes.get('MSFT').last:,.2f}")
            plain = ground_of(it.app, x, y)
            await it.tell(scene.e.QuoteUpdated(**{**_fields(moved), "last": moved.last + step}))
            assert ground_of(it.app, x, y) == it.app.theme_variables[name].lower() != plain
            await it.wait(0.4)
            assert ground_of(it.app, x, y) == plain


def _fields(event: object) -> dict[str, object]:
    return {name: getattr(event, name) for name in event.__struct_fields__}


async def test_lists_have_names_and_themes_go_round(stage) -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("list metals XAUUSD BTCUSDT")
        await it.press("enter")
        pane = it.app.board.panes["tickers"]
        assert {row.key for row in pane.rows()} == {"XAUUSD", "BTCUSDT"} and "★ metals" in it.screen
        await it.press("colon")
        await it.type("list metals -BTCUSDT")
        await it.press("enter")
        assert [row.key for row in pane.rows()] == ["XAUUSD"]
        it.app.screen.set_focus(pane)
        await it.press("w")
        assert len(pane.rows()) == 24
        seen = [it.app.theme]
        for _ in THEMES:
            await it.press("t")
            seen.append(it.app.theme)
        assert set(seen) == {theme.name for theme in THEMES} and seen[-1] == seen[0]


async def test_the_mouse_reaches_lists_candles_and_hints(stage) -> None:
    async with stage() as it:
        await click(it, *place_of(it.screen, "NVDA"))
        assert it.app.store.selection.symbol == "NVDA", "a click on the watchlist looks at it"
        await it.press("colon")
        await it.type("EURUSD")
        await it.press("enter")
        tickers = it.app.board.panes["tickers"]
        before = tickers._place
        tickers.on_mouse_scroll_up(_Wheel())
        await it.show()
        assert tickers._place == before - 3
        chart = it.app.board.panes["chart"].region
        await click(it, chart.x + 20, chart.y + 8)
        read_out = it.screen.splitlines()[chart.y + 1]
        await click(it, chart.x + 30, chart.y + 8)
        assert it.screen.splitlines()[chart.y + 1] != read_out, "the crosshair went to another candle"
        await it.press("escape")
        x, y = place_of(it.screen, "F9 new order")
        await click(it, x + 5, y)
        assert "New order" in it.screen
        await it.press("escape")
        await it.go("positions")
        await click(it, *place_of(it.screen, "Enter arm"))
        assert "ARMED" in it.screen, "a hint is the key that it names"
        assert not it.wires.of(ClosePosition)
        await it.wait(1.0)
        await click(it, *place_of(it.screen, "x close"))
        assert len(it.wires.of(ClosePosition)) == 1


class _Wheel:
    def stop(self) -> None:
        """As a mouse event."""


async def test_a_link_that_is_down_is_tried_by_enter_and_its_queue_is_told(stage) -> None:
    async with stage(200, 60) as it:
        await it.press("4")
        await it.go("links")
        it.wires.health["bot_core"].queue = 17
        await it.tell(e.LinkChanged("bot_core", LinkState.RECONNECTING, "connection lost", 1, 20.0))
        await it.wait(1.0)
        pane = it.app.board.panes["links"]
        pane.put_cursor_on("bot_core")
        row = next(line for line in it.screen.splitlines() if "bot_core" in line and "again in" in line)
        assert re.search(r"\b17\b", row)
        await it.press("enter")
        assert it.wires.retried == ["bot_core"]
        pane.put_cursor_on("channels")
        await it.press("enter")
        assert it.wires.retried == ["bot_core"], "one that is ready is left alone"


async def test_what_takes_longer_than_a_second_shows_how_far_it_is(
    stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI_TRADER_EXPORTS", str(tmp_path))
    async with stage() as it:
        task = it.app.desk.progress.begin("saving journal", it.clock.now, 200)
        task.done = 50
        await it.wait(0.5)
        assert "saving journal" not in it.screen, "what is quick says nothing"
        await it.wait(0.6)
        assert re.search(r"saving journal ━{4}┈{12}  25%$", it.screen.splitlines()[-1])
        task.done = 150
        await it.wait(0.5)
        assert "75%" in it.screen.splitlines()[-1]
        it.app.desk.progress.end(task)
        await it.wait(0.5)
        assert "saving journal" not in it.screen
        await it.press("colon")
        await it.type("report trades")
        await it.press("enter")
        await it.wait(3.2)
        assert "report: trades" in it.screen.splitlines()[-1] and "0:03" in it.screen.splitlines()[-1]
        await it.tell(e.ReportReceived("onetrade", "trades-1.csv", b"id\n"))
        await it.wait(0.5)
        assert "report: trades" not in it.screen.splitlines()[-1]
        await it.press("colon")
        await it.type("chart GBPUSD")
        await it.press("enter")
        assert "waiting for candles" in it.screen and "waiting for candles:" not in it.screen
        await it.wait(2.0)
        assert "waiting for candles: 0:02" in it.screen
        await it.press("colon")
        await it.type("export journal jsonl all")
        await it.press("enter")
        await it.until(lambda: (tmp_path / "all.jsonl").exists() and not it.app.desk.progress.active)
        assert len((tmp_path / "all.jsonl").read_text().splitlines()) > 10


async def test_depth_tape_and_volume_are_drawn_as_the_server_has_them() -> None:
    async with market_stage() as it:
        await it.advance(30.0)
        market = it.server.engine.market
        ladder = it.app.board.panes["order_book"]
        region, lines = ladder.region, it.screen.splitlines()
        instrument = market.instruments["EURUSD"]
        bids, asks = market.depth("EURUSD", 25)
        book = it.app.store.books.get("EURUSD")
        assert len(book.bids) >= 10 and book.bids[0][0] == pytest.approx(
            float(instrument.price(bids[0].price))
        )
        for side, levels, name in ((0, book.bids, "bid-bar"), (1, book.asks, "ask-bar")):
            bars = []
            for price, _ in levels:
                found = [y for y in range(region.y, region.bottom) if f"{price:.5f}" in lines[y][region.x :]]
                if not found or ladder.window.group != 1:
                    continue
                shade = it.app.theme_variables[name].lower()
                cells = range(region.x, region.right)
                bars.append(sum(ground_of(it.app, x, found[0]) == shade for x in cells))
            assert len(bars) >= 4, (side, it.screen)
            assert bars == sorted(bars) and bars[-1] > bars[0], "the bar rises with the running total"
        share = sum(size for _, size in book.bids) / sum(size for _, size in (*book.bids, *book.asks))
        foot = next(line for line in lines if "pt " in line and "━" in line)[region.x :]
        assert f"{round(share * 100)}%" in foot and f"{100 - round(share * 100)}%" in foot
        assert foot.split("pt")[0].strip() == str(asks[0].price - bids[0].price)
        tape(it)
        volume(it)


def tape(it: MarketStage) -> None:
    """The tape is the server's trades, newest first, with its side, large ones marked and bold."""
    instrument = it.server.engine.market.instruments["EURUSD"]
    newest = it.server.engine.market.trades("EURUSD", 5)[::-1]
    _, top = place_of(it.screen, "Trades       Size")
    lines = it.screen.splitlines()
    known = it.app.store.books.get("EURUSD").trades
    mean = sum(trade.size for trade in known) / len(known)
    marked = 0
    for offset, trade in enumerate(newest, 1):
        row = lines[top + offset]
        mark = "▲" if trade.side.value == "buy" else "▼"
        assert f"{mark}{float(instrument.price(trade.price)):.5f}" in row
        x = row.index(mark, 86)
        large = list(known)[-offset].size >= LARGE * mean
        assert bool(style_at(it.app, x, top + offset).bold) == ("●" in row[x:]) == large
        marked += large
    every = [line[86:] for line in lines[top + 1 :] if re.search(r"[▲▼]1\.\d{5}", line[86:])]
    assert 0 <= marked <= len(every)


def volume(it: MarketStage) -> None:
    """Under each candle stands a column as high as its volume."""
    chart = it.app.board.panes["chart"]
    region = chart.region
    blocks = " ▁▂▃▄▅▆▇█"
    rows = []
    for line in it.screen.splitlines()[region.y : region.bottom]:
        cells = line[region.x : region.x + chart._in_sight].ljust(chart._in_sight)
        if cells.strip() and set(cells) <= set(blocks):
            rows.append(cells)
    heights = [sum(blocks.index(row[x]) for row in rows) for x in range(chart._in_sight)]
    bars = chart.joined[-chart._in_sight :]
    highest = max(bar.volume for bar in bars)
    expected = [bar.volume / highest * 8 * len(rows) for bar in bars]
    assert len(rows) >= 2
    assert all(abs(one - two) <= 1 for one, two in zip(heights, expected, strict=True))
    truth = it.server.engine.market.bars("EURUSD", Resolution.M1, count=len(bars))
    step = float(it.server.engine.market.instruments["EURUSD"].lot_size)
    assert [bar.volume for bar in bars[:-1]] == pytest.approx([bar.lots * step for bar in truth[:-1]])


async def test_a_trade_from_ticket_to_deal() -> None:
    async with market_stage() as it:
        account = it.server.engine.accounts["forex"]
        await it.press("f9")
        for option in ("buy", "market"):
            x, y = place_of(it.screen, f" {option} ", 8)
            await click(it, x + 1, y)
        x, y = place_of(it.screen, "Quantity", 2)
        await click(it, x + 18, y)
        await it.type("0.2")
        await it.press("enter")
        assert "send it" in it.screen and not orders(it)
        await it.advance(1.0)
        await it.press("enter")
        await it.until(account.positions, 5.0)
        (order,) = orders(it)
        assert (order.kind.value, order.status) == ("market", OrderStatus.FILLED)
        await its_profit_is_live(it)
        await its_protection_is_the_servers(it)
        await it.go("positions")
        await it.press("enter", "x")
        await it.until(lambda: not account.positions(), 5.0)
        await its_deals_are_listed(it)
        await what_ended_is_listed_with_its_reason(it)
        await the_deviation_is_remembered(it)


async def its_profit_is_live(it: MarketStage) -> None:
    """The screen's P&L is the server's, before and after the market moved."""
    account = it.server.engine.accounts["forex"]
    await it.go("positions")
    seen = []
    for fraction in (0.001, 0.001):
        it.decree(MovePrice(instrument="EURUSD", fraction=fraction))
        await it.advance(5.0)
        (position,) = account.positions()
        shown = it.app.store.positions.get("onetrade", str(position.id)).unrealised
        assert shown == pytest.approx(position.unrealised_micros / 1e6, abs=0.011)
        row = next(line for line in it.screen.splitlines() if "EURUSD" in line and "long" in line)
        assert f"{shown:+,.2f}" in row
        seen.append(shown)
    assert seen[1] > seen[0] > 0


async def its_protection_is_the_servers(it: MarketStage) -> None:
    """Stop to the entry, then up by keys; the take profit down by keys."""
    account = it.server.engine.accounts["forex"]
    await it.press("G", "enter")
    await it.advance(1.0)
    await it.press("e")
    await it.advance(1.0)
    (position,) = account.positions()
    assert position.stop_loss == position.entry_price or position.stop_loss == round(position.entry_price)
    before = position.stop_loss
    await it.press("shift+up", "shift+up")
    await it.advance(1.0)
    (position,) = account.positions()
    assert position.stop_loss == before + 20, "two pips"
    await it.press("s", "shift+up")
    await it.advance(1.0)
    (position,) = account.positions()
    assert position.take_profit and position.take_profit > position.stop_loss
    await it.press("escape")


async def its_deals_are_listed(it: MarketStage) -> None:
    """Both deals with price and result, as the account has them."""
    opened, closed = it.server.engine.accounts["forex"].deals()
    await it.go("deals")
    await it.press("z")
    rows = [line for line in it.screen.splitlines() if "EURUSD" in line and "onetrade" in line]
    step = float(it.server.engine.market.instruments["EURUSD"].tick_size)
    for deal, row in zip((closed, opened), rows, strict=True):
        assert f"{deal.price * step:.5f}" in row and deal.side.value in row and "0.2" in row
    assert f"{closed.profit_micros / 1e6:+,.2f}" in rows[0]
    await it.press("z")


async def what_ended_is_listed_with_its_reason(it: MarketStage) -> None:
    """`h` lists a filled order, and one that the server refused, with why."""
    await it.command("buy 300 GBPUSD market")
    await it.agree()
    await it.advance(1.0)
    await it.go("orders")
    await it.press("h", "z")
    assert "✓ filled" in it.screen
    row = next(line for line in it.screen.splitlines() if "GBPUSD" in line and "300" in line)
    assert "✕ rejected" in row and "An order may be worth at most" in row and "--:--" not in row, (
        "when, and why"
    )
    await it.press("z", "h")


async def the_deviation_is_remembered(it: MarketStage) -> None:
    """What was allowed last stands in the next ticket."""
    it.decree(ForceRequote(count=1, ticks=4))
    await it.press("f9", "b", "tab", "m", "tab")
    await it.type("0.1")
    x, y = place_of(it.screen, "Deviation")
    await click(it, x + 18, y)
    await it.type("3")
    await it.press("enter")
    await it.advance(1.0)
    await it.press("enter")
    await it.until(lambda: "Requote" in it.screen)
    assert orders(it)[-1].deviation_ticks == 3
    await it.advance(1.0)
    await it.press("a")
    await it.until(lambda: orders(it)[-1].status is OrderStatus.FILLED, 5.0)
    await it.advance(5.0)
    await it.press("f9")
    assert it.app.screen.query_one("#deviation").value == "3"


async def test_the_bots_countdown_is_the_time_to_the_servers_next_signal() -> None:
    async with market_stage() as it:
        await it.press("2")
        await it.go("bot")

        def told() -> int:
            minutes, seconds = re.search(r"next signal +in (\d+):(\d\d)", it.screen).groups()
            return int(minutes) * 60 + int(seconds)

        bot = it.server.engine.bot
        for _ in range(2):
            await it.advance(7.0)
            left = (bot.state().next_signal_time - it.server.engine.now) / 1e9
            assert abs(told() - left) <= 1.5
