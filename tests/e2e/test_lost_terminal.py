"""A terminal that is gone, or that takes nothing more, does not keep the console or its server."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from terminal import Terminal, is_running

PATIENCE_SECONDS = 15.0


def start(program: Callable[..., Terminal]) -> tuple[Terminal, list[int]]:
    terminal = program()
    terminal.until(lambda: " bid " in terminal.lines[1] and "not ready" not in terminal.lines[0], "prices")
    children = terminal.children
    assert len(children) == 1
    return terminal, children


def all_end(terminal: Terminal, children: list[int]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if terminal.process.poll() is not None and not any(map(is_running, children)):
            return True
        time.sleep(0.05)
    return False


def test_a_terminal_that_is_closed_ends_console_and_server(program: Callable[..., Terminal]) -> None:
    terminal, children = start(program)
    terminal.hang_up()
    assert all_end(terminal, children)


def test_sigterm_ends_a_console_whose_terminal_takes_nothing_more(program: Callable[..., Terminal]) -> None:
    terminal, children = start(program)
    for _ in range(100):  # it draws all anew, nobody reads it: more than the pty and Textual's queue hold
        os.kill(terminal.process.pid, signal.SIGWINCH)
        time.sleep(0.02)
    os.kill(terminal.process.pid, signal.SIGTERM)
    assert all_end(terminal, children)
