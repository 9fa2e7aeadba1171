"""Positions and orders changed where they are listed: at the server, once, and only when armed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from embedded_server.model.enums import OrderStatus as ServerStatus
from embedded_server.model.events import OrderPlaced
from tests.ui.market_stage import MarketStage, market_stage
from tui_trader.model.commands import CancelOrder, ClosePosition, ModifyOrder, ModifyPosition, PlaceOrder
from tui_trader.model.events import OrderUpdated, PositionUpdated
from tui_trader.model.values import Order, OrderKind, OrderStatus, Position, Side


def show(it: object, key: str) -> None:
    it.app.front.show_pane(key)


async def armed(it: object, key: str) -> None:
    """Bring a pane to the front and arm it."""
    show(it, key)
    await it.press("enter")


async def test_unarmed_no_key_of_either_list_sends_anything(stage) -> None:
    async with stage() as it:
        before = len(it.wires.sent)
        for key in ("positions", "orders"):
            show(it, key)
            await it.press("v", "e", "s", "m", "x", "X", "c", "shift+up", "shift+down")
        assert len(it.wires.sent) == before


async def test_a_quarter_a_half_and_three_quarters_can_be_closed(stage) -> None:
    for key, part in (("2", "0.12"), ("5", "0.25"), ("7", "0.37")):
        async with stage() as it:
            await armed(it, "positions")
            await it.press(key, key)
            (closed,) = it.wires.of(ClosePosition)
            assert (closed.position_id, closed.quantity) == ("1001", Decimal(part))


async def test_less_than_the_smallest_order_is_said_and_not_sent(stage) -> None:
    async with stage() as it:
        small = Position(
            link="onetrade", id="1003", symbol="GBPUSD", side=Side.BUY, quantity=0.01, entry_price=1.27
        )
        await it.tell(PositionUpdated(small))
        await armed(it, "positions")
        await it.press("G", "5")
        assert "less than the smallest order" in it.screen
        assert it.wires.of(ClosePosition) == []


async def test_reversing_asks_and_then_closes_and_opens(stage) -> None:
    async with stage() as it:
        await armed(it, "positions")
        await it.press("v")
        assert "Reverse to short 0.5 EURUSD at the market?" in it.screen
        assert it.wires.of(ClosePosition) == []
        await it.fresh()
        await it.press("enter")
        (closed,), (order,) = it.wires.of(ClosePosition), it.wires.of(PlaceOrder)
        assert (closed.position_id, closed.quantity) == ("1001", None)
        assert (order.side, order.kind, order.quantity) == (Side.SELL, OrderKind.MARKET, Decimal("0.5"))


async def test_the_stop_goes_to_the_entry_only_in_profit(stage) -> None:
    async with stage() as it:
        await armed(it, "positions")
        await it.press("e")
        (change,) = it.wires.of(ModifyPosition)
        assert (change.stop_loss, change.take_profit) == (Decimal("1.08372"), None)
        loser = Position(
            link="onetrade", id="1001", symbol="EURUSD", side=Side.BUY, quantity=0.5, entry_price=1.2
        )
        await it.tell(PositionUpdated(loser))
        await it.fresh()
        await it.press("e")
        assert "Not in profit" in it.screen
        assert len(it.wires.of(ModifyPosition)) == 1


async def test_keys_move_the_stop_by_pips_and_then_the_target(stage) -> None:
    async with stage() as it:
        await armed(it, "positions")
        await it.press("shift+up", "shift+up")
        assert [one.stop_loss for one in it.wires.of(ModifyPosition)] == [
            Decimal("1.0816"),
            Decimal("1.0817"),
        ]
        await it.press("s", "shift+down")
        assert it.wires.of(ModifyPosition)[-1].take_profit == Decimal("1.0899")
        assert "now move the take profit" in it.screen


async def test_protection_is_typed_and_taken_away(stage) -> None:
    async with stage() as it:
        await armed(it, "positions")
        await it.press("m")
        await it.fresh()
        await it.type("1.08")
        await it.press("tab", "backspace", "enter")
        (change,) = it.wires.of(ModifyPosition)
        assert (change.stop_loss, change.take_profit) == (Decimal("1.08"), Decimal(0))


async def test_a_wrong_figure_is_told_beside_its_field(stage) -> None:
    async with stage() as it:
        await armed(it, "positions")
        await it.press("m")
        await it.fresh()
        await it.type("1.0800001")
        await it.press("enter")
        line = next(line for line in it.screen.splitlines() if "Stop loss" in line and "◂" in line)
        assert "steps of 0.00001" in line
        assert it.wires.of(ModifyPosition) == []


async def test_totals_are_told_by_account(stage) -> None:
    async with stage() as it:
        assert "onetrade +214.55 USD  bot_core -6.29 USDT" in it.screen


async def test_an_order_moves_by_ticks_in_its_list(stage) -> None:
    async with stage() as it:
        await armed(it, "orders")
        await it.press("shift+down", "shift+down")
        assert [one.price for one in it.wires.of(ModifyOrder)] == [Decimal("1.26799"), Decimal("1.26798")]
        assert "1.26798" in it.screen


async def test_other_figures_are_typed_into_an_order(stage) -> None:
    async with stage() as it:
        await armed(it, "orders")
        await it.press("m")
        await it.fresh()
        await it.type("1.267")
        await it.press("tab")
        await it.type("0.3")
        await it.press("enter")
        (change,) = it.wires.of(ModifyOrder)
        assert (change.order_id, change.price, change.quantity) == ("501", Decimal("1.267"), Decimal("0.3"))
        assert change.stop_loss is None


async def test_a_side_or_all_is_canceled_stops_included(stage) -> None:
    async with stage() as it:
        stop = Order(
            link="onetrade", id="502", symbol="GBPUSD", side=Side.BUY, kind=OrderKind.STOP, quantity=0.1,
            status=OrderStatus.WORKING, stop_price=1.29,
        )  # fmt: skip
        await it.tell(OrderUpdated(stop))
        await armed(it, "orders")
        await it.press("c")
        assert [one.order_id for one in it.wires.of(CancelOrder)] == ["501", "502"]
        await it.fresh()
        await it.press("X")
        assert [one.order_id for one in it.wires.of(CancelOrder)][2:] == ["501", "9f31", "502"]


def held(it: MarketStage, account: str = "forex") -> list[tuple[str, Decimal]]:
    """What an account of the server holds: side and lots."""
    return [(one.side.value, one.lots) for one in it.server.engine.accounts[account].positions()]


async def test_half_of_a_position_is_closed_and_the_rest_turned_round_at_the_server() -> None:
    async with market_stage() as it:
        await it.command("buy 0.2 EURUSD market")
        await it.agree()
        await it.advance(2.0)
        ((side, lots),) = held(it)
        show(it, "positions")
        await it.advance(1.0)
        await it.press("G", "enter", "5")
        await it.advance(2.0)
        assert held(it) == [(side, lots // 2)]
        await it.press("shift+down")
        await it.advance(1.0)
        (position,) = it.server.engine.accounts["forex"].positions()
        assert position.stop_loss
        await it.press("v")
        await it.agree()
        await it.advance(2.0)
        assert held(it) == [("sell", lots // 2)]


async def test_part_of_a_spot_holding_is_sold_at_the_server() -> None:
    async with market_stage() as it:
        await it.command("buy 0.02 BTCUSDT market")
        await it.agree()
        await it.advance(2.0)
        ((_, lots),) = held(it, "spot")
        show(it, "positions")
        await it.advance(1.0)
        await it.press("G", "enter", "5")
        await it.advance(2.0)
        assert held(it, "spot") == [("buy", lots // 2)]


async def test_an_order_is_changed_and_all_are_canceled_at_the_server() -> None:
    async with market_stage() as it:
        account = it.server.engine.accounts["forex"]
        bid = it.app.store.quotes.get("EURUSD").bid
        await it.command(f"buy 0.1 EURUSD @ {bid - 0.002:.5f}")
        await it.agree()
        await it.advance(1.0)
        (event,) = (one for one in it.happened(OrderPlaced) if one.order.account == "forex")
        price = account.order(event.order.id).price
        show(it, "orders")
        await it.advance(1.0)
        await it.press("enter", "shift+up", "shift+up", "shift+up")
        await it.advance(1.0)
        assert account.order(event.order.id).price == price + 3
        await it.press("X")
        await it.advance(1.0)
        assert account.order(event.order.id).status is ServerStatus.CANCELED


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (200, 60)])
async def test_protection_being_typed_on_the_screen(stage, snapshot, width: int, height: int) -> None:
    async with stage(width, height) as it:
        await armed(it, "positions")
        await it.press("m")
        for field in it.app.screen.query("Input"):
            field.cursor_blink = False
        await it.press("tab", "shift+tab")
        snapshot(it.app, f"amend_{width}x{height}")
