"""The ticket's types of order, ways to size one, and what it tells before anything is sent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from embedded_server.model.enums import OrderKind as ServerKind
from embedded_server.model.enums import OrderStatus as ServerStatus
from embedded_server.model.enums import TimeInForce as ServerLasting
from embedded_server.model.events import OrderPlaced
from embedded_server.model.states import OrderState
from tests.ui.market_stage import MarketStage, market_stage
from tui_trader.dialogs.ticket import TicketDialog
from tui_trader.model.commands import PlaceOrder
from tui_trader.model.values import OrderKind, TimeInForce


def placed(it: MarketStage, account: str) -> OrderState:
    """The one order that an account of the server ever took."""
    (event,) = (one for one in it.happened(OrderPlaced) if one.order.account == account)
    return it.server.engine.accounts[account].order(event.order.id)


async def fill(it: object, *texts: str) -> None:
    """Type into one field after the other; the keyboard is in the first."""
    for text in texts:
        await it.press("tab")
        if text:
            await it.type(text)


async def send(it: MarketStage) -> None:
    """Look the order over, and send it."""
    await it.press("enter")
    await it.advance(1.0)
    await it.press("enter")
    await it.advance(1.0)


async def test_a_stop_limit_order_for_the_day_waits_at_the_forex_server() -> None:
    async with market_stage() as it:
        ask = it.app.store.quotes.get("EURUSD").ask
        trigger, limit = f"{ask + 0.002:.5f}", f"{ask + 0.0021:.5f}"
        await it.press("f9", "b", "tab", "s", "s")
        await fill(it, "0.2", trigger, limit, f"{ask - 0.001:.5f}", "", "")
        await it.press("tab", "d")
        await send(it)
        order, instrument = placed(it, "forex"), it.server.engine.market.instruments["EURUSD"]
        assert order.status is ServerStatus.WORKING
        assert order.kind is ServerKind.STOP_LIMIT
        assert order.time_in_force is ServerLasting.GTD
        assert instrument.price(order.stop_price) == Decimal(trigger)
        assert instrument.price(order.price) == Decimal(limit)


async def test_a_limit_order_that_must_fill_at_once_reaches_the_spot_server() -> None:
    async with market_stage() as it:
        await it.command("chart BTCUSDT")
        await it.advance(1.0)
        bid = it.app.store.quotes.get("BTCUSDT").bid
        await it.press("f9", "b", "tab", "l")
        await fill(it, "0.01", f"{bid - 50:.2f}", "", "", "")
        await it.press("tab", "i")
        await send(it)
        order = placed(it, "spot")
        assert order.time_in_force is ServerLasting.IOC
        assert order.status is ServerStatus.CANCELED, "nothing was there to fill it at once"


async def test_each_account_offers_only_what_its_orders_can_do(stage) -> None:
    async with stage() as it:
        await it.press("f9", "b", "tab", "l")
        assert "gtc   day" in it.screen
        it.app.screen.query_one("#symbol").value = "BTCUSDT"
        await it.show()
        assert "gtc  ioc  fok" in it.screen
        assert it.app.screen.query_one("#deviation").disabled


async def test_a_stop_order_has_a_trigger_and_no_price(stage) -> None:
    async with stage() as it:
        await it.press("f9", "s", "tab", "s")
        await fill(it, "0.1", "1.08")
        await it.press("enter")
        await it.fresh()
        await it.press("enter")
        (order,) = it.wires.of(PlaceOrder)
        assert (order.kind, order.stop_price, order.price) == (OrderKind.STOP, Decimal("1.08"), None)


async def test_a_trigger_on_the_wrong_side_of_the_market_is_told_beside_it(stage) -> None:
    async with stage() as it:
        await it.press("f9", "b", "tab", "s")
        await fill(it, "0.1", "1.08")
        await it.press("enter")
        line = next(line for line in it.screen.splitlines() if "Trigger" in line)
        assert "belongs above 1.0859" in line


async def test_a_quantity_may_be_money(stage) -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("buy $50000 EURUSD @ 1.08")
        await it.press("enter")
        await it.fresh()
        await it.press("enter")
        (order,) = it.wires.of(PlaceOrder)
        assert order.quantity == Decimal("0.46"), "50,000 / 108,000 a lot, never more than was meant"


async def test_a_quantity_may_be_the_risk_to_the_stop_loss(stage) -> None:
    async with stage() as it:
        await it.press("f9", "b", "tab", "l")
        await fill(it, "1%", "1.08", "1.078")
        assert "= 0.51" in it.screen, "1% of 10,214.55 over 200 USD a lot"
        await it.press("enter")
        await it.fresh()
        await it.press("enter")
        (order,) = it.wires.of(PlaceOrder)
        assert order.quantity == Decimal("0.51")


async def test_a_risk_needs_a_stop_loss(stage) -> None:
    async with stage() as it:
        await it.press("f9", "b", "tab", "l")
        await fill(it, "1%", "1.08")
        await it.press("enter")
        line = next(line for line in it.screen.splitlines() if "Quantity" in line)
        assert "needs a stop loss" in line


async def test_margin_and_the_worst_case_are_told_before_anything_is_sent(stage) -> None:
    async with stage() as it:
        await it.press("f9", "b", "tab", "l")
        await fill(it, "0.5", "1.08")
        assert "about 540.00 USD of 9,997.53 free" in it.screen
        assert "not limited: no stop loss" in it.screen
        await fill(it, "1.078", "1.084")
        assert "-100.00 USD, 0.98% of equity; at best +200.00" in it.screen
        assert it.wires.of(PlaceOrder) == []


async def test_more_margin_than_is_free_is_told(stage) -> None:
    async with stage() as it:
        await it.press("f9", "b", "tab", "l")
        await fill(it, "50", "1.08")
        assert "free: too little" in it.screen


async def test_the_fee_is_what_the_last_fill_paid() -> None:
    async with market_stage() as it:
        await it.command("buy 0.01 BTCUSDT market")
        await it.agree()
        await it.advance(2.0)
        await it.command("ticket BTCUSDT")
        await it.press("b", "tab", "l")
        bid = it.app.store.quotes.get("BTCUSDT").bid
        await fill(it, "0.01", f"{bid:.2f}")
        order = placed(it, "spot")
        assert order.fees_micros
        assert f"about {order.fees_micros / 1e6:.2f} USDT, by the last fill" in it.screen


async def test_how_long_it_lasts_can_be_typed_too(stage) -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("sell 0.1 EURUSD stop 1.08 @ 1.079 day")
        await it.press("enter")
        await it.fresh()
        await it.press("enter")
        (order,) = it.wires.of(PlaceOrder)
        assert (order.kind, order.time_in_force) == (OrderKind.STOP_LIMIT, TimeInForce.DAY)
        assert (order.stop_price, order.price) == (Decimal("1.08"), Decimal("1.079"))


async def test_a_key_right_behind_the_one_that_opened_the_ticket_never_lands_in_another_field(
    stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    had: list[str | None] = []
    monkeypatch.setattr(
        TicketDialog, "on_descendant_focus", lambda self, event: had.append(event.widget.id), raising=False
    )
    async with stage() as it:
        await it.press("f9", "b")
        assert had == ["side"]
        assert "[buy]" in it.screen


async def test_of_an_unknown_instrument_only_that_is_said(stage) -> None:
    async with stage() as it:
        await it.press("f9", "b", "tab", "l")
        await fill(it, "0.1", "1.07", "", "", "", "g")
        await it.press("g")
        assert "[gtd]" in it.screen
        it.app.screen.query_one("#symbol").value = "EURUSDX"
        await it.show()
        await it.press("enter")
        assert "not an instrument" in it.screen
        assert "◂" not in next(line for line in it.screen.splitlines() if "Lasts" in line)


async def test_notes_stand_in_one_column_and_a_click_picks_what_it_is_on(stage) -> None:
    async with stage() as it:
        await it.press("colon")
        await it.type("ticket BTCUSDT")
        await it.press("enter", "b", "tab", "l")
        rows = it.screen.splitlines()
        notes = {"of a limit order": 0, "optional": 0, "none: until canceled": 0}
        for note in notes:
            notes[note] = next(row.index(note) for row in rows if note in row)
        assert len(set(notes.values())) == 1, notes
        y = next(y for y, row in enumerate(rows) if "Lasts" in row)
        for lasting in TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK, TimeInForce.GTD:
            await it.pilot.click(offset=(it.screen.splitlines()[y].index(lasting), y))
            await it.show()
            assert f"[{lasting}]" in it.screen.splitlines()[y]
