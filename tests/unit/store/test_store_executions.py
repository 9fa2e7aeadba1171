"""First in, first out, checked against cases reckoned by hand."""

from __future__ import annotations

import pytest

from tui_trader.store.executions import Execution, tally


def buy(order: str, quantity: float, price: float, fee: float = 0.0) -> Execution:
    return Execution(order, 0, quantity, price, fee)


def sell(order: str, quantity: float, price: float, fee: float = 0.0) -> Execution:
    return Execution(order, 0, -quantity, price, fee)


def test_what_is_bought_stays_open_at_its_price() -> None:
    own = tally([buy("a", 2, 100, fee=1), buy("a", 1, 103)], 3)["a"]
    assert (own.remaining, own.closed, own.realised) == (3, 0, 0)
    assert own.entry == pytest.approx(101)
    assert own.fees == 1


def test_a_sale_in_part_realises_the_first_lots_with_their_share_of_the_fees() -> None:
    told = tally([buy("a", 4, 100, fee=4), buy("b", 1, 110), sell("c", 1, 105, fee=0.5)], 4)
    assert told["a"].remaining == 3
    assert told["a"].realised == pytest.approx(5 - 1 - 0.5)
    assert told["a"].exit == 105
    assert told["a"].fees == pytest.approx(3)
    assert told["b"].remaining == 1
    assert (told["c"].opened, told["c"].unwound) == (0, 1)
    assert told["c"].earned == told["a"].realised


def test_a_sale_through_zero_closes_one_and_opens_the_other() -> None:
    told = tally([buy("a", 1, 100), sell("b", 3, 90)], -2)
    assert told["a"].realised == -10
    assert (told["b"].unwound, told["b"].opened, told["b"].remaining) == (1, 2, 2)
    assert told["b"].entry == 90
    covered = tally([buy("a", 1, 100), sell("b", 3, 90), buy("c", 2, 80)], 0)
    assert covered["b"].realised == pytest.approx(20)


def test_what_was_held_before_goes_first_and_earns_nothing_that_is_known() -> None:
    told = tally([buy("a", 1, 100), sell("b", 5, 120)], 1)
    assert told["a"].remaining == 1, "five were held before, and those were sold"
    assert told["a"].realised == 0
    assert told["b"].unwound == 5
    assert told["b"].earned is None


def test_an_order_that_closes_a_short_of_before_opens_only_the_rest() -> None:
    told = tally([buy("a", 3, 100)], 2)
    assert (told["a"].unwound, told["a"].opened) == (1, 2)
