"""The layouts: no overlap, nothing outside, every pane reachable, at any size."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Size

from tui_trader.keys import CONTEXTS, KEYS, bindings
from tui_trader.panes.registry import PANES
from tui_trader.workspaces.trade import trade


@given(st.integers(1, 400), st.integers(1, 150))
def test_slots_never_overlap_nor_leave_the_board(width: int, height: int) -> None:
    size = Size(width, height)
    slots = [slot for slot in trade(size) if slot.region.area]
    for slot in slots:
        assert slot.region in size.region
    for one, other in combinations(slots, 2):
        assert not one.region.overlaps(other.region)


@given(st.integers(1, 400), st.integers(1, 150))
def test_every_pane_has_a_place(width: int, height: int) -> None:
    placed = [key for slot in trade(Size(width, height)) for key in slot.panes]
    assert sorted(placed) == sorted(pane.KEY for pane in PANES)


def test_panes_have_digits_of_their_own() -> None:
    digits = [pane.DIGIT for pane in PANES if pane.DIGIT]
    assert len(set(digits)) == len(digits)
    assert len({pane.KEY for pane in PANES}) == len(PANES)


def test_keys_have_ids_of_their_own_and_a_known_context() -> None:
    assert len({key.id for key in KEYS}) == len(KEYS)
    assert {key.context for key in KEYS} <= {*CONTEXTS, "help"}
    assert all(key.description and binding.tooltip for key in KEYS for binding in bindings(key.context))


def test_no_key_means_two_things_in_one_place() -> None:
    for pane in PANES:
        pressed = [
            name for key in KEYS if key.context in {*pane.CONTEXTS, "console"} for name in key.keys.split(",")
        ]
        assert len(pressed) == len(set(pressed)), pane.KEY


def test_every_key_of_a_pane_has_its_action() -> None:
    for pane in PANES:
        for key in KEYS:
            if key.context in pane.CONTEXTS:
                assert hasattr(pane, f"action_{key.action.partition('(')[0]}"), (pane.KEY, key.id)
