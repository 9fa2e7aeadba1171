"""The catalogue: complete, consistent and exact."""

from __future__ import annotations

from itertools import pairwise

import pytest

from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.listing import STEP, phase_of
from embedded_server.market.sessions import SESSIONS
from embedded_server.model.instruments import AssetClass, Instrument, validate

BY_KEY = {item.key: item for item in CATALOGUE}


@pytest.mark.parametrize("asset_class", list(AssetClass))
def test_there_are_eight_of_each_kind(asset_class: AssetClass) -> None:
    assert sum(item.asset_class is asset_class for item in CATALOGUE) >= 8


def test_keys_and_numbers_are_unique_and_euro_is_number_one() -> None:
    assert len(BY_KEY) == len(CATALOGUE) == len({item.number for item in CATALOGUE})
    assert BY_KEY["EURUSD"].number == 1


@pytest.mark.parametrize("item", CATALOGUE, ids=lambda item: item.key)
def test_every_row_is_exact(item: Instrument) -> None:
    validate(item)
    assert item.ticks(item.initial_price) > 1_000
    assert item.max_lots > 100 * item.typical_lots or item.asset_class is AssetClass.FOREX
    assert item.session in SESSIONS


def test_a_perpetual_shares_ticks_and_steps_with_its_spot() -> None:
    for item in CATALOGUE:
        if item.asset_class is AssetClass.PERPETUAL:
            assert item.underlying is not None
            spot = BY_KEY[item.underlying]
            assert (item.symbol, item.tick_size, item.lot_size) == (
                spot.symbol,
                spot.tick_size,
                spot.lot_size,
            )


def test_steps_are_spread_over_the_second() -> None:
    phases = sorted(phase_of(item) for item in CATALOGUE)
    assert len(set(phases)) == len(phases)
    assert phases[0] > 0
    assert phases[-1] < STEP
    assert max(b - a for a, b in pairwise(phases)) < STEP // 8
