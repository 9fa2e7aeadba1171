"""The AI service's endpoint in both dialects."""

from __future__ import annotations

import json

import bot_core_states as states
import pytest
from facade_fakes import FacadeScene, FakeClient, FakeEngine, services, vector, vectors

from embedded_server.model import events as e
from embedded_server.model.commands import RequestSignal
from embedded_server.model.enums import Resolution
from embedded_server.protocols.ai_service.facade import READER, AiServiceFacade

GREETING_TIME = 1_760_092_200_000_000_000


class Scene(FacadeScene):
    """A façade and one connected client."""

    def __init__(self, dialect: str = "documented") -> None:
        self.engine = FakeEngine()
        self.engine.now = GREETING_TIME
        given, _ = services(self.engine, dialect=dialect)
        self.facade = AiServiceFacade(given)
        self.client = FakeClient()
        self.facade.opened(self.client)
        self.greeting = self.client.take()


@pytest.fixture
def documented() -> Scene:
    return Scene()


@pytest.fixture
def observed() -> Scene:
    return Scene("observed")


PERIODIC = e.AiSignalGenerated(time=states.TIME, signal=states.SIGNAL)
REQUESTED = e.AiSignalGenerated(time=states.TIME, signal=states.SIGNAL, requested=True)


@pytest.mark.parametrize("dialect", ["documented", "observed"])
def test_the_greeting_is_exactly_the_documents(dialect: str) -> None:
    scene = Scene(dialect)
    assert scene.greeting == [vector("ai_service", "server.connection")]
    assert list(scene.greeting[0]) == ["type", "message", "timestamp"]


@pytest.mark.parametrize("name", vectors("ai_service", "client"))
def test_every_client_message_is_understood(name: str) -> None:
    READER.read(json.dumps(vector("ai_service", name)))


def test_a_ping_is_answered_with_the_documented_pong(documented: Scene) -> None:
    documented.engine.now = states.TIME
    assert documented.ask({"type": "Ping"}) == [vector("ai_service", "server.Pong")]


def test_signals_are_told_as_the_document_shows_them(documented: Scene) -> None:
    shown = vector("ai_service", "server.AISignalReceived")
    assert documented.publish(PERIODIC) == [shown]
    assert documented.publish(REQUESTED) == [shown]


@pytest.mark.parametrize("message", ["", "hello", '{"type":"Fly"}', b"\xff"])
def test_what_cannot_be_used_is_a_websocket_error(documented: Scene, message: str | bytes) -> None:
    (error,) = documented.ask(message)
    assert (error["type"], error["data"]["code"]) == ("Error", "WEBSOCKET_ERROR")
    assert documented.client.code is None


def test_a_signal_on_demand_is_asked_of_the_engine(documented: Scene) -> None:
    assert documented.ask(vector("ai_service", "client.RequestSignal")) == []
    assert documented.engine.commands == [RequestSignal(instrument=states.KEY, timeframe=Resolution.H1)]


def test_a_signal_that_cannot_be_is_an_error(documented: Scene) -> None:
    (error,) = documented.ask({"type": "RequestSignal", "data": {"symbol": "NOPE"}})
    assert error["data"]["code"] == "MARKET_DATA_ERROR"


def test_a_late_client_is_not_told_old_signals(documented: Scene) -> None:
    documented.publish(PERIODIC)
    late = FakeClient("c2")
    documented.facade.opened(late)
    assert late.types() == ["connection"]


@pytest.mark.parametrize("message", ["", "hello", "{}", '{"type":"Ping"}', '{"type":"Fly"}'])
def test_in_the_observed_dialect_any_text_is_answered_alike(observed: Scene, message: str) -> None:
    assert observed.ask(message) == [vector("ai_service", "observed.Pong")]


def test_in_the_observed_dialect_a_signal_is_still_made_on_demand(observed: Scene) -> None:
    assert observed.ask(vector("ai_service", "client.RequestSignal")) == [
        vector("ai_service", "observed.Pong")
    ]
    assert observed.engine.commands == [RequestSignal(instrument=states.KEY, timeframe=Resolution.H1)]


def test_in_the_observed_dialect_periodic_signals_have_their_own_form(observed: Scene) -> None:
    assert observed.publish(PERIODIC) == [vector("ai_service", "observed.AISignalReceived")]
    assert observed.publish(REQUESTED) == [vector("ai_service", "server.AISignalReceived")]


def test_nothing_reaches_a_client_that_left(documented: Scene) -> None:
    documented.facade.closed(documented.client)
    assert documented.publish(PERIODIC) == []
