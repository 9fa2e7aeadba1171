"""At every instant the gateway has told exactly what the market says: it keeps nothing of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from engine_scene import EngineScene

from embedded_server.model.enums import Resolution
from embedded_server.model.instruments import AssetClass
from embedded_server.protocols.market_data_gateway.facade import MarketDataGatewayFacade

SYMBOLS = ["AAPL", "BTCUSDT", "BTCUSDT-PERP", "EURUSD"]


@pytest.mark.parametrize("seed", [1, 2])
def test_what_a_client_was_told_is_what_the_market_is(seed: int) -> None:
    scene = EngineScene(MarketDataGatewayFacade, seed, *AssetClass)
    request = {"symbols": SYMBOLS, "channels": ["quote", "trade", "bar", "depth"], "history": 20, "levels": 5}
    quotes: dict[str, Any] = {}
    books: dict[str, Any] = {}
    bars: dict[str, dict[str, Any]] = {symbol: {} for symbol in SYMBOLS}
    scene.facade.received(scene.client, json.dumps({"type": "subscribe", "data": request}))
    for batch in scene.run(10):
        for message in batch:
            data = message["data"]
            match message["type"]:
                case "quote":
                    quotes[data["symbol"]] = data
                case "depth":
                    books[data["symbol"]] = data
                case "bar":
                    bars[data["symbol"]][data["time"]] = data
        for symbol in SYMBOLS:
            agree(scene, symbol, quotes[symbol], books[symbol], list(bars[symbol].values()))


def agree(scene: EngineScene, symbol: str, quote: Any, book: Any, bars: list[Any]) -> None:
    market = scene.engine.market
    instrument = market.instruments[symbol]
    top = market.quote(symbol)
    assert [quote[name] for name in ("bid", "ask", "last")] == [
        float(instrument.price(ticks)) for ticks in (top.bid, top.ask, top.last)
    ]
    for side, levels in zip(("bids", "asks"), market.depth(symbol, 5), strict=True):
        assert book[side] == [
            [float(instrument.price(level.price)), float(instrument.quantity(level.lots))] for level in levels
        ]
    kept = market.bars(symbol, Resolution.M1, count=len(bars))
    shape = [[bar[name] for name in ("open", "high", "low", "close", "volume")] for bar in bars]
    assert shape[-20:] == [
        [float(instrument.price(ticks)) for ticks in (bar.open, bar.high, bar.low, bar.close)]
        + [float(instrument.quantity(bar.lots))]
        for bar in kept[-20:]
    ]
