"""Strategies, the bot and signals by keys, from their config to what became of what they said."""

from __future__ import annotations

from msgspec.structs import replace

from embedded_server.model.commands import ClosePosition, StartStrategy
from embedded_server.model.enums import Action, Resolution, Side, StrategyStatus
from embedded_server.model.events import OrderPlaced
from embedded_server.model.states import AiSignal, PositionState, StrategyState
from embedded_server.model.states import StrategyConfig as Bounds
from embedded_server.strategies.rule import Decision
from tests.ui.market_stage import MarketStage, market_stage
from tui_trader.model import events as e
from tui_trader.model.commands import RequestSignal
from tui_trader.model.commands import StartStrategy as Start
from tui_trader.model.commands import StopStrategy as Stop
from tui_trader.model.values import Deal, RiskStrategy, StrategyConfig, StrategyPosition
from tui_trader.model.values import Side as Way

BTC = "BTCUSDT-PERP"
BOUNDS = Bounds(
    symbols=("META", "TSLA"),
    resolution=Resolution.M5,
    max_position_micros=2_500_500_000,
    max_orders_per_minute=3,
    stop_loss_fraction=0.015,
)


def strategy(it: MarketStage, name: str) -> StrategyState:
    """A strategy as the server has it."""
    state = it.server.engine.strategies.state(name)
    assert state is not None
    return state


def holdings(it: MarketStage, name: str) -> list[PositionState]:
    """What a strategy holds at the server."""
    return [one for one in it.server.engine.accounts["equities"].positions() if one.strategy == name]


def decide(it: MarketStage, name: str, key: str, side: Side = Side.BUY) -> None:
    """Let a strategy come to a decision now, as if a bar had closed that way."""
    strategies = it.server.engine.strategies
    strategies._execution.carry_out(strategies._runs[name], key, Decision(side, 0.8, "a test's own bar"))
    it.server.pacer.publish()


def suggest(it: MarketStage, action: Action = Action.LONG, confidence: float = 0.85) -> AiSignal:
    """Let the AI service say something now; the bot trades what is confident enough."""
    engine = it.server.engine
    mark, up = engine.market.mark(BTC), 1 if action is Action.LONG else -1
    signal = AiSignal(
        id=f"signal_{900 + len(engine.ai_service.history())}",
        instrument=BTC,
        action=action,
        confidence=confidence,
        model="indicator-ensemble-1",
        timeframe=Resolution.H1,
        reasoning="RSI at 28 is oversold and turning, and four of four votes agree.",
        strategy_scores={"RSI Strategy": 0.85, "MACD Strategy": 0.5},
        trend_direction="Bullish",
        trend_strength=0.82,
        volatility_level="Medium",
        overall_risk="Medium",
        position_size=0.05,
        stop_loss=mark - up * mark // 50,
        take_profit=mark + up * mark // 33,
        time=engine.now,
    )
    engine.ai_service.publish(signal)
    it.server.pacer.publish()
    return signal


async def arm(it: MarketStage, name: str) -> None:
    """Put the cursor on a strategy and arm its keys."""
    await it.go("strategies")
    it.app.board.panes["strategies"].put_cursor_on(("orchestrator", name))
    await it.advance(1.0)
    if it.app.focused.armed_since is None:
        await it.press("enter")
        await it.advance(1.0)


async def field(it: object, name: str, text: str) -> None:
    """Type over a field of the form, going there by Tab."""
    for _ in range(9):
        if it.app.focused.id == name:
            break
        await it.press("tab")
    assert it.app.focused.id == name
    await it.press("end", "ctrl+u")
    await it.type(text)


def line_of(it: object, text: str) -> str:
    """The line of the screen that says something."""
    return next((line for line in it.screen.splitlines() if text in line), "")


async def test_a_strategy_starts_with_the_config_typed_into_its_form() -> None:
    async with market_stage() as it:
        await arm(it, "strategy-124")
        await it.press("s")
        assert "Start RSI Strategy" in it.screen
        assert it.app.screen.query_one("#symbols").value == "META NFLX"
        assert "not told" not in it.screen
        await it.advance(1.0)
        await it.type("META NOPE")
        assert "◂ no equity NOPE" in line_of(it, "Symbols")
        await it.press("enter", "enter")
        await it.press("end", "ctrl+u")
        await it.type("meta, tsla")
        await it.press("tab", "right")
        for name, wrong, complaint, right in (
            ("max_position_value", "0", "above 0", "2500.5"),
            ("max_orders_per_minute", "2.5", "a whole number, 1 to 600", "3"),
            ("stop_loss", "2", "such as 2%, or 0.02", "1.5%"),
        ):
            await field(it, name, wrong)
            assert f"◂ {complaint}" in it.screen
            await it.press("enter")
            assert "start it" not in it.screen
            await field(it, name, right)
        await it.advance(1.0)
        await it.press("enter")
        assert "symbols META, TSLA, bars of 5m" in it.screen
        await it.press("enter")
        assert strategy(it, "strategy-124").status is StrategyStatus.STOPPED, "the first Enter's repeat"
        await it.advance(1.0)
        await it.press("enter")
        started = strategy(it, "strategy-124")
        assert started.status is StrategyStatus.ACTIVE
        assert started.config == BOUNDS


async def test_a_strategy_goes_on_and_starts_again_with_the_config_it_had() -> None:
    async with market_stage() as it:
        it.decree(StartStrategy(strategy_id="strategy-124", config=BOUNDS))
        await arm(it, "strategy-124")
        await it.press("p")
        await it.advance(1.0)
        await it.press("s")
        assert "Resume RSI Strategy?" in it.screen
        await it.agree()
        assert strategy(it, "strategy-124").config == BOUNDS, "it goes on as it was"
        await it.advance(1.0)
        await it.press("x")
        assert strategy(it, "strategy-124").status is StrategyStatus.STOPPED, "it holds nothing: no question"
        await it.advance(1.0)
        await it.press("s")
        form = it.app.screen
        shown = {name: form.query_one(f"#{name}").value for name in ("symbols", "resolution", "stop_loss")}
        assert shown == {"symbols": "META TSLA", "resolution": "5m", "stop_loss": "1.5%"}
        assert form.query_one("#max_position_value").value == "2500.5"
        await it.press("escape")
        await it.command("strat 2 start rate 0")
        assert "Orders a minute: a whole number, 1 to 600" in it.screen
        assert it.app.command_line.display
        await it.press("escape")
        await it.command("strat 2 start on NVDA,TSLA rate 7")
        await it.agree()
        begun = strategy(it, "strategy-124")
        assert begun.status is StrategyStatus.ACTIVE
        assert (begun.config.symbols, begun.config.max_orders_per_minute) == (("NVDA", "TSLA"), 7)
        assert begun.config.resolution is Resolution.M5, "what is not said stays"


async def test_stopping_asks_what_is_to_become_of_open_positions() -> None:
    async with market_stage(80, 24) as it:
        name = "strategy-123"
        decide(it, name, "AAPL")
        await it.advance(3.0)
        await arm(it, name)
        await it.press("x")
        assert "what about its open positions?" in it.screen
        (held,) = holdings(it, name)
        assert f"AAPL       long {held.lots:>8}" in it.screen
        await it.press("k")
        assert strategy(it, name).status is StrategyStatus.ACTIVE, "a key that was on its way is no answer"
        await it.press("escape")
        assert strategy(it, name).status is StrategyStatus.ACTIVE
        await arm(it, name)
        await it.press("x")
        await it.advance(1.0)
        await it.press("k")
        assert strategy(it, name).status is StrategyStatus.STOPPED
        assert [one.lots for one in holdings(it, name)] == [held.lots]
        it.decree(StartStrategy(strategy_id=name))
        await it.advance(1.0)
        await arm(it, name)
        await it.press("x")
        await it.advance(1.0)
        await it.press("c")
        await it.advance(3.0)
        assert strategy(it, name).status is StrategyStatus.STOPPED
        assert holdings(it, name) == []
        assert all(not one.positions for one in it.app.store.strategies)


async def test_a_backend_that_cannot_close_positions_is_not_said_to(stage) -> None:
    async with stage() as it:
        await it.go("strategies")
        await it.press("enter")
        await it.wait(1.0)
        await it.press("x")
        assert "This backend cannot close them" in it.screen
        assert "sold at the market" not in it.screen
        await it.wait(1.0)
        await it.press("c")
        assert it.wires.of(Stop) == []
        await it.press("k")
        assert [one.close_positions for one in it.wires.of(Stop)] == [False]
        await it.press("colon")
        await it.type("strat strategy-123 stop close")
        await it.press("enter")
        assert "offers no way to close" in it.screen
        await it.press("escape")
        await it.go("strategies")
        await it.press("g", "j", "j", "enter")
        await it.wait(1.0)
        await it.press("s")
        await it.wait(1.0)
        assert "not told: an example" in line_of(it, "Stop loss")
        await it.press("enter", "enter")
        assert "◂ at least one" in it.screen
        assert it.wires.of(Start) == []


async def test_a_strategys_results_are_whole_however_much_it_holds(stage) -> None:
    async with stage(80, 24) as it:
        held = tuple(
            StrategyPosition(symbol=symbol, quantity=12_345, entry_price=1_000.0, value=12_345_000.0)
            for symbol in ("AAPL", "MSFT", "GOOGL", "AMZN")
        )
        (strategy, *_) = it.app.store.strategies
        risk = it.app.store.risk.latest
        watched = RiskStrategy(strategy_id=strategy.id, pnl=-7_762_345.67, orders_last_minute=4)
        await it.tell(
            e.StrategiesListed("orchestrator", (replace(strategy, positions=held),)),
            e.StrategyConfigsListed(
                "orchestrator", (StrategyConfig(strategy_id=strategy.id, max_orders_per_minute=5),)
            ),
            e.RiskUpdated(replace(risk, strategies=(watched,))),
        )
        await it.go("strategy")
        assert "P&L in all -7,762,345.67  open -" in it.screen
        assert "holds 4 positions" in it.screen
        assert "orders a minute 4/5 ▲" in it.screen


async def test_a_strategy_that_just_traded_is_asked_about_before_its_holdings_are_listed(stage) -> None:
    async with stage() as it:
        deal = Deal(
            link="orchestrator",
            id="fresh",
            order_id="order-9",
            symbol="TSLA",
            side=Way.BUY,
            quantity=3,
            price=352.5,
            strategy="strategy-124",
        )
        await it.tell(e.DealDone(deal))
        await it.press("colon")
        await it.type("strat 2 stop")
        await it.press("enter")
        assert "It traded a moment ago" in it.screen
        assert it.wires.of(Stop) == []
        await it.wait(1.0)
        await it.press("k")
        assert len(it.wires.of(Stop)) == 1


async def test_real_trading_is_offered_on_a_live_link_alone_and_needs_its_phrase(stage) -> None:
    async with stage(live=True) as it:
        it.wires.live = frozenset({"orchestrator"})
        await it.go("strategies")
        await it.press("j", "j", "enter")
        await it.wait(1.0)
        await it.press("s")
        await it.wait(1.0)
        await it.type("AAPL")
        await it.press("tab", "tab", "right")
        assert it.app.screen.query_one("#real_trading").value == "yes"
        await it.press("enter")
        assert "REAL TRADING: with real money" in it.screen
        await it.wait(1.0)
        await it.press("enter")
        assert it.wires.of(Start) == []
        assert "trade live on orchestrator" in it.screen


async def test_a_signal_can_be_asked_for_whatever_is_looked_at(stage) -> None:
    async with stage() as it:
        await it.go("signals")
        await it.press("n")
        assert it.wires.of(RequestSignal) == []
        assert it.app.command_line.input.value == "signal "
        await it.type("ETHUSDT.P 4h")
        await it.press("enter")
        (asked,) = it.wires.of(RequestSignal)
        assert (asked.symbol, asked.timeframe) == ("ETHUSDT-PERP", "4h")


async def test_a_strategy_shows_its_own_signals_and_trades() -> None:
    async with market_stage() as it:
        decide(it, "strategy-123", "AAPL")
        decide(it, "strategy-125", "TSLA")
        await it.advance(3.0)
        await it.press("2")
        await arm(it, "strategy-123")
        pane = it.app.board.panes["strategy"]
        assert {row.deal.symbol for row in pane.rows() if row.deal} == {"AAPL"}
        assert [bool(row.signal) for row in pane.rows()] == [False, True], "newest first"
        assert "orders a minute 1/5" in it.screen
        (held,) = holdings(it, "strategy-123")
        assert f"holds {held.lots} AAPL" in it.screen
        assert "open " in line_of(it, "signal  AAPL")
        await it.press("j", "j")
        assert {row.deal.symbol for row in pane.rows() if row.deal} == {"TSLA"}
        assert f"holds {holdings(it, 'strategy-125')[0].lots} TSLA" in it.screen
        await it.press("d")
        assert it.app.focused is pane
        decide(it, "strategy-125", "TSLA", Side.SELL)
        await it.advance(3.0)
        assert holdings(it, "strategy-125") == []
        assert "closed what was held" in line_of(it, "signal  TSLA    sell")
        assert "closed +" in it.screen or "closed -" in it.screen or "closed 0" in it.screen


async def test_a_signal_goes_from_its_reasoning_to_a_ticket_and_to_what_became_of_it() -> None:
    async with market_stage() as it:
        mine = suggest(it)
        await it.advance(2.0)
        await it.press("2")
        await it.go("signals")
        await it.press("g")
        for text in ("four of four votes", "━━━━━━━━── 0.85", "Bullish 0.82", "Medium, 5% of the balance"):
            assert text in it.screen
        orders = [one.order for one in it.happened(OrderPlaced) if one.order.signal_id == mine.id]
        assert f"the bot: buy {orders[0].lots * 0.0001:.4f}".rstrip("0") in it.screen
        (position,) = it.server.engine.accounts["futures"].positions()
        assert f"open in pos_{position.id}: " in it.screen
        assert f"order binance_order_{orders[0].id} filled" in it.screen
        lines = [one for one in it.app.store.journal if one.kind == "signal" and f"{BTC} long" in one.text]
        assert len(lines) == 1, "two services tell it"
        await it.press("T")
        await it.advance(1.0)
        ticket = it.app.screen
        levels = {
            name: ticket.query_one(f"#{name}").value for name in ("symbol", "side", "stop_loss", "kind")
        }
        instrument = it.server.engine.market.instruments[BTC]
        wanted = f"{instrument.price(mine.stop_loss):f}"
        assert levels == {"symbol": "BTCUSDT", "side": "buy", "stop_loss": wanted, "kind": ""}
        spot = it.server.engine.accounts["spot"]
        assert [one for one in it.happened(OrderPlaced) if one.order.account == "spot"] == []
        await it.press("m", "tab")
        await it.type("0.01")
        await it.press("enter")
        await it.advance(1.0)
        assert spot.positions() == ()
        await it.press("enter")
        await it.advance(2.0)
        (position,) = spot.positions()
        assert "your ticket: buy 0.01 BTCUSDT at" in it.screen
        it.decree(ClosePosition(account="spot", position_id=position.id))
        for one in it.server.engine.accounts["futures"].positions():
            it.decree(ClosePosition(account="futures", position_id=one.id))
        await it.advance(2.0)
        assert it.screen.count("closed at ") == 2, "the bot's and the ticket's"


async def test_a_neutral_signal_makes_no_ticket_and_what_nobody_traded_is_said_so() -> None:
    async with market_stage(200, 60) as it:
        suggest(it, Action.NEUTRAL, 0.4)
        await it.advance(1.0)
        await it.press("2")
        await it.go("signals")
        await it.press("g", "T")
        assert "The signal on BTCUSDT.P is neutral" in it.screen
        assert "nothing to trade: it is neutral" in it.screen
        suggest(it, Action.SHORT, 0.6)
        await it.advance(1.0)
        await it.press("g")
        assert "no order came of it" in it.screen


async def test_the_start_forms_longest_choice_leaves_its_note_whole(
    stage,
) -> None:
    async with stage(80, 24) as it:
        it.app.front.open_start(it.app.store.strategies.find("Breakout"))
        await it.show()
        line = next(line for line in it.screen.splitlines() if "Bars of" in line)
        assert "1w   1M  not told" in line, line
