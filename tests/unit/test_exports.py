"""Files of what is kept: every column, no formula, numbers as numbers, no secret."""

from __future__ import annotations

import csv
import io
from itertools import count

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trader.commands.records import file_name
from tui_trader.connection.tap import Tap
from tui_trader.desk import Desk
from tui_trader.exports import Table, deals_table, frames_table, journal_table, orders_table, written
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Deal, Order, OrderKind, OrderStatus, Severity, Side
from tui_trader.store.store import Store

NOON = 1_767_268_800_000


class Wires:
    """Two taps."""

    def __init__(self) -> None:
        numbers = count(1)
        self.taps = {name: Tap(name, {"api_key": "very-secret-key"}, numbers) for name in ("a", "b")}
        self.names = tuple(self.taps)

    def tap(self, name: str) -> Tap:
        return self.taps[name]


@pytest.fixture
def desk() -> Desk:
    return Desk(Store(), lambda: 10.0, "test")


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_the_journal_goes_with_every_field(desk: Desk) -> None:
    desk.store.apply(e.QuoteUpdated(link="x", symbol="X", last=1.0, time_ms=NOON), 5.0)
    desk.store.apply(e.JournalReceived("broker", 'a line, "quoted"', NOON - 1_000), 6.5)
    table = journal_table(desk)
    assert table.count == 1
    (row,) = rows_of(written(table, "csv"))
    assert row == {
        "number": "1", "time": "2026-01-01T12:00:01.500+00:00", "event_time": "2026-01-01T11:59:59.000+00:00",
        "link": "broker", "kind": "server", "severity": "info", "text": 'a line, "quoted"',
    }  # fmt: skip
    (line,) = written(journal_table(desk), "jsonl").splitlines()
    assert msgspec.json.decode(line)["text"] == 'a line, "quoted"'


def test_what_a_spreadsheet_may_run_is_text_and_numbers_stay_numbers(desk: Desk) -> None:
    for text in ("=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\tx", "\rx", "＝1", "plain", "a=b"):
        desk.store.journal.write(0.0, "x", "notice", text)
    texts = [row["text"] for row in rows_of(written(journal_table(desk), "csv"))]
    assert texts == [
        "'=1+1", "'+cmd|' /C calc'!A0", "'-2", "'@SUM(A1)", "'\tx", "'\rx", "'＝1", "plain", "a=b",
    ]  # fmt: skip
    table = Table(("a", "b", "c"), 1, [(-1.5, -3, None)])
    assert written(table, "csv") == b"a,b,c\r\n-1.5,-3,\r\n"
    assert written(Table(("a", "b"), 1, [("=1", -3)]), "jsonl") == b'{"a":"=1","b":-3}\n'


def test_orders_and_deals_have_all_their_columns(desk: Desk) -> None:
    order = Order(
        link="x", id="7", symbol="EURUSD", side=Side.SELL, kind=OrderKind.LIMIT, status=OrderStatus.FILLED,
        quantity=0.5, price=1.1, created_ms=NOON, comment="=HYPERLINK()",
    )  # fmt: skip
    desk.store.apply(e.OrderUpdated(order), 1.0)
    deal = Deal(
        link="x", id="d", order_id="7", symbol="EURUSD", side=Side.SELL, quantity=0.5, price=1.1, profit=-3.25
    )
    desk.store.apply(e.DealDone(deal), 1.0)
    (row,) = rows_of(written(orders_table(desk), "csv"))
    assert (row["id"], row["side"], row["status"], row["price"]) == ("7", "sell", "filled", "1.1")
    assert (row["created"], row["comment"]) == ("2026-01-01T12:00:00.000+00:00", "'=HYPERLINK()")
    (row,) = rows_of(written(deals_table(desk), "csv"))
    assert (row["profit"], row["time"]) == ("-3.25", "")


def test_frames_of_all_links_go_in_order_and_without_secrets(desk: Desk) -> None:
    wires = Wires()
    desk.wires = wires  # type: ignore[assignment]  # a test's stand-in
    wires.taps["b"].sent('{"action":"authenticate","api_key":"very-secret-key"}', 1.0)
    wires.taps["a"].received(b"\x00\x01", 2.0)
    wires.taps["b"].received('{"echo":"very-secret-key","text":"\x1b[2J\\nx"}', 3.0)
    content = written(frames_table(desk), "jsonl")
    lines = [msgspec.json.decode(line) for line in content.splitlines()]
    assert [(line["number"], line["link"], line["direction"]) for line in lines] == [
        (1, "b", "out"), (2, "a", "in"), (3, "b", "in"),
    ]  # fmt: skip
    assert b"very-secret" not in content
    assert b"\\u001b" not in content
    assert lines[1]["frame"] == "00 01"


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "/etc/passwd", ".hidden", "a\\b", "x" * 70, "é", "a b", "-x"]
)
def test_a_name_that_is_more_than_a_base_name_is_refused(name: str) -> None:
    with pytest.raises(CommandError):
        file_name(name, "journal", "csv")


def test_a_name_gets_its_ending_once() -> None:
    assert file_name("mine", "journal", "csv") == file_name("mine.csv", "journal", "csv") == "mine.csv"
    assert file_name("", "journal", "csv").startswith("journal-2")


@given(st.text(max_size=60))
def test_no_cell_begins_a_formula(text: str) -> None:
    (row,) = list(csv.reader(io.StringIO(written(Table(("a",), 1, [(text,)]), "csv").decode(), newline="")))[
        1:
    ] or [[""]]
    assert not (row and row[0].startswith(("=", "+", "-", "@", "\t", "\r")))


def test_severities_are_words(desk: Desk) -> None:
    desk.store.journal.write(0.0, "", "notice", "x", severity=Severity.CRITICAL)
    (row,) = rows_of(written(journal_table(desk), "csv"))
    assert (row["severity"], row["time"]) == ("critical", "")
