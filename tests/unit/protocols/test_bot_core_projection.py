"""Each of bot-core.md's example messages, from the engine states it describes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import bot_core_states as states
import pytest
from facade_fakes import vector, vectors
from msgspec import Struct
from msgspec.structs import replace

from embedded_server.model import events as e
from embedded_server.model.enums import BotStatus, OrderKind, OrderStatus, Resolution, Side
from embedded_server.model.states import Indicators
from embedded_server.protocols.audience import encode
from embedded_server.protocols.bot_core import projection, trades, troubles
from embedded_server.protocols.bot_core.requests import READER
from embedded_server.protocols.bot_platform import projection as platform
from embedded_server.protocols.wire_numbers import Precision

PRECISION = Precision(states.PERPETUAL)
TIME = states.TIME


def chart() -> Struct:
    event = e.BarClosed(time=TIME, instrument=states.KEY, resolution=Resolution.H1, bar=states.BAR)
    return projection.chart_update(event, states.INDICATORS, PRECISION)


def market_data() -> Struct:
    day = states.day("67500.50", "65854.14", "68000", "65800", 50_000_000_000)
    return projection.market_data(TIME, states.QUOTE, day, PRECISION)


def trade_failed() -> Struct:
    event = e.BotTradeFailed(
        time=TIME,
        instrument=states.KEY,
        message="Insufficient balance for trade execution",
        required_micros=100_000_000,
        available_micros=50_000_000,
    )
    return troubles.trade_failed(event, PRECISION)


EXAMPLES: dict[str, Callable[[], Struct]] = {
    "Connected": lambda: projection.connected(TIME, "123456"),
    "ChartUpdate": chart,
    "PositionUpdate": lambda: projection.position_update(TIME, "OPENED", states.position(), PRECISION),
    "TradeExecuted": lambda: trades.filled(
        e.OrderFilled(time=TIME, order=states.order(), deal=states.deal()), PRECISION
    ),
    "AISignalReceived": lambda: platform.ai_signal(states.SIGNAL, PRECISION),
    "BotStatusUpdate": lambda: projection.bot_status(TIME, states.BOT),
    "Error": trade_failed,
    "Pong": lambda: platform.pong(TIME),
    "Authenticated": lambda: projection.authenticated(TIME, "user-1"),
}


def wire(message: Struct) -> Any:
    return json.loads(encode(message))


def ordered(value: Any) -> Any:
    return [(key, ordered(item)) for key, item in value.items()] if isinstance(value, dict) else value


def test_every_documented_server_message_has_an_example_that_is_tested() -> None:
    assert set(vectors("bot_core", "server")) == {f"server.{name}" for name in [*EXAMPLES, "MarketData"]}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_message_is_the_documents_example_field_for_field_and_in_order(name: str) -> None:
    assert ordered(wire(EXAMPLES[name]())) == ordered(vector("bot_core", f"server.{name}"))


def test_market_data_is_the_example_but_for_the_low_that_contradicts_its_change() -> None:
    shown = vector("bot_core", "server.MarketData")
    told = wire(market_data())
    assert shown["data"].pop("low_24h") == 66500.00
    assert told["data"].pop("low_24h") == 65800.00
    assert ordered(told) == ordered(shown)


def test_change_high_and_low_are_consistent() -> None:
    told = wire(market_data())["data"]
    opened = told["price"] / (1 + told["change_24h"] / 100)
    assert told["low_24h"] <= opened <= told["high_24h"]
    assert told["low_24h"] <= told["price"] <= told["high_24h"]


@pytest.mark.parametrize("name", vectors("bot_core", "client"))
def test_every_client_message_is_understood(name: str) -> None:
    READER.read(json.dumps(vector("bot_core", name)))


@pytest.mark.parametrize("timestamp", [1697234567000, 1.5, "2025-10-10T10:30:00Z", None])
@pytest.mark.parametrize("spelling", ["Ping", "ping"])
def test_a_ping_may_carry_any_timestamp_in_either_spelling(spelling: str, timestamp: object) -> None:
    READER.read(json.dumps({"type": spelling, "timestamp": timestamp}))
    READER.read(json.dumps({"type": spelling}))


def test_numbers_print_with_the_instruments_digits_and_no_noise() -> None:
    for cents in range(6_750_000, 6_750_100):
        price = projection.market_data(
            TIME,
            replace(states.QUOTE, last=cents),
            states.day("67500", "67500", "67500", "67500", 1),
            PRECISION,
        ).data.price
        assert price == float(f"{cents // 100}.{cents % 100:02d}")


def test_an_indicator_that_warms_up_is_null() -> None:
    event = e.BarClosed(time=TIME, instrument=states.KEY, resolution=Resolution.M1, bar=states.BAR)
    told = wire(projection.chart_update(event, Indicators(), PRECISION))
    assert set(told["data"]["indicators"].values()) == {None}
    assert told["data"]["candle"]["close_time"] - told["data"]["candle"]["timestamp"] == 60_000


@pytest.mark.parametrize("resolution", projection.TIMEFRAME_MS)
def test_close_time_is_the_opening_plus_the_timeframe(resolution: Resolution) -> None:
    minutes = {"1m": 1, "5m": 5, "15m": 15, "1h": 60, "4h": 240, "1d": 1440}[resolution.value]
    assert projection.TIMEFRAME_MS[resolution] == minutes * 60_000


def test_a_short_position_without_protection_has_nulls() -> None:
    bare = states.position(side=Side.SELL, stop_loss=None, take_profit=None, liquidation_price=None)
    told = wire(projection.position_update(TIME, "UPDATED", bare, PRECISION))["data"]["position"]
    assert told["side"] == "SHORT"
    assert (told["stop_loss"], told["take_profit"], told["liquidation_price"]) == (None, None, None)


def test_a_closed_position_tells_its_full_size_and_its_result() -> None:
    closed = states.position(lots=0, realised_micros=-1_000_000, unrealised_micros=0, margin_micros=0)
    told = wire(projection.position_update(TIME, "CLOSED", closed, PRECISION))["data"]
    assert told["action"] == "CLOSED"
    assert told["position"]["quantity"] == 0.001
    assert told["position"]["unrealized_pnl"] == -1.0
    assert told["position"]["unrealized_pnl_percent"] == -1.49


def test_a_partial_fill_reports_its_own_quantity_and_commission() -> None:
    partial = states.order(status=OrderStatus.PARTIALLY_FILLED, lots=states.lots("0.003"))
    told = wire(trades.filled(e.OrderFilled(time=TIME, order=partial, deal=states.deal()), PRECISION))["data"]
    assert told["status"] == "PARTIALLY_FILLED"
    assert (told["quantity"], told["executed_quantity"], told["commission"]) == (0.003, 0.001, 0.0675)


def test_a_market_orders_price_is_what_it_got() -> None:
    market = states.order(kind=OrderKind.MARKET, price=None)
    told = wire(trades.filled(e.OrderFilled(time=TIME, order=market, deal=states.deal()), PRECISION))["data"]
    assert (told["type"], told["price"]) == ("MARKET", 67500.0)


@pytest.mark.parametrize("status", ["CANCELED", "REJECTED"])
def test_an_order_that_ends_unfilled_is_told_too(status: str) -> None:
    ended = states.order(filled_lots=0, filled_value=0, fees_micros=0, strategy=None, signal_id=None)
    told = wire(trades.ended(TIME, status, ended, PRECISION))["data"]
    assert told["status"] == status
    assert (told["executed_quantity"], told["executed_price"], told["commission"]) == (0.0, 0.0, 0.0)
    assert (told["strategy"], told["ai_signal_id"]) == (None, None)


def test_the_mode_says_whether_money_is_real() -> None:
    assert wire(projection.bot_status(TIME, replace(states.BOT, live=True)))["data"]["mode"] == "LIVE_TRADING"


def test_a_bot_that_has_had_no_signal_says_null() -> None:
    fresh = replace(states.BOT, last_signal_time=None, next_signal_time=None, status=BotStatus.STOPPED)
    told = wire(projection.bot_status(TIME, fresh))["data"]
    assert (told["last_signal_time"], told["next_signal_time"], told["status"]) == (None, None, "STOPPED")
