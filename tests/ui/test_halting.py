"""The kill switch where no guardian leads: the console stops everything itself, and tells what is left."""

from __future__ import annotations

from embedded_server.model.commands import Accepted
from embedded_server.model.commands import PlaceOrder as Buying
from embedded_server.model.enums import OrderKind as ServerKind
from embedded_server.model.enums import Reason
from embedded_server.model.enums import Side as ServerSide
from tests.ui import scene
from tests.ui.conftest import Stage
from tests.ui.market_stage import MarketStage, market_stage
from tests.ui.test_safety_against_the_market import at_rest, far_below, forex, trade
from tui_trader.model import events as e
from tui_trader.model.commands import (
    CancelOrder,
    ClosePosition,
    ControlBot,
    EngageKillSwitch,
    ListStrategies,
    PauseStrategy,
    PlaceOrder,
    StopStrategy,
)
from tui_trader.model.errors import CommandError
from tui_trader.model.values import LinkState


async def kill(it: Stage) -> None:
    """Throw the switch."""
    await it.press("ctrl+k")
    await it.type("kill")
    await it.press("enter")


async def settled(it: Stage) -> None:
    """Every link tells that all that was asked for is done, but for what a strategy holds."""
    await it.tell(
        e.StrategyStatusChanged("orchestrator", "strategy-123", "Momentum Alpha", "PAUSED"),
        e.OrdersReplaced("onetrade", ()),
        e.OrdersReplaced("channels", ()),
        e.PositionsReplaced("onetrade", ()),
        e.PositionsReplaced("bot_core", ()),
        e.BotUpdated(scene.Bot(link="bot_core", status="PAUSED", mode="PAPER_TRADING")),
    )


async def test_without_a_guardian_the_console_stops_everything_itself(stage) -> None:
    async with stage() as it:
        await it.tell(e.LinkChanged("risk_guardian", LinkState.OFFLINE))
        await it.press("ctrl+k")
        assert "the console itself: no guardian answers" in it.screen
        await it.press("escape")
        await kill(it)
        assert not it.wires.of(EngageKillSwitch)
        assert [one.strategy_id for one in it.wires.of(PauseStrategy)] == ["strategy-123"]
        assert [one.command for one in it.wires.of(ControlBot)] == ["PAUSE"]
        assert sorted(one.order_id for one in it.wires.of(CancelOrder)) == ["501", "9f31"]
        assert [one.position_id for one in it.wires.of(ClosePosition)] == ["1001", "1002"]
        assert "✕   BTCUSDT.P buy 0.01" in it.screen and "carries no such command" in it.screen
        assert "◌   EURUSD buy 0.5" in it.screen and "still open" in it.screen
        assert "◌ onetrade positions" in it.screen and "0 of 2 closed" in it.screen
        assert "no command closes what a strategy holds" in it.screen
        sent = len(it.wires.sent)
        await it.wait(12.0)
        later = [one for one in it.wires.sent[sent:] if not isinstance(one, ListStrategies)]
        assert later == [], "a closing that is sent twice might open"
        assert "✕   EURUSD buy 0.5" in it.screen, "nothing more is on its way"
        await it.press("escape")
        assert "KILL SWITCH ENGAGED" in it.screen.splitlines()[0]
        await settled(it)
        await it.press("ctrl+k")
        assert any("✓ onetrade positions" in row and "2 of 2 closed" in row for row in it.screen.splitlines())
        assert "✓ verified" not in it.screen, "the strategy holds AAPL still"
        await it.tell(
            e.StrategiesListed(
                "orchestrator", (scene.Strategy(link="orchestrator", id="1", name="A", status="PAUSED"),)
            )
        )
        await it.wait(3.0)
        assert "✓ verified" in it.screen and "nothing is left" in it.screen


async def test_a_machine_in_a_state_of_its_own_making_may_trade_and_is_stopped(stage) -> None:
    async with stage() as it:
        await it.tell(
            e.LinkChanged("risk_guardian", LinkState.OFFLINE),
            e.StrategyStatusChanged("orchestrator", "strategy-123", "Momentum Alpha", "TRADING"),
            e.BotUpdated(scene.Bot(link="bot_core", status="DEGRADED", mode="PAPER_TRADING")),
        )
        await kill(it)
        assert "strategy-123" in [one.strategy_id for one in it.wires.of(PauseStrategy)]
        assert [one.command for one in it.wires.of(ControlBot)] == ["PAUSE"]


async def test_a_link_that_came_back_is_given_time_to_tell_what_it_has(stage) -> None:
    async with stage() as it:
        await it.tell(e.LinkChanged("risk_guardian", LinkState.OFFLINE))
        await kill(it)
        await settled(it)
        await it.tell(
            e.StrategiesListed(
                "orchestrator", (scene.Strategy(link="orchestrator", id="1", name="A", status="PAUSED"),)
            )
        )
        await it.tell(e.OrdersReplaced("bot_core", ()))
        await it.wait(5.0)
        assert it.app.desk.halting.verified
        await it.tell(e.LinkChanged("bot_core", LinkState.RECONNECTING))
        await it.tell(e.LinkChanged("bot_core", LinkState.READY), e.PositionsReplaced("bot_core", ()))
        await it.wait(0.5)
        assert not it.app.desk.halting.verified
        await it.wait(3.0)
        assert it.app.desk.halting.verified


async def test_what_comes_up_later_is_stopped_too_and_nothing_new_leaves_until_it_is_released(stage) -> None:
    async with stage() as it:
        await it.tell(
            e.LinkChanged("risk_guardian", LinkState.OFFLINE), e.LinkChanged("channels", LinkState.OFFLINE)
        )
        await kill(it)
        assert "✕ channels" in it.screen and "nothing can be verified" in it.screen
        assert "9f31" not in [one.order_id for one in it.wires.of(CancelOrder)]
        await it.press("escape")
        await it.tell(e.LinkChanged("channels", LinkState.READY))
        assert "9f31" in [one.order_id for one in it.wires.of(CancelOrder)], "once it can be sent, it is"
        late = scene.Position(
            link="onetrade", id="1003", symbol="GBPUSD", side=scene.Side.BUY, quantity=0.2, entry_price=1.268
        )
        await it.tell(e.PositionUpdated(late))
        assert it.wires.of(ClosePosition)[-1].position_id == "1003"
        for line in ("buy 0.1 EURUSD @ 1.0800", "strat 2 start"):
            await it.press("colon")
            await it.type(line)
            await it.press("enter")
            await it.wait(1.0)
            await it.press("y")
        assert not it.wires.of(PlaceOrder) and "kill switch is engaged" in it.screen
        await it.press("colon")
        await it.type("release")
        await it.press("enter")
        await it.wait(1.0)
        await it.press("y")
        assert "KILL SWITCH ENGAGED" not in it.screen.splitlines()[0]
        await it.fresh()
        await it.press("colon")
        await it.type("buy 0.1 EURUSD @ 1.0800")
        await it.press("enter")
        await it.wait(1.0)
        await it.fresh()
        await it.press("y")
        assert len(it.wires.of(PlaceOrder)) == 1


async def test_a_guardian_that_does_not_answer_is_not_waited_for(stage) -> None:
    async with stage() as it:
        await kill(it)
        assert len(it.wires.of(EngageKillSwitch)) == 1 and not it.wires.of(ClosePosition)
        await it.wait(11.0)
        assert "does not answer" in it.screen
        assert [one.position_id for one in it.wires.of(ClosePosition)] == ["1001", "1002"]


async def test_a_live_link_is_stopped_by_the_word_alone_and_what_may_not_leave_is_said(stage) -> None:
    async with stage(live=True) as it:
        it.wires.live = frozenset({"onetrade"})
        await it.tell(scene.risk())
        await it.press("ctrl+k")
        assert "the console itself on onetrade" in it.screen, "a simulator's guardian cannot stop it"
        await it.press("escape")
        await kill(it)
        assert len(it.wires.of(EngageKillSwitch)) == 1
        assert [one.position_id for one in it.wires.of(ClosePosition)] == ["1001", "1002"]
        it.app.desk.gate.allowed = False
        await it.type("kill")
        await it.press("enter")
        assert len(it.wires.of(ClosePosition)) == 2
        assert "LIVE, and started without --live" in it.screen


async def test_on_a_low_screen_what_is_left_is_told_before_what_is_done(stage) -> None:
    async with stage(80, 20) as it:
        await it.tell(e.LinkChanged("risk_guardian", LinkState.OFFLINE))
        await kill(it)
        await it.tell(e.OrdersReplaced("onetrade", ()), e.OrdersReplaced("channels", ()))
        assert "type RELEASE" in it.screen and "NOT verified yet" in it.screen
        assert "BTCUSDT.P buy 0.01" in it.screen and "onetrade orders" not in it.screen


async def test_what_no_link_would_take_is_told_line_by_line(stage) -> None:
    async with stage() as it:
        it.wires.refusal = CommandError("the server does not keep up")
        await kill(it)
        assert "Not sent: the server does not keep up" in it.screen
        assert it.screen.count("does not keep up") > 3
        assert "NOT verified yet" in it.screen


async def test_a_stop_that_closes_is_used_only_where_the_server_described_it(stage) -> None:
    async with stage() as it:
        await it.tell(e.LinkChanged("risk_guardian", LinkState.OFFLINE))
        await it.tell(e.StrategyConfigsListed("orchestrator", (), stop_closes_positions=True))
        await kill(it)
        assert [one.strategy_id for one in it.wires.of(PauseStrategy)] == ["strategy-123"]
        (stop,) = it.wires.of(StopStrategy)
        assert (stop.strategy_id, stop.close_positions) == ("strategy-123", True)
        assert "0 of 1 closed" in it.screen and "40 AAPL of Momentum Alpha" in it.screen
        await settled(it)
        await it.tell(e.StrategyStatusChanged("orchestrator", "strategy-123", "Momentum Alpha", "STOPPED"))
        await it.wait(3.0)
        assert len(it.wires.of(StopStrategy)) == 1 and "40 AAPL of Momentum Alpha" in it.screen
        assert it.wires.of(ListStrategies), "what it holds is told only when it is asked for"
        listed = scene.Strategy(link="orchestrator", id="strategy-123", name="A", status="STOPPED")
        await it.tell(e.StrategiesListed("orchestrator", (listed,)))
        await it.tell(e.PositionsReplaced("bot_core", ()))
        await it.wait(3.0)
        assert "1 of 1 closed" in it.screen and "✓ verified" in it.screen


def let_a_strategy_hold_something(it: MarketStage) -> None:
    """Let an active strategy hold something."""
    running = (one for one in it.server.engine.strategies.states() if one.status.name == "ACTIVE")
    order = Buying(
        account="equities", instrument="AAPL", side=ServerSide.BUY, kind=ServerKind.MARKET, lots=10,
        strategy=next(running).id, reason=Reason.STRATEGY,
    )  # fmt: skip
    assert isinstance(it.decree(order), Accepted)


async def test_on_the_real_server_nothing_is_left_without_a_guardian() -> None:
    async with market_stage() as it:
        let_a_strategy_hold_something(it)
        await trade(it, "buy 0.2 EURUSD market", f"buy 0.1 EURUSD @ {far_below(it)}")
        assert forex(it).positions() and forex(it).working_orders()
        for link in it.seat.each_link:
            if link.name == "risk_guardian":
                await link.stop()
        await it.press("ctrl+k")
        await it.type("kill")
        await it.press("enter")
        await it.until(lambda: not forex(it).positions() and not forex(it).working_orders(), 30.0)
        await it.advance(3.0)
        assert not it.server.engine.guardian.state().kill_switch, "it was not the guardian"
        assert not any(one.status.name == "ACTIVE" for one in it.server.engine.strategies.states())
        await it.until(lambda: "✓ verified" in it.screen, 20.0)
        assert at_rest(it), "what a strategy held was closed by its stop"
