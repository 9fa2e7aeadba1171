"""A user's keys: taken over where they can be, told where they cannot."""

from __future__ import annotations

import pytest

from tui_trader.keymap import Keymap, normal
from tui_trader.keys import KEYS
from tui_trader.panes.registry import PANES

GROUPS = [{*pane.CONTEXTS, "console"} for pane in PANES]


def test_without_changes_the_table_is_as_it_is() -> None:
    keymap = Keymap({}, GROUPS)
    contexts = {key.context for key in KEYS}
    assert keymap.rows(*contexts) == KEYS
    assert (keymap.changes, keymap.complaints) == ({}, [])


def test_an_action_gets_its_new_keys_and_the_hints_show_them() -> None:
    keymap = Keymap({"console.help": "F1,ctrl+h", "orders.cancel": "d"}, GROUPS)
    assert keymap.complaints == []
    assert keymap.changes == {"console.help": "f1,ctrl+h", "orders.cancel": "d"}
    assert keymap.name("orders.cancel") == "d"
    (row,) = [key for key in keymap.rows("console") if key.id == "console.help"]
    assert row.keys == "f1,ctrl+h"
    assert row.action == "help"


def test_an_unknown_action_and_a_key_that_is_none_are_told_and_left_out() -> None:
    keymap = Keymap(
        {"console.dance": "d", "console.help": "wobble", "console.zoom": "", "console.quit": "Q"}, GROUPS
    )
    assert keymap.changes == {"console.quit": "Q"}
    assert len(keymap.complaints) == 3
    assert "no action 'console.dance'" in keymap.complaints[0]
    assert "'wobble' is not a key" in keymap.complaints[1]


@pytest.mark.parametrize("keys", ["k", "K", "!", "space", "enter", "f8,k"])
def test_what_works_in_text_fields_takes_no_key_that_types(keys: str) -> None:
    keymap = Keymap({"console.kill": keys}, GROUPS)
    assert keymap.changes == {} and "types nothing" in keymap.complaints[0]
    assert Keymap({"console.kill": "f8,ctrl+x"}, GROUPS).complaints == []


def test_a_key_that_means_something_else_there_is_a_clash() -> None:
    keymap = Keymap({"orders.cancel": "q", "chart.now": "z"}, GROUPS)
    assert keymap.changes == {}
    assert "orders.cancel: q is console.quit already" in keymap.complaints[0]
    assert "chart.now: z is console.zoom already" in keymap.complaints[1]


def test_two_actions_may_change_places_but_not_share() -> None:
    swapped = Keymap({"console.zoom": "t", "console.theme": "z"}, GROUPS)
    assert (swapped.complaints, swapped.changes) == ([], {"console.zoom": "t", "console.theme": "z"})
    shared = Keymap({"console.zoom": "F2", "console.theme": "F2"}, GROUPS)
    assert len(shared.complaints) == 1
    assert shared.changes == {"console.theme": "f2"}


def test_contexts_that_never_meet_may_use_the_same_key() -> None:
    keymap = Keymap({"requote.accept": "q", "chart.now": "x"}, GROUPS)
    assert keymap.complaints == []


@pytest.mark.parametrize(
    ("written", "name"),
    [("?", "question_mark"), ("Q", "Q"), ("ctrl+K", "ctrl+k"), ("F12", "f12"), ("PageUp", "pageup"),
     ("question_mark", "question_mark"), ("+", "plus"), ("wobble", None), ("ctrl+", None)],
)  # fmt: skip
def test_keys_are_written_as_people_write_them(written: str, name: str | None) -> None:
    assert normal(written) == name
