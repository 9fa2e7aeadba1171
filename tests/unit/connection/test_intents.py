"""Orders on disk before they are sent: synced, bounded, of their owner's, taken over from the dead."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from tui_trader.connection import intents
from tui_trader.connection.intents import MOST, IntentFile
from tui_trader.model.commands import PlaceOrder
from tui_trader.model.errors import CommandError
from tui_trader.model.values import OrderKind, Side


def order(reference: str, **more: object) -> PlaceOrder:
    """An order to buy at 1.05."""
    return PlaceOrder(
        **{
            "link": "forex",
            "symbol": "EURUSD",
            "side": Side.BUY,
            "kind": OrderKind.LIMIT,
            "quantity": Decimal("0.10"),
            "price": Decimal("1.05000"),
            "reference": reference,
            **more,
        }
    )  # type: ignore[arg-type]  # fields by name


def killed(file: IntentFile) -> None:
    """Let go of a file as a process does that is killed."""
    file._file.close()


def left_to(folder: Path, name: str) -> list[str]:
    """References that another console takes over; it is killed too."""
    file = IntentFile(folder, name)
    killed(file)
    return [intent.order.reference for intent in file.inherited]


def test_what_was_not_answered_is_the_next_consoles_digit_for_digit(tmp_path: Path) -> None:
    first = IntentFile(tmp_path, "1")
    first.begin("a", order("r-1"))
    first.begin("a", order("r-2"))
    first.begin("b", order("r-3"))
    first.end("r-1")
    killed(first)
    second = IntentFile(tmp_path, "2")
    assert [intent.order for intent in second.inherited] == [order("r-2"), order("r-3")]
    assert [intent.order for intent in second.of_account("b")] == [order("r-3")]
    assert [path.name for path in tmp_path.iterdir()] == ["2.jsonl"]
    killed(second)
    assert left_to(tmp_path, "3") == ["r-2", "r-3"]


def test_an_order_is_synced_before_begin_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = IntentFile(tmp_path, "1")
    synced = []
    monkeypatch.setattr(intents.os, "fsync", lambda number: synced.append(file.path.read_bytes()))
    file.begin("a", order("r-1"))
    assert b'"r-1"' in synced[-1]
    file.close()


def test_nothing_open_leaves_nothing_behind_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    file = IntentFile(tmp_path / "intents", "1")
    file.begin("a", order("r-1"))
    assert file.path.stat().st_mode & 0o077 == 0
    assert (tmp_path / "intents").stat().st_mode & 0o077 == 0
    file.end("r-1")
    file.close()
    assert list((tmp_path / "intents").iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="locks tell the living from the dead")
def test_the_file_of_a_console_that_runs_is_left_alone(tmp_path: Path) -> None:
    first = IntentFile(tmp_path, "1")
    first.begin("a", order("r-1"))
    assert left_to(tmp_path, "2") == []
    first.end("r-1")
    first.close()


@pytest.mark.parametrize("cut", [2, 20, 200])
def test_a_line_cut_short_is_an_order_that_was_not_sent(tmp_path: Path, cut: int) -> None:
    first = IntentFile(tmp_path, "1")
    first.begin("a", order("r-1"))
    first.begin("a", order("r-2"))
    killed(first)
    first.path.write_bytes(first.path.read_bytes()[:-cut])
    assert left_to(tmp_path, "2") == ["r-1"]


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"{}\n[]\nnull\n", b'{"begin":{"account":1}}\n', b"[" * 9_999]
)
def test_damage_costs_the_damaged_lines_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "0.jsonl").write_bytes(content)
    assert left_to(tmp_path, "1") == []


def test_a_full_disk_means_that_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = IntentFile(tmp_path, "1")

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(intents.os, "fsync", full)
    with pytest.raises(CommandError, match=r"not sent: .*No space left"):
        file.begin("a", order("r-1"))
    assert "r-1" not in file
    killed(file)
    monkeypatch.undo()
    assert left_to(tmp_path, "2") == []  # it was written, and yet never sent


def test_a_file_that_cannot_be_written_anew_goes_on_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intents, "LARGEST", 300)
    file = IntentFile(tmp_path, "1")
    opened = os.open

    def full(path: object, *more: int) -> int:
        raise OSError(28, "No space left on device")

    file.begin("a", order("r-1"))
    monkeypatch.setattr(intents.os, "open", full)
    file.end("r-1")
    file.begin("a", order("r-2"))
    monkeypatch.setattr(intents.os, "open", opened)
    killed(file)
    assert left_to(tmp_path, "2") == ["r-2"]


@pytest.mark.skipif(os.name != "posix", reason="locks tell the living from the dead")
def test_a_file_that_is_written_anew_is_never_anybody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intents, "LARGEST", 300)
    file = IntentFile(tmp_path, "1")
    file.begin("a", order("r-1"))
    file.begin("a", order("r-2"))
    taken: list[list[str]] = []
    replaced = Path.replace

    def meanwhile(source: Path, target: Path) -> Path:
        taken.append([one for _, found in intents._abandoned(tmp_path, source) for one in found])
        return replaced(source, target)

    monkeypatch.setattr(Path, "replace", meanwhile)
    file.end("r-1")
    assert taken == [[]]
    killed(file)
    assert left_to(tmp_path, "2") == ["r-2"]


def test_the_number_of_unknown_outcomes_and_the_file_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intents.os, "fsync", lambda number: None)
    monkeypatch.setattr(intents, "LARGEST", 20_000)
    file = IntentFile(tmp_path, "1")
    for number in range(500):
        file.begin("a", order(f"x-{number}"))
        file.end(f"x-{number}")
    assert file.path.stat().st_size < 21_000
    for number in range(MOST):
        file.begin("a", order(f"r-{number}"))
    with pytest.raises(CommandError, match="verify and dismiss"):
        file.begin("a", order("one more"))
    file.end("r-0")
    file.begin("a", order("one more"))
    killed(file)
    assert len(left_to(tmp_path, "2")) == MOST


def test_what_is_older_than_a_month_is_not_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = IntentFile(tmp_path, "1")
    monkeypatch.setattr(intents.time, "time_ns", lambda: 1_000_000_000 * 10**9)
    first.begin("a", order("old"))
    monkeypatch.undo()
    first.begin("a", order("new"))
    killed(first)
    assert left_to(tmp_path, "2") == ["new"]


@pytest.mark.skipif(os.name != "posix", reason="a link stands in for a file that went away meanwhile")
def test_a_file_that_goes_away_meanwhile_keeps_nobody_from_starting(tmp_path: Path) -> None:
    (tmp_path / "0.jsonl").symlink_to(tmp_path / "gone")
    assert left_to(tmp_path, "1") == []
