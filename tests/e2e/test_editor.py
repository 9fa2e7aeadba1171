"""The settings in the user's own editor: it has the terminal to itself, and the links live on."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from terminal import Terminal

EDITOR = """
import pathlib, sys, time
print("\\x1b[2J\\x1b[HTHE EDITOR HAS THE SCREEN", flush=True)
leave = pathlib.Path(sys.argv[0]).with_name("leave")
while not leave.exists():
    time.sleep(0.02)
"""


def test_nothing_is_drawn_over_the_editor_and_the_market_has_gone_on_when_it_is_left(
    program: Callable[..., Terminal], tmp_path: Path
) -> None:
    script = tmp_path / "editor.py"
    script.write_text(EDITOR)
    terminal = program(VISUAL=f"{sys.executable} {script}")
    terminal.until(lambda: "bid 1." in terminal.text and "not ready" not in terminal.text, "prices")
    terminal.press(",")
    terminal.until(lambda: "Settings" in terminal.text, "the dialog")
    settled = time.monotonic() + 0.7  # a dialog takes no answer before
    terminal.until(lambda: time.monotonic() > settled, "the dialog takes keys")
    terminal.press("e")
    terminal.until(lambda: "THE EDITOR" in terminal.text, "the editor")
    while terminal.read(1.0):
        pass
    _, _, later = bytes(terminal.raw).partition(b"HAS THE SCREEN")
    assert later.strip() == b"", "nobody else writes to the screen"
    assert terminal.lines[0] == "THE EDITOR HAS THE SCREEN"
    (tmp_path / "leave").touch()
    back = ("take effect", "Read without a complaint")  # its answer may be on the screen before all else is
    terminal.until(lambda: all(one in terminal.text for one in back), "the console is back")
    terminal.press("\x1b")
    terminal.until(lambda: "take effect" not in terminal.text, "the dialog is closed")
    terminal.until(lambda: "bid 1." in terminal.lines[1] and "STALE" not in terminal.text, "live prices")
    assert "not ready" not in terminal.text
    terminal.press("q")
    assert terminal.ended() == 0
