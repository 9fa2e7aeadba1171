"""The program on links of its settings file: a server that somebody else started, as PAPER and as LIVE."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from terminal import Terminal
from test_program import leaves_a_clean_terminal, live


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[dict[str, object]]:
    """A server that is not this console's; what it announced."""
    folder = tmp_path / "elsewhere"
    command = (
        sys.executable,
        "-m",
        "tui_trader",
        "--server-only",
        "--json",
        "--ports",
        "free",
        "--ephemeral",
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TUI_TRADER")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**environment, "HOME": str(folder)}
    ) as server:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())
        server.terminate()


def settings(folder: Path, announced: dict[str, dict[str, str]], names: list[str], more: str = "") -> str:
    """Write a settings file with a link to each of these endpoints; return its path."""
    lines = []
    for name in names:
        lines += [f"[links.{name}]", f'protocol = "{name}"', f'url = "{announced["endpoints"][name]}"']
        lines += [
            f'http = "{announced["http"][name]}"',
            f'credentials_file = "{announced["credentials_file"]}"',
        ]
        lines += [more]
    lines += ["[profiles.all]", f"links = {json.dumps(names)}"]
    file = folder / "links.toml"
    file.write_text("\n".join(lines))
    return str(file)


def test_links_of_ones_own_work_as_paper(program: Callable[..., Terminal], elsewhere, tmp_path: Path) -> None:
    file = settings(tmp_path, elsewhere, list(elsewhere["endpoints"]), "paper = true")
    terminal = program("--config", file, "--connect", "all")
    terminal.until(lambda: live(terminal), "prices")
    assert " PAPER " in terminal.lines[0]
    assert terminal.children == []
    terminal.press("q")
    leaves_a_clean_terminal(terminal, [])
    assert terminal.logged() == ""


def test_a_live_order_takes_the_flag_and_the_phrase(
    program: Callable[..., Terminal], elsewhere, tmp_path: Path
) -> None:
    file = settings(tmp_path, elsewhere, ["onetrade", "market_data_gateway"])
    terminal = program("--config", file, "--connect", "onetrade,market_data_gateway", "--live")
    terminal.until(lambda: live(terminal), "prices")
    assert " LIVE  locked" in terminal.lines[0]
    terminal.press(":buy 0.1 EURUSD @ 0.9\r")
    terminal.until(lambda: "BUY 0.1 EURUSD" in terminal.text and "yes" in terminal.text, "the question")
    answer(terminal, "y")
    terminal.until(lambda: "onetrade is LIVE" in terminal.text, "the phrase is asked for")
    terminal.press("trade live on onetrade")
    answer(terminal, "\r")
    terminal.until(lambda: "LIVE  ARMED" in terminal.text, "the link is armed")
    terminal.until(lambda: "Orders 1 " in terminal.text, "the order works")
    terminal.press(":cancel all\r")
    terminal.until(lambda: "Orders 1 " not in terminal.text, "the order is canceled")
    terminal.press("q")
    leaves_a_clean_terminal(terminal, [])


def test_without_the_flag_a_live_link_can_only_be_watched(
    program: Callable[..., Terminal], elsewhere, tmp_path: Path
) -> None:
    file = settings(tmp_path, elsewhere, ["onetrade"])
    terminal = program("--config", file, "--connect", "onetrade")
    terminal.until(lambda: live(terminal), "prices without a gateway")
    assert " LIVE  view only" in terminal.lines[0]
    terminal.press(":buy 0.1 EURUSD @ 0.9\r")
    terminal.until(lambda: "BUY 0.1 EURUSD" in terminal.text and "yes" in terminal.text, "the question")
    answer(terminal, "y")
    terminal.until(lambda: "without --live" in terminal.text, "the refusal")
    terminal.press("q")
    leaves_a_clean_terminal(terminal, [])


def test_a_credentials_file_that_others_can_read_is_refused_in_one_sentence(
    program: Callable[..., Terminal], elsewhere, tmp_path: Path
) -> None:
    file = settings(tmp_path, elsewhere, ["onetrade"])
    Path(elsewhere["credentials_file"]).chmod(0o644)
    terminal = program("--config", file, "--connect", "onetrade")
    assert terminal.ended() == 2
    assert "is open to others (mode 0644)" in " ".join(terminal.text.split())


def answer(terminal: Terminal, key: str) -> None:
    """Press a key once the dialog takes answers: it takes none in its first half second."""
    settled = time.monotonic() + 0.8
    while time.monotonic() < settled:
        terminal.read(0.05)
    terminal.press(key)
