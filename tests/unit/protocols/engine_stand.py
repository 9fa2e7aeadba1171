"""A façade around a real engine, without sockets: its clients remember what they were sent."""

from __future__ import annotations

import json
from typing import Any, Generic, TypeVar

from facade_fakes import FakeTime, FakeTopics

from embedded_server.credentials import Credentials
from embedded_server.engine.engine import DEFAULT_START, Engine, EngineSettings
from embedded_server.kernel.time import SECOND
from embedded_server.protocols.facade import Facade, Handshake, Services

Kind = TypeVar("Kind", bound=Facade)


class WireClient:
    """Messages as they went over the wire: text as str, binary as bytes."""

    def __init__(self, name: str = "c1", **query: str) -> None:
        self.id = name
        self.handshake = Handshake("/ws", query, {"host": "127.0.0.1:9"})
        self.sent: list[str | bytes] = []
        self.code: int | None = None

    def send(self, payload: bytes, *, binary: bool = False) -> None:
        assert self.code is None, "nothing is sent after a close"
        self.sent.append(payload if binary else payload.decode())

    def close(self, code: int, reason: str = "") -> None:
        self.code = code

    def take(self) -> list[Any]:
        """Everything since the last call: JSON parsed, binary frames as text."""
        sent, self.sent = self.sent, []
        return [one.decode() if isinstance(one, bytes) else json.loads(one) for one in sent]

    def types(self) -> list[str]:
        """The types of the JSON messages since the last call."""
        return [one["type"] for one in self.take() if isinstance(one, dict)]


class Stand(Generic[Kind]):
    """One façade, its engine and the time of its timers."""

    def __init__(self, kind: type[Kind], start: int = DEFAULT_START) -> None:
        self.engine = Engine(EngineSettings(seed=7, start=start))
        self.time = FakeTime()
        self.topics = FakeTopics()
        self.credentials = Credentials()
        self.facade = kind(
            Services(engine=self.engine, topics=self.topics, time=self.time, credentials=self.credentials)
        )
        self.engine.bus.subscribe(lambda sequence, batch: self.facade.publish(batch))
        self.engine.publish()

    def say(self, client: WireClient, message: object) -> None:
        """The client sends an object as JSON, or text as it is."""
        text = message if isinstance(message, str | bytes) else json.dumps(message)
        self.facade.received(client, text)
        self.engine.publish()

    def run(self, seconds: float) -> None:
        """The market runs, published once a second."""
        for _ in range(max(1, round(seconds))):
            self.engine.step(SECOND)
            self.engine.publish()
