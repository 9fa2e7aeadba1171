"""The bot core's endpoint: the order of frames, pings, commands, errors."""

from __future__ import annotations

import bot_core_states as states
import pytest
from bot_core_scene import Scene, types
from facade_fakes import FakeClient
from msgspec.structs import replace

from embedded_server.kernel.time import SECOND
from embedded_server.model import events as e
from embedded_server.model.commands import ClosePosition, ControlBot, Refused, RequestSignal
from embedded_server.model.enums import BotStatus, OrderStatus, Reason, RefusalCode, Resolution
from embedded_server.model.risk import KillSwitchReport


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_connected_is_the_first_frame_then_status_positions_and_prices() -> None:
    scene = Scene()
    assert types(scene.first)[:2] == ["Connected", "BotStatusUpdate"]
    assert types(scene.first)[2:] == ["MarketData"] * 8
    assert scene.first[0]["data"]["client_id"] == "client_c1"


def test_a_client_that_comes_late_learns_the_open_positions() -> None:
    scene = Scene()
    scene.engine.accounts["futures"].open = [states.position()]
    late = FakeClient("c2")
    scene.facade.opened(late)
    told = [message for message in late.take() if message["type"] == "PositionUpdate"]
    assert [message["data"]["action"] for message in told] == ["OPENED"]


def test_a_ping_is_answered_by_the_documented_pong(scene: Scene) -> None:
    assert scene.ask({"type": "ping"}) == [
        {"type": "Pong", "data": {"timestamp": 1697234567000}, "timestamp": 1697234567000}
    ]


def test_one_early_ping_is_tolerated_the_next_disconnects(scene: Scene) -> None:
    assert types(scene.ask({"type": "Ping"})) == ["Pong"]
    assert scene.ask({"type": "Ping"}) == []
    assert scene.client.code == 1008


def test_pings_thirty_seconds_apart_are_always_answered(scene: Scene) -> None:
    for _ in range(10):
        scene.time.pass_(27.5)
        assert types(scene.ask({"type": "Ping"})) == ["Pong"]
    assert scene.client.code is None


def test_a_regular_client_may_still_be_early_once(scene: Scene) -> None:
    scene.time.pass_(30)
    scene.ask({"type": "Ping"})
    scene.time.pass_(5)
    assert types(scene.ask({"type": "Ping"})) == ["Pong"]
    scene.time.pass_(5)
    scene.ask({"type": "Ping"})
    assert scene.client.code == 1008


@pytest.mark.parametrize(
    "message", ["", "9", "[]", "{}", '{"type":"Fly"}', b"\xff", '{"type":"BotCommand"}', "NaN", "[" * 9999]
)
def test_what_cannot_be_used_is_a_recoverable_websocket_error(scene: Scene, message: str | bytes) -> None:
    (error,) = scene.ask(message)
    assert error["type"] == "Error"
    assert error["data"]["code"] == "WEBSOCKET_ERROR"
    assert error["data"]["recoverable"] is True
    assert scene.client.code is None


@pytest.mark.parametrize("command", ["START", "PAUSE", "STOP"])
def test_bot_commands_reach_the_engine(scene: Scene, command: str) -> None:
    scene.ask({"type": "BotCommand", "data": {"command": command}})
    assert scene.engine.commands == [ControlBot(command=command)]


def test_an_unknown_bot_command_is_an_error(scene: Scene) -> None:
    (error,) = scene.ask({"type": "BotCommand", "data": {"command": "DANCE"}})
    assert error["data"]["code"] == "WEBSOCKET_ERROR"
    assert scene.engine.commands == []


@pytest.mark.parametrize(
    ("refusal", "severity"),
    [
        (RefusalCode.INVALID_STATE, "INFO"),
        (RefusalCode.KILL_SWITCH, "WARNING"),
        (RefusalCode.INVALID, "ERROR"),
    ],
)
def test_a_refused_bot_command_says_how_serious_it_is(
    scene: Scene, refusal: RefusalCode, severity: str
) -> None:
    scene.engine.outcome = Refused(refusal, "no")
    (error,) = scene.ask({"type": "BotCommand", "data": {"command": "START"}})
    assert (error["data"]["code"], error["data"]["severity"]) == ("WEBSOCKET_ERROR", severity)


def test_a_signal_is_requested_for_the_perpetual(scene: Scene) -> None:
    assert scene.ask({"type": "RequestSignal", "data": {"symbol": "ETHUSDT", "timeframe": "4h"}}) == []
    assert scene.engine.commands == [RequestSignal(instrument="ETHUSDT-PERP", timeframe=Resolution.H4)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"symbol": "NOPE"}, "MARKET_DATA_ERROR"),
        ({"symbol": "BTCUSDT-PERP"}, "MARKET_DATA_ERROR"),
        ({"symbol": "BTCUSDT", "timeframe": "7m"}, "AI_SERVICE_ERROR"),
    ],
)
def test_a_signal_that_cannot_be_is_an_error(scene: Scene, data: object, code: str) -> None:
    (error,) = scene.ask({"type": "RequestSignal", "data": data})
    assert error["data"]["code"] == code


def test_the_engines_refusal_of_a_signal_is_an_ai_service_error(scene: Scene) -> None:
    scene.engine.outcome = Refused(RefusalCode.INVALID, "no bars yet")
    (error,) = scene.ask({"type": "RequestSignal", "data": {"symbol": "BTCUSDT"}})
    assert (error["data"]["code"], error["data"]["message"]) == ("AI_SERVICE_ERROR", "no bars yet")


def test_a_position_is_closed_by_the_id_it_was_told_with(scene: Scene) -> None:
    scene.ask({"type": "ClosePosition", "data": {"position_id": "pos_12"}})
    assert scene.engine.commands == [ClosePosition(account="futures", position_id=12)]


@pytest.mark.parametrize("name", ["pos_", "12a", "pos_-1", "pos_" + "9" * 30, "pos_²"])
def test_what_is_no_position_is_invalid_position(scene: Scene, name: str) -> None:
    (error,) = scene.ask({"type": "ClosePosition", "data": {"position_id": name}})
    assert error["data"]["code"] == "INVALID_POSITION"


def test_an_unknown_position_is_invalid_position(scene: Scene) -> None:
    scene.engine.outcome = Refused(RefusalCode.UNKNOWN_POSITION, "gone")
    (error,) = scene.ask({"type": "ClosePosition", "data": {"position_id": "pos_12"}})
    assert error["data"]["code"] == "INVALID_POSITION"


def quote_event(key: str = states.KEY) -> e.QuoteChanged:
    return e.QuoteChanged(time=states.TIME, quote=replace(states.QUOTE, instrument=key))


def test_prices_are_told_once_a_batch_for_perpetuals_only(scene: Scene) -> None:
    told = scene.publish(quote_event(), quote_event("BTCUSDT"), quote_event(), quote_event("ETHUSDT-PERP"))
    assert [message["data"]["symbol"] for message in told] == ["BTCUSDT", "ETHUSDT"]


def test_a_candle_close_is_told_for_the_documented_timeframes(scene: Scene) -> None:
    events = [
        e.BarClosed(time=states.TIME, instrument=states.KEY, resolution=resolution, bar=states.BAR)
        for resolution in Resolution
    ]
    told = scene.publish(*events)
    assert [message["data"]["timeframe"] for message in told] == ["1m", "5m", "15m", "1h", "4h", "1d"]


def test_candles_of_one_symbol_never_replace_one_another(scene: Scene) -> None:
    later = replace(states.BAR, time=states.BAR.time + 60 * SECOND)
    for bar in (states.BAR, later):
        scene.publish(e.BarClosed(time=states.TIME, instrument=states.KEY, resolution=Resolution.M1, bar=bar))
    assert len(set(scene.topics.keys)) == 2


def test_a_position_lives_from_opened_over_updated_to_closed(scene: Scene) -> None:
    events = [
        e.PositionOpened(time=states.TIME, position=states.position()),
        e.PositionChanged(time=states.TIME, position=states.position()),
        e.PositionClosed(time=states.TIME, position=states.position(lots=0), reason=Reason.CLIENT),
    ]
    told = [message for message in scene.publish(*events) if message["type"] == "PositionUpdate"]
    assert [message["data"]["action"] for message in told] == ["OPENED", "UPDATED", "CLOSED"]


def test_positions_that_closed_unwatched_are_not_remembered(scene: Scene) -> None:
    scene.publish(
        *(e.PositionOpened(time=states.TIME, position=states.position(id=number)) for number in range(1, 50))
    )
    scene.facade.closed(scene.client)
    scene.publish(e.PositionClosed(time=states.TIME, position=states.position(lots=0), reason=Reason.CLIENT))
    scene.facade.opened(scene.client)
    scene.engine.accounts["futures"].open = [states.position(id=49)]
    scene.publish(quote_event())
    assert set(scene.facade._announcements._told) == {49}


def test_a_moving_price_updates_a_position_at_most_once_a_second(scene: Scene) -> None:
    scene.engine.accounts["futures"].open = [states.position()]
    assert "PositionUpdate" in types(scene.publish(quote_event()))
    scene.engine.now += SECOND // 2
    assert "PositionUpdate" not in types(scene.publish(quote_event()))
    scene.engine.now += SECOND // 2
    assert "PositionUpdate" in types(scene.publish(quote_event()))
    scene.engine.now += SECOND
    assert "PositionUpdate" not in types(scene.publish(quote_event("ETHUSDT-PERP")))


def test_other_accounts_are_not_told(scene: Scene) -> None:
    spot = states.position(account="spot", instrument="BTCUSDT")
    filled = e.OrderFilled(
        time=states.TIME, order=states.order(account="spot"), deal=states.deal(account="spot")
    )
    assert scene.publish(e.PositionOpened(time=states.TIME, position=spot), filled) == []


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (e.OrderFilled(time=states.TIME, order=states.order(), deal=states.deal()), "FILLED"),
        (
            e.OrderFilled(
                time=states.TIME,
                order=states.order(status=OrderStatus.PARTIALLY_FILLED),
                deal=states.deal(),
            ),
            "PARTIALLY_FILLED",
        ),
        (e.OrderCanceled(time=states.TIME, order=states.order(), reason=Reason.CLIENT), "CANCELED"),
        (e.OrderExpired(time=states.TIME, order=states.order()), "CANCELED"),
        (e.OrderRejected(time=states.TIME, order=states.order()), "REJECTED"),
    ],
)
def test_every_trade_status_is_reached(scene: Scene, event: e.Event, status: str) -> None:
    assert scene.publish(event)[0]["data"]["status"] == status


def failed(required: int, available: int) -> e.BotTradeFailed:
    return e.BotTradeFailed(
        time=states.TIME,
        instrument=states.KEY,
        message="Insufficient balance for trade execution",
        required_micros=required,
        available_micros=available,
    )


ERRORS: dict[str, tuple[e.Event, str, str]] = {
    "a trade dearer than the balance": (failed(2, 1), "TRADE_EXECUTION_FAILED", "ERROR"),
    "no balance at all": (failed(2, 0), "INSUFFICIENT_BALANCE", "ERROR"),
    "a margin call": (
        e.MarginCalled(time=states.TIME, account="futures", margin_level_percent=99.0),
        "INSUFFICIENT_BALANCE",
        "WARNING",
    ),
    "a market that closes": (
        e.SessionChanged(time=states.TIME, instrument=states.KEY, open=False),
        "MARKET_DATA_ERROR",
        "WARNING",
    ),
    "a market that opens": (
        e.SessionChanged(time=states.TIME, instrument=states.KEY, open=True),
        "MARKET_DATA_ERROR",
        "INFO",
    ),
    "the kill switch": (
        e.KillSwitchChanged(
            time=states.TIME, report=KillSwitchReport(engaged=True, reason="panic", time=states.TIME)
        ),
        "TRADE_EXECUTION_FAILED",
        "CRITICAL",
    ),
    "a bot that failed": (
        e.BotStatusChanged(time=states.TIME, bot=replace(states.BOT, status=BotStatus.ERROR)),
        "TRADE_EXECUTION_FAILED",
        "CRITICAL",
    ),
}


@pytest.mark.parametrize("cause", ERRORS)
def test_trouble_is_told_with_its_code_and_severity(scene: Scene, cause: str) -> None:
    event, code, severity = ERRORS[cause]
    error = scene.publish(event)[-1]
    assert error["type"] == "Error"
    assert (error["data"]["code"], error["data"]["severity"]) == (code, severity)


def test_a_signal_reaches_every_client(scene: Scene) -> None:
    told = scene.publish(e.AiSignalGenerated(time=states.TIME, signal=states.SIGNAL))
    assert types(told) == ["AISignalReceived", "BotStatusUpdate"]


def test_a_status_that_was_just_told_is_not_told_again(scene: Scene) -> None:
    opened = e.PositionOpened(time=states.TIME, position=states.position())
    told = scene.publish(opened, e.BotStatusChanged(time=states.TIME, bot=states.BOT))
    assert types(told) == ["PositionUpdate", "BotStatusUpdate"]


def test_nothing_reaches_a_client_that_left(scene: Scene) -> None:
    scene.facade.closed(scene.client)
    scene.topics.drop(scene.client)
    assert scene.publish(quote_event(), e.BotStatusChanged(time=states.TIME, bot=states.BOT)) == []
