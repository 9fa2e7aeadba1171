"""Orders with more to them than a price: pairs, trailing stops, times; entered, moved and seen by keys."""

from __future__ import annotations

from decimal import Decimal

from embedded_server.model.commands import MovePrice
from embedded_server.model.enums import OrderKind as ServerKind
from embedded_server.model.enums import OrderStatus as ServerStatus
from embedded_server.model.events import OrderModified, OrderPlaced
from embedded_server.model.states import OrderState, PositionState
from tests.ui.market_stage import MarketStage, market_stage
from tui_trader.model.commands import PlaceOrder


def orders(it: MarketStage, account: str) -> list[OrderState]:
    """Every order that an account of the server ever took, as it is now, oldest first."""
    books = it.server.engine.accounts[account]
    taken = [event.order.id for event in it.happened(OrderPlaced) if event.order.account == account]
    return [books.order(number) for number in taken]


def position(it: MarketStage, account: str) -> PositionState:
    """The account's only position."""
    (held,) = it.server.engine.accounts[account].positions()
    return held


def price(it: MarketStage, order: OrderState | PositionState, ticks: int) -> Decimal:
    """Ticks of an order's instrument as a price."""
    return it.server.engine.market.instruments[order.instrument].price(ticks)


async def bid_of(it: MarketStage, symbol: str) -> float:
    await it.command(f"chart {symbol}")
    await it.advance(1.0)
    return it.app.store.quotes.get(symbol).bid


async def test_a_pair_is_refused_whole_or_taken_whole_and_the_fill_of_one_cancels_the_other() -> None:
    async with market_stage() as it:
        bid = await bid_of(it, "BTCUSDT")
        low, high = f"{bid * 0.99:.2f}", f"{bid * 1.004:.2f}"
        await it.command(f"oco sell 0.01 BTCUSDT @ {high} stop {low}")
        await it.agree()
        await it.advance(0.5)
        assert orders(it, "spot") == [], "nothing is held that could be sold"
        refused = [order for order in it.app.store.orders.closed if order.link == "channels"]
        assert len(refused) == 2
        assert all("can be sold" in order.reason for order in refused)

        await it.press("f9", "b", "tab", "o", "tab")
        for value in ("0.01", low, high):
            await it.type(value)
            await it.press("tab")
        await it.press("enter")
        assert "◂ belongs above" in it.screen, "a buying stop waits above the market"
        assert "◂ belongs below" in it.screen, "and its limit below"
        assert "fok" not in it.screen, "what waits is not for at once"
        for name, value in (("stop_price", high), ("price", low)):
            it.app.screen.query_one(f"#{name}").value = value
        await it.show()
        await it.press("enter")
        assert f"BUY 0.01 BTCUSDT limit at {float(low):,.2f} or stop at {float(high):,.2f}" in it.screen
        await it.advance(1.0)
        await it.press("enter")
        await it.advance(0.5)
        limit, stop = orders(it, "spot")
        assert (limit.kind, stop.kind) == (ServerKind.LIMIT, ServerKind.STOP)
        assert limit.oco_group == stop.oco_group
        await it.go("orders")
        assert it.screen.count("⇄") == 2
        it.decree(MovePrice(instrument="BTCUSDT", fraction=0.01))
        await it.until(lambda: not it.server.engine.accounts["spot"].working_orders())
        await it.advance(1.0)
        limit, stop = orders(it, "spot")
        assert (limit.status, stop.status) == (ServerStatus.CANCELED, ServerStatus.FILLED)
        assert position(it, "spot").lots == stop.lots
        assert "⇄" not in it.screen


async def test_whoever_cancels_a_pair_asks_for_one_of_the_two_and_both_end() -> None:
    async with market_stage() as it:
        for symbol in ("BTCUSDT", "EURUSD"):
            bid = await bid_of(it, symbol)
            await it.command(f"oco buy 0.01 {symbol} @ {bid * 0.95:.2f} stop {bid * 1.05:.2f}")
            await it.agree()
            await it.advance(0.5)
        await it.command("cancel all")
        await it.advance(0.5)
        for account in ("spot", "forex"):
            assert [one.status for one in orders(it, account)] == [ServerStatus.CANCELED] * 2
        assert list(it.app.store.orders.active) == []
        answers = [line.kind for line in it.app.store.journal if line.kind in ("refused", "sent")]
        assert answers == ["sent"] * 4, "two pairs, two cancels, and nothing was refused"


async def test_stops_and_triggers_that_trail_follow_the_price_and_an_order_ends_at_its_time() -> None:
    async with market_stage() as it:
        bid = await bid_of(it, "EURUSD")
        await it.command(f"buy 0.1 EURUSD market trail 0.0010 tp {bid + 0.05:.5f} dev 50")
        assert "the stop loss follows the price at 0.001" in it.screen
        await it.agree()
        await it.command(f"sell 0.1 EURUSD stop {bid - 0.002:.5f} trail 200pt until 2m")
        assert "the trigger follows the price at 0.002" in it.screen
        await it.agree()
        await it.until(it.server.engine.accounts["forex"].positions)
        await it.advance(2.0)
        first, waiting = position(it, "forex"), orders(it, "forex")[1]
        assert price(it, first, first.trailing_ticks) == Decimal("0.001")
        it.decree(MovePrice(instrument="EURUSD", fraction=0.002))
        await it.advance(4.0)
        moved = position(it, "forex")
        assert moved.stop_loss > first.stop_loss
        assert orders(it, "forex")[1].stop_price > waiting.stop_price
        await it.go("orders")
        assert "stop↘" not in it.screen
        assert "stop↗" in it.screen, "a selling trigger is drawn up"
        await it.go("positions")
        assert f"{price(it, moved, moved.stop_loss)}↗" in it.screen
        await it.press("G", "enter", "f")
        await it.advance(1.0)
        assert position(it, "forex").trailing_ticks is None
        assert position(it, "forex").stop_loss == moved.stop_loss, "the stop loss stays where it was"
        await it.press("f")
        await it.advance(1.0)
        assert position(it, "forex").trailing_ticks
        await it.advance(120.0, step=30.0)
        assert orders(it, "forex")[1].status is ServerStatus.EXPIRED


async def test_a_spot_order_is_moved_in_list_and_ladder_and_by_typing_and_stays_the_same_order() -> None:
    async with market_stage() as it:
        bid = await bid_of(it, "BTCUSDT")
        await it.command(f"buy 0.01 BTCUSDT @ {bid - 200:.2f}")
        await it.agree()
        await it.advance(1.0)
        (placed,) = orders(it, "spot")
        await it.go("orders")
        await it.press("enter", "shift+up", "shift+up")
        await it.advance(1.0)
        (moved,) = orders(it, "spot")
        assert (moved.id, moved.price) == (placed.id, placed.price + 2)
        await it.press("m")
        it.app.screen.query_one("#price").value = f"{bid - 300:.2f}"
        it.app.screen.query_one("#trailing").value = "1%"
        await it.advance(1.0)
        await it.press("enter")
        await it.advance(1.0)
        (typed,) = orders(it, "spot")
        assert price(it, typed, typed.price) == Decimal(f"{bid - 300:.2f}")
        assert typed.trailing_ticks == round(moved.price / 100)
        assert len(it.happened(OrderModified)) == 3
        (shown,) = it.app.store.orders.active
        assert (shown.id, shown.price, shown.status) == (str(placed.id), bid - 300, "working")

        await it.go("order_book")
        await it.press("enter", "down", "down", "b")
        await it.advance(1.0)
        _, laddered = orders(it, "spot")
        await it.press("shift+down")
        await it.advance(1.0)
        _, lowered = orders(it, "spot")
        assert (lowered.id, lowered.status) == (laddered.id, ServerStatus.WORKING)
        assert lowered.price < laddered.price


async def test_an_account_without_trailing_stops_or_pairs_does_not_offer_them(stage) -> None:
    async with stage() as it:
        await it.press("f9")
        assert "oco" in it.screen
        assert "Trailing" in it.screen
        it.app.screen.query_one("#symbol").value = "AAPL"
        await it.show()
        assert "oco" not in it.screen
        assert "Trailing" not in it.screen
        assert "Deviation" not in it.screen


async def test_another_symbol_typed_letter_by_letter_leaves_the_other_fields_as_they_were(stage) -> None:
    async with stage() as it:
        await it.press("f9", "b", "tab", "m")
        for name, value in (("quantity", "0.1"), ("trailing", "50pt"), ("deviation", "20")):
            it.app.screen.query_one(f"#{name}").value = value
        it.app.screen.query_one("#time_in_force").pick("day")
        symbol = it.app.screen.query_one("#symbol")
        for length in range(7):
            symbol.value = "GBPUSD"[:length]
            await it.show()
        assert it.app.screen.query_one("#time_in_force").value == "day"
        await it.press("enter")
        await it.fresh()
        await it.press("enter")
        (order,) = it.wires.of(PlaceOrder)
        assert (order.symbol, order.deviation_points, order.trailing) == ("GBPUSD", 20, Decimal("0.0005"))
        await it.press("colon")
        await it.type("ticket BTCUSDT")
        await it.press("enter")
        assert it.app.screen.query_one("#deviation").value == "20", "remembered"
        assert it.app.screen.entry().deviation == "", "and not meant for an exchange"
