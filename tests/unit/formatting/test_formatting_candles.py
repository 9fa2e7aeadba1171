"""Candles drawn as glyphs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_trader.formatting.axes import price_marks, round_step, time_label
from tui_trader.formatting.candles import PriceScale, candle, column, fit
from tui_trader.model.values import Bar

SCALE = PriceScale(low=0.0, high=10.0, rows=5)


def glyphs(open_: float, high: float, low: float, close: float) -> str:
    cells = dict(candle(Bar(0, open_, high, low, close, 1.0), SCALE))
    return "".join(cells.get(row, " ") for row in range(SCALE.rows))


def test_a_candle_has_a_heavy_body_and_thin_wicks() -> None:
    assert glyphs(3.5, 9.5, 0.5, 6.5) == "│╽┃╿│"


def test_a_doji_is_a_half_row_of_body_on_its_wick() -> None:
    assert glyphs(5.5, 9.5, 0.5, 5.5) == "││╿││"


def test_a_candle_taller_than_the_scale_is_clipped() -> None:
    assert glyphs(-5.0, 20.0, -9.0, 15.0) == "┃┃┃┃┃"


def test_volume_fills_eighths_from_the_bottom_and_never_vanishes() -> None:
    assert column(12.0, 16.0, 2) == ["▄", "█"]
    assert column(0.001, 16.0, 2) == [" ", "▁"]
    assert column(0.0, 16.0, 2) == [" ", " "]


prices = st.floats(1.0, 1_000.0)


@given(st.lists(st.tuples(prices, prices, prices, prices), min_size=1, max_size=30), st.integers(2, 40))
def test_every_candle_fits_its_scale_whole(rows: list[tuple[float, ...]], height: int) -> None:
    bars = [Bar(0, four[0], max(four), min(four), four[3], 1.0) for four in rows]
    scale = fit(bars, height, tick=0.01)
    for bar in bars:
        cells = candle(bar, scale)
        assert cells
        assert all(0 <= row < height and glyph != " " for row, glyph in cells)
        assert cells[0][0] == scale.row(bar.high)
        assert cells[-1][0] == scale.row(bar.low)


def test_price_marks_are_round_and_inside() -> None:
    assert price_marks(64_210.0, 64_790.0, 6, tick=0.01) == [64_300, 64_400, 64_500, 64_600, 64_700]
    assert round_step(0.0011, 5) == 0.00025


def test_the_time_axis_names_the_day_where_it_turns() -> None:
    day = 86_400_000
    assert time_label(day + 60_000, day, "1m") == "00:01"
    assert time_label(day, day - 60_000, "1m") == "02 Jan"
    assert time_label(day, None, "1d") == "02 Jan"
