"""What the environment says about looks: without colour nothing that is drawn has a hue."""

from __future__ import annotations

import re
from collections.abc import Callable

from terminal import Terminal
from test_program import leaves_a_clean_terminal, live

_RGB = re.compile(rb"[34]8;2;(\d+);(\d+);(\d+)")
_INDEXED = re.compile(rb"\x1b\[(?:\d+;)*(?:3[1-6]|4[1-6]|9[1-6]|10[1-6]|[34]8;5;\d+)(?:;\d+)*m")


def test_no_color_leaves_greys_alone_and_everything_readable(program: Callable[..., Terminal]) -> None:
    terminal = program(NO_COLOR="1")
    terminal.until(lambda: live(terminal), "prices")
    children = terminal.children
    assert " PAPER " in terminal.lines[0]
    assert "▌Markets" in terminal.text
    drawn = bytes(terminal.raw)
    assert [hue for hue in set(_RGB.findall(drawn)) if len(set(hue)) > 1] == []
    assert _INDEXED.findall(_RGB.sub(b"1", drawn)) == []
    terminal.press("q")
    leaves_a_clean_terminal(terminal, children)
