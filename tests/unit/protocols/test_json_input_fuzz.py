"""Whatever a client sends to these endpoints: no exception, and at most a short answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from facade_fakes import FakeClient, FakeEngine, services
from hypothesis import given, settings
from hypothesis import strategies as st

from embedded_server.protocols.ai_service.facade import AiServiceFacade
from embedded_server.protocols.bot_core.facade import BotCoreFacade
from embedded_server.protocols.facade import Facade
from embedded_server.protocols.market_data_gateway.facade import MarketDataGatewayFacade
from embedded_server.protocols.orchestrator.facade import OrchestratorFacade
from embedded_server.protocols.risk_guardian.facade import RiskGuardianFacade

FACADES = [
    OrchestratorFacade,
    MarketDataGatewayFacade,
    RiskGuardianFacade,
    BotCoreFacade,
    AiServiceFacade,
]
TYPES = [
    "get_active_strategies",
    "start_strategy",
    "subscribe",
    "unsubscribe",
    "set_risk_limits",
    "engage_kill_switch",
    "Ping",
    "ping",
    "Authenticate",
    "BotCommand",
    "RequestSignal",
    "ClosePosition",
]
NAMES = ["id", "config", "data", "symbols", "channels", "token", "symbol", "timeframe", "command", "reason"]

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
messages = st.builds(
    lambda kind, rest: rest | {"type": kind},
    st.sampled_from(TYPES) | values,
    st.dictionaries(st.sampled_from(NAMES), values, max_size=5),
)
frames = st.one_of(
    messages.map(json.dumps),
    values.map(json.dumps),
    st.text(max_size=200),
    st.binary(max_size=200),
)


@pytest.mark.parametrize("kind", FACADES, ids=lambda kind: kind.name)
@settings(max_examples=150, deadline=None, derandomize=True)
@given(sent=st.lists(frames, min_size=1, max_size=5))
def test_no_frame_raises_or_is_echoed_at_length(kind: type[Facade], sent: list[str | bytes]) -> None:
    given_services, time = services(FakeEngine())
    facade = kind(given_services)
    client = FakeClient()
    facade.opened(client)
    client.take()
    for frame in sent:
        time.pass_(30)
        facade.received(client, frame)
    errors: list[Any] = [message for message in client.take() if message["type"] in ("error", "Error")]
    for error in errors:
        assert len(error["data"]["message"]) <= 200
        assert error["data"]["message"].isprintable()
        assert len(json.dumps(error)) < 2_000


@pytest.mark.parametrize("kind", FACADES, ids=lambda kind: kind.name)
def test_a_huge_type_is_not_sent_back(kind: type[Facade]) -> None:
    given_services, _ = services(FakeEngine())
    facade, client = kind(given_services), FakeClient()
    facade.opened(client)
    client.take()
    facade.received(client, json.dumps({"type": "x\u202e" * 20_000}))
    (error,) = client.take()
    assert len(json.dumps(error)) < 4_000
