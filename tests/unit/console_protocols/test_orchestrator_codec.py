"""The orchestrator in the console: strategies and their holdings, trades, configs, starts and stops."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from wire_examples import ENDPOINT, NOW, sent, wire

from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.errors import ProtocolError
from tui_trader.model.values import Severity, Side
from tui_trader.protocols.codec import Frame
from tui_trader.protocols.orchestrator.codec import OrchestratorCodec


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


def test_a_name_that_is_no_symbol_hides_no_machine_and_is_told_once(orchestrator: OrchestratorCodec) -> None:
    rows = [
        {"id": "s1", "name": "Futures", "status": "active", "symbols": ["ES=F", "AAPL"]},
        {"id": "s2", "name": "Stocks", "status": "PAUSED", "symbols": ["MSFT"]},
    ]
    frame = json.dumps({"type": "strategy_status_list", "data": rows})
    listed, _, notice = orchestrator.decode(frame, NOW).events
    assert isinstance(listed, e.StrategiesListed)
    assert [(one.id, one.status, one.symbols) for one in listed.strategies] == [
        ("s1", "ACTIVE", ("AAPL",)),
        ("s2", "PAUSED", ("MSFT",)),
    ]
    assert isinstance(notice, e.NoticeReceived)
    assert "'ES=F'" in notice.text
    assert len(orchestrator.decode(frame, NOW).events) == 2
