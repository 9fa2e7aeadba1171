"""Each rule on bar series made for it: what it buys, what it sells, and what leaves it cold."""

from __future__ import annotations

import numpy as np
import pytest

from embedded_server.analysis import indicators
from embedded_server.analysis.window import Window, window_of
from embedded_server.model.enums import Side
from embedded_server.model.states import Bar
from embedded_server.strategies.bollinger_bands import BollingerBands
from embedded_server.strategies.macd_crossover import MacdCrossover
from embedded_server.strategies.moving_average_crossover import MovingAverageCrossover
from embedded_server.strategies.registry import LISTINGS, Listing
from embedded_server.strategies.relative_strength import RelativeStrength
from embedded_server.strategies.rule import Rule, conviction, crossing
from embedded_server.strategies.volume_breakout import VolumeBreakout


def window(closes: list[int], *, last_volume: int = 100) -> Window:
    opens = [closes[0], *closes[:-1]]
    volumes = [100] * (len(closes) - 1) + [last_volume]
    return window_of(
        [
            Bar(index, before, max(before, after) + 5, min(before, after) - 5, after, volume)
            for index, (before, after, volume) in enumerate(zip(opens, closes, volumes, strict=True))
        ]
    )


def wave(count: int = 300) -> list[int]:
    """A slow swing around 15000 ticks, long enough for every rule to see both sides."""
    return [round(15_000 + 400 * np.sin(index / 9) + 7 * (index % 3)) for index in range(count)]


def mirrored(closes: list[int]) -> list[int]:
    return [30_000 - one for one in closes]


def sides(rule: Rule, closes: list[int], start: int = 250) -> list[tuple[int, Side]]:
    """What a rule decides as the bars from `start` on close one by one."""
    found = []
    for end in range(start, len(closes) + 1):
        decision = rule.decide(window(closes[:end]))
        if decision is not None:
            found.append((end - 1, decision.side))
    return found


SWINGING = [MovingAverageCrossover(5, 20), MacdCrossover(), RelativeStrength(), BollingerBands()]


@pytest.mark.parametrize("rule", SWINGING, ids=lambda rule: rule.name)
def test_a_swing_is_bought_and_sold(rule: Rule) -> None:
    decided = [side for _, side in sides(rule, wave(400))]
    assert Side.BUY in decided
    assert Side.SELL in decided


@pytest.mark.parametrize("rule", SWINGING, ids=lambda rule: rule.name)
def test_the_mirror_image_of_a_market_is_traded_the_other_way(rule: Rule) -> None:
    closes = wave(400)
    expected = [(index, side.opposite) for index, side in sides(rule, closes)]
    assert sides(rule, mirrored(closes)) == expected


def test_the_averages_cross_where_their_difference_changes_sign() -> None:
    closes = wave(400)
    values = np.array(closes, dtype=np.float64)
    difference = indicators.sma(values, 5) - indicators.sma(values, 20)
    expected = [
        (index, Side.BUY if difference[index] > 0 else Side.SELL)
        for index in range(249, 400)
        if difference[index] * difference[index - 1] < 0
    ]
    assert sides(MovingAverageCrossover(5, 20), closes) == expected


def test_an_oversold_market_is_bought_only_when_it_turns_up() -> None:
    falling = [20_000] * 240 + [20_000 - 40 * index for index in range(20)]
    assert RelativeStrength().decide(window(falling)) is None
    turned = [*falling, falling[-1] + 700]
    decision = RelativeStrength().decide(window(turned))
    assert decision is not None
    assert decision.side is Side.BUY
    assert decision.explanation.startswith("RSI 14 turned from 0.0 to")


def test_a_close_back_inside_the_bands_is_traded_and_one_outside_is_not() -> None:
    quiet = [15_000 + (index % 2) * 4 for index in range(280)]
    outside = [*quiet, 14_900]
    assert BollingerBands().decide(window(outside)) is None
    decision = BollingerBands().decide(window([*outside, 15_000]))
    assert decision is not None
    assert decision.side is Side.BUY


@pytest.mark.parametrize(("move", "side"), [(60, Side.BUY), (-60, Side.SELL)])
def test_a_far_move_on_much_volume_is_followed(move: int, side: Side) -> None:
    quiet = [15_000 + (index % 2) * 10 for index in range(280)]
    decision = VolumeBreakout().decide(window([*quiet, quiet[-1] + move], last_volume=400))
    assert decision is not None
    assert decision.side is side


def test_neither_volume_without_a_move_nor_a_move_without_volume_is_traded() -> None:
    quiet = [15_000 + (index % 2) * 10 for index in range(280)]
    assert VolumeBreakout().decide(window([*quiet, quiet[-1] + 1], last_volume=900)) is None
    assert VolumeBreakout().decide(window([*quiet, quiet[-1] + 60], last_volume=110)) is None


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.rule.name)
def test_confidence_is_between_a_half_and_one(listing: Listing, seed: int) -> None:
    rule = listing.rule
    generator = np.random.default_rng(seed)
    closes = [int(one) for one in 15_000 + np.cumsum(generator.normal(0, 12, 600))]
    for end in range(300, 601):
        decision = rule.decide(window(closes[end - 300 : end], last_volume=int(generator.pareto(2) * 100)))
        assert decision is None or 0.5 <= decision.confidence <= 1.0


def test_crossing_names_the_direction() -> None:
    assert crossing(-1.0, 1.0) is Side.BUY
    assert crossing(0.0, 1.0) is Side.BUY
    assert crossing(1.0, -1.0) is Side.SELL
    assert crossing(1.0, 2.0) is None
    assert crossing(1.0, 0.0) is None


def test_conviction_grows_with_strength_of_either_sign() -> None:
    assert conviction(0.0) == 0.5
    assert conviction(0.5) == conviction(-0.5) > conviction(0.1)
    assert conviction(50.0) == 1.0


def test_ids_and_names_are_unique_and_the_documents_strategy_is_listed() -> None:
    assert len({listing.id for listing in LISTINGS}) == len({listing.rule.name for listing in LISTINGS}) == 5
    assert (LISTINGS[0].id, LISTINGS[0].rule.name) == ("strategy-123", "Moving Average Crossover")
    assert sum(listing.active for listing in LISTINGS) == 2
