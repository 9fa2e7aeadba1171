"""The orchestrator's endpoint against orchestrator.md and its clarifications."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from facade_fakes import FacadeScene, FakeClient, FakeEngine, services, vector, vectors
from msgspec.structs import replace

from embedded_server.model import events as e
from embedded_server.model.commands import PauseStrategy, Refused, StartStrategy, StopStrategy
from embedded_server.model.enums import (
    Direction,
    Liquidity,
    OrderKind,
    OrderStatus,
    PositionStatus,
    Reason,
    RefusalCode,
    Resolution,
    Side,
    StrategyStatus,
)
from embedded_server.model.states import (
    DealState,
    OrderState,
    PositionState,
    StrategyConfig,
    StrategySignal,
    StrategyState,
)
from embedded_server.protocols.orchestrator.facade import READER, OrchestratorFacade

TIME = 1_688_992_496_000_000_000
CONFIG = StrategyConfig(symbols=("AAPL", "MSFT"))
STRATEGY = StrategyState(
    id="strategy-123", name="Moving Average Crossover", status=StrategyStatus.ACTIVE, config=CONFIG
)


def ticks(price: str) -> int:
    return int(Decimal(price) * 100)


class Scene(FacadeScene):
    """A façade, its engine and one connected client."""

    def __init__(self) -> None:
        self.engine = FakeEngine()
        self.engine.now = TIME
        self.engine.known_strategies = [STRATEGY]
        given, _ = services(self.engine)
        self.facade = OrchestratorFacade(given)
        self.client = FakeClient()
        self.facade.opened(self.client)
        self.greeting = self.client.take()


@pytest.fixture
def scene() -> Scene:
    return Scene()


def order(**changes: Any) -> OrderState:
    fields: dict[str, Any] = {
        "id": 123,
        "account": "equities",
        "instrument": "AAPL",
        "side": Side.BUY,
        "kind": OrderKind.MARKET,
        "status": OrderStatus.FILLED,
        "lots": 10,
        "filled_lots": 10,
        "strategy": "strategy-123",
        "created_at": TIME,
        "updated_at": TIME,
    }
    return OrderState(**(fields | changes))


def deal(lots: int = 10) -> DealState:
    return DealState(
        id=123456789,
        account="equities",
        order_id=123,
        position_id=1,
        instrument="AAPL",
        side=Side.BUY,
        direction=Direction.IN,
        lots=lots,
        price=ticks("152.75"),
        entry_price=ticks("152.75"),
        liquidity=Liquidity.TAKER,
        bid=ticks("152.74"),
        ask=ticks("152.75"),
        last=ticks("152.75"),
        reason=Reason.STRATEGY,
        strategy="strategy-123",
        time=TIME,
    )


SIGNAL = StrategySignal(
    id="sig_123456789",
    strategy_id="strategy-123",
    name="Moving Average Crossover",
    instrument="AAPL",
    price=ticks("152.75"),
    side=Side.BUY,
    lots=10,
    confidence=0.9,
    time=TIME,
)
POSITION = PositionState(
    id=1,
    account="equities",
    instrument="AAPL",
    side=Side.BUY,
    status=PositionStatus.OPEN,
    lots=10,
    initial_lots=10,
    entry_price=float(ticks("150.25")),
    cost_micros=1_502_500_000,
    mark=ticks("155.05"),
    strategy="strategy-123",
    opened_at=TIME,
    updated_at=TIME,
)

EXAMPLES: dict[str, e.Event] = {
    "server.strategy_started": e.StrategyStarted(time=TIME, strategy=STRATEGY),
    "server.strategy_stopped": e.StrategyStopped(time=TIME, strategy=STRATEGY),
    "server.strategy_paused": e.StrategyPaused(time=TIME, strategy=STRATEGY),
    "server.strategy_signal": e.StrategySignalled(time=TIME, signal=SIGNAL),
    "server.strategy_trade": e.OrderFilled(time=TIME, order=order(), deal=deal()),
    "server.execution_service_status": e.ExecutionServiceChanged(time=TIME, running=True),
}


def test_every_documented_server_message_has_an_example_that_is_tested() -> None:
    assert set(vectors("orchestrator", "server")) == {
        *EXAMPLES,
        "server.strategy_status_list",
        "server.strategy_configs",
        "server.error",
    }


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_event_is_told_as_the_document_shows_it(scene: Scene, name: str) -> None:
    assert scene.publish(EXAMPLES[name]) == [vector("orchestrator", name)]


@pytest.mark.parametrize("name", EXAMPLES)
def test_fields_come_in_the_order_of_the_document(scene: Scene, name: str) -> None:
    told, shown = scene.publish(EXAMPLES[name])[0], vector("orchestrator", name)
    assert list(told) == list(shown)
    assert list(told["data"]) == list(shown["data"])


def test_strategies_are_listed_with_their_positions_as_the_document_shows_it(scene: Scene) -> None:
    scene.engine.accounts["equities"].open = [POSITION, replace(POSITION, id=2, strategy=None)]
    assert scene.ask({"type": "get_active_strategies"}) == [
        vector("orchestrator", "server.strategy_status_list")
    ]


def test_the_present_configs_are_told_under_the_names_that_start_a_strategy(scene: Scene) -> None:
    told = scene.ask({"type": "get_strategy_configs"})
    assert told == [vector("orchestrator", "server.strategy_configs")]
    shown = vector("orchestrator", "client.start_strategy")["config"]
    assert list(told[0]["data"]["strategies"][0]["config"]) == list(shown)


def test_a_stop_closes_positions_only_where_it_says_so(scene: Scene) -> None:
    scene.ask({"type": "stop_strategy", "id": "strategy-123", "closePositions": True})
    scene.ask({"type": "stop_strategy", "id": "strategy-123"})
    assert scene.engine.commands == [
        StopStrategy(strategy_id="strategy-123", close_positions=True),
        StopStrategy(strategy_id="strategy-123", close_positions=False),
    ]


def test_the_execution_services_status_is_the_first_message(scene: Scene) -> None:
    assert scene.greeting == [vector("orchestrator", "server.execution_service_status")]


@pytest.mark.parametrize("name", vectors("orchestrator", "client"))
def test_every_documented_client_message_is_understood(name: str) -> None:
    READER.read(json.dumps(vector("orchestrator", name)))


def test_a_documented_config_reaches_the_strategy_field_by_field(scene: Scene) -> None:
    message = vector("orchestrator", "client.start_strategy") | {"id": "strategy-123"}
    assert scene.ask(message) == []
    assert scene.engine.commands == [
        StartStrategy(
            strategy_id="strategy-123",
            config=StrategyConfig(
                symbols=("AAPL", "MSFT"),
                resolution=Resolution.M1,
                real_trading=False,
                max_position_micros=10_000_000_000,
                max_orders_per_minute=5,
                stop_loss_fraction=0.02,
            ),
        )
    ]


def test_a_strategy_starts_without_config_and_stops_and_pauses(scene: Scene) -> None:
    for kind in ("start", "stop", "pause"):
        scene.ask({"type": f"{kind}_strategy", "id": "strategy-123"})
    assert scene.engine.commands == [
        StartStrategy(strategy_id="strategy-123"),
        StopStrategy(strategy_id="strategy-123"),
        PauseStrategy(strategy_id="strategy-123"),
    ]


def test_a_field_left_out_keeps_the_strategys_present_value(scene: Scene) -> None:
    scene.ask({"type": "start_strategy", "id": "strategy-123", "config": {"maxPositionValue": 2500.125}})
    (command,) = scene.engine.commands
    assert isinstance(command, StartStrategy)
    assert command.config == replace(CONFIG, max_position_micros=2_500_125_000)


BAD_CONFIGS = {
    "symbols is no list": {"symbols": "AAPL"},
    "no symbols": {"symbols": []},
    "an unknown symbol": {"symbols": ["AAPL", "NOPE"]},
    "a symbol of another account": {"symbols": ["BTCUSDT"]},
    "a symbol twice": {"symbols": ["AAPL", "AAPL"]},
    "a number as symbol": {"symbols": [1]},
    "an unknown resolution": {"dataResolution": "2m"},
    "a number as resolution": {"dataResolution": 1},
    "real trading": {"realTrading": True},
    "a text as bool": {"realTrading": "false"},
    "a negative position value": {"maxPositionValue": -1},
    "no position value": {"maxPositionValue": 0},
    "a position value below a millionth": {"maxPositionValue": 1e-9},
    "an absurd position value": {"maxPositionValue": 1e30},
    "a text as position value": {"maxPositionValue": "10000"},
    "no orders": {"maxOrdersPerMinute": 0},
    "more orders than the engine takes": {"maxOrdersPerMinute": 601},
    "half an order": {"maxOrdersPerMinute": 1.5},
    "a bool as count": {"maxOrdersPerMinute": True},
    "a stop loss of everything": {"stopLossPercentage": 1},
    "a negative stop loss": {"stopLossPercentage": -0.02},
    "a percentage for a fraction": {"stopLossPercentage": 2},
}


@pytest.mark.parametrize("config", BAD_CONFIGS.values(), ids=BAD_CONFIGS.keys())
def test_a_bad_config_is_refused_and_names_its_field(scene: Scene, config: dict[str, object]) -> None:
    (error,) = scene.ask({"type": "start_strategy", "id": "strategy-123", "config": config})
    assert error["type"] == "error"
    assert error["data"]["code"] == "INVALID_CONFIG"
    assert error["data"]["request"] == "start_strategy"
    assert next(iter(config)) in error["data"]["message"]
    assert scene.engine.commands == []
    assert scene.client.code is None


@pytest.mark.parametrize(
    "message",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '{"type": 1}',
        '{"type": "fly"}',
        b"\xff\x00",
        "NaN",
        '{"type":"stop_strategy"}',
        "[" * 5000,
    ],
)
def test_a_frame_that_fails_is_answered_and_the_connection_kept(scene: Scene, message: str | bytes) -> None:
    (error,) = scene.ask(message)
    assert error["data"]["code"] == "INVALID_MESSAGE"
    assert scene.client.code is None


def test_a_binary_frame_fails_though_its_text_would_be_a_message(scene: Scene) -> None:
    (error,) = scene.ask(b'{"type":"get_active_strategies"}')
    assert error["data"]["code"] == "INVALID_MESSAGE"
    assert scene.client.code is None


def test_what_a_client_makes_the_log_say_is_short(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.ask({"type": "start_strategy", "id": "x" * 60_000})
    (record,) = caplog.records
    assert "there is no strategy" in record.getMessage()
    assert len(record.getMessage()) < 400


@pytest.mark.parametrize("kind", ["start_strategy", "stop_strategy", "pause_strategy"])
def test_an_unknown_strategy_is_an_error_that_the_engine_never_hears_of(scene: Scene, kind: str) -> None:
    (error,) = scene.ask({"type": kind, "id": "nobody"})
    assert (error["data"]["code"], error["data"]["request"]) == ("UNKNOWN_STRATEGY", kind)
    assert scene.engine.commands == []


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (RefusalCode.UNKNOWN_STRATEGY, "UNKNOWN_STRATEGY"),
        (RefusalCode.INVALID_STATE, "INVALID_STATE"),
        (RefusalCode.INVALID, "INVALID_CONFIG"),
        (RefusalCode.KILL_SWITCH, "INVALID_STATE"),
    ],
)
def test_the_engines_refusal_is_told_to_who_asked(scene: Scene, refusal: RefusalCode, code: str) -> None:
    scene.engine.outcome = Refused(refusal, "no")
    (error,) = scene.ask({"type": "pause_strategy", "id": "strategy-123"})
    assert error["data"] == {"code": code, "message": "no", "request": "pause_strategy"}


def test_the_error_vector_is_what_is_sent(scene: Scene) -> None:
    (error,) = scene.ask({"type": "start_strategy", "id": "nobody"})
    assert error == vector("orchestrator", "server.error")


def test_a_partial_fill_says_so_with_its_own_quantity(scene: Scene) -> None:
    partial = order(status=OrderStatus.PARTIALLY_FILLED, filled_lots=4)
    (trade,) = scene.publish(e.OrderFilled(time=TIME, order=partial, deal=deal(4)))
    assert trade["data"]["status"] == "PARTIALLY_FILLED"
    assert trade["data"]["quantity"] == 4


def test_fills_of_other_accounts_and_of_people_are_not_strategy_trades(scene: Scene) -> None:
    assert scene.publish(e.OrderFilled(time=TIME, order=order(strategy=None), deal=deal())) == []
    assert scene.publish(e.OrderFilled(time=TIME, order=order(account="spot"), deal=deal())) == []


def test_a_failed_strategy_is_told_with_the_list_that_shows_its_status(scene: Scene) -> None:
    failed = replace(STRATEGY, status=StrategyStatus.ERROR, error="no bars")
    scene.engine.known_strategies = [failed]
    error, listed = scene.publish(e.StrategyFailed(time=TIME, strategy=failed))
    assert error["data"]["code"] == "STRATEGY_FAILED"
    assert listed["data"][0]["status"] == "ERROR"


def test_every_client_is_told_until_it_leaves(scene: Scene) -> None:
    other = FakeClient("c2")
    scene.facade.opened(other)
    other.take()
    scene.publish(EXAMPLES["server.strategy_paused"])
    assert other.types() == ["strategy_paused"]
    scene.facade.closed(other)
    scene.publish(EXAMPLES["server.strategy_paused"])
    assert other.types() == []
