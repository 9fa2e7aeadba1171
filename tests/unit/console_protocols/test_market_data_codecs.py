"""Bars, gateway, orchestrator and guardian in the console: whose candle, what is restored, what is told."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError, ProtocolError
from tui_trader.model.values import Bar, Severity, Side
from tui_trader.protocols.bars.codec import RESOLUTIONS, BarsCodec
from tui_trader.protocols.codec import Endpoint, Frame
from tui_trader.protocols.market_data_gateway.codec import MarketDataGatewayCodec
from tui_trader.protocols.orchestrator.codec import OrchestratorCodec
from tui_trader.protocols.risk_guardian.codec import RiskGuardianCodec

WIRE = Path(__file__).parents[2] / "wire"
NOW = 1_700_000_000_000
ENDPOINT = Endpoint("ws://h:1/ws")
BAR = json.dumps(
    {
        "type": "bars.update",
        "payload": {
            "time": 1697097600000,
            "open": 150.0,
            "high": 151.0,
            "low": 149.5,
            "close": 150.5,
            "volume": 1000000,
        },
    }
)


def wire(place: str, **changes: object) -> str:
    protocol, _, kind = place.partition("/")
    message = json.loads((WIRE / protocol / f"server.{kind}.json").read_text())
    if changes:
        message["data"].update(changes)
    return json.dumps(message)


def sent(outgoing: Any) -> list[Any]:
    return [json.loads(one.data) for one in outgoing if isinstance(one, Frame)]


def confirm(topic: str, action: str = "subscribe", status: str = "ok") -> str:
    payload = {"status": status, "symbol": topic.split(":")[1], "message": "m", "topic": topic}
    return json.dumps({"type": f"bars.{action}.response", "payload": payload})


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


def test_a_candle_belongs_to_the_confirmed_topic() -> None:
    codec = BarsCodec("bars", ENDPOINT)
    codec.opened(NOW)
    assert codec.decode(BAR, NOW).events == ()
    codec.decode(confirm("bars:AAPL:1"), NOW)
    (updated,) = codec.decode(BAR, NOW).events
    assert updated == e.BarUpdated(
        "bars", "AAPL", "1m", Bar(1697097600000, 150.0, 151.0, 149.5, 150.5, 1_000_000)
    )


def test_a_candle_between_two_topics_is_nobodys() -> None:
    codec = BarsCodec("bars", ENDPOINT)
    codec.opened(NOW)
    codec.decode(confirm("bars:AAPL:1"), NOW)
    frames = sent(codec.encode(c.WatchBars(link="bars", symbol="MSFT", timeframe="1d"), NOW))
    assert [(f["type"], f["payload"]["symbol"]) for f in frames] == [
        ("bars.unsubscribe", "AAPL"),
        ("bars.subscribe", "MSFT"),
    ]
    assert codec.decode(BAR, NOW).events == ()
    codec.decode(confirm("bars:AAPL:1"), NOW)  # the late answer to a heartbeat of the old topic
    assert codec.decode(BAR, NOW).events == ()
    codec.decode(confirm("bars:AAPL:1", "unsubscribe"), NOW)
    assert codec.decode(BAR, NOW).events == ()
    codec.decode(confirm("bars:MSFT:D"), NOW)
    (updated,) = codec.decode(BAR, NOW).events
    assert isinstance(updated, e.BarUpdated)
    assert (updated.symbol, updated.timeframe) == ("MSFT", "1d")


def test_a_candle_after_a_reconnect_waits_for_the_new_confirmation() -> None:
    codec = BarsCodec("bars", ENDPOINT)
    codec.opened(NOW)
    codec.decode(confirm("bars:AAPL:1"), NOW)
    codec.closed(1006, "")
    codec.opened(NOW)
    assert codec.decode(BAR, NOW).events == ()


def test_extension_keys_name_the_candle_without_any_confirmation() -> None:
    message = json.loads(BAR)
    message["payload"].update(symbol="NVDA", resolution="60", closed=True)
    (updated,) = BarsCodec("bars", ENDPOINT).decode(json.dumps(message), NOW).events
    assert isinstance(updated, e.BarUpdated)
    assert (updated.symbol, updated.timeframe, updated.closed) == ("NVDA", "1h", True)


def test_the_heartbeat_subscribes_again_every_twenty_five_seconds() -> None:
    codec = BarsCodec("bars", ENDPOINT)
    codec.encode(c.WatchBars(link="bars", symbol="MSFT", timeframe="5m"), NOW)
    assert codec.heartbeat.interval == 25.0
    assert json.loads(codec.heartbeat.frame(NOW))["payload"] == {
        "symbol": "MSFT",
        "params": {"resolution": "5"},
    }
    assert codec.decode(confirm("bars:MSFT:5"), NOW).heartbeat_answered
    assert codec.backoff.delays == (5.0,)


def test_a_refused_topic_is_told_and_confirms_nothing() -> None:
    codec = BarsCodec("bars", ENDPOINT)
    codec.opened(NOW)
    (notice,) = codec.decode(confirm("bars:AAPL:1", status="error"), NOW).events
    assert isinstance(notice, e.NoticeReceived)
    assert codec.decode(BAR, NOW).events == ()


@pytest.mark.parametrize(
    ("code", "reason", "told"),
    [
        (1003, "Connection timed out. Heartbeat interval 30.0. Max connection lifespan 3600.0", False),
        (1003, "No matching type", True),
        (1003, "Could not validate payload", True),
        (1006, "", False),
    ],
)
def test_only_a_1003_that_is_no_timeout_is_a_fault_to_show(code: int, reason: str, told: bool) -> None:
    assert bool(BarsCodec("bars", ENDPOINT).closed(code, reason)) is told


def test_a_timeframe_without_resolution_cannot_be_watched() -> None:
    with pytest.raises(CommandError):
        BarsCodec("bars", ENDPOINT).encode(c.WatchBars(link="bars", symbol="AAPL", timeframe="4h"), NOW)
    assert set(RESOLUTIONS.values()) == {"1", "5", "15", "30", "60", "D", "W", "M"}


@pytest.fixture
def gateway() -> MarketDataGatewayCodec:
    return MarketDataGatewayCodec("gateway", ENDPOINT)


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


@pytest.fixture
def orchestrator() -> OrchestratorCodec:
    return OrchestratorCodec("desk", ENDPOINT)


def test_the_list_tells_strategies_and_what_they_hold(orchestrator: OrchestratorCodec) -> None:
    decoded = orchestrator.decode(wire("orchestrator/strategy_status_list"), NOW)
    listed, positions = decoded.events
    assert isinstance(listed, e.StrategiesListed)
    assert isinstance(positions, e.PositionsReplaced)
    (strategy,) = listed.strategies
    assert (strategy.id, strategy.status, strategy.symbols) == ("strategy-123", "ACTIVE", ("AAPL", "MSFT"))
    (position,) = positions.positions
    assert (position.id, position.side, position.quantity) == ("strategy-123:AAPL", Side.BUY, 10)
    assert position.mark_price == pytest.approx(155.05)
    assert position.unrealised == pytest.approx(48.0)
    assert decoded.heartbeat_answered


def test_a_holding_without_its_value_has_no_result(orchestrator: OrchestratorCodec) -> None:
    held = {"symbol": "AAPL", "quantity": 10, "entryPrice": 150.25}
    rows = [{"id": "s", "name": "S", "status": "ACTIVE", "symbols": ["AAPL"], "positions": [held]}]
    frame = json.dumps({"type": "strategy_status_list", "data": rows})
    listed, positions = orchestrator.decode(frame, NOW).events
    assert isinstance(listed, e.StrategiesListed)
    assert isinstance(positions, e.PositionsReplaced)
    assert listed.strategies[0].positions[0].value is None
    (position,) = positions.positions
    assert (position.mark_price, position.unrealised) == (None, None)


@pytest.mark.parametrize(
    ("kind", "status", "symbols"),
    [("started", "ACTIVE", ("AAPL", "MSFT")), ("paused", "PAUSED", None), ("stopped", "STOPPED", None)],
)
def test_a_change_of_a_strategy_is_told(
    orchestrator: OrchestratorCodec, kind: str, status: str, symbols: tuple[str, ...] | None
) -> None:
    assert orchestrator.decode(wire(f"orchestrator/strategy_{kind}"), NOW).events == (
        e.StrategyStatusChanged("desk", "strategy-123", "Moving Average Crossover", status, symbols),
    )


def test_a_signal_of_unknown_action_is_neutral_and_warned_of(orchestrator: OrchestratorCodec) -> None:
    (signal,) = orchestrator.decode(wire("orchestrator/strategy_signal"), NOW).events
    assert isinstance(signal, e.SignalReceived)
    assert (signal.signal.direction, signal.signal.confidence) == ("long", 0.9)
    signal, notice = orchestrator.decode(wire("orchestrator/strategy_signal", action="HEDGE"), NOW).events
    assert isinstance(signal, e.SignalReceived)
    assert signal.signal.direction == "neutral"
    assert isinstance(notice, e.NoticeReceived)
    assert notice.severity is Severity.WARNING


def test_a_trade_is_a_deal_and_asks_for_the_positions_it_changed(orchestrator: OrchestratorCodec) -> None:
    orchestrator.opened(NOW)
    decoded = orchestrator.decode(wire("orchestrator/strategy_trade"), NOW + 5_000)
    (done,) = decoded.events
    assert isinstance(done, e.DealDone)
    assert (done.deal.order_id, done.deal.price, done.deal.quantity) == ("order-123", 152.75, 10)
    assert sent(decoded.replies) == [{"type": "get_active_strategies"}]
    assert orchestrator.decode(wire("orchestrator/strategy_trade"), NOW + 5_100).replies == ()


@pytest.mark.parametrize("change", [{"status": "MAYBE"}, {"side": "HOLD"}])
def test_a_trade_in_an_unknown_state_is_never_guessed(
    orchestrator: OrchestratorCodec, change: dict[str, object]
) -> None:
    with pytest.raises(ProtocolError):
        orchestrator.decode(wire("orchestrator/strategy_trade", **change), NOW)


def test_a_strategy_is_started_with_every_digit_of_its_config(orchestrator: OrchestratorCodec) -> None:
    command = c.StartStrategy(
        link="desk",
        strategy_id="s",
        max_position_value=Decimal("12345.67"),
        stop_loss_percentage=Decimal("0.015"),
    )
    (frame,) = orchestrator.encode(command, NOW)
    assert isinstance(frame, Frame)
    config = json.loads(frame.data, parse_float=Decimal)["config"]
    assert "symbols" not in config
    assert config["maxPositionValue"] == Decimal("12345.67")
    assert config["stopLossPercentage"] == Decimal("0.015")
    assert config["realTrading"] is False


def test_a_start_without_a_config_leaves_it_to_the_strategy(orchestrator: OrchestratorCodec) -> None:
    assert sent(orchestrator.encode(c.StartStrategy(link="desk", strategy_id="s"), NOW)) == [
        {"type": "start_strategy", "id": "s", "config": {"realTrading": False}}
    ]


def test_what_bounds_the_strategies_is_asked_for_and_read(orchestrator: OrchestratorCodec) -> None:
    ask = {"type": "get_strategy_configs"}
    assert ask in sent(orchestrator.opened(NOW))
    (told,) = orchestrator.decode(wire("orchestrator/strategy_configs"), NOW).events
    assert isinstance(told, e.StrategyConfigsListed)
    assert told.stop_closes_positions
    (config,) = told.configs
    assert (config.strategy_id, config.symbols, config.resolution) == ("strategy-123", ("AAPL", "MSFT"), "1m")
    assert (config.max_position_value, config.max_orders_per_minute, config.stop_loss) == (10_000, 5, 0.02)
    started = orchestrator.decode(wire("orchestrator/strategy_started"), NOW)
    assert ask in sent(started.replies), "another console may have started it with another config"


def test_a_backend_that_cannot_tell_configs_raises_no_alarm(orchestrator: OrchestratorCodec) -> None:
    refusal = wire("orchestrator/error", code="INVALID_MESSAGE", request="get_strategy_configs")
    (notice,) = orchestrator.decode(refusal, NOW).events
    assert isinstance(notice, e.NoticeReceived)
    assert notice.severity is Severity.INFO


def test_a_stop_asks_for_positions_to_be_closed_only_when_told_to(orchestrator: OrchestratorCodec) -> None:
    stop = c.StopStrategy(link="desk", strategy_id="s")
    assert sent(orchestrator.encode(stop, NOW)) == [{"type": "stop_strategy", "id": "s"}]
    stop = c.StopStrategy(link="desk", strategy_id="s", close_positions=True)
    assert sent(orchestrator.encode(stop, NOW)) == [
        {"type": "stop_strategy", "id": "s", "closePositions": True}
    ]


def test_the_guardians_figures_are_read_whole() -> None:
    codec = RiskGuardianCodec("risk", ENDPOINT)
    (updated,) = codec.decode(wire("risk_guardian/risk_status"), NOW).events
    assert isinstance(updated, e.RiskUpdated)
    example = json.loads(wire("risk_guardian/risk_status"))["data"]
    assert updated.risk.equity == example["equity"]
    assert dict(updated.risk.limits) == example["limits"]
    assert [account.account for account in updated.risk.accounts] == [
        a["account"] for a in example["accounts"]
    ]


def test_the_kill_switch_is_told_line_by_line_and_never_verified_by_wish() -> None:
    codec = RiskGuardianCodec("risk", ENDPOINT)
    left = wire("risk_guardian/kill_switch", engaged=True, verified=False, ordersStillWorking=2)
    (changed,) = codec.decode(left, NOW).events
    assert isinstance(changed, e.KillSwitchChanged)
    assert (changed.engaged, changed.verified) == (True, False)
    assert "orders still working: 2 !" in changed.lines
    assert "NOT verified yet" in changed.lines
    (released,) = codec.decode(wire("risk_guardian/kill_switch", engaged=False), NOW).events
    assert isinstance(released, e.KillSwitchChanged)
    assert len(released.lines) == 1


def test_an_alert_has_its_level_and_figures() -> None:
    codec = RiskGuardianCodec("risk", ENDPOINT)
    (alert,) = codec.decode(wire("risk_guardian/risk_alert", level="CRITICAL"), NOW).events
    assert isinstance(alert, e.RiskAlertRaised)
    assert alert.severity is Severity.CRITICAL
    example = json.loads(wire("risk_guardian/risk_alert"))["data"]
    assert (alert.rule, alert.account) == (example["rule"], example["account"])
    assert (alert.value, alert.limit) == (example["value"], example["limit"])


def test_the_guardians_accounts_are_known_by_the_links_that_lead_to_them() -> None:
    codec = RiskGuardianCodec("risk", ENDPOINT)
    codec.meet({"risk": "risk_guardian", "broker": "onetrade"})
    (updated,) = codec.decode(wire("risk_guardian/risk_status"), NOW).events
    assert isinstance(updated, e.RiskUpdated)
    example = json.loads(wire("risk_guardian/risk_status"))["data"]
    named = {account["account"] for account in example["accounts"]}
    assert {one.account: one.link for one in updated.risk.accounts if one.link} == (
        {"forex": "broker"} if "forex" in named else {}
    )
    assert [one.strategy_id for one in updated.risk.strategies] == [
        one["strategyId"] for one in example["strategies"]
    ]


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


@pytest.mark.parametrize("time", [-1, 10**17])
def test_a_candle_of_no_day_is_refused(time: int) -> None:
    codec = BarsCodec("bars", ENDPOINT)
    codec.opened(NOW)
    codec.decode(confirm("bars:AAPL:1"), NOW)
    message = json.loads(BAR)
    message["payload"]["time"] = time
    with pytest.raises(ProtocolError, match="no calendar"):
        codec.decode(json.dumps(message), NOW)
