"""The ladder's axis: steps of ticks, sums on them, sizes to trade with."""

from __future__ import annotations

from decimal import Decimal

from tui_trader.formatting.price_ladder import PriceLadder, fitting_group, running, size_presets
from tui_trader.model.values import Side

CENTS = PriceLadder(Decimal("0.01"), 5)


def test_a_gathered_bid_stands_lower_and_a_gathered_ask_higher() -> None:
    assert CENTS.step(10.03, Side.BUY) == 200
    assert CENTS.step(10.03, Side.SELL) == 201
    assert CENTS.price(201) == Decimal("10.05")


def test_a_price_on_a_step_stays_there_whatever_its_side() -> None:
    assert CENTS.step(10.05, Side.BUY) == CENTS.step(10.05, Side.SELL) == CENTS.nearest(10.05) == 201


def test_sizes_of_a_step_are_summed_and_run_on_from_the_best() -> None:
    sums = CENTS.sums([(10.04, 1.0), (10.01, 2.0), (9.99, 4.0)], Side.BUY)
    assert sums == {200: 3.0, 199: 4.0}
    assert running(sums) == {200: 3.0, 199: 7.0}


def test_the_first_grouping_is_the_finest_that_shows_five_levels_a_side() -> None:
    bids = [(100.0 - level, 1.0) for level in range(10)]
    asks = [(101.0 + level, 1.0) for level in range(10)]
    assert fitting_group(bids, asks, 1.0, 13) == 1
    assert fitting_group(bids, asks, 0.01, 13) == 100
    assert fitting_group([], asks, 0.01, 13) == 1


def test_sizes_are_lots_in_forex_and_round_worths_elsewhere() -> None:
    lot = Decimal("0.01")
    assert size_presets("forex", lot, lot, 1.08) == tuple(
        map(Decimal, ("0.01", "0.05", "0.10", "0.50", "1.00"))
    )
    step = Decimal("0.0001")
    sizes = size_presets("spot", step, step, 104_000.0)
    assert list(map(float, sizes)) == [0.0005, 0.002, 0.005, 0.02, 0.05]


def test_no_size_is_less_than_the_least() -> None:
    assert size_presets("spot", Decimal(1), Decimal(1), 5_000.0)[0] == 1
