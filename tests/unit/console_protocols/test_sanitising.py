"""Nothing that a terminal would obey, hide or turn around survives the decode edge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trader.model.errors import ProtocolError
from tui_trader.protocols.sanitising import LINE, clean, clean_optional, excerpt, symbol


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[?1049h\x1b[2Jx", "x"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]52;c;aGFjaw==\x1b\\x", "x"),
        ("\x9d0;title\x9cx", "x"),
        ("\x1bPq#0;2\x1b\\x", "x"),
        ("\x1b_apc\x1b\\x", "x"),
        ("\x1b(0lqk", "lqk"),
        ("\x1bcx", "x"),
        ("never ended \x1b]0;title", "never ended "),
        ("never ended \x1b[12;", "never ended "),
        ("a\nb\r\tc", "a b  c"),
        ("a\x00b\x07c\x7fd\x85e", "abcd e"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("a\u200bb\u200dc\ufeffd\u2060e\u00ade", "abcdee"),
        ("a\u3164b\u115fc\ufe0fd\u034fe", "abcde"),
        ("a\U000e0041b", "ab"),
        ("a\u2028b\u00a0c", "a b c"),
        ("\ud800x", "x"),
        ("größe 漢字 €", "größe 漢字 €"),
        ("e" + "\u0301" * 10, "e\u0301\u0301"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
    ],
)
def test_only_what_can_be_seen_is_kept(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_long_text_is_cut_and_says_so() -> None:
    assert clean("x" * 500) == "x" * (LINE - 1) + "…"
    assert clean("\x1b[0m" + "x" * 500) == "x" * (LINE - 1) + "…"
    assert clean("x" * 30, 10) == "x" * 9 + "…"


def test_nothing_is_an_empty_text() -> None:
    assert clean_optional(None) == ""
    assert clean_optional("") == ""


@given(st.text(), st.integers(min_value=1, max_value=300))
def test_any_text_becomes_printable_and_no_longer_than_asked(text: str, limit: int) -> None:
    kept = clean(text, limit)
    assert kept.isprintable()
    assert len(kept) <= limit
    assert clean(kept, limit) == kept


@pytest.mark.parametrize("text", ["AAPL", "BTCUSDT-PERP", "BRK.B", "EUR/USD", "A_1", "X" * 20])
def test_a_symbol_is_kept_as_it_is(text: str) -> None:
    assert symbol(text) == text


@pytest.mark.parametrize("text", ["", "aapl", "X" * 21, "AAPL ", "AA\nPL", "A\x1b[0m", "ÄPFEL", "АAPL", "A*"])
def test_what_is_no_symbol_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        symbol(text)


def test_an_excerpt_of_bytes_is_readable() -> None:
    assert excerpt(b"\xff\x1b[31mabc") == "\ufffdabc"
    assert len(excerpt(b"x" * 10_000)) == LINE
