"""Lists: which columns go when it gets narrow, and what the cursor follows."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from tui_trader.desk import Desk
from tui_trader.drawing.canvas import Line, fit
from tui_trader.panes.pane import dimmed
from tui_trader.panes.table import Column, TablePane, without_cut_figure
from tui_trader.store.store import Store


class Fruits(TablePane[str]):
    KEY = "fruits"
    TITLE = "Fruits"
    EMPTY = "no fruit"

    def __init__(self, *listed: str) -> None:
        self.listed = list(listed)
        super().__init__(Desk(Store(), lambda: 0.0, "test"))

    def columns(self) -> Sequence[Column[str]]:
        return (
            Column("Name", lambda row, now: (row, "text"), right=False),
            Column("Price", lambda row, now: (f"{len(row) * 1_000:,}", "text")),
            Column("Colour", lambda row, now: ("green", "text"), 1),
            Column("Weight", lambda row, now: ("12 g", "text"), 2),
        )

    def rows(self) -> Sequence[str]:
        return self.listed

    def identity(self, row: str) -> str:
        return row


def texts(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _, _ in cells).strip() for _, cells in lines]


@pytest.mark.parametrize(
    ("width", "title"),
    [(60, "Name Price Colour Weight"), (24, "Name Price Colour"), (17, "Name Price"), (5, "Name Price")],
)
def test_columns_are_dropped_by_rank_and_the_rest_stays(width: int, title: str) -> None:
    assert texts(Fruits("apple").body(width, 5, 0.0))[0].split() == title.split()


def test_figures_are_never_cut() -> None:
    for width in range(3, 60):
        assert any("5,000" in text for text in texts(Fruits("apple").body(width, 5, 0.0)))


def test_a_column_grows_with_what_it_must_show() -> None:
    fruits = Fruits("fig")
    fruits.body(30, 5, 0.0)
    fruits.listed = ["fig" * 4]
    assert "12,000" in texts(fruits.body(30, 5, 0.0))[1]


def test_the_cursor_follows_its_row() -> None:
    fruits = Fruits("apple", "pear", "plum")
    fruits.put_cursor(1)
    fruits.listed = ["banana", "apple", "pear", "plum"]
    assert fruits.current == "pear"
    fruits.listed = ["banana", "apple"]
    assert fruits.current == "apple"
    fruits.listed = []
    assert fruits.current is None


def test_the_cursor_is_always_in_sight() -> None:
    fruits = Fruits(*(f"fruit {number}" for number in range(50)))
    fruits.put_cursor(-1)
    assert "fruit 49" in texts(fruits.body(40, 6, 0.0))[-1]
    fruits.put_cursor(0)
    assert "fruit 0" in texts(fruits.body(40, 6, 0.0))[1]


def test_an_empty_list_says_so() -> None:
    assert texts(Fruits().body(40, 6, 0.0))[-1] == "no fruit"


def test_texts_are_cut_by_cells_and_not_by_characters() -> None:
    assert fit("日本語", 5) == "日本…"
    assert fit("日本", 6) == "日本  "
    assert fit("7", 3, right=True) == "  7"
    assert fit("long", 0) == ""


def test_a_dimmed_line_keeps_its_text_and_loses_its_bars() -> None:
    line: Line = ("pane", (("1.0", "up", "bid-bar"), ("2", "faint", "")))
    assert dimmed(line) == ("pane", (("1.0", "stale", ""), ("2", "faint", "")))


class Terse(Fruits):
    """A list whose names have a short form, and a figure that matters."""

    def columns(self) -> Sequence[Column[str]]:
        return (
            Column(
                "Name", lambda row, now: (row, "text"), right=False, short=lambda row, now: (row[:4], "text")
            ),
            Column("Price", lambda row, now: (f"{len(row):,}000", "text")),
            Column("Day", lambda row, now: ("+1.25", "text"), 1, short=lambda row, now: ("+1.3", "text")),
        )


def test_a_column_that_matters_is_shortened_before_it_goes() -> None:
    terse = Terse("pineapple")
    told = [texts(terse.body(width, 5, 0.0))[1].split() for width in (30, 19, 15)]
    assert told == [["pineapple", "9000", "+1.25"], ["pine", "9000", "+1.3"], ["pine", "9000"]]


class Told(Fruits):
    """A list with a story, which is long, and a time, which is not."""

    def columns(self) -> Sequence[Column[str]]:
        story = "sweet and ripe, from the south"
        return (
            Column("Time", lambda row, now: ("12:00", "muted"), 2),
            Column("Name", lambda row, now: (row, "text"), right=False),
            Column("Story", lambda row, now: (story, "text"), 1, right=False, grows=True, wanted=30),
        )


def test_a_text_without_room_takes_no_narrow_column_with_it() -> None:
    told = [texts(Told("apple").body(width, 5, 0.0))[0].split() for width in (44, 40, 30, 13, 12)]
    assert told == [
        ["Time", "Name", "Story"],
        ["Name", "Story"],
        ["Time", "Name"],
        ["Time", "Name"],
        ["Name"],
    ]


def test_an_ellipsis_never_falls_into_a_figure() -> None:
    text = "order 77 sell 12,345.6789 BTCUSDT @ 1,104,900.25 filled"
    for width in range(1, len(text)):
        shown = fit(without_cut_figure(text, width), width)
        assert len(shown) == width
        figures = re.findall(r"\d[\d.,]*\d", shown)
        assert set(figures) <= {"77", "12,345.6789", "1,104,900.25"}, shown
        assert "…" in shown and not re.search(r"\d…", shown)
