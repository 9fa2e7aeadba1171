"""Orders per minute count over a sliding minute of virtual time."""

from __future__ import annotations

from msgspec.structs import replace

from embedded_server.kernel.time import SECOND
from embedded_server.strategies.registry import LISTINGS
from embedded_server.strategies.strategy_run import StrategyRun


def test_the_sixth_order_within_a_minute_is_not_allowed_until_the_first_is_a_minute_old() -> None:
    run = StrategyRun(LISTINGS[0])
    for second in (0, 10, 20, 30, 40):
        assert run.may_order(second * SECOND)
        run.count_order(second * SECOND)
    assert not run.may_order(50 * SECOND)
    assert not run.may_order(60 * SECOND - 1)
    assert run.may_order(60 * SECOND)
    run.count_order(60 * SECOND)
    assert not run.may_order(69 * SECOND)
    assert run.may_order(70 * SECOND)


def test_the_count_shown_is_that_of_the_last_minute() -> None:
    run = StrategyRun(LISTINGS[0])
    run.count_order(0)
    run.count_order(30 * SECOND)
    assert run.state(59 * SECOND).orders_last_minute == 2
    assert run.state(60 * SECOND).orders_last_minute == 1
    assert run.state(90 * SECOND).orders_last_minute == 0


def test_a_limit_of_one_allows_one() -> None:
    run = StrategyRun(LISTINGS[0])
    run.config = replace(run.config, max_orders_per_minute=1)
    assert run.may_order(0)
    run.count_order(0)
    assert not run.may_order(1)
