"""Rounding, conversion and reservations on their own."""

from __future__ import annotations

import pytest
from accounts_stage import Stage
from hypothesis import given
from hypothesis import strategies as st

from embedded_server.accounts.conversion import Conversion
from embedded_server.accounts.reservations import Claim, Reservations
from embedded_server.accounts.rounding import ceiling, fee, fee_reserve, nearest
from embedded_server.model.errors import EngineFault
from embedded_server.model.instruments import MICROS


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(5, 2, 3), (-5, 2, -3), (5, -2, -3), (4, 3, 1), (-4, 3, -1), (0, 7, 0), (6, 3, 2)],
)
def test_the_nearest_integer_takes_halves_away_from_zero(
    numerator: int, denominator: int, expected: int
) -> None:
    assert nearest(numerator, denominator) == expected


def test_the_ceiling_never_lies_below() -> None:
    assert (ceiling(7, 2), ceiling(-7, 2), ceiling(8, 2)) == (4, -3, 4)


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=20), st.integers(0, 100_000))
def test_fees_of_the_parts_never_exceed_what_was_reserved_for_the_whole(parts: list[int], ppm: int) -> None:
    assert sum(fee(part, ppm) for part in parts) <= fee_reserve(sum(parts), ppm)


def _conversion(stage: Stage, currency: str) -> Conversion:
    return Conversion(stage.market, currency, tuple(stage.market.instruments.values()))


def test_an_amount_of_the_accounts_own_currency_stays(stage: Stage) -> None:
    euro = stage.market.instruments["EURUSD"]
    assert _conversion(stage, "USD").convert(123, euro, 108_450) == 123


def test_a_pair_converts_its_own_profit_at_its_own_price(stage: Stage) -> None:
    yen = stage.market.instruments["USDJPY"]
    assert _conversion(stage, "USD").convert(150_000 * MICROS, yen, 150_000) == 1_000 * MICROS
    assert _conversion(stage, "USD").convert(-150_000 * MICROS, yen, 150_000) == -1_000 * MICROS


def test_another_pair_converts_at_its_middle(stage: Stage) -> None:
    dollars = stage.market.instruments["GBPUSD"]
    assert _conversion(stage, "JPY").convert(1_000 * MICROS, dollars, 127_120) == 151_245 * MICROS


def test_a_pair_with_an_empty_side_converts_at_its_last_price(stage: Stage) -> None:
    stage.quote("USDJPY", 0, 151_250)
    dollars = stage.market.instruments["GBPUSD"]
    last = stage.market.quote("USDJPY").last
    assert _conversion(stage, "JPY").convert(1_000 * MICROS, dollars, 127_120) == last * MICROS


def test_money_that_nobody_quotes_cannot_be_converted(stage: Stage) -> None:
    conversion = _conversion(stage, "USD")
    tether = stage.market.instruments["BTCUSDT"]
    assert not conversion.convertible(tether)
    with pytest.raises(EngineFault):
        conversion.convert(1, tether, 6_700_000)


def test_claims_add_up_and_are_given_back() -> None:
    reservations = Reservations()
    reservations.hold(1, Claim(micros=10))
    reservations.hold(2, Claim(micros=5, lots=3, holding=7))
    assert (reservations.money, reservations.lots(7), reservations.lots(8)) == (15, 3, 0)
    reservations.hold(1, Claim(micros=4))
    assert reservations.money == 9
    assert reservations.money_with(1, Claim(micros=100)) == 105
    reservations.release(2)
    reservations.release(2)
    assert (reservations.money, reservations.lots(7)) == (4, 0)


def test_a_waiting_leg_shares_with_the_resting_ones_of_its_group() -> None:
    reservations = Reservations()
    reservations.hold(1, Claim(micros=10, group="g"))
    reservations.hold(2, Claim(micros=7, group="g"))
    reservations.hold(3, Claim(micros=12, group="g", resting=False))
    assert reservations.money == 17
    reservations.hold(4, Claim(micros=30, group="g", resting=False))
    assert reservations.money == 30
    reservations.hold(5, Claim(micros=1, group="h"))
    assert reservations.money == 31
