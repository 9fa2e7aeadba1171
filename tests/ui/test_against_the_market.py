"""The real console against the real server: keys in, and what the server then says it did."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

import pytest

from embedded_server.model.commands import ForceRequote, MovePrice
from embedded_server.model.enums import BotStatus, OrderStatus, StrategyStatus
from embedded_server.model.events import OrderPlaced
from embedded_server.model.states import OrderState
from tests.ui.market_stage import MarketStage, free_base, market_stage
from tui_trader.model.values import LinkState

ONE_OF_EACH = {
    "market_data_gateway": "AAPL",
    "channels": "BTCUSDT",
    "bot_core": "BTCUSDT-PERP",
    "onetrade": "EURUSD",
}
"""Each kind of link that owns prices, with one of its instruments."""
A_FIFTH_OF_A_PERCENT = 0.002


def orders(it: MarketStage) -> list[OrderState]:
    """Every order that the server ever took on the forex account, as it is now."""
    account = it.server.engine.accounts["forex"]
    placed = [event.order.id for event in it.happened(OrderPlaced) if event.order.account == "forex"]
    return [account.order(order_id) for order_id in placed]


def forex(it: MarketStage):
    """The account that tickets go to."""
    return it.server.engine.accounts["forex"]


def not_ready(it: MarketStage) -> list[str]:
    """Links that are down, as the console knows."""
    return [view.name for view in it.app.store.links if not view.ready]


async def buy_with_a_deviation(it: MarketStage) -> OrderState:
    """Send a market order that the dealer answers with another price; the offer is on the screen."""
    it.decree(ForceRequote(count=1, ticks=4))
    await it.command("buy 0.3 EURUSD market dev 2")
    await it.agree()
    await it.until(lambda: "Requote" in it.screen)
    (order,) = orders(it)
    assert order.status is OrderStatus.REQUOTED
    return order


def price_of(it: MarketStage, ticks: int, key: str = "EURUSD") -> str:
    """A price as the screen writes it."""
    instrument = it.server.engine.market.instruments[key]
    return f"{ticks * float(instrument.tick_size):,.{instrument.price_digits}f}"


async def test_prices_of_every_kind_of_link_are_on_the_screen_and_move() -> None:
    async with market_stage() as it:
        seen: dict[str, set[float]] = {key: set() for key in ONE_OF_EACH.values()}
        for _ in range(20):
            await it.advance(1.0)
            for link, key in ONE_OF_EACH.items():
                quote = it.app.store.quotes.get(key)
                assert quote.link == link
                assert not it.app.store.stale(key, it.clock.now)
                seen[key].add(quote.bid)
        assert all(len(prices) > 2 for prices in seen.values()), seen
        assert not_ready(it) == []
        for key in ("BTCUSDT", "BTCUSDT-PERP", "AAPL"):
            if key == "AAPL":
                await it.press("g")
            assert f"{it.app.store.quotes.get(key).last:,.2f}" in it.screen
        market = it.server.engine.market
        for key, instrument in market.instruments.items():
            if key in ("AAPL", "EURUSD"):
                truth = float(instrument.price(market.quote(key).bid))
                assert it.app.store.quotes.get(key).bid == pytest.approx(truth)


async def test_a_strategy_is_started_paused_resumed_and_stopped() -> None:
    async with market_stage() as it:
        strategies = it.server.engine.strategies

        def status() -> StrategyStatus:
            return strategies.state(it.app.board.panes["strategies"].current.id).status

        await it.go("strategies")
        await it.until(lambda: it.app.board.panes["strategies"].current)
        name = it.app.board.panes["strategies"].current.name
        if status() is not StrategyStatus.STOPPED:
            await trade_keys(it, "strategies", "x")
        assert status() is StrategyStatus.STOPPED
        assert "■ stopped" in row_of(it, name)
        await trade_keys(it, "strategies", "s")
        assert f"Start {name}" in it.screen
        await it.advance(1.0)
        await it.press("enter")
        assert status() is StrategyStatus.STOPPED, "nothing starts before its config was looked over"
        await it.advance(1.0)
        await it.press("enter")
        assert status() is StrategyStatus.ACTIVE
        assert "● active" in row_of(it, name)
        await trade_keys(it, "strategies", "p")
        assert status() is StrategyStatus.PAUSED
        assert "‖ paused" in row_of(it, name)
        await trade_keys(it, "strategies", "s")
        assert f"Resume {name}?" in it.screen
        await it.agree()
        assert status() is StrategyStatus.ACTIVE
        await trade_keys(it, "strategies", "x")
        assert status() is StrategyStatus.STOPPED
        assert "■ stopped" in row_of(it, name)


async def trade_keys(it: MarketStage, pane: str, key: str) -> None:
    """Go to a pane, arm it, press one of its trade keys."""
    await it.go(pane)
    await it.advance(1.0)
    if it.app.focused.armed_since is None:
        await it.press("enter")
        await it.advance(1.0)
    await it.press(key)
    await it.advance(0.5)


def row_of(it: MarketStage, name: str) -> str:
    """The line of the screen that names something."""
    return next((line for line in it.screen.splitlines() if name in line), "")


async def test_the_bot_is_paused_started_and_stopped() -> None:
    async with market_stage() as it:
        bot = it.server.engine.bot
        await it.go("bot")
        await it.until(lambda: "RUNNING" in it.screen)
        await trade_keys(it, "bot", "p")
        assert bot.state().status is BotStatus.PAUSED
        assert "‖ PAUSED" in it.screen
        await it.command("bot start")
        assert bot.state().status is BotStatus.PAUSED, "it asks first"
        await it.agree()
        assert bot.state().status is BotStatus.RUNNING
        assert "● RUNNING" in it.screen
        await trade_keys(it, "bot", "x")
        assert bot.state().status is BotStatus.STOPPED
        assert "■ STOPPED" in it.screen


async def test_a_limit_order_by_ticket_rests_fills_and_is_closed_from_the_positions_pane() -> None:
    async with market_stage() as it:
        limit = it.server.engine.market.quote("EURUSD").ask - 12
        await it.press("f9", "b", "tab", "l", "tab")
        await it.type("0.25")
        await it.press("tab")
        await it.type(price_of(it, limit))
        await it.press("enter")
        await it.advance(1.0)
        assert orders(it) == []
        await it.press("enter", "enter")
        (order,) = orders(it)
        assert (order.status, order.price) == (OrderStatus.WORKING, limit)
        assert it.server.engine.market.instruments["EURUSD"].lot_size * order.lots == pytest.approx(0.25)
        await it.go("orders")
        assert "● working" in it.screen
        it.decree(MovePrice(instrument="EURUSD", fraction=-A_FIFTH_OF_A_PERCENT))
        await it.until(lambda: orders(it)[0].status is OrderStatus.FILLED)
        await it.go("positions")
        (position,) = forex(it).positions()
        shown = it.app.store.positions.get("onetrade", str(position.id))
        assert shown.quantity == pytest.approx(0.25)
        assert price_of(it, limit) in it.screen
        await it.press("x")
        assert forex(it).positions(), "an unarmed key closes nothing"
        it.app.board.panes["positions"].put_cursor_on(("onetrade", str(position.id)))
        await it.press("enter", "x")
        await it.until(lambda: not forex(it).positions(), 5.0)
        assert it.app.store.positions.get("onetrade", str(position.id)) is None
        assert len(orders(it)) == 2, "one order in, one order out"


async def test_orders_by_command_line_reach_the_server_once() -> None:
    async with market_stage() as it:
        await it.command("sell 0.1 EURUSD market")
        assert orders(it) == []
        await it.agree()
        await it.press("enter", "y")
        await it.until(lambda: forex(it).positions(), 5.0)
        (order,) = orders(it)
        assert order.status is OrderStatus.FILLED
        resting = it.server.engine.market.quote("GBPUSD").bid - 300
        await it.command(f"buy 0.3 GBPUSD @ {price_of(it, resting, 'GBPUSD')}")
        await it.agree()
        _, limit = orders(it)
        assert (limit.instrument, limit.status, limit.price) == ("GBPUSD", OrderStatus.WORKING, resting)
        await it.go("positions")
        assert "short" in row_of(it, " EURUSD    short")
        await it.go("orders")
        assert "GBPUSD" in it.screen
        await it.press("enter")
        await it.advance(1.0)
        await it.press("x")
        assert orders(it)[1].status is OrderStatus.CANCELED
        await it.press("h")
        assert "– canceled" in it.screen
        assert "✓ filled" in it.screen


async def test_a_requote_is_accepted_at_the_offered_price() -> None:
    async with market_stage() as it:
        order = await buy_with_a_deviation(it)
        assert price_of(it, order.offer_price) in row_of(it, "offered")
        await it.advance(1.0)
        await it.press("a")
        (filled,) = orders(it)
        assert filled.status is OrderStatus.FILLED
        (deal,) = [one for one in forex(it).deals() if one.order_id == order.id]
        assert deal.price == order.offer_price
        assert f"filled at {price_of(it, order.offer_price)}" in it.screen
        await it.advance(5.0)
        assert "Requote" not in it.screen


async def test_a_requote_is_refused_and_nothing_is_bought() -> None:
    async with market_stage() as it:
        await buy_with_a_deviation(it)
        await it.advance(1.0)
        await it.press("r")
        (order,) = orders(it)
        assert order.status is OrderStatus.CANCELED
        assert forex(it).positions() == ()
        assert "canceled" in it.screen


async def test_a_late_answer_brings_a_new_offer_and_the_dialog_shows_it() -> None:
    async with market_stage() as it:
        first = await buy_with_a_deviation(it)
        await it.advance(6.0)
        assert "time is up" in it.screen
        it.decree(MovePrice(instrument="EURUSD", fraction=A_FIFTH_OF_A_PERCENT))
        await it.advance(2.0)
        await it.press("a")
        (order,) = orders(it)
        assert order.status is OrderStatus.REQUOTED
        assert order.offer_price != first.offer_price
        assert price_of(it, order.offer_price) in row_of(it, "offered")
        assert "came too late" in it.screen
        await it.advance(1.0)
        await it.press("a")
        (order,) = orders(it)
        assert order.status is OrderStatus.FILLED
        assert "filled at" in it.screen


async def test_an_answer_that_never_comes_lets_the_order_expire_and_says_so() -> None:
    async with market_stage() as it:
        await buy_with_a_deviation(it)
        await it.advance(15.5)
        (order,) = orders(it)
        assert order.status is OrderStatus.EXPIRED
        assert "ran out" in it.screen


async def test_a_signal_is_requested_and_shown_with_its_reasoning() -> None:
    async with market_stage() as it:
        await it.command("ETHUSDT.P")
        before = len(it.server.engine.ai_service.history())
        await it.go("signals")
        await it.press("n")
        await it.until(lambda: len(it.server.engine.ai_service.history()) > before)
        signal = it.server.engine.ai_service.history()[-1]
        assert signal.instrument == "ETHUSDT-PERP"
        shown = next(iter(it.app.store.signals.newest_first))
        assert shown.symbol == "ETHUSDT-PERP"
        assert shown.reasoning == signal.reasoning
        await it.press("g", "enter", "z")
        assert signal.reasoning.split(".")[0][:60] in it.screen


async def test_another_timeframe_loads_its_history() -> None:
    async with market_stage() as it:
        for key, timeframe in (("right_square_bracket", "5m"), ("right_square_bracket", "15m")):
            await it.press(key)
            series = it.app.store.candles.get("EURUSD", timeframe)
            assert len(series.bars) >= 300
            truth = it.server.engine.market.bars("EURUSD", timeframe, count=20)
            assert [bar.time for bar in series.bars[-20:]] == [bar.time // 1_000_000 for bar in truth]
            assert f"EURUSD {timeframe}" in it.screen
        await it.command("chart BTCUSDT 1h")
        assert len(it.app.store.candles.get("BTCUSDT", "1h").bars) >= 300


async def test_a_dead_server_shows_at_once_and_everything_is_true_again_when_it_is_back() -> None:
    async with AsyncExitStack() as stack, market_stage(ports=free_base(), keep=True) as it:
        await it.command("buy 0.2 EURUSD market")
        await it.agree()
        await it.until(lambda: forex(it).positions(), 5.0)
        await it.fall()
        assert len(not_ready(it)) == 8
        assert "8 links not ready" in it.screen
        assert "STALE" in it.screen
        await it.command("buy 0.2 EURUSD market")
        assert "stale" in it.screen
        await it.press("escape")
        await it.rise(stack)
        await it.until(lambda: not not_ready(it), 40.0)
        await it.advance(3.0)
        assert "not ready" not in it.screen
        assert "STALE" not in it.screen
        agrees_with_the_server(it)
        await it.command("sell 0.1 GBPUSD market")
        await it.agree()
        await it.until(lambda: forex(it).positions(), 5.0)
        agrees_with_the_server(it)


def agrees_with_the_server(it: MarketStage) -> None:
    """Positions, working orders, strategies and quotes are the server's."""
    engine, store = it.server.engine, it.app.store
    of_link = {"forex": "onetrade", "spot": "channels"}
    for account, link in of_link.items():
        mine = {one.id for one in store.positions if one.link == link}
        if account == "forex":
            assert mine == {str(one.id) for one in engine.accounts[account].positions()}
        working = {one.id for one in store.orders.active if one.link == link}
        assert working == {str(one.id) for one in engine.accounts[account].working_orders()}
    futures = {(one.symbol, one.side.value) for one in store.positions if one.link == "bot_core"}
    assert futures == {(one.instrument, one.side.value) for one in engine.accounts["futures"].positions()}
    assert {one.id: one.status for one in store.strategies} == {
        one.id: one.status.value for one in engine.strategies.states()
    }
    for key in ("AAPL", "EURUSD", "MSFT", "XAUUSD"):
        instrument = engine.market.instruments[key]
        quote = engine.market.quote(key)
        assert store.quotes.get(key).bid == pytest.approx(float(instrument.price(quote.bid)))
        assert store.quotes.get(key).ask == pytest.approx(float(instrument.price(quote.ask)))


async def test_two_consoles_do_not_disturb_each_other() -> None:
    async with market_stage(consoles=2) as it:
        for seat in it.seats:
            assert [view.name for view in seat.app.store.links if not view.ready] == []
        sessions = it.server.endpoint("onetrade").sessions
        assert len(sessions) == 2
        await it.command("buy 0.2 EURUSD market")
        await it.agree()
        await it.until(lambda: forex(it).positions(), 5.0)
        await it.advance(2.0)
        first, second = (seat.app.store for seat in it.seats)
        assert [one.id for one in first.positions] == [one.id for one in second.positions]
        for key in ONE_OF_EACH.values():
            assert first.quotes.get(key).bid == second.quotes.get(key).bid
            assert not second.stale(key, it.clock.now)
        assert all(len(endpoint_sessions(it, name)) == 2 for name in it.server.endpoints)
        assert [view.state for view in second.links] == [LinkState.READY] * 8


def endpoint_sessions(it: MarketStage, name: str) -> Sequence[object]:
    """Open connections of one endpoint."""
    return list(it.server.endpoint(name).sessions)


SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_the_market_on_the_screen(snapshot, width: int, height: int) -> None:
    async with market_stage(width, height) as it:
        await it.advance(20.0)
        snapshot(it.app, f"market_{width}x{height}")
