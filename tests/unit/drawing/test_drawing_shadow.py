"""Cells that differ, the looks between them, and wide characters."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from tui_trader.drawing.shadow import Shadow

UP = Style(color="#41c98e", bgcolor="#0e1218")
DOWN = Style(color="#f2667a", bgcolor="#0e1218")
BOLD = Style(color="#f2667a", bgcolor="#22324a", bold=True)
STYLES = (UP, DOWN, BOLD, Style(underline=True), None)


def shadow(width: int = 20, height: int = 3) -> Shadow:
    return Shadow(width, height, ColorSystem.TRUECOLOR)


def test_what_is_shown_already_is_not_written_again() -> None:
    it = shadow()
    it.put(0, 1, [Segment("EURUSD 1.08512", UP)])
    assert "EURUSD 1.08512" in it.take()
    it.put(0, 1, [Segment("EURUSD", UP), Segment(" 1.08512", UP)])
    assert it.take() == ""


def test_one_digit_costs_a_jump_a_look_and_itself() -> None:
    it = shadow()
    it.put(0, 1, [Segment("EURUSD 1.08512", UP)])
    it.take()
    it.put(0, 1, [Segment("EURUSD 1.08513", UP)])
    assert it.take() == "\x1b[2;14H\x1b[38;2;65;201;142;48;2;14;18;24m3\x1b[0m"


def test_of_a_look_only_what_differs_is_told() -> None:
    it = shadow()
    it.put(0, 0, [Segment("a", UP), Segment("b", DOWN)])
    assert it.take() == "\x1b[1;1H\x1b[38;2;65;201;142;48;2;14;18;24ma\x1b[38;2;242;102;122mb\x1b[0m"


def test_after_forgetting_all_is_written() -> None:
    it = shadow()
    it.put(0, 0, [Segment("same", UP)])
    it.take()
    it.forget()
    it.put(0, 0, [Segment("same", UP)])
    assert "same" in it.take()


def test_what_is_outside_is_cut_off() -> None:
    it = shadow(4, 1)
    assert it.put(2, 0, [Segment("abcd", None)]) == 6
    it.put(0, 7, [Segment("nowhere", None)])
    assert it.take() == "\x1b[1;3Hab"


@pytest.mark.parametrize("there", ["日本語", "a日b", "日", "abc"])
def test_half_of_a_wide_character_is_never_left(there: str) -> None:
    it, screen = shadow(), pyte.Screen(20, 3)
    stream = pyte.Stream(screen)
    it.put(0, 0, [Segment(there.ljust(10), UP)])
    stream.feed(it.take())
    it.put(1, 0, [Segment("xy", DOWN)])
    stream.feed(it.take())
    assert screen.display[0][1:3] == "xy"
    assert screen.display[0].strip(" ") == "".join(it.text()[0]).strip(" \0")


LINE = st.lists(
    st.tuples(st.text(st.sampled_from("ab1.日é"), max_size=6), st.sampled_from(STYLES)), max_size=6
)


@given(st.lists(st.tuples(st.integers(0, 2), LINE), max_size=12))
def test_an_emulator_shows_what_was_put_whatever_was_there(lines: list[tuple[int, list]]) -> None:
    it, screen, whole = shadow(60, 3), pyte.Screen(60, 3), pyte.Screen(60, 3)
    latest = {}
    for y, line in lines:
        segments = [Segment(text, style) for text, style in line]
        length = sum(segment.cell_length for segment in segments)
        latest[y] = [*segments, Segment(" " * (60 - length), UP)]
        it.put(0, y, latest[y])
        pyte.Stream(screen).feed(it.take())
    for y, segments in latest.items():
        fresh = shadow(60, 3)
        fresh.put(0, y, segments)
        pyte.Stream(whole).feed(fresh.take())
        assert [screen.buffer[y][x] for x in range(60)] == [whole.buffer[y][x] for x in range(60)]
