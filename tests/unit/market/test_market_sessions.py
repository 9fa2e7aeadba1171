"""Trading hours, and a market that keeps them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import DAY, HOUR, MINUTE, SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.market import Market
from embedded_server.market.sessions import CONTINUOUS, SESSIONS
from embedded_server.model.enums import Resolution, Side
from embedded_server.model.errors import EngineFault
from embedded_server.model.events import BarClosed, QuoteChanged, SessionChanged, TradePrinted


def ns(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp()) * SECOND  # type: ignore[misc]


FRIDAY = ns(2026, 3, 6)
US, FOREX = SESSIONS["us_equity"], SESSIONS["forex"]


@pytest.mark.parametrize(
    ("time", "is_open"),
    [
        (FRIDAY + 13 * HOUR + 29 * MINUTE, False),
        (FRIDAY + 13 * HOUR + 30 * MINUTE, True),
        (FRIDAY + 20 * HOUR - 1, True),
        (FRIDAY + 20 * HOUR, False),
        (FRIDAY + DAY + 15 * HOUR, False),
    ],
)
def test_equities_trade_on_weekdays_in_new_york_hours(time: int, is_open: bool) -> None:
    assert US.is_open(time) is is_open


@pytest.mark.parametrize(
    ("time", "is_open"),
    [
        (FRIDAY + 22 * HOUR - 1, True),
        (FRIDAY + 22 * HOUR, False),
        (FRIDAY + 2 * DAY + 22 * HOUR, True),
        (FRIDAY + 3 * DAY, True),
    ],
)
def test_forex_rests_over_the_weekend(time: int, is_open: bool) -> None:
    assert FOREX.is_open(time) is is_open


def test_the_next_change_is_the_next_opening_or_closing() -> None:
    assert US.next_change(FRIDAY) == FRIDAY + 13 * HOUR + 30 * MINUTE
    assert US.next_change(FRIDAY + 20 * HOUR) == FRIDAY + 3 * DAY + 13 * HOUR + 30 * MINUTE
    assert FOREX.next_change(FRIDAY) == FRIDAY + 22 * HOUR
    assert FOREX.next_change(FRIDAY + 2 * DAY + 23 * HOUR) == FRIDAY + 7 * DAY + 22 * HOUR


@pytest.mark.parametrize("session", list(SESSIONS.values()))
def test_the_mask_says_what_is_open_says(session: object) -> None:
    times = np.arange(FRIDAY, FRIDAY + 8 * DAY, 17 * MINUTE, dtype=np.int64)
    for each in (US, FOREX, CONTINUOUS):
        assert each.open_mask(times).tolist() == [each.is_open(time) for time in times.tolist()]
    assert session in SESSIONS.values()


def equity_market(start: int) -> tuple[Simulation, Market]:
    simulation = Simulation(seed=3, start=start)
    market = Market(simulation, [item for item in CATALOGUE if item.key == "AAPL"], sessions=True)
    market.start()
    return simulation, market


def test_a_closed_market_stands_still_and_says_when_it_opens_and_closes() -> None:
    simulation, market = equity_market(FRIDAY + 19 * HOUR + 58 * MINUTE)
    simulation.run_until(FRIDAY + 3 * DAY + 14 * HOUR)
    events = simulation.take_emitted()
    changes = [(event.time, event.open) for event in events if isinstance(event, SessionChanged)]
    closed, opened = FRIDAY + 20 * HOUR, FRIDAY + 3 * DAY + 13 * HOUR + 30 * MINUTE
    assert changes == [(closed, False), (opened, True)]
    moving = [event.time for event in events if isinstance(event, QuoteChanged | TradePrinted)]
    assert not [time for time in moving if closed <= time < opened]
    assert market.is_open("AAPL")


def test_a_closed_market_takes_no_order() -> None:
    _, market = equity_market(FRIDAY)
    assert not market.is_open("AAPL")
    with pytest.raises(EngineFault):
        market.submit("AAPL", 1, Side.BUY, 10, None, rest=False)


def test_a_session_has_a_candle_for_each_of_its_minutes_and_none_outside() -> None:
    simulation, market = equity_market(FRIDAY)
    simulation.run_until(FRIDAY + DAY)
    bars = [
        event.bar
        for event in simulation.take_emitted()
        if isinstance(event, BarClosed) and event.resolution is Resolution.M1
    ]
    first = FRIDAY + 13 * HOUR + 30 * MINUTE
    assert [bar.time for bar in bars] == [first + minute * MINUTE for minute in range(390)]
    day = market.bars("AAPL", Resolution.D1, count=1)[0]
    assert (day.time, day.open, day.close) == (FRIDAY, bars[0].open, bars[-1].close)
    assert day.lots == sum(bar.lots for bar in bars)


def test_after_the_close_the_day_is_still_the_newest_candle() -> None:
    simulation, market = equity_market(FRIDAY)
    simulation.run_until(FRIDAY + 21 * HOUR)
    assert market.bars("AAPL", Resolution.D1, count=1)[0].time == FRIDAY
    assert market.forming("AAPL", Resolution.M1).time == FRIDAY + 20 * HOUR - MINUTE


def test_history_has_no_candles_outside_the_session() -> None:
    _, market = equity_market(FRIDAY)
    bars = market.bars("AAPL", Resolution.M1)
    assert len(bars) > 6 * 390
    assert all(US.is_open(bar.time) for bar in bars)
    days = market.bars("AAPL", Resolution.D1, count=700)
    assert all(datetime.fromtimestamp(bar.time / SECOND, UTC).weekday() < 5 for bar in days)
