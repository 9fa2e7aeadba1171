"""How many shares one buy takes: half of the position limit, what is left of it, never more."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from embedded_server.market.catalogue import CATALOGUE
from embedded_server.model.instruments import MICROS
from embedded_server.model.states import StrategyConfig
from embedded_server.strategies.execution import lots_to_buy

AAPL = next(one for one in CATALOGUE if one.key == "AAPL")
CONFIG = StrategyConfig(symbols=("AAPL",), max_position_micros=10_000 * MICROS)
PRICE = 20_000
"""200 dollars in ticks of a cent."""


@pytest.mark.parametrize(
    ("held", "lots"),
    [(0, 25), (10, 25), (25, 25), (30, 20), (49, 1), (50, 0), (80, 0)],
)
def test_a_buy_fits_into_what_is_left_of_the_position_limit(held: int, lots: int) -> None:
    assert lots_to_buy(AAPL, CONFIG, held, PRICE) == lots


def test_one_share_is_bought_where_half_the_limit_is_less_than_a_share() -> None:
    small = replace(CONFIG, max_position_micros=300 * MICROS)
    assert lots_to_buy(AAPL, small, 0, PRICE) == 1
    assert lots_to_buy(AAPL, small, 1, PRICE) == 0


def test_nothing_is_bought_where_one_share_is_above_the_limit() -> None:
    assert lots_to_buy(AAPL, replace(CONFIG, max_position_micros=199 * MICROS), 0, PRICE) == 0


def test_an_order_is_never_larger_than_the_market_takes() -> None:
    huge = replace(CONFIG, max_position_micros=10**15)
    assert lots_to_buy(AAPL, huge, 0, PRICE) == AAPL.max_lots
