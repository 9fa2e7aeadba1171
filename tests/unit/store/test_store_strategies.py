"""What bounds a strategy: as its link told, or as this console started it."""

from __future__ import annotations

from decimal import Decimal

from tui_trader.model.commands import StartStrategy
from tui_trader.model.events import (
    DealDone,
    StrategiesListed,
    StrategyConfigsListed,
    StrategyStatusChanged,
)
from tui_trader.model.values import Deal, Side, Strategy, StrategyConfig
from tui_trader.store.store import Store

STRATEGY = Strategy(link="desk", id="s1", name="One", status="STOPPED", symbols=("AAPL",))
STARTED = StrategyStatusChanged("desk", "s1", "One", "ACTIVE")


def listed() -> Store:
    store = Store()
    store.apply(StrategiesListed("desk", (STRATEGY,)), 0.0)
    return store


def test_a_config_that_nobody_told_is_not_known() -> None:
    store = listed()
    assert store.strategies.config(STRATEGY) is None
    assert not store.strategies.closes_positions("desk")


def test_a_told_config_replaces_what_was_known() -> None:
    store = listed()
    for most in (5, 7):
        config = StrategyConfig(strategy_id="s1", max_orders_per_minute=most)
        store.apply(StrategyConfigsListed("desk", (config,), True), 0.0)
    assert store.strategies.config(STRATEGY).max_orders_per_minute == 7
    assert store.strategies.closes_positions("desk")


def test_what_it_was_started_with_counts_once_the_link_says_that_it_started() -> None:
    store = listed()
    command = StartStrategy(
        link="desk", strategy_id="s1", max_orders_per_minute=3, stop_loss_percentage=Decimal("0.01")
    )
    store.sent(command, 0.0)
    assert store.strategies.config(STRATEGY) is None
    store.apply(STARTED, 0.0)
    config = store.strategies.config(STRATEGY)
    assert (config.max_orders_per_minute, config.stop_loss, config.max_position_value) == (3, 0.01, None)
    store.sent(StartStrategy(link="desk", strategy_id="s1", max_position_value=Decimal(500)), 0.0)
    store.apply(STARTED, 0.0)
    config = store.strategies.config(STRATEGY)
    assert (config.max_orders_per_minute, config.max_position_value) == (3, 500), "what was left out stays"


def test_a_start_that_never_came_about_counts_for_nothing() -> None:
    store = listed()
    store.sent(StartStrategy(link="desk", strategy_id="s1", max_orders_per_minute=3), 0.0)
    store.apply(StrategyStatusChanged("desk", "s1", "One", "STOPPED"), 0.0)
    store.apply(STARTED, 0.0)
    assert store.strategies.config(STRATEGY) is None


def test_a_strategy_that_traded_may_hold_something_until_its_holdings_are_listed() -> None:
    store = listed()
    deal = Deal(
        link="desk",
        id="d1",
        order_id="o1",
        symbol="AAPL",
        side=Side.BUY,
        quantity=1,
        price=1.0,
        strategy="s1",
    )
    assert not store.strategies.may_hold(STRATEGY)
    store.apply(DealDone(deal), 0.0)
    assert store.strategies.may_hold(STRATEGY)
    store.apply(StrategiesListed("desk", (STRATEGY,)), 0.0)
    assert not store.strategies.may_hold(STRATEGY)
