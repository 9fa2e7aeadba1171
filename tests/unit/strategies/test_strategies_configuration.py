"""A config is judged field by field, and the refusal names the field."""

from __future__ import annotations

import math

import pytest
from msgspec.structs import replace

from embedded_server.model.enums import RefusalCode
from embedded_server.model.states import StrategyConfig
from embedded_server.strategies.configuration import refusal_of

GOOD = StrategyConfig(symbols=("AAPL", "MSFT"))
TRADABLE = ("AAPL", "MSFT", "TSLA")


def test_the_documents_own_config_is_accepted() -> None:
    assert refusal_of(GOOD, TRADABLE) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("symbols", ()),
        ("symbols", ("AAPL", "AAPL")),
        ("symbols", ("AAPL", "EURUSD")),
        ("real_trading", True),
        ("max_position_micros", 0),
        ("max_position_micros", -1),
        ("max_orders_per_minute", 0),
        ("max_orders_per_minute", 601),
        ("stop_loss_fraction", 0.0),
        ("stop_loss_fraction", 1.0),
        ("stop_loss_fraction", -0.02),
        ("stop_loss_fraction", math.nan),
        ("stop_loss_fraction", math.inf),
    ],
)
def test_a_faulty_field_is_named(field: str, value: object) -> None:
    refused = refusal_of(replace(GOOD, **{field: value}), TRADABLE)
    assert refused is not None
    assert (refused.code, refused.field) == (RefusalCode.INVALID, field)
    assert refused.message


def test_real_trading_is_refused_in_plain_words() -> None:
    refused = refusal_of(replace(GOOD, real_trading=True), TRADABLE)
    assert refused is not None
    assert "simulator" in refused.message


def test_a_long_list_of_unknown_symbols_makes_a_short_message() -> None:
    refused = refusal_of(replace(GOOD, symbols=tuple(f"UNKNOWN{index}" for index in range(500))), TRADABLE)
    assert refused is not None
    assert len(refused.message) < 200
