"""The kill switch on real accounts: everything stops, in order, and the report is what was then seen."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_server.kernel.time import SECOND
from embedded_server.model.commands import (
    Accepted,
    ControlBot,
    EngageKillSwitch,
    Refused,
    ReleaseKillSwitch,
    StartStrategy,
)
from embedded_server.model.enums import (
    BotStatus,
    OrderKind,
    OrderStatus,
    Reason,
    RefusalCode,
    Side,
    StrategyStatus,
)
from embedded_server.model.events import (
    BotStatusChanged,
    ExecutionServiceChanged,
    KillSwitchChanged,
    OrderCanceled,
    PositionClosed,
    StrategyPaused,
)

ENGAGE, RELEASE = EngageKillSwitch(reason="a drill"), ReleaseKillSwitch()


def fill_the_accounts(exchange: Any) -> None:
    """A position in every account, and orders of every kind: limits, stops, one dealing, one requoted."""
    quote = exchange.market.quote
    exchange.place("equities", "AAPL", 10)
    exchange.place("spot", "BTCUSDT", 100)
    exchange.place("futures", "BTCUSDT-PERP", 20)
    exchange.place("forex", "EURUSD", 5, stop_loss=quote("EURUSD").bid - 500)
    exchange.place("forex", "USDJPY", 5, side=Side.SELL)
    exchange.place("equities", "AAPL", 3, kind=OrderKind.LIMIT, price=quote("AAPL").bid * 9 // 10)
    exchange.place("spot", "BTCUSDT", 10, kind=OrderKind.LIMIT, price=quote("BTCUSDT").bid * 9 // 10)
    exchange.place(
        "futures", "BTCUSDT-PERP", 5, kind=OrderKind.STOP, stop_price=quote("BTCUSDT-PERP").ask * 11 // 10
    )
    exchange.place("forex", "EURUSD", 1, kind=OrderKind.LIMIT, price=quote("EURUSD").bid * 9 // 10)
    exchange.accounts.dealer.force(1, 3)
    requoted = exchange.place("forex", "EURUSD", 1, price=quote("EURUSD").ask, deviation_ticks=0)
    for _ in range(100):
        if exchange.accounts["forex"].order(requoted).status is OrderStatus.REQUOTED:
            break
        exchange.run(0.1)
    assert exchange.accounts["forex"].order(requoted).status is OrderStatus.REQUOTED
    dealing = exchange.place("forex", "EURUSD", 1, price=quote("EURUSD").ask, deviation_ticks=20)
    assert exchange.accounts["forex"].order(dealing).status is OrderStatus.DEALING
    exchange.forget()


def working(exchange: Any) -> int:
    return sum(len(account.working_orders()) for account in exchange.accounts)


def open_positions(exchange: Any) -> int:
    return sum(len(account.positions()) for account in exchange.accounts)


def test_everything_is_stopped_canceled_closed_and_verified(exchange: Any) -> None:
    fill_the_accounts(exchange)
    orders, positions = working(exchange), open_positions(exchange)
    assert (orders, positions) == (6, 5)
    active = tuple(one.id for one in exchange.strategies.states() if one.status is StrategyStatus.ACTIVE)
    assert exchange.guardian.submit(ENGAGE) == Accepted()
    exchange.run(30)
    first, *_, last = (event.report for event in exchange.of(KillSwitchChanged))
    assert (first.engaged, first.reason, first.strategies_paused, first.bot_paused) == (
        True,
        "a drill",
        active,
        True,
    )
    assert not first.verified
    assert last.verified
    assert (last.orders_canceled, last.positions_closed) == (orders, positions)
    assert (last.strategies_still_active, last.orders_still_working, last.positions_still_open) == (0, 0, 0)
    assert (working(exchange), open_positions(exchange)) == (0, 0)
    assert len(exchange.of(KillSwitchChanged)) == 2
    assert {event.reason for event in exchange.of(PositionClosed)} == {Reason.KILL_SWITCH}
    assert exchange.guardian.kill_switch == last
    assert exchange.guardian.state().kill_switch


def test_strategies_stop_before_orders_are_canceled_before_positions_are_closed(exchange: Any) -> None:
    fill_the_accounts(exchange)
    exchange.guardian.submit(ENGAGE)
    exchange.run(5)
    kinds = [
        StrategyPaused,
        ExecutionServiceChanged,
        BotStatusChanged,
        OrderCanceled,
        PositionClosed,
    ]
    first = [next(i for i, event in enumerate(exchange.events) if isinstance(event, kind)) for kind in kinds]
    assert first == sorted(first)
    last_canceled = max(i for i, event in enumerate(exchange.events) if isinstance(event, OrderCanceled))
    assert last_canceled < first[-1]


def test_nothing_can_be_ordered_or_started_while_it_is_engaged(exchange: Any) -> None:
    exchange.guardian.submit(ENGAGE)
    for account, key in (
        ("equities", "AAPL"),
        ("futures", "BTCUSDT-PERP"),
        ("forex", "EURUSD"),
        ("spot", "BTCUSDT"),
    ):
        outcome = exchange.accounts.submit(exchange.order(account, key, 1))
        assert isinstance(outcome, Refused)
        assert outcome.code is RefusalCode.KILL_SWITCH
    strategy = exchange.strategies.states()[0].id
    for submit, command in (
        (exchange.strategies.submit, StartStrategy(strategy_id=strategy)),
        (exchange.bot.submit, ControlBot(command="START")),
    ):
        outcome = submit(command)
        assert isinstance(outcome, Refused)
        assert outcome.code is RefusalCode.KILL_SWITCH


def test_release_allows_orders_and_leaves_paused_what_was_paused(exchange: Any) -> None:
    exchange.guardian.submit(ENGAGE)
    exchange.run(5)
    exchange.forget()
    assert exchange.guardian.submit(RELEASE) == Accepted()
    (event,) = exchange.of(KillSwitchChanged)
    assert not event.report.engaged
    assert [one.running for one in exchange.of(ExecutionServiceChanged)] == [True]
    assert not exchange.guardian.state().kill_switch
    exchange.place("forex", "EURUSD", 1)
    assert exchange.bot.state().status is BotStatus.PAUSED
    assert all(one.status is not StrategyStatus.ACTIVE for one in exchange.strategies.states())


def test_engaging_twice_and_releasing_what_is_not_engaged_are_refused(exchange: Any) -> None:
    for command in (RELEASE, ENGAGE, ENGAGE):
        outcome = exchange.guardian.submit(command)
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.INVALID_STATE
    exchange.guardian.submit(RELEASE)
    outcome = exchange.guardian.submit(RELEASE)
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.INVALID_STATE


def test_a_release_before_the_verification_ends_it(exchange: Any) -> None:
    fill_the_accounts(exchange)
    exchange.guardian.submit(ENGAGE)
    exchange.guardian.submit(RELEASE)
    exchange.run(30)
    assert [event.report.engaged for event in exchange.of(KillSwitchChanged)] == [True, False]


def test_a_position_larger_than_the_book_is_closed_in_rounds(exchange: Any) -> None:
    for _ in range(12):
        lots = exchange.market.available("AAPL", Side.BUY, None)
        exchange.place("equities", "AAPL", min(lots, 300) or 1)
        exchange.run(3)
    (position,) = exchange.accounts["equities"].positions()
    bids = exchange.market.available("AAPL", Side.SELL, None)
    exchange.guardian.submit(ENGAGE)
    exchange.collect()
    left = sum(one.lots for one in exchange.accounts["equities"].positions())
    assert left == max(0, position.lots - bids)
    exchange.run(25)
    assert exchange.guardian.kill_switch.verified
    assert exchange.accounts["equities"].positions() == ()


def test_what_cannot_be_closed_is_reported_as_open_after_a_bounded_number_of_rounds(
    exchange_before_the_bell: Any,
) -> None:
    exchange = exchange_before_the_bell
    exchange.place("equities", "AAPL", 10)
    exchange.place("forex", "EURUSD", 1)
    exchange.run(30)
    assert not exchange.market.is_open("AAPL")
    exchange.guardian.submit(ENGAGE)
    exchange.run(60)
    first, last = (event.report for event in exchange.of(KillSwitchChanged))
    assert not first.verified
    assert not last.verified
    assert (last.positions_closed, last.positions_still_open, last.orders_still_working) == (1, 1, 0)
    assert last.time - first.time == 20 * SECOND


def test_a_quiet_exchange_is_verified_after_a_second(exchange: Any) -> None:
    exchange.guardian.submit(ENGAGE)
    exchange.run(1)
    report = exchange.guardian.kill_switch
    assert (report.verified, report.orders_canceled, report.positions_closed) == (True, 0, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_it_can_be_engaged_again_after_a_release(exchange: Any, count: int) -> None:
    for _ in range(count):
        exchange.place("forex", "EURUSD", 2)
        assert exchange.guardian.submit(ENGAGE) == Accepted()
        exchange.run(5)
        report = exchange.guardian.kill_switch
        assert (report.verified, report.positions_closed) == (True, 1)
        assert exchange.guardian.submit(RELEASE) == Accepted()
