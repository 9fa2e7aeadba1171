"""Gauges and curves: what is used of a limit without colour, and a path in braille."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trader.formatting.curve import curve, resample
from tui_trader.formatting.gauges import Gauge, at_least, at_most, loss


@pytest.mark.parametrize(
    ("gauge", "mark", "bar"),
    [
        (at_most("exposure", 0.0, 200.0), "✓", "┈┈┈┈┈┈┈┈┈┈"),
        (at_most("exposure", 1.0, 200.0), "✓", "━┈┈┈┈┈┈┈┈┈"),
        (at_most("exposure", 100.0, 200.0), "✓", "━━━━━┈┈┈┈┈"),
        (at_most("exposure", 160.0, 200.0), "▲", "━━━━━━━━┈┈"),
        (at_most("exposure", 200.0, 200.0), "▲", "━━━━━━━━━━"),
        (at_most("exposure", 200.1, 200.0), "✕", "━━━━━━━━━━"),
        (at_most("exposure", 50.0, None), " ", "┈┈┈┈┈┈┈┈┈┈"),
        (loss("day", 3.0, 5.0), "✓", "┈┈┈┈┈┈┈┈┈┈"),
        (loss("day", -2.0, 5.0), "✓", "━━━━┈┈┈┈┈┈"),
        (loss("day", -6.0, 5.0), "✕", "━━━━━━━━━━"),
        (at_least("margin level", None, 150.0), "✓", "┈┈┈┈┈┈┈┈┈┈"),
        (at_least("margin level", 1_500.0, 150.0), "✓", "━┈┈┈┈┈┈┈┈┈"),
        (at_least("margin level", 160.0, 150.0), "▲", "━━━━━━━━━┈"),
        (at_least("margin level", 100.0, 150.0), "✕", "━━━━━━━━━━"),
        (at_least("margin level", 0.0, 150.0), "✕", "━━━━━━━━━━"),
    ],
)
def test_a_gauge_says_how_much_of_its_limit_is_used(gauge: Gauge, mark: str, bar: str) -> None:
    assert gauge.mark == mark
    assert "".join(gauge.bar(10)) == bar


def test_figures_and_limits_keep_their_signs() -> None:
    assert (loss("day", 0.5, 5.0).value, loss("day", 0.5, 5.0).limit) == ("+0.50%", "-5%")
    assert at_least("margin level", 9_584.2, 150.0).value == "9,584%"


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=300), st.integers(1, 60), st.integers(1, 20))
def test_a_curve_fills_its_box_and_never_breaks(values: list[float], width: int, height: int) -> None:
    lines = curve(values, width, height)
    assert [len(line) for line in lines] == [width] * height
    for x in range(width):
        assert any(line[x] != " " for line in lines), "every column has a dot"


def test_a_rising_path_goes_from_the_lower_left_to_the_upper_right() -> None:
    lines = curve([0.0, 1.0, 2.0, 3.0], 2, 1)
    assert lines == ["⡠⠊"]
    top, bottom = curve([0.0, 10.0], 1, 2)
    assert (top, bottom) == ("⢸", "⡸")


def test_the_ends_of_a_path_are_kept() -> None:
    path = [float(number) for number in range(1_000)]
    assert resample(path, 7)[0] == 0.0
    assert resample(path, 7)[-1] == 999.0
    assert resample([], 5) == []
    assert resample([4.0], 3) == [4.0] * 3
