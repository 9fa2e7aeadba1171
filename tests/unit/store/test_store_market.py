"""Quotes, books, candles and instruments, as they arrive in any order."""

from __future__ import annotations

import pytest

from tui_trader.model.events import (
    BarUpdated,
    DepthUpdated,
    HistoryLoaded,
    IndicatorsUpdated,
    InstrumentsListed,
    LinkChanged,
    QuoteUpdated,
    TradePrinted,
)
from tui_trader.model.values import Bar, Instrument, LinkState, Side
from tui_trader.store.books import TRADES
from tui_trader.store.candles import CANDLES
from tui_trader.store.quotes import SAMPLE_SECONDS, SAMPLES
from tui_trader.store.store import Store


def bar(time: int, close: float = 1.0) -> Bar:
    return Bar(time, 1.0, 2.0, 0.5, close, 10.0)


def quote(symbol: str = "X", link: str = "feed", **fields: float) -> QuoteUpdated:
    return QuoteUpdated(link=link, symbol=symbol, **fields)


def ready(store: Store, link: str = "feed", now: float = 0.0) -> None:
    store.apply(LinkChanged(link, LinkState.READY), now)


def test_fields_that_are_none_keep_what_is_known() -> None:
    store = Store()
    store.apply(quote(bid=1.0, ask=1.2, volume=5.0), 0.0)
    store.apply(quote(bid=1.1), 1.0)
    known = store.quotes.get("X")
    assert known is not None
    assert (known.bid, known.ask, known.volume) == (1.1, 1.2, 5.0)


def test_what_nobody_bids_any_more_is_not_shown_as_if_somebody_did() -> None:
    store = Store()
    store.apply(quote(bid=1.0, ask=1.2, volume=5.0), 0.0)
    store.apply(quote(bid=0.0, ask=1.2, volume=0.0), 1.0)
    known = store.quotes.get("X")
    assert known is not None
    assert (known.bid, known.ask, known.spread, known.volume) == (None, 1.2, None, 0.0)


def test_the_price_is_the_last_trade_or_the_middle() -> None:
    store = Store()
    store.apply(quote(bid=1.0, ask=1.2), 0.0)
    assert store.quotes.get("X").price == pytest.approx(1.1)
    store.apply(quote(last=1.15), 1.0)
    assert store.quotes.get("X").price == 1.15


def test_a_move_has_a_direction_and_a_moment() -> None:
    store = Store()
    store.apply(quote(last=1.0), 0.0)
    assert store.quotes.get("X").direction == 0
    store.apply(quote(last=1.1), 1.0)
    store.apply(quote(last=1.1), 2.0)
    known = store.quotes.get("X")
    assert (known.direction, known.moved, known.arrived) == (1, 1.0, 2.0)
    store.apply(quote(last=1.0), 3.0)
    assert store.quotes.get("X").direction == -1


def test_samples_are_taken_by_time_and_the_last_follows_the_price() -> None:
    store = Store()
    for step in range(4):
        store.apply(quote(last=1.0 + step), step * SAMPLE_SECONDS / 2)
    assert list(store.quotes.get("X").samples) == [2.0, 4.0]
    for step in range(SAMPLES + 10):
        store.apply(quote(last=float(step)), 100 + step * SAMPLE_SECONDS)
    assert len(store.quotes.get("X").samples) == SAMPLES


@pytest.mark.parametrize(("age", "stale"), [(0.0, False), (3.0, False), (3.01, True)])
def test_a_quote_is_stale_after_three_seconds(age: float, stale: bool) -> None:
    store = Store()
    ready(store)
    store.apply(quote(last=1.0), 10.0)
    assert store.stale("X", 10.0 + age) is stale


def test_a_quote_is_stale_at_once_when_its_link_is_not_ready() -> None:
    store = Store()
    ready(store)
    store.apply(quote(last=1.0), 10.0)
    store.apply(LinkChanged("feed", LinkState.RECONNECTING), 10.1)
    assert store.stale("X", 10.1)


def test_another_links_quote_counts_only_while_the_owners_is_stale() -> None:
    store = Store()
    store.apply(InstrumentsListed("feed", (Instrument(key="X", symbol="X", link="feed"),)), 0.0)
    store.apply(quote(last=1.0), 0.0)
    store.apply(quote(link="other", last=9.0), 1.0)
    assert store.quotes.get("X").price == 1.0
    store.apply(quote(link="other", last=9.0), 4.0)
    assert store.quotes.get("X").price == 9.0
    store.apply(quote(last=2.0), 4.5)
    assert store.quotes.get("X").price == 2.0


def test_another_link_adds_the_figures_of_the_day_that_the_owner_never_tells() -> None:
    store = Store()
    store.apply(InstrumentsListed("feed", (Instrument(key="X", symbol="X", link="feed"),)), 0.0)
    store.apply(quote(link="other", last=9.0, change_percent=1.5, high=9.5), 0.0)
    store.apply(quote(bid=1.0, ask=1.2, high=1.3), 1.0)
    known = store.quotes.get("X")
    assert (known.link, known.price, known.change_percent, known.high) == ("feed", 1.1, 1.5, 1.3)
    before = store.quotes.revision
    store.apply(quote(link="other", last=9.0, bid=8.9, change_percent=2.5, high=9.9), 2.0)
    assert (known.link, known.price, known.change_percent, known.high) == ("feed", 1.1, 2.5, 1.3)
    assert known.arrived == 1.0, "what is added does not make the owner's price younger"
    assert store.quotes.revision > before


def test_a_last_trade_does_not_outlive_the_link_it_came_by() -> None:
    store = Store()
    store.apply(InstrumentsListed("feed", (Instrument(key="X", symbol="X", link="feed"),)), 0.0)
    store.apply(quote(bid=1.0, ask=1.2), 0.0)
    store.apply(quote(link="other", bid=1.0, ask=1.2, last=1.19), 4.0)
    assert store.quotes.get("X").price == 1.19
    store.apply(quote(bid=2.0, ask=2.2), 4.5)
    assert store.quotes.get("X").price == pytest.approx(2.1)


def test_the_owner_of_the_quotes_describes_the_instrument() -> None:
    store = Store()
    by_gateway = Instrument(key="EURUSD", symbol="EURUSD", link="broker", price_digits=2)
    by_broker = Instrument(key="EURUSD", symbol="EURUSD", link="broker", price_digits=5)
    for listing in (
        (InstrumentsListed("gateway", (by_gateway,)), InstrumentsListed("broker", (by_broker,))),
        (InstrumentsListed("broker", (by_broker,)), InstrumentsListed("gateway", (by_gateway,))),
    ):
        store = Store()
        for event in listing:
            store.apply(event, 0.0)
        assert store.instruments.describe("EURUSD").price_digits == 5
        assert store.instruments.links_of("EURUSD") == ("broker", "gateway")


def test_instruments_are_ordered_by_kind_whichever_link_answers_first() -> None:
    stock = Instrument(key="AAPL", symbol="AAPL", link="a", kind="equity")
    coin = Instrument(key="BTCUSDT", symbol="BTCUSDT", link="b", kind="spot")
    for order in (("a", "b"), ("b", "a")):
        store = Store()
        for link in order:
            store.apply(InstrumentsListed(link, (stock,) if link == "a" else (coin,)), 0.0)
        assert [item.key for item in store.instruments] == ["AAPL", "BTCUSDT"]


def test_a_link_that_lists_anew_drops_what_it_no_longer_lists() -> None:
    store = Store()
    store.apply(InstrumentsListed("a", (Instrument(key="X", symbol="X", link="a"),)), 0.0)
    store.apply(InstrumentsListed("a", ()), 1.0)
    assert "X" not in store.instruments


def test_a_book_knows_spread_and_pressure() -> None:
    store = Store()
    store.apply(DepthUpdated("feed", "X", ((1.0, 3.0),), ((1.5, 1.0),)), 2.0)
    book = store.books.get("X")
    assert (book.spread, book.pressure, book.arrived) == (0.5, 0.75, 2.0)


def test_trades_are_bounded() -> None:
    store = Store()
    for step in range(TRADES + 3):
        store.apply(TradePrinted("feed", "X", float(step), 1.0, Side.BUY), 0.0)
    trades = store.books.get("X").trades
    assert (len(trades), trades[0].price) == (TRADES, 3.0)


def test_a_candle_of_the_same_time_is_replaced() -> None:
    store = Store()
    store.apply(BarUpdated("feed", "X", "1m", bar(60, 1.0)), 0.0)
    store.apply(BarUpdated("feed", "X", "1m", bar(60, 1.5)), 1.0)
    store.apply(BarUpdated("feed", "X", "1m", bar(120)), 2.0)
    store.apply(BarUpdated("feed", "X", "1m", bar(90)), 3.0)
    assert [one.time for one in store.candles.get("X", "1m").bars] == [60, 90, 120]
    assert store.candles.get("X", "1m").bars[0].close == 1.5


def test_history_joins_what_streams_and_keeps_the_forming_candle() -> None:
    store = Store()
    store.apply(BarUpdated("feed", "X", "1m", bar(180, 7.0)), 0.0)
    store.apply(HistoryLoaded("feed", "X", "1m", (bar(60), bar(120), bar(180, 1.0))), 1.0)
    assert [(one.time, one.close) for one in store.candles.get("X", "1m").bars] == [
        (60, 1.0), (120, 1.0), (180, 7.0),
    ]  # fmt: skip


def test_candles_and_their_indicators_are_bounded() -> None:
    store = Store()
    store.apply(IndicatorsUpdated("feed", "X", "1m", 0, (("rsi", 50.0),)), 0.0)
    store.apply(HistoryLoaded("feed", "X", "1m", tuple(bar(step) for step in range(CANDLES + 2))), 0.0)
    series = store.candles.get("X", "1m")
    assert (len(series.bars), series.bars[0].time, series.indicators) == (CANDLES, 2, {})
