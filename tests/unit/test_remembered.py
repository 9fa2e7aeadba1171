"""What one session leaves to the next: whole or not at all, private, and never in the way of a start."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tui_trader.alerts.alert import Alert
from tui_trader.desktop import notification
from tui_trader.model.errors import CommandError
from tui_trader.remembered import Remembered, StateFile
from tui_trader.store.watch_lists import FAVOURITES, MOST, WatchLists

KEPT = Remembered(
    theme="paper",
    symbol="AAPL",
    timeframe="5m",
    workspace=2,
    sorting="change",
    lists={"favourites": ("AAPL", "EURUSD")},
    alerts=(Alert(number=4, subject="EURUSD", above=True, bound="1.10", met=True),),
    steps=("move",),
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "deep" / "state.json")
    assert file.read() == Remembered()
    file.write(KEPT)
    assert StateFile(file.path).read() == KEPT
    assert file.complaint == ""


def test_only_its_owner_can_read_it_and_nothing_else_is_left(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.json")
    file.write(KEPT)
    file.write(Remembered())
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file.path]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"workspace": "x"}', "\x00\xff", "[" * 5_000])
def test_a_damaged_file_is_ignored_and_told(tmp_path: Path, text: str) -> None:
    file = StateFile(tmp_path / "state.json")
    file.path.write_text(text)
    assert file.read() == Remembered()
    assert "damaged" in file.complaint


def test_what_another_version_wrote_besides_is_ignored(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.json")
    file.path.write_text('{"theme": "paper", "of_the_future": 1}')
    assert file.read() == Remembered(theme="paper")


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = StateFile(tmp_path / "state.json")
    file.write(KEPT)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        file.write(Remembered())
    assert file.read() == KEPT
    assert list(tmp_path.iterdir()) == [file.path]


def test_lists_keep_their_order_and_empty_ones_are_gone() -> None:
    lists = WatchLists()
    for key in ("EURUSD", "AAPL", "EURUSD"):
        lists.put(FAVOURITES, key, listed=True)
    lists.choose(FAVOURITES)
    assert lists.shown == ("AAPL", "EURUSD")
    lists.next()
    assert lists.shown is None
    lists.next()
    assert lists.chosen == FAVOURITES
    for key in ("AAPL", "EURUSD"):
        lists.put(FAVOURITES, key, listed=False)
    assert (lists.names, lists.chosen, lists.shown) == ((), "", None)


def test_lists_are_bounded_and_an_unknown_one_is_told() -> None:
    lists = WatchLists()
    with pytest.raises(CommandError, match="no list 'x'"):
        lists.choose("x")
    for number in range(MOST):
        lists.put(f"list {number}", "AAPL", listed=True)
    with pytest.raises(CommandError, match=f"At most {MOST} lists"):
        lists.put("one more", "AAPL", listed=True)
    lists.restore({"a": ["AAPL"], "b": []}, "gone")
    assert (lists.names, lists.chosen) == (("a",), "")


@pytest.mark.parametrize(
    ("setting", "environment", "start"),
    [
        ("off", {"TERM_PROGRAM": "WezTerm"}, ""),
        ("auto", {"TERM_PROGRAM": "WezTerm"}, "\x1b]777;"),
        ("auto", {"TERM": "xterm-kitty"}, "\x1b]9;"),
        ("auto", {"TERM": "xterm-256color"}, ""),
        ("auto", {"TERM_PROGRAM": "WezTerm", "TMUX": "/tmp/x"}, ""),
        ("osc9", {}, "\x1b]9;"),
        ("osc777", {}, "\x1b]777;"),
    ],
)
def test_a_notification_is_fixed_words_for_terminals_that_know_it(
    setting: str, environment: dict[str, str], start: str
) -> None:
    assert notification(setting, environment).startswith(start)
    assert bool(notification(setting, environment)) == bool(start)
