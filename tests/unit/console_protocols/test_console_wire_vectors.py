"""The documents' example messages, read and written by the console's codecs, and hostile variants of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_trader.model import commands as c
from tui_trader.model.errors import ProtocolError
from tui_trader.model.events import UnknownReceived
from tui_trader.protocols.bars.codec import Topic
from tui_trader.protocols.codec import Codec, Decoded, Endpoint, Frame, Outgoing
from tui_trader.protocols.onetrade import client_messages
from tui_trader.protocols.registry import CODECS, PROTOCOLS, codec_for

WIRE = Path(__file__).parents[2] / "wire"
SERVER_FILES = sorted(WIRE.glob("*/server.*.json"))
CLIENT_FILES = sorted(WIRE.glob("*/client.*.json"))
NOW = 1_647_356_789_123
CREDENTIALS = {
    "api_key": "your_api_key",
    "api_secret": "secret",
    "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...",
}

HOSTILE_TEXTS = (
    "\x1b]52;c;aGFjaw==\x07clip",
    "\x1b[31mred\x1b[0m",
    "\x9b31mred",
    "a\u202eb\u2066c\u200bd\ufeff",
    "line\nbreak\r\x00\x08\x7f",
    "z" * 5_000,
    "e" + "\u0301" * 50,
    "",
)
HOSTILE_VALUES: tuple[Any, ...] = (None, True, -1, 1.5, 10**30, [], {}, "x", "NaN", [[1, 2, 3]], {"a": {}})


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def codec(protocol: str) -> Codec:
    return codec_for(protocol)("link", Endpoint("ws://127.0.0.1:1/ws", "", CREDENTIALS))


def decode(protocol: str, data: str | bytes) -> Decoded:
    return codec(protocol).decode(data, NOW)


def strings(value: object) -> Iterator[str]:
    """Every string anywhere in an event."""
    match value:
        case str():
            yield value
        case tuple() | list():
            for part in value:
                yield from strings(part)
        case msgspec.Struct():
            for field in value.__struct_fields__:
                yield from strings(getattr(value, field))


def leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths to every value in a JSON document."""
    yield path
    if isinstance(node, dict | list):
        for key, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(child, (*path, key))


def replaced(node: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of a JSON document with another value at a path."""
    if not path:
        return value
    copy = dict(node) if isinstance(node, dict) else list(node)
    copy[path[0]] = replaced(node[path[0]], path[1:], value)
    return copy


def test_there_are_vectors_for_every_protocol() -> None:
    assert {path.parent.name for path in SERVER_FILES} == set(PROTOCOLS)
    assert len({codec.protocol for codec in CODECS}) == len(CODECS) == 8


@pytest.mark.parametrize("path", SERVER_FILES, ids=name)
def test_every_example_of_a_server_message_is_understood(path: Path) -> None:
    decoded = decode(path.parent.name, path.read_text())
    assert not any(isinstance(event, UnknownReceived) for event in decoded.events)


@pytest.mark.parametrize("path", SERVER_FILES, ids=name)
def test_unknown_fields_anywhere_change_nothing(path: Path) -> None:
    message = json.loads(path.read_text())
    expected = decode(path.parent.name, json.dumps(message))
    for place in leaves(message):
        target: Any = message
        for key in place:
            target = target[key]
        if isinstance(target, dict) and not _is_open_mapping(place):
            added = replaced(message, place, {**target, "field_of_the_future": {"a": [1, None]}})
            assert decode(path.parent.name, json.dumps(added)) == expected


def _is_open_mapping(place: tuple[Any, ...]) -> bool:
    """Objects whose keys are names, not fields."""
    return bool(place) and (place[-1] in {"strategy_scores", "indicators", "limits"} or place == ("data",))


@pytest.mark.parametrize("path", SERVER_FILES, ids=name)
def test_no_text_of_a_server_can_carry_terminal_control_into_an_event(path: Path) -> None:
    message = json.loads(path.read_text())
    for place in leaves(message):
        for text in HOSTILE_TEXTS:
            _check_harmless(path.parent.name, json.dumps(replaced(message, place, text)))


@pytest.mark.parametrize("path", SERVER_FILES, ids=name)
def test_a_wrong_value_anywhere_is_a_protocol_error_or_harmless(path: Path) -> None:
    message = json.loads(path.read_text())
    for place in leaves(message):
        for value in HOSTILE_VALUES:
            _check_harmless(path.parent.name, json.dumps(replaced(message, place, value)))


def _check_harmless(protocol: str, data: str | bytes) -> None:
    try:
        decoded = decode(protocol, data)
    except ProtocolError as error:
        assert len(str(error)) <= 200
        assert str(error).isprintable()
        return
    for event in decoded.events:
        for text in strings(event):
            assert text.isprintable(), (text, event)
            assert len(text) <= 2_000


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "null",
        "[]",
        '"text"',
        "1e999",
        '{"type": NaN}',
        '{"type": 1}',
        '{"type": "\\ud800"}',
        "[" * 100_000,
        '{"type":' * 50_000,
        '{"type":"x","data":' + "[" * 50_000 + "]" * 50_000 + "}",
        "\x00",
        '{"type": "\x1b[31m"}',
        b"\xff\xfe",
        b"s,1",
        b"1,nan,inf,1,1,1,1",
        b"1,2,3",
    ],
    ids=lambda data: repr(data)[:24],
)
def test_a_frame_that_cannot_be_read_is_a_protocol_error_or_harmless(
    protocol: str, data: str | bytes
) -> None:
    _check_harmless(protocol, data)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.one_of(st.text(), st.binary()))
def test_any_frame_at_all_is_a_protocol_error_or_harmless(protocol: str, data: str | bytes) -> None:
    _check_harmless(protocol, data)


def test_an_unknown_type_is_kept_for_the_journal() -> None:
    for protocol in PROTOCOLS:
        if protocol == "channels":
            continue
        decoded = decode(protocol, '{"type":"brand_new\\u001b[0m","data":{"x":1}}')
        (event,) = decoded.events
        assert isinstance(event, UnknownReceived)
        assert event.kind == "brand_new"
    (event,) = decode("channels", '{"channel":"funding","data":{}}').events
    assert isinstance(event, UnknownReceived)
    assert event.kind == "funding"


def frames(outgoing: Sequence[Outgoing]) -> list[Any]:
    return [json.loads(one.data) for one in outgoing if isinstance(one, Frame)]


def channels_ready(*commands: c.Command) -> list[Any]:
    """Frames of a channels codec: signing in, being accepted, then commands."""
    ready = codec("channels")
    ready.opened(NOW)
    sent = frames(ready.decode('{"event":"authenticated","success":true}', NOW).replies)
    for command in commands:
        sent += frames(ready.encode(command, NOW))
    return sent


def ping(protocol: str) -> list[Any]:
    policy = codec(protocol).heartbeat
    assert policy is not None
    return [json.loads(policy.frame(1_697_234_567_000))]


def encode(protocol: str, *commands: c.Command) -> list[Any]:
    one = codec(protocol)
    return [frame for command in commands for frame in frames(one.encode(command, NOW))]


PERPETUAL = c.RequestSignal(link="link", symbol="BTCUSDT-PERP", timeframe="1h")
ID = "strategy-id"
SENT: dict[str, Callable[[], list[Any]]] = {
    "orchestrator/client.get_active_strategies": lambda: encode(
        "orchestrator", c.ListStrategies(link="link")
    ),
    "orchestrator/client.pause_strategy": lambda: encode(
        "orchestrator", c.PauseStrategy(link="link", strategy_id=ID)
    ),
    "orchestrator/client.stop_strategy": lambda: encode(
        "orchestrator", c.StopStrategy(link="link", strategy_id=ID)
    ),
    "orchestrator/client.start_strategy": lambda: encode(
        "orchestrator",
        c.StartStrategy(
            link="link",
            strategy_id=ID,
            symbols=("AAPL", "MSFT"),
            resolution="1m",
            max_position_value=Decimal(10_000),
            max_orders_per_minute=5,
            stop_loss_percentage=Decimal("0.02"),
        ),
    ),
    "orchestrator/client.get_strategy_configs": lambda: frames(codec("orchestrator").opened(NOW)),
    "market_data_gateway/client.get_instruments": lambda: frames(codec("market_data_gateway").opened(NOW)),
    "risk_guardian/client.get_risk_status": lambda: frames(codec("risk_guardian").opened(NOW)),
    "risk_guardian/client.engage_kill_switch": lambda: encode(
        "risk_guardian", c.EngageKillSwitch(link="link", reason="fat finger")
    ),
    "risk_guardian/client.release_kill_switch": lambda: encode(
        "risk_guardian", c.ReleaseKillSwitch(link="link")
    ),
    "risk_guardian/client.set_risk_limits": lambda: encode(
        "risk_guardian",
        c.SetRiskLimits(
            link="link", limits=(("maxDrawdownPercent", Decimal(15)), ("maxExposurePercent", Decimal(300)))
        ),
    ),
    "bot_core/client.Ping": lambda: ping("bot_core"),
    "bot_core/client.Authenticate": lambda: frames(codec("bot_core").opened(NOW)),
    "bot_core/client.BotCommand": lambda: encode("bot_core", c.ControlBot(link="link", command="PAUSE")),
    "bot_core/client.RequestSignal": lambda: encode("bot_core", PERPETUAL),
    "bot_core/client.ClosePosition": lambda: encode(
        "bot_core", c.ClosePosition(link="link", position_id="pos_123456", reference="r")
    ),
    "ai_service/client.Ping": lambda: ping("ai_service"),
    "ai_service/client.RequestSignal": lambda: encode("ai_service", PERPETUAL),
    "onetrade/client.market_subscribe_symbol": lambda: frames([client_messages.subscribe(1)]),
    "onetrade/client.market_unsubscribe_symbol": lambda: frames([client_messages.unsubscribe(1)]),
    "onetrade/client.start_account_all": lambda: frames(codec("onetrade").opened(NOW)),
    "onetrade/client.stop_account_all": lambda: frames([client_messages.STOP_ACCOUNT]),
    "channels/client.pong": lambda: frames(
        codec("channels").decode('{"event":"ping","timestamp":1}', 1_647_356_789_126).replies
    ),
    "channels/client.subscribe.system_events": channels_ready,
    "bars/client.bars.subscribe": lambda: frames(codec("bars").opened(NOW)),
    "bars/client.bars.unsubscribe": lambda: [json.loads(Topic("AAPL", "1m").request("unsubscribe"))],
}
"""How the console sends each documented client message, word for word."""

SAME_SHAPE = {
    "channels/client.authenticate",
    "channels/client.subscribe",
    "channels/client.subscribe.market_data",
    "channels/client.subscribe.orderbook",
    "channels/client.subscribe.orders",
    "channels/client.subscribe.positions",
    "channels/client.subscribe.trades",
    "channels/client.unsubscribe",
    "market_data_gateway/client.subscribe",
    "market_data_gateway/client.unsubscribe",
}
"""Sent with other symbols, channels or signatures than the example's; the tests of their codecs show them."""


@pytest.mark.parametrize("path", CLIENT_FILES, ids=name)
def test_every_documented_client_message_can_be_sent(path: Path) -> None:
    if name(path) in SAME_SHAPE:
        return
    assert json.loads(path.read_text()) in SENT[name(path)]()
