"""The grammar that finds lines, and that nothing typed is an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trader.model.events import CommandAnswered, JournalReceived, QuoteUpdated
from tui_trader.model.values import Severity
from tui_trader.store.journal import JournalEntry
from tui_trader.store.query import parse
from tui_trader.store.store import Store

ENTRIES = [
    JournalEntry(1, 0.0, "onetrade", "order", Severity.INFO, "order 501 BUY 0.2 GBPUSD working"),
    JournalEntry(2, 0.0, "onetrade", "order", Severity.WARNING, "order 502 rejected: margin"),
    JournalEntry(3, 0.0, "channels", "deal", Severity.INFO, "sell 1.5 ETHUSDT @ 3880"),
    JournalEntry(4, 0.0, "channels", "lost", Severity.ERROR, "answer lost: outcome unknown"),
    JournalEntry(5, 0.0, "risk_guardian", "risk", Severity.CRITICAL, "kill switch engaged"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("link:onetrade", [1, 2]),
        ("LINK:One", [1, 2]),
        ("link:one,risk", [1, 2, 5]),
        ("kind:order sev:warning", [2]),
        ("sev:warning", [2, 4, 5]),
        ("severity:error", [4, 5]),
        ("sev:crit", [5]),
        ("-sev:warning", [1, 3]),
        ("-kind:order,deal", [4, 5]),
        ("order rejected", [2]),
        ('"order 50" -rejected', [1]),
        ("link:onetrade kind:order sev:warning margin", [2]),
        ("onetrade", [1, 2]),
        ("502", [2]),
        ("rejected: margin", [2]),
        ("nothing like it", []),
        ("link:", [1, 2, 3, 4, 5]),
        ("-", []),
        ('"', [1, 2, 3, 4, 5]),
        ("dir:in", []),
    ],
)
def test_a_query_finds(text: str, found: list[int]) -> None:
    assert [entry.sequence for entry in parse(text).select(ENTRIES)] == found


def test_a_severity_that_is_none_is_told() -> None:
    assert parse("sev:w").problem == ""
    assert parse("sev:loud").problem == "no severity loud: info warning error critical"
    assert parse("sev:loud").select(ENTRIES) == []


@given(st.text(max_size=60))
def test_nothing_typed_is_an_error(text: str) -> None:
    parse(text).select(ENTRIES)


def test_the_markets_time_stands_still_against_the_jitter_of_quotes() -> None:
    store = Store()
    assert store.market_ms(5.0) is None
    store.apply(QuoteUpdated(link="x", symbol="X", last=1.0, time_ms=1_000_000), 10.0)
    assert store.market_ms(9.5) == 999_500
    store.apply(QuoteUpdated(link="x", symbol="X", last=1.0, time_ms=1_000_980), 11.0)
    assert store.market_ms(9.5) == 999_500
    store.apply(QuoteUpdated(link="x", symbol="X", last=1.0, time_ms=1_060_000), 12.0)
    assert store.market_ms(12.5) == 1_060_500


def test_an_entry_is_stamped_with_the_markets_time_and_keeps_its_own() -> None:
    store = Store()
    store.apply(QuoteUpdated(link="x", symbol="X", last=1.0, time_ms=1_000_000), 10.0)
    store.apply(JournalReceived("x", "told", 900_000), 11.0)
    store.apply(CommandAnswered(link="x", reference="r", accepted=True, order_id="7"), 12.0)
    told, accepted = store.journal
    assert (told.market_ms, told.time_ms) == (1_001_000, 900_000)
    assert (accepted.kind, accepted.text) == ("accepted", "request accepted: order 7")
