"""`journal verify` and `journal export` on good and on bad journals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from journal_stage import file_of, killed, opened
from test_journal_recovery import alter, trade

from embedded_server.accounts import past
from embedded_server.journal import commands
from embedded_server.journal.errors import JournalError
from embedded_server.model.commands import Accepted


def verified(folder: Path, *, full: bool = False) -> tuple[int, str]:
    lines: list[str] = []
    code = commands.verify(folder, lines.append, from_the_start=full)
    return code, "".join(lines)


@pytest.mark.parametrize("full", [False, True])
def test_a_good_journal_has_no_finding(tmp_path: Path, full: bool) -> None:
    with killed(tmp_path) as stage:
        trade(stage, 2, 12)
        stage.picture_now()
        trade(stage, 3, 4)
    code, report = verified(tmp_path, full=full)
    assert code == 0, report
    assert "FINDINGS   none" in report
    assert f"replay     from the {'start' if full else 'last snapshot'}" in report


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ("DELETE FROM events WHERE sequence = 11", "events do not count from 1 to N"),
        ("DELETE FROM inputs WHERE sequence = 2", "inputs do not count from 1 to N"),
        ("UPDATE inputs SET time = 1 WHERE sequence = 2", "time runs backwards at 2"),
        ("UPDATE marks SET digest = x'00' WHERE id = 3", "differs from what was recorded at mark 3"),
        ("UPDATE events SET event = x'c0' WHERE kind = 'OrderFilled' AND sequence < 12", "cannot be read"),
        (
            "DELETE FROM events WHERE sequence ="
            " (SELECT max(sequence) FROM events WHERE kind = 'LedgerPosted')",
            "differs",
        ),
        (
            "UPDATE events SET kind = 'Gone' WHERE sequence ="
            " (SELECT min(sequence) FROM events WHERE kind = 'OrderFilled')",
            "fills of",
        ),
    ],
)
def test_what_is_wrong_is_found(tmp_path: Path, change: str, finding: str) -> None:
    with killed(tmp_path) as stage:
        stage.place(3, "a")
        stage.run(1)
        stage.place(3, "b")
        trade(stage, 2, 8)
    alter(tmp_path, [change])
    code, report = verified(tmp_path)
    assert code == 1
    assert finding in report


def test_a_reference_of_two_orders_is_found_unless_the_first_was_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "KEPT", 5)
    monkeypatch.setattr(past, "SLACK", 1)
    with killed(tmp_path) as stage:
        for number in range(20):
            assert isinstance(stage.place(3, f"order-{number % 8}"), Accepted)
        stage.run(1)
    assert "FINDINGS   none" in verified(tmp_path)[1]
    monkeypatch.setattr(past, "KEPT", 20_000)
    assert "orders 1 and 9 have one reference, order-0" in verified(tmp_path)[1]


def test_verifying_changes_nothing_and_frees_the_folder(tmp_path: Path) -> None:
    with opened(tmp_path) as stage:
        trade(stage, 2, 4)
    before = file_of(tmp_path).read_bytes()
    assert verified(tmp_path)[0] == 0
    assert file_of(tmp_path).read_bytes() == before


def test_an_export_has_every_row_as_a_line_of_json(tmp_path: Path) -> None:
    with killed(tmp_path) as stage:
        stage.place(3, "mine")
        stage.run(3)
        inputs = stage.engine.inputs
    lines: list[str] = []
    assert commands.export(tmp_path, lines.append) == 0
    rows = [json.loads(line) for line in "".join(lines).splitlines()]
    assert rows[0]["table"] == "run"
    tables = [row["table"] for row in rows]
    assert tables.count("input") == inputs
    assert any(row["table"] == "input" and row["row"]["command"]["reference"] == "mine" for row in rows)
    events = [row["row"]["sequence"] for row in rows if row["table"] == "event"]
    assert events == list(range(1, len(events) + 1))
    assert tables.count("mark") >= 2


@pytest.mark.parametrize("command", [commands.verify, commands.export])
def test_a_folder_without_a_journal_or_one_in_use_is_an_error(tmp_path: Path, command: object) -> None:
    assert callable(command)
    with pytest.raises(JournalError, match="no journal in"):
        command(tmp_path, print)
    assert not list(tmp_path.iterdir())
    with opened(tmp_path), pytest.raises(JournalError, match="in use"):
        command(tmp_path, print)
