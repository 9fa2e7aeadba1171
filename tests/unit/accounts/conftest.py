"""The stage that account tests play on."""

from __future__ import annotations

import pytest
from accounts_stage import Stage


@pytest.fixture
def stage() -> Stage:
    """Four accounts, quotes of six instruments, no history of events."""
    stage = Stage()
    stage.quote("AAPL", 22_849, 22_851)
    stage.quote("BTCUSDT", 6_699_900, 6_700_000)
    stage.quote("BTCUSDT-PERP", 6_699_900, 6_700_000)
    stage.quote("EURUSD", 108_450, 108_460)
    stage.quote("USDJPY", 151_240, 151_250)
    stage.quote("XAUUSD", 265_500, 265_510)
    stage.events.clear()
    return stage
