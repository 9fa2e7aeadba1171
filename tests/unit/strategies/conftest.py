"""A small real exchange: the market's own instruments, accounts and analysis on one virtual clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

import pytest

from embedded_server.accounts.accounts import Accounts
from embedded_server.analysis.ai_service import AiService
from embedded_server.analysis.analysis import Analysis
from embedded_server.analysis.window import Window
from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.market import Market
from embedded_server.model.events import Event
from embedded_server.strategies.rule import Decision

START = 1_767_571_200 * SECOND
KEYS = {
    "AAPL",
    "MSFT",
    "GOOGL",
    "AMZN",
    "TSLA",
    "NVDA",
    "BTCUSDT",
    "BTCUSDT-PERP",
    "ETHUSDT",
    "ETHUSDT-PERP",
    "EURUSD",
}

E = TypeVar("E", bound=Event)


class Exchange:
    """Everything a strategy needs, and the events it caused."""

    def __init__(self, keys: Collection[str] = KEYS) -> None:
        self.simulation = Simulation(seed=7, start=START)
        self.market = Market(self.simulation, [one for one in CATALOGUE if one.key in keys])
        self.accounts = Accounts(self.simulation, self.market)
        self.analysis = Analysis(self.simulation, self.market)
        self.ai_service = AiService(self.simulation, self.market, self.analysis)
        self.events: list[Event] = []
        self.market.start()

    def run(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.simulation.run_until(self.simulation.now + round(seconds * SECOND))
        self.collect()

    def settle(self) -> None:
        """Run what is due now."""
        self.simulation.settle()
        self.collect()

    def collect(self) -> None:
        """Take what was emitted so far."""
        self.events += self.simulation.take_emitted()

    def of(self, kind: type[E]) -> list[E]:
        """The events of one kind so far."""
        self.collect()
        return [event for event in self.events if isinstance(event, kind)]

    def forget(self) -> None:
        """Drop the events so far."""
        self.collect()
        self.events.clear()


class Scripted:
    """A rule that decides what a test wrote down, one entry a bar; an exception in the script is raised."""

    def __init__(self, name: str, script: Iterable[Decision | Exception | None]) -> None:
        self.name = name
        self._script = iter(script)

    def decide(self, window: Window) -> Decision | None:
        """The next entry."""
        entry = next(self._script, None)
        if isinstance(entry, Exception):
            raise entry
        return entry


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


@pytest.fixture
def crypto_exchange() -> Exchange:
    """Two coins and nothing else, for runs over hours."""
    return Exchange({"BTCUSDT", "BTCUSDT-PERP", "ETHUSDT", "ETHUSDT-PERP"})


@pytest.fixture
def scripted() -> type[Scripted]:
    return Scripted
