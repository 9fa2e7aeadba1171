"""Bot core and the AI service in the console: dialects, perpetuals, tokens, and no guess about a fill."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jwt
import pytest

from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError, ProtocolError
from tui_trader.model.values import Bar, OrderKind, OrderStatus, Severity, Side
from tui_trader.protocols.ai_service.codec import AiServiceCodec
from tui_trader.protocols.bot_core.codec import BotCoreCodec
from tui_trader.protocols.codec import Endpoint, Frame

WIRE = Path(__file__).parents[2] / "wire" / "bot_core"
NOW = 1_697_234_567_000
SECRET = "a secret that is long enough for HS256"


@pytest.fixture
def codec() -> BotCoreCodec:
    return BotCoreCodec("bot", Endpoint("ws://h:1/ws"))


@pytest.fixture
def service() -> AiServiceCodec:
    return AiServiceCodec("ai", Endpoint("ws://h:1/ws"))


def wire(kind: str, **changes: object) -> dict[str, Any]:
    message: dict[str, Any] = json.loads((WIRE / f"server.{kind}.json").read_text())
    message["data"].update(changes)
    return message


def events(codec: BotCoreCodec | AiServiceCodec, message: dict[str, Any]) -> Any:
    return codec.decode(json.dumps(message), NOW).events


def test_connected_makes_the_link_ready_and_forgets_positions_of_before(codec: BotCoreCodec) -> None:
    decoded = codec.decode(json.dumps(wire("Connected")), NOW)
    assert decoded.ready
    assert decoded.events == (e.PositionsReplaced("bot", ()),)


def test_a_price_belongs_to_the_perpetual_and_not_to_the_spot_pair(codec: BotCoreCodec) -> None:
    (quote,) = events(codec, wire("MarketData"))
    assert quote == e.QuoteUpdated(
        link="bot",
        symbol="BTCUSDT-PERP",
        bid=67500.25,
        ask=67500.75,
        last=67500.5,
        change_percent=2.5,
        volume=50_000_000_000.0,
        high=68000.0,
        low=66500.0,
        time_ms=1_697_234_567_000,
    )


def test_a_chart_update_is_a_closed_candle_and_its_indicators(codec: BotCoreCodec) -> None:
    bar, indicators = events(codec, wire("ChartUpdate"))
    assert bar == e.BarUpdated(
        "bot",
        "BTCUSDT-PERP",
        "1h",
        Bar(1_697_234_400_000, 67400.0, 67550.0, 67350.0, 67500.5, 1250.5),
        closed=True,
    )
    assert indicators.time_ms == 1_697_234_400_000
    assert dict(indicators.values) == wire("ChartUpdate")["data"]["indicators"]


def test_indicators_that_are_not_warm_yet_are_left_out(codec: BotCoreCodec) -> None:
    assert len(events(codec, wire("ChartUpdate", indicators={"rsi": None}))) == 1
    assert len(events(codec, wire("ChartUpdate", indicators=None))) == 1


def test_a_chart_of_an_unknown_timeframe_is_a_warning(codec: BotCoreCodec) -> None:
    (notice,) = events(codec, wire("ChartUpdate", timeframe="7m"))
    assert notice.severity is Severity.WARNING


@pytest.mark.parametrize("action", ["OPENED", "UPDATED"])
def test_a_position_is_as_the_document_says(codec: BotCoreCodec, action: str) -> None:
    (updated,) = events(codec, wire("PositionUpdate", action=action))
    position = updated.position
    assert (position.id, position.symbol, position.side) == ("pos_123456", "BTCUSDT-PERP", Side.BUY)
    assert (position.quantity, position.leverage, position.margin) == (0.001, 10, 6.70)
    assert (position.unrealised, position.liquidation_price) == (0.50, 60300.0)


def test_a_closed_position_is_removed(codec: BotCoreCodec) -> None:
    (removed,) = events(codec, wire("PositionUpdate", action="CLOSED"))
    assert removed == e.PositionRemoved("bot", "pos_123456", "BTCUSDT-PERP")


@pytest.mark.parametrize("change", [{"action": "MOVED"}, {"position": {}}])
def test_a_position_in_an_unknown_state_is_never_guessed(codec: BotCoreCodec, change: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        events(codec, wire("PositionUpdate", **change))


def test_an_executed_trade_is_an_order_and_a_deal(codec: BotCoreCodec) -> None:
    updated, done = events(codec, wire("TradeExecuted"))
    order, deal = updated.order, done.deal
    assert (order.id, order.kind, order.status) == ("binance_order_789", OrderKind.LIMIT, OrderStatus.FILLED)
    assert (order.filled, order.average_price, order.price) == (0.001, 67500.0, 67500.0)
    assert (deal.id, deal.order_id, deal.quantity, deal.price) == (
        "trade_123456",
        "binance_order_789",
        0.001,
        67500.0,
    )
    assert (deal.fee, deal.strategy, deal.signal_id) == (0.0675, "RSI Strategy", "signal_123")


@pytest.mark.parametrize("status", ["CANCELED", "REJECTED"])
def test_an_order_whose_fill_is_not_told_ended_all_the_same(codec: BotCoreCodec, status: str) -> None:
    trade = wire("TradeExecuted", status=status, executed_quantity=None, executed_price=None)
    (updated,) = events(codec, trade)
    assert (updated.order.status.value, updated.order.filled) == (status.lower(), 0.0)


@pytest.mark.parametrize("status", ["CANCELED", "REJECTED"])
def test_an_order_that_did_not_fill_is_no_deal(codec: BotCoreCodec, status: str) -> None:
    (updated,) = events(
        codec, wire("TradeExecuted", status=status, executed_quantity=0.0, executed_price=None)
    )
    assert updated.order.status.value == status.lower()


@pytest.mark.parametrize(
    "change", [{"status": "DONE"}, {"side": "UP"}, {"type": "ICEBERG"}, {"executed_quantity": 0.0}]
)
def test_a_fill_that_makes_no_sense_is_never_guessed(codec: BotCoreCodec, change: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        events(codec, wire("TradeExecuted", **change))


def test_a_signal_is_read_with_all_its_reasoning(codec: BotCoreCodec) -> None:
    (received,) = events(codec, wire("AISignalReceived"))
    signal = received.signal
    assert (signal.symbol, signal.direction, signal.confidence, signal.model) == (
        "BTCUSDT-PERP",
        "long",
        0.82,
        "GPT-4",
    )
    assert dict(signal.strategy_scores)["RSI Strategy"] == 0.85
    assert (signal.trend_direction, signal.overall_risk, signal.position_size) == ("Bullish", "Medium", 0.05)
    assert (signal.stop_loss, signal.take_profit) == (66000.0, 68500.0)


def test_the_same_signal_from_two_services_in_two_dialects_has_one_id(
    codec: BotCoreCodec, service: AiServiceCodec
) -> None:
    observed = wire("AISignalReceived", signal="Long", timestamp="2023-10-13T22:02:47+00:00")
    del observed["data"]["model_type"]
    observed["timestamp"] = "2023-10-13T22:02:47.123456"
    (first,) = events(codec, wire("AISignalReceived"))
    (second,) = events(service, observed)
    assert first.signal.id == second.signal.id
    assert (second.signal.direction, second.signal.model) == ("long", "")


@pytest.mark.parametrize("change", [{"signal": "maybe"}, {"confidence": 1.5}, {"confidence": -0.1}])
def test_a_signal_that_makes_no_sense_is_never_guessed(codec: BotCoreCodec, change: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        events(codec, wire("AISignalReceived", **change))


def test_the_status_of_the_bot_is_as_the_document_says(codec: BotCoreCodec) -> None:
    (updated,) = events(codec, wire("BotStatusUpdate"))
    bot = updated.bot
    assert (bot.status, bot.mode, bot.uptime_seconds, bot.balance) == (
        "RUNNING",
        "PAPER_TRADING",
        3600,
        10500.5,
    )
    assert (bot.last_signal_ms, bot.next_signal_ms) == (1_697_234_567_000, 1_697_234_867_000)
    assert events(codec, wire("BotStatusUpdate", last_signal_time=None))[0].bot.last_signal_ms is None


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ("INFO", Severity.INFO),
        ("WARNING", Severity.WARNING),
        ("CRITICAL", Severity.CRITICAL),
        ("?", Severity.ERROR),
    ],
)
def test_an_error_is_a_notice_of_its_severity(codec: BotCoreCodec, severity: str, expected: Severity) -> None:
    (notice,) = events(codec, wire("Error", severity=severity))
    assert (notice.severity, notice.code) == (expected, "TRADE_EXECUTION_FAILED")


@pytest.mark.parametrize(
    "pong",
    [
        '{"type":"Pong","data":{"timestamp":1},"timestamp":1}',
        '{"type":"Pong","message":"Connection alive","timestamp":"2025-10-10T10:30:00.000000"}',
        '{"type":"Pong"}',
    ],
)
def test_a_pong_of_any_dialect_answers_the_heartbeat(
    codec: BotCoreCodec, service: AiServiceCodec, pong: str
) -> None:
    assert codec.decode(pong, NOW).heartbeat_answered
    assert service.decode(pong, NOW).heartbeat_answered


def test_pings_go_out_every_thirty_seconds_and_never_sooner(codec: BotCoreCodec) -> None:
    policy = codec.heartbeat
    assert (policy.interval, policy.timeout, policy.at_once) == (30.0, 10.0, False)
    assert policy.jitter > 0
    assert json.loads(policy.frame(NOW)) == {"type": "Ping", "timestamp": NOW}


def test_reconnection_follows_the_document(codec: BotCoreCodec, service: AiServiceCodec) -> None:
    for policy in (codec.backoff, service.backoff):
        assert policy.delays == (1, 2, 4, 8, 16, 30, 30, 30, 30, 30)
        assert (policy.attempts, policy.stable_after) == (10, 30.0)


def test_without_credentials_nothing_is_sent_on_opening(codec: BotCoreCodec) -> None:
    assert codec.opened(NOW) == ()


def test_with_the_secret_a_token_is_minted_that_a_library_accepts() -> None:
    codec = BotCoreCodec("bot", Endpoint("ws://h:1/ws", "", {"jwt_secret": SECRET}))
    (frame,) = codec.opened(NOW)
    assert isinstance(frame, Frame)
    message = json.loads(frame.data)
    claims = jwt.decode(
        message["token"], SECRET, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False}
    )
    assert message["type"] == "Authenticate"
    assert claims["exp"] - claims["iat"] == 3_600
    assert set(claims) == {"sub", "email", "is_admin", "exp", "iat"}


def test_what_the_bot_cannot_do_is_refused_before_it_is_sent(
    codec: BotCoreCodec, service: AiServiceCodec
) -> None:
    with pytest.raises(CommandError):
        codec.encode(c.ControlBot(link="bot", command="DANCE"), NOW)
    with pytest.raises(CommandError):
        codec.encode(c.ListStrategies(link="bot"), NOW)
    with pytest.raises(CommandError):
        service.encode(c.ControlBot(link="ai", command="START"), NOW)


def test_the_greeting_makes_the_ai_service_ready(service: AiServiceCodec) -> None:
    greeting = (WIRE.parent / "ai_service" / "server.connection.json").read_text()
    assert service.decode(greeting, NOW).ready
    assert service.opened(NOW) == ()


@pytest.mark.parametrize("time", [-1, 10**17, 9_223_372_036_854_775_807])
def test_a_candle_of_no_day_is_refused(codec: BotCoreCodec, time: int) -> None:
    chart = wire("ChartUpdate")
    chart["data"]["candle"]["timestamp"] = time
    with pytest.raises(ProtocolError, match="no calendar"):
        events(codec, chart)
