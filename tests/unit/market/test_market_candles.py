"""Candles and day statistics: history joins the run, and all resolutions agree with the minutes."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import DAY, HOUR, MINUTE, SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.intervals import closing, opening
from embedded_server.market.market import Market
from embedded_server.model.enums import Resolution
from embedded_server.model.events import BarClosed, TradePrinted
from embedded_server.model.states import Bar

KEYS = ("AAPL", "BTCUSDT", "BTCUSDT-PERP", "EURUSD")
START = int(datetime(2026, 3, 1, 23, 38, 12, tzinfo=UTC).timestamp()) * SECOND + 345_678_901
"""A Sunday shortly before midnight, on the first of a month: day and week close soon, inside a minute."""


def running(start: int = START, keys: tuple[str, ...] = KEYS) -> tuple[Simulation, Market]:
    simulation = Simulation(seed=11, start=start)
    market = Market(simulation, [item for item in CATALOGUE if item.key in keys])
    market.start()
    return simulation, market


def assert_consistent(bar: Bar) -> None:
    assert 0 < bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high
    assert bar.lots >= 0


@pytest.mark.parametrize("resolution", list(Resolution))
def test_a_chart_opened_at_once_is_full_and_has_no_holes(resolution: Resolution) -> None:
    _, market = running()
    expected = {Resolution.W1: 150, Resolution.MN1: 36, Resolution.H4: 60}.get(resolution, 200)
    for key in KEYS:
        bars = market.bars(key, resolution)
        assert len(bars) >= expected
        for bar, following in pairwise(bars):
            assert closing(resolution, bar.time) == following.time
        for bar in bars:
            assert_consistent(bar)
            assert opening(resolution, bar.time) == bar.time


@pytest.mark.parametrize("resolution", list(Resolution))
def test_the_candle_that_forms_at_the_start_has_its_past(resolution: Resolution) -> None:
    _, market = running()
    for key in KEYS:
        last_closed, forming = market.bars(key, resolution, count=2)
        assert forming.time == opening(resolution, START)
        assert abs(forming.open - last_closed.close) <= 2
        assert forming.close == market.quote(key).last
        assert forming.lots > 0


@pytest.mark.parametrize("resolution", [Resolution.M15, Resolution.H4, Resolution.D1])
def test_longer_candles_are_made_of_the_minutes(resolution: Resolution) -> None:
    simulation, market = running()
    simulation.run_until(START + 2 * HOUR)
    for key in KEYS:
        minutes: dict[int, list[Bar]] = {}
        for minute in market.bars(key, Resolution.M1):
            minutes.setdefault(opening(resolution, minute.time), []).append(minute)
        for bar in market.bars(key, resolution, start=opening(resolution, START) - 2 * DAY):
            inside = minutes[bar.time]
            if inside[0].time == bar.time:
                assert (bar.open, bar.close) == (inside[0].open, inside[-1].close)
                assert bar.high == max(m.high for m in inside)
                assert bar.low == min(m.low for m in inside)
                assert bar.lots == sum(m.lots for m in inside)


def test_candles_close_on_their_boundaries_with_their_history() -> None:
    simulation, market = running()
    forming = {key: market.forming(key, Resolution.W1) for key in KEYS}
    simulation.run_until(START + HOUR)
    closed = [event for event in simulation.take_emitted() if isinstance(event, BarClosed)]
    for event in closed:
        assert event.time == closing(event.resolution, event.bar.time)
    for key in KEYS:
        resolutions = {event.resolution for event in closed if event.instrument == key}
        assert resolutions == set(Resolution) - {Resolution.MN1}
        week = next(e.bar for e in closed if e.instrument == key and e.resolution is Resolution.W1)
        assert (week.time, week.open) == (forming[key].time, forming[key].open)
        assert week.lots > forming[key].lots


def test_the_bar_listener_hears_what_is_emitted() -> None:
    simulation, market = running()
    heard: list[tuple[str, Resolution, Bar]] = []
    market.on_bar(lambda key, resolution, bar: heard.append((key, resolution, bar)))
    simulation.run_until(START + 30 * MINUTE)
    events = [e for e in simulation.take_emitted() if isinstance(e, BarClosed)]
    assert heard == [(e.instrument, e.resolution, e.bar) for e in events]
    assert [e.bar for e in events if e.instrument == "AAPL" and e.resolution is Resolution.M5] == list(
        market.bars("AAPL", Resolution.M5, start=opening(Resolution.M5, START))[:-1]
    )


def test_the_volume_of_a_candle_is_the_sum_of_its_trades() -> None:
    simulation, market = running(START // MINUTE * MINUTE)
    simulation.run_until(simulation.start + 20 * MINUTE)
    trades = [e for e in simulation.take_emitted() if isinstance(e, TradePrinted)]
    for key in KEYS:
        for bar in market.bars(key, Resolution.M1, start=simulation.start):
            inside = [t for t in trades if t.instrument == key and 0 <= t.time - bar.time < MINUTE]
            assert bar.lots == sum(t.lots for t in inside)
            if inside:
                assert (bar.open, bar.close) == (inside[0].price, inside[-1].price)
                assert bar.high == max(t.price for t in inside)
                assert bar.low == min(t.price for t in inside)


def test_ranges_and_counts_select_candles() -> None:
    simulation, market = running()
    simulation.run_until(START + 10 * MINUTE)
    everything = list(market.bars("AAPL", Resolution.M1))
    first, last = START - 100 * MINUTE, START + 5 * MINUTE
    wanted = [bar for bar in everything if first <= bar.time < last]
    assert list(market.bars("AAPL", Resolution.M1, start=first, end=last)) == wanted
    assert list(market.bars("AAPL", Resolution.M1, start=first, end=last, count=7)) == wanted[-7:]
    assert list(market.bars("AAPL", Resolution.M1, end=last, count=7)) == wanted[-7:]
    assert list(market.bars("AAPL", Resolution.M1, count=300)) == everything[-300:]
    assert list(market.bars("AAPL", Resolution.M1, count=3)) == everything[-3:]
    assert list(market.bars("AAPL", Resolution.M1, count=5_000)) == everything[-5_000:]
    assert list(market.bars("AAPL", Resolution.M1, count=0)) == []
    assert everything[-1] == market.forming("AAPL", Resolution.M1)


@pytest.mark.parametrize("resolution", [Resolution.M1, Resolution.M5])
def test_candles_from_a_moment_on_are_the_last_of_all_of_them(resolution: Resolution) -> None:
    simulation, market = running(keys=("EURUSD",))
    simulation.run_until(START + 25 * MINUTE)
    whole = list(market.bars("EURUSD", resolution))
    for bar in [*whole[-40:], whole[0]]:
        for start in (bar.time - 1, bar.time, bar.time + 1):
            wanted = [one for one in whole if one.time >= start]
            assert list(market.bars("EURUSD", resolution, start=start)) == wanted


def test_day_statistics_agree_with_the_minutes() -> None:
    simulation, market = running()
    for hours in (0, 1, 3, 7):
        simulation.run_until(START + hours * HOUR)
        now = simulation.now
        for key in KEYS:
            day = market.day(key)
            window = [b for b in market.bars(key, Resolution.M1) if b.time > now - DAY - MINUTE]
            assert (day.open, day.last) == (window[0].open, market.quote(key).last)
            assert (day.high, day.low) == (max(b.high for b in window), min(b.low for b in window))
            assert day.lots == sum(b.lots for b in window)
            assert day.low <= min(day.open, day.last) <= max(day.open, day.last) <= day.high
            value = market.instruments[key].notional_micros(day.last, day.lots)
            assert 0.8 * value < day.notional_micros < 1.25 * value


def test_history_does_not_depend_on_when_it_is_asked_for() -> None:
    _, early = running()
    simulation, late = running()
    first = [list(early.bars("EURUSD", resolution)) for resolution in Resolution]
    simulation.run_until(START + 10 * MINUTE)
    for resolution, bars in zip(Resolution, first, strict=True):
        assert list(late.bars("EURUSD", resolution, end=opening(resolution, START))) == bars[:-1]


@pytest.mark.parametrize("resolution", [Resolution.H1, Resolution.H4])
def test_hours_reach_back_far_enough_for_indicators_and_join_without_a_gap(resolution: Resolution) -> None:
    _, market = running()
    bars = market.bars("BTCUSDT-PERP", resolution)
    assert len(bars) > 300
    for before, after in pairwise(bars):
        assert after.time == closing(resolution, before.time)
