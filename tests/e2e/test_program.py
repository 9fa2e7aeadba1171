"""What the user gets from `python -m tui_trader`: prices at once, nothing else written, a clean terminal."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable

import pytest
from terminal import Terminal, is_running

PRICE = re.compile(r"EURUSD .* bid (\d\.\d{5})  ask \d\.\d{5}")
ALTERNATE_SCREEN, CURSOR = 1049, 25


def bid(terminal: Terminal) -> str:
    """The price on the instrument line, empty while there is none or it is not live."""
    line = terminal.lines[1]
    found = PRICE.search(line)
    return found[1] if found and "STALE" not in line else ""


def live(terminal: Terminal) -> bool:
    """Whether every link is up and prices are shown."""
    return bool(bid(terminal)) and "not ready" not in terminal.lines[0]


def leaves_a_clean_terminal(terminal: Terminal, children: list[int]) -> None:
    """Exit code, screen, cursor, line discipline and processes are as if nothing had been."""
    assert terminal.ended() == 0
    modes = terminal.modes()
    assert modes[ALTERNATE_SCREEN] is False
    assert modes[CURSOR] is True
    mouse = {number: modes[number] for number in (1000, 1002, 1003, 1006, 2004) if number in modes}
    assert not any(mouse.values()), mouse
    assert terminal.attributes() == terminal.before
    assert terminal.strays() == ""
    terminal.until(lambda: not any(is_running(pid) for pid in children), "the server has ended too")


def test_prices_are_shown_and_move_and_q_leaves_nothing_behind(program: Callable[..., Terminal]) -> None:
    terminal = program()
    terminal.until(lambda: live(terminal), "prices")
    assert " PAPER " in terminal.lines[0]
    children = terminal.children
    assert len(children) == 1, "the embedded server"
    seen = {bid(terminal)}
    terminal.until(
        lambda: len(seen | {bid(terminal)}) > 1 and seen.add(bid(terminal)) is None, "another price"
    )
    terminal.press("q")
    leaves_a_clean_terminal(terminal, children)
    assert len(list(terminal.folder.rglob("*.log"))) == 2, "the console's and the server's"
    assert terminal.logged() == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_as_cleanly(program: Callable[..., Terminal], number: signal.Signals) -> None:
    terminal = program()
    terminal.until(lambda: live(terminal), "prices")
    children = terminal.children
    os.kill(terminal.process.pid, number)
    leaves_a_clean_terminal(terminal, children)


def test_a_killed_server_shows_at_once_and_comes_back(program: Callable[..., Terminal]) -> None:
    terminal = program()
    terminal.until(lambda: live(terminal), "prices")
    (server,) = terminal.children
    os.kill(server, signal.SIGKILL)
    killed = time.monotonic()
    terminal.until(lambda: "8 links not ready" in terminal.lines[0], "the loss")
    assert time.monotonic() - killed < 2.0
    terminal.until(lambda: live(terminal), "prices again")
    children = terminal.children
    assert children != [server]
    terminal.press("q")
    leaves_a_clean_terminal(terminal, children)
