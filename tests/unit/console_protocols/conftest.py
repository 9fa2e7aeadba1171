"""A OneTrade codec, new or with what every session begins with."""

from __future__ import annotations

import pytest
from onetrade_desk import answer, symbol_row

from tui_trader.protocols.codec import Endpoint
from tui_trader.protocols.onetrade.codec import OneTradeCodec


@pytest.fixture
def codec() -> OneTradeCodec:
    return OneTradeCodec("fx", Endpoint("ws://h:1/ws/v1", "http://h:1", {"api_key": "k"}))


@pytest.fixture
def loaded(codec: OneTradeCodec) -> OneTradeCodec:
    """A codec that knows the account and EURUSD."""
    answer(codec, "account", {"id": 11, "user_id": 22})
    answer(codec, "symbols", [symbol_row()])
    return codec
