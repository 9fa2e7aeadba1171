"""A step that nothing can be divided by is never taken over: every price typed later is divided by it."""

from __future__ import annotations

import json

import pytest

from tui_trader.model.events import InstrumentsListed
from tui_trader.model.values import Instrument
from tui_trader.protocols.codec import Endpoint, HttpRequest
from tui_trader.protocols.market_data_gateway.codec import MarketDataGatewayCodec
from tui_trader.protocols.onetrade.codec import OneTradeCodec

NO_STEPS = [0, 0.0, -0.01, 1e-20, 1e300]


def listed(events: object) -> Instrument:
    (event,) = (one for one in events if isinstance(one, InstrumentsListed))
    return event.instruments[0]


@pytest.mark.parametrize("step", NO_STEPS)
def test_the_brokers_steps_fall_back_on_its_digits(step: float) -> None:
    codec = OneTradeCodec("forex", Endpoint("ws://127.0.0.1:1"))
    row = {"symbol": "EURUSD", "id": 1, "digits": 5, "tick_size": step, "step": step, "min_value": step}
    decoded = codec.decode_response(
        HttpRequest("GET", "/symbols", "symbols"), 200, json.dumps([row]).encode()
    )
    instrument = listed(decoded.events)
    assert (instrument.tick_size, instrument.quantity_step) == (pytest.approx(0.00001), 0.01)


@pytest.mark.parametrize("step", NO_STEPS)
def test_the_gateways_steps_fall_back_on_its_digits(step: float) -> None:
    codec = MarketDataGatewayCodec("market", Endpoint("ws://127.0.0.1:1"))
    row = {"symbol": "AAPL", "priceDigits": 2, "quantityDigits": 0, "tickSize": step, "lotStep": step}
    frame = json.dumps({"type": "instruments", "data": [row]})
    instrument = listed(codec.decode(frame, 0).events)
    assert (instrument.tick_size, instrument.quantity_step) == (0.01, 1.0)
