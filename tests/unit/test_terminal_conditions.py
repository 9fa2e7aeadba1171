"""A terminal that cannot be drawn on is told in one sentence, before anything is started."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tui_trader import terminal_conditions
from tui_trader.model.errors import SettingsError


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """One terminal to read from and to draw on."""
    one = Terminal()
    monkeypatch.setattr(sys, "__stdin__", one)
    monkeypatch.setattr(sys, "__stderr__", one)
    yield one


def test_an_ordinary_terminal_is_good_enough_whatever_it_is_called(terminal: Terminal) -> None:
    for environment in ({}, {"TERM": "xterm-256color"}, {"TERM": "vt100"}, {"TERM": "linux"}):
        terminal_conditions.check(environment)


@pytest.mark.parametrize("name", ["dumb", "unknown"])
def test_a_terminal_that_only_prints_lines_is_refused(terminal: Terminal, name: str) -> None:
    with pytest.raises(SettingsError, match=f"TERM={name}.*start it in another"):
        terminal_conditions.check({"TERM": name})


@pytest.mark.parametrize("encoding", ["ascii", "iso8859-1", "cp1252"])
def test_a_locale_without_the_characters_is_refused(terminal: Terminal, encoding: str) -> None:
    terminal.encoding = encoding
    with pytest.raises(SettingsError, match=rf"locale says {encoding}: start it with LC_ALL=C.UTF-8"):
        terminal_conditions.check({})


@pytest.mark.parametrize("stream", ["__stdin__", "__stderr__"])
@pytest.mark.parametrize("instead", [None, io.StringIO()])
def test_without_a_terminal_there_is_no_console(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, stream: str, instead: io.StringIO | None
) -> None:
    monkeypatch.setattr(sys, stream, instead)
    with pytest.raises(SettingsError, match="needs a terminal"):
        terminal_conditions.check({})


def test_a_closed_stream_is_no_terminal(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "__stdin__", closed)
    with pytest.raises(SettingsError, match="needs a terminal"):
        terminal_conditions.check({})


def test_the_console_starts_nothing_on_a_pipe_and_says_why() -> None:
    command = (sys.executable, "-m", "tui_trader", "--ephemeral")
    master, slave = pty.openpty()
    try:
        done = subprocess.run(command, stdin=slave, capture_output=True, text=True, timeout=20, check=False)
    finally:
        os.close(master)
        os.close(slave)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("tui-trader: the console needs a terminal")
    assert done.stderr.count("\n") == 1
