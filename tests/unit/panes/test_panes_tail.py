"""The tail of a long list: eviction, incremental search, and how a message is set in lines."""

from __future__ import annotations

import pytest

from tui_trader.desk import Desk
from tui_trader.formatting.json_lines import hex_lines, json_lines
from tui_trader.model.values import Severity
from tui_trader.panes.journal import JournalPane
from tui_trader.store import journal as journal_module
from tui_trader.store.store import Store


@pytest.fixture
def pane(monkeypatch: pytest.MonkeyPatch) -> JournalPane:
    monkeypatch.setattr(journal_module, "ENTRIES", 100)
    monkeypatch.setattr(journal_module, "SLACK", 10)
    return JournalPane(Desk(Store(), lambda: 0.0, "test"))


def write(pane: JournalPane, first: int, last: int) -> None:
    for number in range(first, last):
        severity = Severity.WARNING if number % 2 else Severity.INFO
        pane.store.journal.write(0.0, "broker", "notice", f"line {number}", severity=severity)


def test_the_cursor_stays_on_its_line_while_old_ones_go(pane: JournalPane) -> None:
    write(pane, 0, 100)
    pane.body(80, 20, 0.0)
    pane.put_cursor(50)
    before = [line for line in pane.body(80, 20, 0.0) if line[0].startswith("cursor")]
    write(pane, 100, 120)
    assert pane.current is not None
    assert pane.current.text == "line 50"
    after = pane.body(80, 20, 0.0)
    assert [line for line in after if line[0].startswith("cursor")] == before
    write(pane, 120, 200)
    assert pane.current is not None
    assert pane.current.sequence == pane.store.journal.first


def test_a_search_judges_new_lines_only_and_forgets_old_ones(pane: JournalPane) -> None:
    write(pane, 0, 40)
    pane.set_filter("sev:warning")
    assert len(pane.rows()) == 20
    found = pane.rows()
    write(pane, 40, 240)
    assert pane.rows() is found
    assert pane.rows()[0].sequence >= pane.store.journal.first
    assert [entry.text for entry in pane.rows()][-2:] == ["line 237", "line 239"]
    kept = [entry for entry in pane.store.journal if entry.severity is Severity.WARNING]
    assert list(pane.rows()) == kept
    pane.set_filter("")
    assert len(pane.rows()) == len(pane.store.journal)


def test_a_message_is_set_in_lines_that_fit() -> None:
    text = '{\n  "a": 1,\n  "long": "' + "x" * 50 + '"\n}'
    lines = ["".join(cell[0] for cell in cells) for cells in json_lines(text, 30)]
    assert all(len(line) <= 30 for line in lines)
    assert "".join(line.strip() for line in lines).count("x") == 50
    assert json_lines("\x1b[2Jplain", 30) == [(("plain", "text", ""),)]
    assert len(json_lines("\n" * 5_000, 30)) == 2_001


def test_bytes_are_set_sixteen_to_a_line() -> None:
    first, second = hex_lines(bytes(range(20)).hex(" "))
    assert first[0][0] == "00000  "
    assert second[1][0] == "10 11 12 13"
