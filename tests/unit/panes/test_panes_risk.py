"""The risk pane at any size: accounts first, blocks where they fit, nothing cut that matters."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.ui import scene
from tui_trader.desk import Desk
from tui_trader.drawing.canvas import Line
from tui_trader.model import events as e
from tui_trader.panes.risk import RiskPane
from tui_trader.store.store import Store


def texts(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _, _ in cells) for _, cells in lines]


@pytest.fixture
def pane() -> RiskPane:
    store = Store()
    for event in scene.machines():
        store.apply(event, 1.0)
    store.apply(scene.risk(), 1.0)
    return RiskPane(Desk(store, lambda: 1.0, "test"))


@pytest.mark.parametrize(
    ("width", "height"), [(80, 13), (52, 25), (98, 20), (120, 10), (40, 9), (60, 40), (200, 55)]
)
def test_every_account_and_whether_it_is_within_its_limits_is_shown(
    pane: RiskPane, width: int, height: int
) -> None:
    lines = texts(pane.body(width, height, 1.0))
    assert len(lines) <= height
    for account in ("equities", "futures", "forex", "spot"):
        assert any(account in line for line in lines), account
    assert any("531.10%" in line and "✕" in line for line in lines)
    assert all(len(line) <= width for line in lines)


def test_where_only_some_accounts_fit_the_worst_is_shown(pane: RiskPane) -> None:
    for height in (2, 3, 4):
        lines = texts(pane.body(80, height, 1.0))
        assert len(lines) <= height
        assert any("forex" in line and "✕" in line for line in lines), height


def test_strategies_that_do_not_fit_are_counted(pane: RiskPane) -> None:
    assert any("more" in line for line in texts(pane.body(80, 10, 1.0)))
    assert any("Momentum Alpha" in line for line in texts(pane.body(80, 13, 1.0)))


def test_a_strategys_name_is_whole_beside_its_figures_and_results_end_in_one_column(pane: RiskPane) -> None:
    own = pane.store.strategies.find("Mean Reversion")
    named = replace(own, name="Moving Average Crossover Strategy")
    pane.store.apply(e.StrategiesListed(own.link, (named,)), 1.0)
    lines = texts(pane.body(52, 40, 1.0))
    assert any("‖ Moving Average Crossover " in line and "-14.20" in line for line in lines)
    ends = {
        line.index(result) + len(result)
        for line in lines
        for result in ("+92.00", "-6.29", "+214.55")
        if f" USD{'T' * (result == '-6.29')} " in line and result in line
    }
    assert len(ends) == 1


def test_before_the_guardian_spoke_there_are_no_figures() -> None:
    empty = RiskPane(Desk(Store(), lambda: 1.0, "test"))
    assert "no risk figures yet" in "".join(texts(empty.body(60, 10, 1.0)))
