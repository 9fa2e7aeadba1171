"""Façades on a real engine, and a client of each that only believes what it was sent."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from facade_fakes import FakeClient, FakeTime, FakeTopics

from embedded_server.credentials import Credentials
from embedded_server.engine.engine import Engine, EngineSettings
from embedded_server.kernel.time import MILLISECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.model.instruments import AssetClass
from embedded_server.protocols.facade import Facade, Services


class EngineScene:
    """One façade, one client, some asset classes; `run` gives what was sent before and after uneven steps."""

    def __init__(self, kind: type[Facade], seed: int, *classes: AssetClass) -> None:
        instruments = tuple(one for one in CATALOGUE if one.asset_class in classes)
        self.engine = Engine(EngineSettings(seed=seed, instruments=instruments))
        self.engine.publish()
        services = Services(
            engine=self.engine, topics=FakeTopics(), time=FakeTime(), credentials=Credentials()
        )
        self.facade = kind(services)
        self.client = FakeClient()
        self.engine.bus.subscribe(lambda _, events: self.facade.publish(events))
        self.facade.opened(self.client)
        self._random = random.Random(seed)

    def ask(self, message: str) -> list[Any]:
        self.facade.received(self.client, message)
        self.engine.publish()
        return self.client.take()

    def run(self, minutes: int) -> Iterator[list[Any]]:
        yield self.client.take()
        end = self.engine.now + minutes * 60_000 * MILLISECOND
        while self.engine.now < end:
            self.engine.step(self._random.choice((7, 250, 1_000, 20_000, 61_000, 90_000)) * MILLISECOND)
            self.engine.publish()
            yield self.client.take()
