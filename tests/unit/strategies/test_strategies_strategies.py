"""Strategies on a real market and account: commands, signals, orders, and the bounds of their configs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any

import pytest
from msgspec.structs import replace

from embedded_server.kernel.time import MINUTE
from embedded_server.model.commands import Accepted, PauseStrategy, Refused, StartStrategy, StopStrategy
from embedded_server.model.enums import Reason, RefusalCode, Resolution, Side, StrategyStatus
from embedded_server.model.events import (
    ExecutionServiceChanged,
    OrderFilled,
    PositionClosed,
    StrategyFailed,
    StrategyPaused,
    StrategySignalled,
    StrategyStarted,
    StrategyStopped,
)
from embedded_server.model.states import StrategyConfig
from embedded_server.strategies.registry import LISTINGS, Listing
from embedded_server.strategies.rule import Decision
from embedded_server.strategies.strategies import Strategies

BUY = Decision(Side.BUY, 0.8, "a test wants to buy")
SELL = Decision(Side.SELL, 0.8, "a test wants to sell")
CONFIG = StrategyConfig(symbols=("AAPL",))
LIMIT = CONFIG.max_position_micros

Script = Iterable[Decision | Exception | None]
Factory = Callable[..., Strategies]


@pytest.fixture
def start_with(exchange: Any, scripted: Any) -> Factory:
    """Strategies `one`, `two`, ... with a script each, started."""

    def build(*scripts: Script, config: StrategyConfig = CONFIG, active: bool = True) -> Strategies:
        names = ("one", "two", "three")
        listings = [
            Listing(name, scripted(name, script), config, active=active)
            for name, script in zip(names, scripts, strict=False)
        ]
        strategies = Strategies(
            exchange.simulation, exchange.market, exchange.analysis, exchange.accounts, listings=listings
        )
        strategies.start()
        return strategies

    return build


def refused(outcome: object) -> RefusalCode:
    assert isinstance(outcome, Refused), outcome
    assert outcome.message
    return outcome.code


def held(exchange: Any, strategy_id: str = "one", key: str = "AAPL") -> int:
    return sum(
        position.lots
        for position in exchange.accounts["equities"].positions()
        if position.strategy == strategy_id and position.instrument == key
    )


def ask(exchange: Any, key: str = "AAPL") -> int:
    return int(exchange.market.quote(key).ask)


def test_a_strategy_goes_from_stopped_to_active_to_paused_to_active_to_stopped(
    exchange: Any, start_with: Factory
) -> None:
    strategies = start_with([], active=False)
    assert strategies.submit(StartStrategy(strategy_id="one")) == Accepted("one")
    assert strategies.submit(PauseStrategy(strategy_id="one")) == Accepted("one")
    assert strategies.submit(StartStrategy(strategy_id="one")) == Accepted("one")
    assert strategies.submit(StopStrategy(strategy_id="one")) == Accepted("one")
    exchange.collect()
    kinds = (StrategyStarted, StrategyPaused, StrategyStopped)
    steps = [(type(event), event.strategy.status) for event in exchange.events if isinstance(event, kinds)]
    assert steps == [
        (StrategyStarted, StrategyStatus.ACTIVE),
        (StrategyPaused, StrategyStatus.PAUSED),
        (StrategyStarted, StrategyStatus.ACTIVE),
        (StrategyStopped, StrategyStatus.STOPPED),
    ]


def test_a_command_that_does_not_fit_the_status_is_refused_and_changes_nothing(start_with: Factory) -> None:
    strategies = start_with([], [])
    strategies.submit(StopStrategy(strategy_id="two"))
    before = strategies.states()
    assert refused(strategies.submit(StartStrategy(strategy_id="one"))) is RefusalCode.INVALID_STATE
    assert refused(strategies.submit(PauseStrategy(strategy_id="two"))) is RefusalCode.INVALID_STATE
    assert refused(strategies.submit(StopStrategy(strategy_id="two"))) is RefusalCode.INVALID_STATE
    assert strategies.states() == before


@pytest.mark.parametrize("command", [StartStrategy, PauseStrategy, StopStrategy])
def test_an_unknown_strategy_is_refused(start_with: Factory, command: Any) -> None:
    assert refused(start_with([]).submit(command(strategy_id="nobody"))) is RefusalCode.UNKNOWN_STRATEGY


def test_a_faulty_config_is_refused_and_the_strategy_stays_as_it_was(start_with: Factory) -> None:
    strategies = start_with([], active=False)
    outcome = strategies.submit(
        StartStrategy(strategy_id="one", config=replace(CONFIG, symbols=("AAPL", "EURUSD")))
    )
    assert refused(outcome) is RefusalCode.INVALID
    state = strategies.state("one")
    assert state is not None
    assert (state.status, state.config) == (StrategyStatus.STOPPED, CONFIG)


def test_a_start_without_a_config_keeps_the_last_one(start_with: Factory) -> None:
    strategies = start_with([], active=False)
    other = replace(CONFIG, symbols=("MSFT",), max_orders_per_minute=2)
    strategies.submit(StartStrategy(strategy_id="one", config=other))
    strategies.submit(StopStrategy(strategy_id="one"))
    strategies.submit(StartStrategy(strategy_id="one"))
    state = strategies.state("one")
    assert state is not None
    assert state.config == other


def test_resuming_keeps_the_time_of_the_start(exchange: Any, start_with: Factory) -> None:
    strategies = start_with([])
    first = strategies.states()[0].started_at
    exchange.run(5)
    strategies.submit(PauseStrategy(strategy_id="one"))
    strategies.submit(StartStrategy(strategy_id="one"))
    assert strategies.states()[0].started_at == first
    strategies.submit(StopStrategy(strategy_id="one"))
    strategies.submit(StartStrategy(strategy_id="one"))
    assert strategies.states()[0].started_at == exchange.simulation.now


def test_an_unknown_state_is_none(start_with: Factory) -> None:
    assert start_with([]).state("nobody") is None


def test_a_decision_becomes_a_signal_then_an_order_then_a_position(
    exchange: Any, start_with: Factory
) -> None:
    strategies = start_with([BUY])
    exchange.run(61)
    (event,) = exchange.of(StrategySignalled)
    signal = event.signal
    assert list(strategies.signals()) == [signal]
    assert (signal.strategy_id, signal.name, signal.instrument) == ("one", "one", "AAPL")
    assert (signal.side, signal.confidence, signal.explanation) == (Side.BUY, 0.8, "a test wants to buy")
    fills = exchange.of(OrderFilled)
    assert {(fill.order.strategy, fill.order.signal_id, fill.order.reason) for fill in fills} == {
        ("one", signal.id, Reason.STRATEGY)
    }
    assert sum(fill.deal.lots for fill in fills) == signal.lots == held(exchange)
    assert exchange.events.index(event) < exchange.events.index(fills[0])


def test_decisions_are_made_on_closed_bars_only(exchange: Any, start_with: Factory) -> None:
    start_with(repeat(BUY))
    exchange.run(59)
    assert exchange.of(StrategySignalled) == []
    exchange.run(1)
    (event,) = exchange.of(StrategySignalled)
    assert event.time % MINUTE == 0


def test_a_strategy_judges_the_resolution_of_its_config(exchange: Any, start_with: Factory) -> None:
    start_with(repeat(BUY), config=replace(CONFIG, resolution=Resolution.M5))
    exchange.run(299)
    assert exchange.of(StrategySignalled) == []
    exchange.run(1)
    assert len(exchange.of(StrategySignalled)) == 1


def test_buys_add_up_to_the_position_limit_and_never_past_it(exchange: Any, start_with: Factory) -> None:
    start_with(repeat(BUY, 8))
    exchange.run(60 * 8 + 1)
    spent = sum(position.cost_micros for position in exchange.accounts["equities"].positions())
    share = exchange.market.instruments["AAPL"].notional_micros(ask(exchange), 1)
    assert LIMIT - 3 * share < spent <= LIMIT
    assert 2 <= len(exchange.of(StrategySignalled)) <= 4


def test_a_position_limit_below_one_share_buys_nothing(exchange: Any, start_with: Factory) -> None:
    start_with(repeat(BUY, 3), config=replace(CONFIG, max_position_micros=1_000_000))
    exchange.run(181)
    assert exchange.of(StrategySignalled) == []


def test_a_sale_closes_what_is_held_and_without_it_nothing_happens(
    exchange: Any, start_with: Factory
) -> None:
    start_with([SELL, BUY, SELL, SELL])
    exchange.run(60 * 4 + 1)
    assert [event.signal.side for event in exchange.of(StrategySignalled)] == [Side.BUY, Side.SELL]
    assert held(exchange) == 0
    assert len(exchange.of(PositionClosed)) == 1


def test_two_strategies_hold_the_same_share_apart(exchange: Any, start_with: Factory) -> None:
    start_with([BUY, None], [BUY, SELL])
    exchange.run(121)
    assert held(exchange, "one") > 0
    assert held(exchange, "two") == 0


def test_the_sixth_order_of_a_minute_is_not_sent(exchange: Any, start_with: Factory) -> None:
    symbols = ("AAPL", "MSFT", "GOOGL", "AMZN", "TSLA", "NVDA")
    strategies = start_with(repeat(BUY, 6), config=replace(CONFIG, symbols=symbols))
    exchange.run(61)
    assert len(exchange.of(StrategySignalled)) == 6
    assert len({event.order.id for event in exchange.of(OrderFilled)}) == 5
    assert strategies.states()[0].orders_last_minute == 5


def test_a_paused_or_stopped_strategy_decides_nothing(exchange: Any, start_with: Factory) -> None:
    strategies = start_with(repeat(BUY), repeat(BUY))
    strategies.submit(PauseStrategy(strategy_id="one"))
    strategies.submit(StopStrategy(strategy_id="two"))
    exchange.run(200)
    assert exchange.of(StrategySignalled) == []


def crash(exchange: Any, fraction: float) -> None:
    exchange.market.move("AAPL", fraction)
    exchange.run(10)


def test_a_loss_beyond_the_stop_closes_the_position(exchange: Any, start_with: Factory) -> None:
    start_with([BUY])
    exchange.run(61)
    crash(exchange, -0.05)
    (closed,) = exchange.of(PositionClosed)
    assert closed.reason is Reason.STOP_LOSS
    assert held(exchange) == 0
    loss = -closed.position.realised_micros / (
        closed.position.entry_price * closed.position.initial_lots * 10_000
    )
    assert loss > CONFIG.stop_loss_fraction


def test_a_loss_within_the_stop_is_borne(exchange: Any, start_with: Factory) -> None:
    start_with([BUY], config=replace(CONFIG, stop_loss_fraction=0.2))
    exchange.run(61)
    crash(exchange, -0.05)
    assert held(exchange) > 0


def test_a_paused_strategy_keeps_its_stop_loss(exchange: Any, start_with: Factory) -> None:
    strategies = start_with([BUY])
    exchange.run(61)
    strategies.submit(PauseStrategy(strategy_id="one"))
    crash(exchange, -0.05)
    assert held(exchange) == 0


def test_a_stopped_strategy_leaves_its_position_alone(exchange: Any, start_with: Factory) -> None:
    strategies = start_with([BUY])
    exchange.run(61)
    strategies.submit(StopStrategy(strategy_id="one"))
    crash(exchange, -0.05)
    assert held(exchange) > 0


def test_stopping_with_close_positions_sells_what_it_holds(exchange: Any, start_with: Factory) -> None:
    strategies = start_with([BUY], [BUY])
    exchange.run(61)
    strategies.submit(StopStrategy(strategy_id="one", close_positions=True))
    exchange.settle()
    assert held(exchange, "one") == 0
    assert held(exchange, "two") > 0


def test_a_strategy_that_raises_fails_alone(exchange: Any, start_with: Factory) -> None:
    strategies = start_with([BUY, RuntimeError("bad arithmetic"), BUY], [None, None, BUY])
    exchange.run(181)
    (failed,) = exchange.of(StrategyFailed)
    assert failed.strategy.status is StrategyStatus.ERROR
    assert failed.strategy.error == "RuntimeError: bad arithmetic"
    assert held(exchange, "two") > 0
    assert [event.signal.strategy_id for event in exchange.of(StrategySignalled)] == ["one", "two"]
    assert strategies.submit(StartStrategy(strategy_id="one")) == Accepted("one")
    assert strategies.states()[0].error is None


def test_a_failed_strategy_keeps_its_stop_loss(exchange: Any, start_with: Factory) -> None:
    start_with([BUY, RuntimeError("bad arithmetic")])
    exchange.run(121)
    crash(exchange, -0.05)
    assert held(exchange) == 0


def test_a_halt_pauses_the_active_ones_and_no_strategy_starts_until_it_is_over(
    exchange: Any, start_with: Factory
) -> None:
    strategies = start_with([], [], [])
    strategies.submit(StopStrategy(strategy_id="three"))
    exchange.forget()
    assert strategies.halt() == ("one", "two")
    assert not strategies.running
    assert strategies.halt() == ()
    assert refused(strategies.submit(StartStrategy(strategy_id="one"))) is RefusalCode.KILL_SWITCH
    strategies.resume()
    strategies.resume()
    assert strategies.running
    assert [event.running for event in exchange.of(ExecutionServiceChanged)] == [False, True]
    assert [state.status for state in strategies.states()] == [
        StrategyStatus.PAUSED,
        StrategyStatus.PAUSED,
        StrategyStatus.STOPPED,
    ]
    assert strategies.submit(StartStrategy(strategy_id="one")) == Accepted("one")


def test_the_houses_strategies_trade_for_hours_inside_their_limits(exchange: Any) -> None:
    listings = [
        replace_active(listing)
        for listing in LISTINGS
        if set(listing.config.symbols) <= set(exchange.market.instruments)
    ]
    assert len(listings) >= 3
    strategies = Strategies(
        exchange.simulation, exchange.market, exchange.analysis, exchange.accounts, listings=listings
    )
    strategies.start()
    configs = {listing.id: listing.config for listing in listings}
    highest = 0
    for _ in range(3 * 60):
        exchange.run(60)
        for state in strategies.states():
            assert state.status is StrategyStatus.ACTIVE
            assert state.orders_last_minute <= configs[state.id].max_orders_per_minute
        for position in exchange.accounts["equities"].positions():
            assert position.strategy is not None
            assert position.side is Side.BUY
            assert position.instrument in configs[position.strategy].symbols
            highest = max(highest, position.cost_micros)
            assert position.cost_micros <= configs[position.strategy].max_position_micros
    assert highest > LIMIT // 4
    signals = strategies.signals()
    assert {signal.strategy_id for signal in signals} == set(configs)
    assert {signal.side for signal in signals} == {Side.BUY, Side.SELL}
    assert 40 <= len(signals) <= 400
    account = exchange.accounts["equities"]
    state = account.state()
    assert sum(entry.amount_micros for entry in account.ledger()) == state.balance_micros
    assert exchange.of(StrategyFailed) == []


def replace_active(listing: Listing) -> Listing:
    return Listing(listing.id, listing.rule, listing.config, active=True)
