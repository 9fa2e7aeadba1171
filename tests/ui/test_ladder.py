"""The ladder: nothing leaves it unarmed, and what leaves it armed is at the server, once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from embedded_server.model.enums import OrderStatus as ServerStatus
from embedded_server.model.events import OrderPlaced
from tests.ui import scene
from tests.ui.market_stage import MarketStage, market_stage
from tui_trader.model.commands import CancelOrder, ClosePosition, ModifyOrder, PlaceOrder
from tui_trader.model.events import DepthUpdated, LinkChanged, OrderUpdated
from tui_trader.model.values import LinkState, Order, OrderKind, OrderStatus, Side

LADDER = ("tab", "tab")
"""From the watchlist to the ladder."""


def working(price: float, *, order_id: str = "700", side: Side = Side.BUY) -> OrderUpdated:
    return OrderUpdated(
        Order(link="onetrade", id=order_id, symbol="EURUSD", side=side, kind=OrderKind.LIMIT, quantity=0.05,
              status=OrderStatus.WORKING, price=price)
    )  # fmt: skip


def own_line(screen: str, mark: str) -> str:
    return next(line for line in screen.splitlines() if mark in line)


def placed(it: MarketStage, account: str) -> list[OrderPlaced]:
    """Every order that an account of the server ever took."""
    return [event for event in it.happened(OrderPlaced) if event.order.account == account]


async def test_the_ladders_trade_keys_are_dead_until_it_is_armed(stage) -> None:
    async with stage() as it:
        await it.press(*LADDER, "j", "b", "s", "x", "X", "shift+up")
        assert it.wires.of(PlaceOrder) + it.wires.of(CancelOrder) + it.wires.of(ClosePosition) == []
        assert "not armed" in it.screen
        told = [shown.message for shown in it.app._notifications]
        assert len(told) == len(set(told)), "what is told again does not pile up"
        assert told


async def test_armed_it_buys_and_sells_at_the_cursor_with_the_size_of_the_digit(stage) -> None:
    async with stage() as it:
        await it.press(*LADDER, "enter", "j", "3", "b")
        assert "ARMED" in it.screen
        await it.wait(0.6)
        await it.press(*["k"] * 6, "2", "s")
        buy, sell = it.wires.of(PlaceOrder)
        assert (buy.link, buy.side, buy.kind) == ("onetrade", Side.BUY, OrderKind.LIMIT)
        assert (buy.quantity, buy.price) == (Decimal("0.10"), Decimal("1.08584"))
        assert (sell.quantity, sell.price) == (Decimal("0.05"), Decimal("1.08590"))
        assert "↑0.1" in it.screen
        assert "↓0.05" in it.screen


async def test_digits_belong_to_the_workspaces_while_it_is_not_armed(stage) -> None:
    async with stage() as it:
        ladder = it.app.board.panes["order_book"]
        await it.press(*LADDER)
        before = ladder.size_now
        await it.press("3")
        assert ladder.size_now == before


async def test_a_key_held_down_places_one_order(stage) -> None:
    async with stage() as it:
        await it.press(*LADDER, "enter", "b", "b", "b")
        assert len(it.wires.of(PlaceOrder)) == 1


async def test_enter_held_down_arms_once(stage) -> None:
    async with stage() as it:
        await it.press(*LADDER, "enter", "enter")
        assert "ARMED" in it.screen
        await it.wait(0.6)
        await it.press("enter")
        assert "ARMED" not in it.screen


async def test_own_orders_and_the_position_stand_beside_the_price(stage) -> None:
    async with stage() as it:
        await it.tell(working(1.08583), working(1.08589, order_id="701", side=Side.SELL))
        await it.press(*LADDER)
        assert "1.08583" in own_line(it.screen, "▲0.05")
        assert "1.08589" in own_line(it.screen, "▼0.05")
        assert "long 0.5 @ 1.08372  +105.00" in it.screen


async def test_it_cancels_own_orders_at_the_price_and_no_other(stage) -> None:
    async with stage() as it:
        await it.tell(working(1.08584), working(1.08584, order_id="701"), working(1.08583, order_id="702"))
        await it.press(*LADDER, "enter", "j", "x")
        assert [command.order_id for command in it.wires.of(CancelOrder)] == ["700", "701"]


async def test_shift_moves_an_order_and_every_press_counts(stage) -> None:
    async with stage() as it:
        await it.tell(working(1.08584))
        await it.press(*LADDER, "enter", "j", "shift+down", "shift+down")
        prices = [command.price for command in it.wires.of(ModifyOrder)]
        assert prices == [Decimal("1.08583"), Decimal("1.08582")]
        assert "1.08582" in own_line(it.screen, "↑0.05")
        await it.tell(working(1.08582))
        assert "1.08582" in own_line(it.screen, "▲0.05")


async def test_a_move_that_is_never_answered_goes_back_to_where_the_order_stands(stage) -> None:
    async with stage() as it:
        await it.tell(working(1.08584))
        await it.press(*LADDER, "enter", "j", "shift+down")
        for _ in range(6):
            await it.fresh()
            await it.tell(scene.depth())
        assert "1.08584" in own_line(it.screen, "▲0.05")


async def test_flatten_closes_what_is_held_in_the_instrument_without_a_question(stage) -> None:
    async with stage() as it:
        await it.press(*LADDER, "enter", "X")
        (closed,) = it.wires.of(ClosePosition)
        assert (closed.position_id, closed.quantity) == ("1001", None)


async def test_where_no_account_takes_orders_it_says_so(stage) -> None:
    async with stage() as it:
        it.app.front.look_at("AAPL")
        await it.tell(scene.depth("AAPL", 228.4, 0.01, 2))
        await it.press(*LADDER, "enter")
        assert "ARMED" not in it.screen
        assert "no account takes orders on this" in it.screen


@pytest.mark.parametrize("link", ["onetrade", "market_data_gateway"])
async def test_a_lost_link_disarms_it(stage, link: str) -> None:
    async with stage() as it:
        await it.press(*LADDER, "enter")
        await it.tell(LinkChanged(link, LinkState.RECONNECTING))
        assert "ARMED" not in it.screen
        await it.press("b")
        assert it.wires.of(PlaceOrder) == []


async def test_stale_prices_disarm_it(stage) -> None:
    async with stage() as it:
        await it.press(*LADDER, "enter")
        await it.wait(3.5)
        assert "ARMED" not in it.screen


async def test_another_instrument_disarms_it(stage) -> None:
    async with stage() as it:
        await it.press(*LADDER, "enter")
        it.app.front.look_at("GBPUSD")
        await it.show()
        assert it.app.board.panes["order_book"].armed_since is None


async def test_armed_the_prices_stand_still_until_space(stage) -> None:
    async with stage() as it:
        await it.press(*LADDER, "enter")
        await it.tell(scene.depth(middle=1.08686))
        assert "1.08586" in it.screen
        assert "▲ Space" in it.screen
        await it.press("space")
        assert "1.08691" in it.screen


async def test_grouping_gathers_ticks_and_keeps_the_cursor_at_its_price(stage) -> None:
    async with stage() as it:
        ladder = it.app.board.panes["order_book"]
        await it.press(*LADDER, "j", "plus", "plus")
        assert "×5" in it.screen
        assert ladder.ladder.price(ladder.window.cursor) == Decimal("1.08585")
        await it.press("minus", "minus")
        assert "×" not in it.screen


async def test_a_grouping_nobody_chose_follows_the_height_and_a_chosen_one_stays(stage) -> None:
    async with stage() as it:
        ladder = it.app.board.panes["order_book"]
        wide = [(1.08 - 0.0001 * n, 1.0) for n in range(20)]
        high = [(1.0801 + 0.0001 * n, 1.0) for n in range(20)]
        await it.tell(DepthUpdated("market_data_gateway", "GBPUSD", tuple(wide), tuple(high)))
        it.app.front.look_at("GBPUSD")
        await it.show()
        assert ladder.window.group == 10
        await it.press(*LADDER, "z")
        assert ladder.window.group == 5
        await it.press("plus")
        chosen = ladder.window.group
        await it.press("z")
        assert ladder.window.group == chosen


async def test_a_click_puts_the_cursor_on_a_price_and_sends_nothing(stage) -> None:
    async with stage() as it:
        ladder = it.app.board.panes["order_book"]
        await it.pilot.click(ladder, offset=(15, 4))
        await it.pilot.click(ladder, offset=(15, 4))
        assert ladder.window.cursor == ladder.window.top - 2
        assert it.wires.of(PlaceOrder) == []


async def test_orders_of_the_ladder_are_placed_moved_and_canceled_at_the_forex_server() -> None:
    async with market_stage() as it:
        account = it.server.engine.accounts["forex"]
        await it.press(*LADDER)
        await it.advance(1.0)
        await it.press("enter", "j", "j", "j", "j")
        await it.press("b", "b")
        await it.advance(1.0)
        (event,) = placed(it, "forex")
        order = account.order(event.order.id)
        assert order.status is ServerStatus.WORKING
        before = order.price
        await it.press("shift+down", "shift+down")
        await it.advance(1.0)
        ladder = it.app.board.panes["order_book"]
        assert account.order(order.id).price == before - 2 * ladder.window.group
        await it.press("x")
        await it.advance(1.0)
        assert account.order(order.id).status is ServerStatus.CANCELED
        assert len(placed(it, "forex")) == 1


async def test_the_ladder_trades_and_flattens_the_spot_account() -> None:
    async with market_stage() as it:
        account = it.server.engine.accounts["spot"]
        await it.command("chart BTCUSDT")
        await it.advance(2.0)
        await it.press(*LADDER, "enter", *["k"] * 8, "2")
        await it.press("b")
        await it.advance(1.5)
        (event,) = placed(it, "spot")
        assert account.order(event.order.id).status is ServerStatus.FILLED
        (held,) = account.positions()
        assert "long" in it.screen
        await it.press("X")
        await it.advance(1.5)
        assert account.positions() == ()
        assert held.lots


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (200, 60)])
async def test_an_armed_ladder_on_the_screen(stage, snapshot, width: int, height: int) -> None:
    async with stage(width, height) as it:
        await it.tell(working(1.08583), working(1.08589, order_id="701", side=Side.SELL))
        ladder = it.app.board.panes["order_book"]
        it.app.front.show_pane("order_book")
        await it.until(lambda: it.app.focused is ladder)
        await it.show()
        await it.press("enter")
        assert ladder.armed_since is not None
        await it.press("j", "j", "3")
        snapshot(it.app, f"ladder_{width}x{height}")
