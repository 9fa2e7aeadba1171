"""The help in columns: nothing is cut and no column runs into the next, at any width."""

from __future__ import annotations

import re

import pytest

from tui_trader.dialogs.help_lines import in_columns, sections
from tui_trader.drawing.canvas import width_of
from tui_trader.keymap import Keymap
from tui_trader.keys import KEYS


@pytest.mark.parametrize("width", [60, 76, 110, 118, 170])
def test_every_word_is_there_and_no_line_is_wider_than_the_help(width: int) -> None:
    lines = in_columns([line for one in sections(Keymap()) for line in one.lines(())], width)
    texts = ["".join(text for text, _, _ in cells) for _, cells in lines]
    assert max(map(width_of, texts)) <= width
    words = set(re.findall(r"[\w']+", " ".join(texts)))
    for key in KEYS:
        if not key.id.startswith("console.workspace"):
            assert set(re.findall(r"[\w']+", key.description)) <= words, key.id
