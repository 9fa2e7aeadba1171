"""Numbers, times and sparklines as text."""

from __future__ import annotations

import pytest

from tui_trader.formatting import numbers, times
from tui_trader.formatting.sparkline import sparkline
from tui_trader.formatting.symbols import brief_symbol, long_symbol, short_symbol


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1.08512, 5, "1.08512"), (104250.014, 2, "104,250.01"), (None, 2, "–"), (0.0, 3, "0.000")],
)
def test_prices_have_the_instruments_decimals(value: float | None, digits: int, text: str) -> None:
    assert numbers.price(value, digits) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1234.5, "+1,234.50"), (-0.5, "-0.50"), (0.0, "0.00"), (-0.001, "0.00"), (None, "–")]
)
def test_results_always_show_their_sign_and_nothing_has_none(value: float | None, text: str) -> None:
    assert numbers.signed(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.5"), (1000.0, "1,000"), (0.00012, "0.00012"), (100.0, "100"), (None, "–")]
)
def test_quantities_have_no_trailing_zeros(value: float | None, text: str) -> None:
    assert numbers.quantity(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(987.6, "987.6"), (1_200, "1.20K"), (47_400, "47.4K"), (51_200_000, "51.2M"), (999_999, "1.00M")],
)
def test_large_figures_are_compact(value: float, text: str) -> None:
    assert numbers.compact(value) == text


def test_points_count_ticks_whatever_binary_fractions_do() -> None:
    assert numbers.points(1.08519 - 1.08512, 0.00001) == 7
    assert numbers.points(154.218 - 154.2, 0.001) == 18


@pytest.mark.parametrize(("step", "digits"), [(0.01, 2), (1.0, 0), (0.0001, 4), (1e-05, 5), (0.25, 2)])
def test_decimals_of_a_step(step: float, digits: int) -> None:
    assert numbers.digits_of(step) == digits


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0s"), (59.9, "59s"), (61, "1m"), (7_200, "2h"), (200_000, "2d"), (None, "–")]
)
def test_ages_have_one_unit(seconds: float | None, text: str) -> None:
    assert times.age(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(5, "0:05"), (725, "12:05"), (10_931, "3:02:11"), (187_800, "2d 04:10")]
)
def test_durations(seconds: float, text: str) -> None:
    assert times.duration(seconds) == text


def test_no_time_that_a_server_tells_is_beyond_the_calendar() -> None:
    for told in (times.LAST_MS + 1, 10**18, 10**400):
        assert f"{times.moment(told):%Y-%m-%d}" == "9999-12-31"
    assert times.clock(-1) == "00:00:00"


@pytest.mark.parametrize(("seconds", "text"), [(0.0004, "0.4ms"), (0.012, "12ms"), (1.2, "1.20s")])
def test_round_trips(seconds: float, text: str) -> None:
    assert times.milliseconds(seconds) == text


def test_a_sparkline_rises_from_left_to_right_and_stands_at_the_right() -> None:
    assert sparkline([], 4) == "    "
    assert len(sparkline(range(100), 8)) == 8
    assert sparkline([1.0, 2.0], 3).startswith("  ")
    assert sparkline([5.0] * 4, 2) == sparkline([7.0] * 4, 2)


def test_perpetuals_are_shown_and_typed_short() -> None:
    assert short_symbol("BTCUSDT-PERP") == "BTCUSDT.P"
    assert long_symbol("btcusdt.p") == "BTCUSDT-PERP"
    assert long_symbol(" eurusd ") == "EURUSD"


def test_where_room_is_scarce_only_the_common_quote_currency_goes() -> None:
    assert [brief_symbol(key) for key in ("DOGEUSDT-PERP", "BTCUSDT", "BTCUSDC", "EURUSD", "USDT")] == [
        "DOGE.P", "BTC", "BTCUSDC", "EURUSD", "USDT",
    ]  # fmt: skip


def test_no_figure_is_minus_nothing() -> None:
    assert [numbers.fixed(value) for value in (-0.001, -0.0, -0.006, -1_234.5)] == [
        "0.00", "0.00", "-0.01", "-1,234.50",
    ]  # fmt: skip
    assert [numbers.percent(value) for value in (-0.001, -0.006)] == ["0.00%", "-0.01%"]
