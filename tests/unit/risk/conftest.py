"""A small real exchange with a guardian in front of its four accounts."""

from __future__ import annotations

from typing import TypeVar

import pytest

from embedded_server.accounts.accounts import Accounts
from embedded_server.analysis.ai_service import AiService
from embedded_server.analysis.analysis import Analysis
from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import HOUR, SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.market import Market
from embedded_server.model.commands import Accepted, PlaceOrder
from embedded_server.model.enums import OrderKind, Side
from embedded_server.model.events import Event
from embedded_server.model.risk import AccountRisk, RiskLimits
from embedded_server.risk.guardian import Guardian
from embedded_server.strategies.bot import Bot
from embedded_server.strategies.registry import LISTINGS
from embedded_server.strategies.strategies import Strategies

START = 1_767_571_200 * SECOND
KEYS = {"AAPL", "MSFT", "GOOGL", "BTCUSDT", "BTCUSDT-PERP", "EURUSD", "USDJPY"}

E = TypeVar("E", bound=Event)


class Exchange:
    """Everything the guardian guards, and the events it caused."""

    def __init__(self, *, start: int = START, sessions: bool = False) -> None:
        self.simulation = Simulation(seed=11, start=start)
        listed = [one for one in CATALOGUE if one.key in KEYS]
        self.market = Market(self.simulation, listed, sessions=sessions)
        self.accounts = Accounts(self.simulation, self.market)
        analysis = Analysis(self.simulation, self.market)
        ai_service = AiService(self.simulation, self.market, analysis)
        listings = [one for one in LISTINGS if set(one.config.symbols) <= KEYS]
        self.strategies = Strategies(self.simulation, self.market, analysis, self.accounts, listings=listings)
        self.bot = Bot(self.simulation, self.market, self.accounts, ai_service)
        self.guardian = Guardian(self.simulation, self.market, self.accounts, self.strategies, self.bot)
        self.accounts.set_gate(self.guardian.gate)
        self.events: list[Event] = []
        self.market.start()
        self.strategies.start()
        self.bot.start()
        self.guardian.start()

    def run(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.simulation.run_until(self.simulation.now + round(seconds * SECOND))
        self.collect()

    def collect(self) -> None:
        """Run what is due now and take what was emitted."""
        self.simulation.settle()
        self.events += self.simulation.take_emitted()

    def of(self, kind: type[E]) -> list[E]:
        """The events of one kind so far."""
        self.collect()
        return [event for event in self.events if isinstance(event, kind)]

    def forget(self) -> None:
        """Drop the events so far."""
        self.collect()
        self.events.clear()

    def order(self, account: str, key: str, lots: int, **changes: object) -> PlaceOrder:
        """A market order to buy, unless `changes` say otherwise."""
        plain: dict[str, object] = {
            "account": account,
            "instrument": key,
            "side": Side.BUY,
            "kind": OrderKind.MARKET,
            "lots": lots,
        }
        return PlaceOrder(**(plain | changes))  # type: ignore[arg-type]

    def place(self, account: str, key: str, lots: int, **changes: object) -> int:
        """Send an order that must be accepted; returns its id."""
        outcome = self.accounts.submit(self.order(account, key, lots, **changes))
        assert isinstance(outcome, Accepted), outcome
        self.collect()
        assert isinstance(outcome.id, int)
        return outcome.id

    def risk(self, account: str) -> AccountRisk:
        """The guardian's figures of one account."""
        return next(one for one in self.guardian.state().accounts if one.account == account)


@pytest.fixture
def exchange() -> Exchange:
    """An exchange whose limits are tight enough for small orders to reach."""
    exchange = Exchange()
    exchange.guardian.limits = RiskLimits(max_exposure_percent=500.0, max_order_notional_percent=400.0)
    return exchange


@pytest.fixture
def exchange_before_the_bell() -> Exchange:
    """An exchange that begins twenty seconds before equities close on a Monday, 20:00 UTC."""
    return Exchange(start=START + 20 * HOUR - 20 * SECOND, sessions=True)


@pytest.fixture
def exchange_before_midnight() -> Exchange:
    """An exchange that begins twenty seconds before a UTC day ends."""
    return Exchange(start=START - 20 * SECOND)
