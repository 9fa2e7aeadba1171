"""Candle boundaries in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from embedded_server.kernel.time import DAY, HOUR, MINUTE, SECOND
from embedded_server.market.intervals import closing, opening, openings
from embedded_server.model.enums import Resolution


def ns(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp()) * SECOND  # type: ignore[misc]


def test_a_week_opens_on_monday() -> None:
    sunday = ns(2026, 3, 1, 23, 59)
    assert opening(Resolution.W1, sunday) == ns(2026, 2, 23)
    assert opening(Resolution.W1, sunday + MINUTE) == ns(2026, 3, 2)


def test_a_month_opens_on_the_first_and_is_as_long_as_it_is() -> None:
    start = opening(Resolution.MN1, ns(2028, 2, 29, 12))
    assert start == ns(2028, 2, 1)
    assert closing(Resolution.MN1, start) == ns(2028, 3, 1)
    assert closing(Resolution.MN1, ns(2026, 12, 1)) == ns(2027, 1, 1)


def test_four_hours_open_at_midnight_and_every_four_hours() -> None:
    assert opening(Resolution.H4, ns(2026, 3, 1, 15, 59)) == ns(2026, 3, 1, 12)
    assert closing(Resolution.H4, ns(2026, 3, 1, 20)) == ns(2026, 3, 2)


@pytest.mark.parametrize("resolution", list(Resolution))
def test_arrays_and_single_times_agree(resolution: Resolution) -> None:
    times = np.arange(ns(2025, 12, 20), ns(2026, 3, 10), 7 * HOUR + 13 * MINUTE, dtype=np.int64)
    assert openings(resolution, times).tolist() == [opening(resolution, time) for time in times.tolist()]


@pytest.mark.parametrize("resolution", list(Resolution))
def test_a_candle_contains_its_times(resolution: Resolution) -> None:
    for day in range(400):
        time = ns(2026, 1, 1) + day * DAY + 5 * HOUR
        start = opening(resolution, time)
        assert start <= time < closing(resolution, start)
        assert opening(resolution, closing(resolution, start)) == closing(resolution, start)
