"""The gateway in the console: what is restored, series and books in turn, histories."""

from __future__ import annotations

import json

import pytest
from wire_examples import ENDPOINT, NOW, sent, wire

from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError, ProtocolError
from tui_trader.protocols.market_data_gateway.codec import MarketDataGatewayCodec


@pytest.fixture
def gateway() -> MarketDataGatewayCodec:
    return MarketDataGatewayCodec("gateway", ENDPOINT)


def gateway_bar(symbol: str, minute: int, *, closed: bool, resolution: str = "1m") -> str:
    data = {
        "symbol": symbol,
        "resolution": resolution,
        "time": f"2026-01-05T10:{minute:02}:00Z",
        "open": 1.0,
        "high": 2.0,
        "low": 0.5,
        "close": 1.5,
        "volume": 10.0,
        "closed": closed,
    }
    return json.dumps({"type": "bar", "timestamp": "2026-01-05T10:30:00Z", "data": data})


def test_the_gateway_quotes_everything_and_leaves_each_venues_instruments_to_its_link(
    gateway: MarketDataGatewayCodec,
) -> None:
    gateway.meet({"gateway": "market_data_gateway", "coins": "channels", "fx": "onetrade", "fx2": "onetrade"})
    row = json.loads(wire("market_data_gateway/instruments"))["data"][0]
    kinds = {"AAPL": "equity", "BTCUSDT": "spot", "BTCUSDT-PERP": "perpetual", "EURUSD": "forex"}
    rows = [{**row, "symbol": key, "venueSymbol": key, "kind": kind} for key, kind in kinds.items()]
    decoded = gateway.decode(json.dumps({"type": "instruments", "data": rows}), NOW)
    (listed,) = decoded.events
    assert isinstance(listed, e.InstrumentsListed)
    assert [instrument.link for instrument in listed.instruments] == ["gateway", "coins", "gateway", "fx"]
    (frame,) = sent(decoded.replies)
    assert (frame["data"]["symbols"], frame["data"]["channels"]) == (list(kinds), ["quote"])


def test_everything_watched_is_restored_on_opening(gateway: MarketDataGatewayCodec) -> None:
    gateway.encode(c.WatchQuotes(link="gateway", symbols=("AAPL", "MSFT")), NOW)
    gateway.encode(c.UnwatchQuotes(link="gateway", symbols=("MSFT",)), NOW)
    gateway.encode(c.WatchDepth(link="gateway", symbol="EURUSD"), NOW)
    gateway.encode(c.WatchBars(link="gateway", symbol="EURUSD", timeframe="5m", count=300), NOW)
    assert [(f["type"], f.get("data")) for f in sent(gateway.opened(NOW))] == [
        ("get_instruments", None),
        ("subscribe", {"symbols": ["AAPL"], "channels": ["quote"]}),
        ("subscribe", {"symbols": ["EURUSD"], "channels": ["depth", "trade"], "levels": 25}),
        ("subscribe", {"symbols": ["EURUSD"], "channels": ["bar"], "resolution": "5m", "history": 300}),
    ]


def test_a_new_series_or_book_ends_the_one_before(gateway: MarketDataGatewayCodec) -> None:
    gateway.encode(c.WatchDepth(link="gateway", symbol="AAPL"), NOW)
    gateway.encode(c.WatchBars(link="gateway", symbol="AAPL", timeframe="1m"), NOW)
    gone, came = sent(gateway.encode(c.WatchDepth(link="gateway", symbol="MSFT"), NOW))
    assert gone == {"type": "unsubscribe", "data": {"symbols": ["AAPL"], "channels": ["depth", "trade"]}}
    assert came["data"]["symbols"] == ["MSFT"]
    gone, came = sent(gateway.encode(c.WatchBars(link="gateway", symbol="AAPL", timeframe="1h"), NOW))
    assert gone["data"] == {"symbols": ["AAPL"], "channels": ["bar"], "resolution": "1m"}
    assert came["data"]["resolution"] == "1h"
    with pytest.raises(CommandError):
        gateway.encode(c.WatchBars(link="gateway", symbol="AAPL", timeframe="7m"), NOW)


def test_the_same_series_is_asked_for_once_unless_more_of_it_is_wanted(
    gateway: MarketDataGatewayCodec,
) -> None:
    series = c.WatchBars(link="gateway", symbol="AAPL", timeframe="1m", count=500)
    assert len(gateway.encode(series, NOW)) == 1
    assert gateway.encode(series, NOW) == ()
    (frame,) = sent(
        gateway.encode(c.WatchBars(link="gateway", symbol="AAPL", timeframe="1m", count=900), NOW)
    )
    assert (frame["type"], frame["data"]["history"]) == ("subscribe", 900)


def test_past_candles_come_as_one_history_and_then_one_by_one(gateway: MarketDataGatewayCodec) -> None:
    gateway.encode(c.WatchBars(link="gateway", symbol="AAPL", timeframe="1m"), NOW)
    data = {"symbols": ["AAPL"], "channels": ["bar"], "resolution": "1m"}
    gateway.decode(json.dumps({"type": "subscribed", "data": data}), NOW)
    assert gateway.decode(gateway_bar("AAPL", 1, closed=True), NOW).events == ()
    assert gateway.decode(gateway_bar("AAPL", 2, closed=True), NOW).events == ()
    (other,) = gateway.decode(gateway_bar("MSFT", 2, closed=True), NOW).events
    assert isinstance(other, e.BarUpdated)
    (history,) = gateway.decode(gateway_bar("AAPL", 3, closed=False), NOW).events
    assert isinstance(history, e.HistoryLoaded)
    assert [bar.time for bar in history.bars] == sorted(bar.time for bar in history.bars)
    assert len(history.bars) == 3
    (updated,) = gateway.decode(gateway_bar("AAPL", 3, closed=True), NOW).events
    assert isinstance(updated, e.BarUpdated)
    assert updated.closed


def test_a_history_without_forming_candle_ends_when_it_is_whole(gateway: MarketDataGatewayCodec) -> None:
    gateway.encode(c.WatchBars(link="gateway", symbol="AAPL", timeframe="1m", count=2), NOW)
    data = {"symbols": ["AAPL"], "channels": ["bar"], "resolution": "1m"}
    gateway.decode(json.dumps({"type": "subscribed", "data": data}), NOW)
    gateway.decode(gateway_bar("AAPL", 1, closed=True), NOW)
    (history,) = gateway.decode(gateway_bar("AAPL", 2, closed=True), NOW).events
    assert isinstance(history, e.HistoryLoaded)


def test_a_candle_without_a_time_is_a_protocol_error(gateway: MarketDataGatewayCodec) -> None:
    with pytest.raises(ProtocolError):
        gateway.decode(wire("market_data_gateway/bar", time="yesterday"), NOW)
    (notice,) = gateway.decode(wire("market_data_gateway/bar", resolution="7m"), NOW).events
    assert isinstance(notice, e.NoticeReceived)


def test_a_side_without_orders_is_told_as_no_price(gateway: MarketDataGatewayCodec) -> None:
    (quote,) = gateway.decode(wire("market_data_gateway/quote", bid=0.0), NOW).events
    assert isinstance(quote, e.QuoteUpdated)
    assert quote.bid == 0.0
    assert quote.ask is not None
    assert quote.volume is not None
    assert quote.change_percent is not None


def test_an_instrument_that_cannot_be_named_leaves_the_others_listed() -> None:
    rows = [
        {"symbol": "AAPL"},
        {"symbol": "brk b"},
        {"symbol": "MSFT", "priceDigits": "two"},
        {"symbol": "TSLA"},
    ]
    codec = MarketDataGatewayCodec("data", ENDPOINT)
    decoded = codec.decode(json.dumps({"type": "instruments", "data": rows}), NOW)
    listed, notice = decoded.events
    assert isinstance(listed, e.InstrumentsListed)
    assert [one.key for one in listed.instruments] == ["AAPL", "TSLA"]
    assert isinstance(notice, e.NoticeReceived)
    assert "left out: 2" in notice.text
    assert len(decoded.replies) == 1
