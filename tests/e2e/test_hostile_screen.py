"""A backend whose every text attacks the terminal: nothing it says is obeyed, all of it is shown as text."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from terminal import Terminal
from test_own_links import settings
from test_program import leaves_a_clean_terminal, live

from tests.faults.hostile_backend import MARK, NUMBER, spoilt
from tests.torture import figures

ROOT = Path(__file__).parents[2]
PANES = os.environ.get("HOSTILE_PANES", "inspector journal").split()
SETTLE_SECONDS = 0.4
EVERY_PANE = (
    "inspector journal strategies signals bot risk risk_alerts deals orders positions tickers account links"
)
OPERATING = re.compile(r"\x1b[\]PX^_]|[\x80-\x9f]")
"""Openers of OSC, DCS, SOS, PM and APC, and every C1 ..."""
OWN = re.compile(r"\x1b\]22;[a-z-]+\x07")
"""... of which the console itself needs one: Textual's shape of the pointer."""
INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\U000e0000-\U000e007f]")
CONTROLS = re.compile(r"[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[dict[str, object]]:
    """The backend; what it announced."""
    options = {"ports": "free", "json": True, "ephemeral": True, "seed": 7}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TUI_TRADER")}
    with subprocess.Popen(
        (sys.executable, "-m", "tests.faults.hostile_backend", json.dumps(options)),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**environment, "HOME": str(tmp_path / "elsewhere")},
    ) as server:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())
        server.terminate()


def test_no_server_text_puts_an_escape_into_the_terminal(
    program: Callable[..., Terminal], hostile, tmp_path: Path
) -> None:
    file = settings(tmp_path, hostile, list(hostile["endpoints"]), "paper = true")
    terminal = program("--config", file, "--connect", "all")
    terminal.until(lambda: live(terminal), "prices")
    clean_start = len(terminal.raw)
    shown: set[str] = set()
    for pane in PANES if PANES != ["all"] else EVERY_PANE.split():
        if look_at(terminal, pane):
            shown.add(pane)
    assert {"journal", "inspector"} <= shown, terminal.text
    drawn = bytes(terminal.raw[clean_start:]).decode("utf-8", "replace")
    judge(drawn[: drawn.rindex("\x1b")])  # the last sequence may still be under way
    while terminal.process.poll() is None:
        dismiss(terminal)
        terminal.press("q")
        settle(terminal, 5.0)
    leaves_a_clean_terminal(terminal, [])
    figures.add(inputs=sum(sum(1 for _ in spoilt(name)) for name in hostile["endpoints"]))


def look_at(terminal: Terminal, pane: str) -> bool:
    """Go to a pane; whether hostile text was seen. Offers that the backend makes up get in the way."""
    for _ in range(5):
        dismiss(terminal)
        terminal.press(f":show {pane}\r")
        settle(terminal, SETTLE_SECONDS)
        if MARK in terminal.text:
            return True
    return False


def dismiss(terminal: Terminal) -> None:
    """Close whatever dialog is open."""
    terminal.press("\x1b")
    settle(terminal, 0.2)  # or the next key would be taken for Alt with it


def settle(terminal: Terminal, seconds: float) -> None:
    """Take in what is drawn for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and terminal.process.poll() is None:
        terminal.read(0.05)


def judge(drawn: str) -> None:
    """Every byte that reached the terminal is the console's own."""
    drawn = OWN.sub("", drawn)
    for pattern in (OPERATING, INVISIBLE, CONTROLS):
        found = pattern.search(drawn)
        assert found is None, repr(drawn[max(0, found.start() - 40) : found.end() + 40])
    sequences = re.findall(r"\x1b\[[0-?]*[ -/]*[@-~]", drawn)
    assert sequences
    assert not [one for one in sequences if NUMBER in one]
    bare = re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", drawn)
    assert "\x1b" not in bare, repr(bare[bare.index("\x1b") - 40 : bare.index("\x1b") + 40])
    assert "\x1b[2J" not in sequences
