"""No price, quantity, side or result is ever cut, however long it is and however narrow the screen."""

from __future__ import annotations

import re

import msgspec
import pytest

from tests.ui import scene
from tui_trader.model import events as e
from tui_trader.model.values import Deal, Order, OrderKind, OrderStatus, Position, Side

SIZES = [(80, 24), (120, 40), (200, 60)]


def long_figures() -> list[e.Event]:
    """A position, an order and a deal of the longest figures that anybody trades."""
    held = Position(
        link="bot_core", id="p-9", symbol="BTCUSDT-PERP", side=Side.SELL, quantity=12_345.6789,
        entry_price=1_104_900.25, mark_price=1_104_271.5, unrealised=-7_762_345.67,
        unrealised_percent=-105.99, stop_loss=1_200_000.5, take_profit=1_000_000.25, currency="USDT",
    )  # fmt: skip
    order = Order(
        link="channels", id="77", symbol="BTCUSDT", side=Side.SELL, kind=OrderKind.STOP_LIMIT,
        quantity=12_345.6789, price=1_104_900.25, stop_price=1_105_000.25,
        status=OrderStatus.PARTIALLY_FILLED, filled=12_344.1234,
    )  # fmt: skip
    deal = Deal(
        link="bot_core", id="d9", order_id="77", symbol="BTCUSDT-PERP", side=Side.SELL, quantity=12_345.6789,
        price=1_104_900.25, profit=-7_762_345.67, fee=12_345.67, closing=True, time_ms=scene.NOON,
    )  # fmt: skip
    return [e.PositionUpdated(held), e.OrderUpdated(order), e.DealDone(deal)]


FIGURES = {
    "positions": ("short", "12,345.6789", "-7,762,345.67"),
    "orders": ("sell", "12,345.6789", "1,104,900.25"),
    "deals": ("sell", "12,345.6789", "1,104,900.25", "-7,762,345.67"),
}


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_the_longest_figures_are_whole_at_every_size(stage, width: int, height: int) -> None:
    async with stage(width, height) as it:
        await it.tell(*long_figures())
        for pane, figures in FIGURES.items():
            await it.go(pane)
            await it.press("G" if pane == "positions" else "g", *("G",) * (pane == "orders"))
            lines = [line for line in it.screen.splitlines() if all(figure in line for figure in figures)]
            assert lines, f"{pane}\n{it.screen}"
        for workspace in "1234":
            await it.press(workspace)
            cut = re.findall(r"\S*\d…", it.screen)
            assert not cut, f"workspace {workspace} cuts {cut}"


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_position_shows_its_result_in_percent_and_its_protection(
    stage, width: int, height: int
) -> None:
    async with stage(width, height) as it:
        await it.go("positions")
        line = next(line for line in it.screen.splitlines() if "XAUUSD" in line and "short" in line)
        assert "+109.55" in line and "+0.41%" in line and "2,662.30" in line
        line = next(line for line in it.screen.splitlines() if "EURUSD" in line and "+105.00" in line)
        assert "1.08150" in line and "1.09000" in line


async def test_the_journal_writes_figures_in_full(stage) -> None:
    async with stage(200, 60) as it:
        await it.tell(*long_figures())
        texts = [entry.text for entry in it.app.store.journal.entries]
        assert "sell 12,345.6789 BTCUSDT-PERP @ 1,104,900.25 (order 77)" in texts
        assert "order 77 sell 12,345.6789 BTCUSDT stop 1,105,000.25 @ 1,104,900.25 partially filled" in texts


async def test_the_journal_tells_the_time_and_the_watchlist_the_change_at_every_size(stage) -> None:
    for width, height in SIZES:
        async with stage(width, height) as it:
            row = next(line for line in it.screen.splitlines() if re.match(r".DOGE(USDT)? +0\.38", line))
            assert re.search(r"0\.38\d+ +\+5\.9", row), "symbol, last price, change"
            await it.go("journal")
            assert re.search(r"· +\d\d:\d\d:\d\d +\S", it.screen)


async def test_ages_are_told_in_every_title_and_an_old_price_dims_its_position(stage) -> None:
    async with stage(200, 60) as it:
        pane = it.app.board.panes["positions"]
        gold = next(row for row in pane.rows() if row.symbol == "XAUUSD")
        assert pane._result(gold, it.clock())[1] == "bold up"
        await it.wait(5.0)
        for title in ("Positions", "Orders"):
            line = next(line for line in it.screen.splitlines() if f" {title} " in line)
            assert "5s" in line.partition(title)[2][:90], title
        assert pane._result(gold, it.clock())[1] == "stale"
        assert not pane.is_stale(it.clock()), "what loses can be closed while prices stand still"


NAMES = ("RSI", "MACD", "Bollinger Bands", "Volume", "Moving Average Crossover")


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (200, 60)])
async def test_names_of_strategies_are_whole_where_bot_and_signals_tell_them(
    stage, width: int, height: int
) -> None:
    async with stage(width, height) as it:
        bot = next(iter(it.app.store.bots)).bot
        signal = next(one for one in it.app.store.signals if one.id == "sig-1")
        await it.tell(
            e.BotUpdated(msgspec.structs.replace(bot, strategies=tuple(f"{one} Strategy" for one in NAMES))),
            e.SignalReceived(
                msgspec.structs.replace(
                    signal, id="sig-9", source="strategy", model="Moving Average Crossover Strategy"
                )
            ),
        )
        await it.press("2")
        await it.go("bot")
        bot_pane = it.app.board.panes["bot"]
        told = "".join(strip.text for strip in map(bot_pane.render_line, range(bot_pane.size.height)))
        assert ", ".join(NAMES) in " ".join(told.partition("trades by")[2].split())
        await it.go("signals")
        lines = [line for line in it.screen.splitlines() if "AAPL" in line]
        assert any("▲ long" in line and "Moving Average Crossover" in line for line in lines), it.screen


async def test_orders_tell_their_time_where_there_is_room(stage) -> None:
    async with stage(200, 60) as it:
        row = next(line for line in it.screen.splitlines() if "GBPUSD" in line and "● working" in line)
        assert "11:59:00 GBPUSD" in row
        await it.go("orders")
        await it.press("h")
        refused = Order(
            link="onetrade", id="", reference="test-9", symbol="EURUSD", side=Side.BUY, kind=OrderKind.MARKET,
            quantity=0.1, status=OrderStatus.REJECTED, updated_ms=scene.NOON,
            reason="there is not enough money for an order of that size",
        )  # fmt: skip
        await it.tell(e.OrderUpdated(refused))
        row = next(line for line in it.screen.splitlines() if "✕ rejected" in line)
        assert "12:00:00 EURUSD" in row
