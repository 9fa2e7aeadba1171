"""Lines in braille."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_trader.formatting.braille_line import glyph, trace


def test_a_level_line_is_level_and_has_no_gap() -> None:
    dots = trace([5.0, 5.0, 5.0], [0, 1, 2], 2, low=0.0, high=10.0)
    assert "".join(glyph(dots[1, x]) for x in range(2)) == "⠉⠉"
    assert {row for row, _ in dots} == {1}


def test_a_jump_is_joined() -> None:
    dots = trace([0.1, 9.9], [0, 1], 2, low=0.0, high=10.0)
    assert {row for row, _ in dots} == {0, 1}


def test_an_unknown_value_ends_the_line_and_the_next_one_begins_it_anew() -> None:
    dots = trace([5.0, None, 5.0], [0, 1, 2], 1, low=0.0, high=10.0)
    assert {x for _, x in dots} == {0, 2}


@given(st.lists(st.none() | st.floats(-100, 100), max_size=20), st.integers(1, 6))
def test_nothing_is_drawn_outside(values: list[float | None], rows: int) -> None:
    dots = trace(values, range(len(values)), rows, low=-10.0, high=10.0)
    assert all(0 <= row < rows and 0 <= x < len(values) for row, x in dots)
