"""The layouts of every workspace: no overlap, nothing outside, every pane reachable, at any size."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Size

from tui_trader.keys import CONTEXTS, KEYS, bindings
from tui_trader.panes.registry import PANES
from tui_trader.workspaces.plan import Workspace
from tui_trader.workspaces.registry import WORKSPACES

SIZES = st.builds(Size, st.integers(1, 400), st.integers(1, 150))


@given(st.sampled_from(WORKSPACES), SIZES)
def test_slots_never_overlap_nor_leave_the_board(workspace: Workspace, size: Size) -> None:
    slots = [slot for slot in workspace.plan(size) if slot.region.area]
    for slot in slots:
        assert slot.region in size.region
    for one, other in combinations(slots, 2):
        assert not one.region.overlaps(other.region)


@given(st.sampled_from(WORKSPACES), SIZES)
def test_a_workspace_shows_a_pane_in_one_place_and_names_none_that_there_is_not(
    workspace: Workspace, size: Size
) -> None:
    placed = [key for slot in workspace.plan(size) for key in slot.panes]
    assert len(placed) == len(set(placed))
    assert set(placed) <= {pane.KEY for pane in PANES}


@given(SIZES)
def test_every_pane_has_a_place_in_some_workspace(size: Size) -> None:
    placed = {key for workspace in WORKSPACES for slot in workspace.plan(size) for key in slot.panes}
    assert placed == {pane.KEY for pane in PANES}
    assert len({pane.KEY for pane in PANES}) == len(PANES)


def test_every_workspace_has_a_digit() -> None:
    ids = {key.id for key in KEYS}
    assert all(f"console.workspace_{place}" in ids for place in range(1, len(WORKSPACES) + 1))


def test_keys_have_ids_of_their_own_and_a_known_context() -> None:
    assert len({key.id for key in KEYS}) == len(KEYS)
    assert {key.context for key in KEYS} <= {*CONTEXTS, "help"}
    assert all(key.description and binding.tooltip for key in KEYS for binding in bindings(key.context))


def test_no_key_means_two_things_in_one_place() -> None:
    for pane in PANES:
        # an armed pane takes digits for sizes and parts; unarmed it leaves them to the workspaces
        rows = [key for key in KEYS if not key.id.startswith(("ladder.size_", "positions.part_"))]
        pressed = [
            name for key in rows if key.context in {*pane.CONTEXTS, "console"} for name in key.keys.split(",")
        ]
        assert len(pressed) == len(set(pressed)), pane.KEY


def test_every_key_of_a_pane_has_its_action() -> None:
    for pane in PANES:
        for key in KEYS:
            if key.context in pane.CONTEXTS:
                assert hasattr(pane, f"action_{key.action.partition('(')[0]}"), (pane.KEY, key.id)
