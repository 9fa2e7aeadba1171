"""Columns of the ladder: what is one's own is never cut while there is room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_trader.panes.ladder_rows import Own, Widths, longest, titles

OWN = st.builds(
    Own, buying=st.sampled_from((0.0, 0.0747, 12.5)), entry=st.sampled_from((0.0, 0.0003, 1_250.0))
)


@given(st.integers(30, 80), st.integers(5, 10), st.lists(OWN, max_size=4))
def test_own_sizes_are_whole_wherever_four_cells_are_left_for_each_side(
    width: int, price: int, owned: list[Own]
) -> None:
    widths = Widths.of(width, price, longest(owned))
    if width - (price + 2) - 8 > longest(owned):
        assert widths.own > longest(owned), "the cursor's mark has a cell of its own"
    assert widths.own + 2 * widths.size + widths.price <= max(width, 8 + price + 2)
    assert len(titles(widths)[1][0][0]) == widths.own + 2 * widths.size + widths.price
