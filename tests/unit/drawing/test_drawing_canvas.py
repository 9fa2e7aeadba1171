"""Text that has less room than it is long."""

from __future__ import annotations

import pytest

from tui_trader.drawing.canvas import fit_parts, width_of

TOTALS = "  bot_core -30.98 USDT  onetrade -2.05 USD"


@pytest.mark.parametrize("width", range(24, 42))
def test_parts_are_shown_whole_or_not_at_all(width: int) -> None:
    assert fit_parts(TOTALS, width) == "  bot_core -30.98 USDT …"


@pytest.mark.parametrize("width", range(1, 23))
def test_one_part_that_does_not_fit_is_cut_as_other_text_is(width: int) -> None:
    shown = fit_parts(TOTALS, width)
    assert shown.rstrip().endswith("…")
    assert width_of(shown) <= width
