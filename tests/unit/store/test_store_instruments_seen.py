"""Instruments that no link lists are known by their quotes; a list that comes later wins."""

from __future__ import annotations

import pytest

from tui_trader.model.events import InstrumentsListed, LinkChanged, QuoteUpdated
from tui_trader.model.values import Instrument, LinkState
from tui_trader.store.instruments import decimals
from tui_trader.store.store import LISTS_SECONDS, Store


def quoted(store: Store, link: str, symbol: str, bid: float, now: float) -> None:
    store.apply(QuoteUpdated(link=link, symbol=symbol, bid=bid, ask=bid), now)


def ready(*links: str) -> Store:
    store = Store()
    for link in links:
        store.apply(LinkChanged(link, LinkState.READY), 0.0)
    return store


def test_lists_get_time_to_come_first() -> None:
    store = ready("bot")
    quoted(store, "bot", "BTCUSDT-PERP", 1.5, LISTS_SECONDS)
    assert len(store.instruments) == 0
    quoted(store, "bot", "BTCUSDT-PERP", 1.5, LISTS_SECONDS + 0.1)
    (seen,) = store.instruments
    assert (seen.key, seen.link, seen.kind, seen.price_digits) == ("BTCUSDT-PERP", "bot", "perpetual", 2)
    assert not store.instruments.listed("BTCUSDT-PERP")


def test_decimals_grow_with_the_prices_and_never_shrink() -> None:
    store = ready("fx")
    for bid, digits in ((1.1, 2), (1.10234, 5), (1.2, 5)):
        quoted(store, "fx", "EURUSD", bid, 10.0)
        seen = store.instruments.describe("EURUSD")
        assert seen.price_digits == digits
        assert seen.tick_size == pytest.approx(10.0**-digits)


def test_a_list_that_comes_later_describes_it() -> None:
    store = ready("fx", "gateway")
    quoted(store, "fx", "EURUSD", 1.1, 10.0)
    listed = Instrument(key="EURUSD", symbol="EURUSD", link="gateway", kind="forex", price_digits=5)
    store.apply(InstrumentsListed("gateway", (listed,)), 11.0)
    assert store.instruments.get("EURUSD") == listed
    assert store.instruments.links_of("EURUSD") == ("gateway", "fx")
    revision = store.instruments.revision
    quoted(store, "fx", "EURUSD", 1.1, 12.0)
    assert store.instruments.revision == revision


def test_every_link_that_quotes_it_is_one_of_its_links() -> None:
    store = ready("a", "b")
    quoted(store, "a", "X", 1.0, 10.0)
    quoted(store, "b", "X", 1.0, 10.0)
    assert store.instruments.describe("X").link == "a"
    assert store.instruments.links_of("X") == ("a", "b")


def test_what_a_list_has_is_not_seen() -> None:
    store = ready("gateway", "fx")
    listed = Instrument(key="EURUSD", symbol="EURUSD", link="gateway")
    store.apply(InstrumentsListed("gateway", (listed,)), 1.0)
    quoted(store, "fx", "EURUSD", 1.12345, 10.0)
    assert store.instruments.get("EURUSD") == listed
    assert store.instruments.links_of("EURUSD") == ("gateway",)


@pytest.mark.parametrize(
    ("price", "places"), [(None, 0), (1.0, 0), (1.5, 1), (0.1 + 0.2, 1), (42_651.125, 3), (1e-9, 0)]
)
def test_decimals_are_those_that_were_told(price: float | None, places: int) -> None:
    assert decimals(price) == places
