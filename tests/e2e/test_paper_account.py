"""The paper account of the console's own market: there tomorrow, and one console's at a time."""

from __future__ import annotations

import json
from collections.abc import Callable

from terminal import Terminal, is_running
from test_own_links import answer
from test_program import live

GOES_ON = "the paper account goes on where it stood"
IN_USE = "another console is using the paper account"


def left(terminal: Terminal) -> None:
    """End the console, whatever it shows; its server has ended with it."""
    children = terminal.children
    terminal.process.terminate()
    assert terminal.ended() == 0
    terminal.until(lambda: not any(is_running(pid) for pid in children), "the server has ended too")


def told(terminal: Terminal, sentence: str) -> None:
    """Find a sentence in the journal."""
    terminal.press("4")
    terminal.until(lambda: "▌Journal" in terminal.text, "the journal")
    terminal.press("/paper\r")
    terminal.until(lambda: sentence in terminal.text, sentence)


def test_a_position_is_there_again_and_a_second_console_has_a_market_of_its_own(
    program: Callable[..., Terminal],
) -> None:
    first = program()
    first.until(lambda: live(first), "prices")
    first.press(":buy 0.1 EURUSD market\r")
    first.until(lambda: "BUY 0.1 EURUSD" in first.text and "yes" in first.text, "the question")
    answer(first, "y")
    first.until(lambda: "Positions 1 " in first.text, "a position")

    second = program()
    second.until(lambda: live(second), "prices")
    assert "Positions 1 " not in second.text
    told(second, IN_USE)
    left(second)

    left(first)
    files = [path for path in first.folder.rglob("*") if path.is_file() and "state" in path.parts]
    assert len(files) > 4
    assert not [path for path in files if path.stat().st_mode & 0o077], "all is its owner's alone"
    (credentials,) = first.folder.rglob("credentials.json")
    secrets = [secret for part in json.loads(credentials.read_text()).values() for secret in part.values()]
    logs = "".join(path.read_text() for path in first.folder.rglob("*.log"))
    assert not [secret for secret in secrets if secret in logs]
    again = program()
    again.until(lambda: live(again) and "Positions 1 " in again.text, "yesterday's position")
    told(again, GOES_ON)
    left(again)
