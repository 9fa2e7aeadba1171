"""Stand-ins for what a façade is given: clients, topics, time moved by hand, an engine made of states."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from embedded_server.credentials import BotCoreCredentials, Credentials
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.model.commands import Accepted, Command, Outcome
from embedded_server.model.enums import BotStatus, Resolution
from embedded_server.model.events import Event
from embedded_server.model.risk import RiskLimits, RiskState
from embedded_server.model.states import Bar, BotState, DayStatistics, DepthLevel, Indicators, Quote
from embedded_server.protocols.facade import Client, Handshake, Services

WIRE = Path(__file__).parents[2] / "wire"
NOW = 1_697_234_567_000_000_000
JWT_SECRET = "a secret of at least thirty-two bytes"


def vector(endpoint: str, name: str) -> Any:
    """An example message of a document, parsed."""
    return json.loads((WIRE / endpoint / f"{name}.json").read_text())


def vectors(endpoint: str, direction: str) -> list[str]:
    """The names of all examples of one direction."""
    return sorted(path.stem for path in (WIRE / endpoint).glob(f"{direction}.*.json"))


class FakeClient:
    """Remembers what was sent to it, parsed."""

    def __init__(self, name: str = "c1", handshake: Handshake | None = None) -> None:
        self.id = name
        self.handshake = handshake or Handshake("/ws")
        self.sent: list[Any] = []
        self.code: int | None = None

    def send(self, payload: bytes, *, binary: bool = False) -> None:
        assert not binary
        self.sent.append(json.loads(payload))

    def close(self, code: int, reason: str = "") -> None:
        self.code = code

    def take(self) -> list[Any]:
        sent, self.sent = self.sent, []
        return sent

    def types(self) -> list[str]:
        return [message["type"] for message in self.take()]


class FacadeScene:
    """A façade and one connected client; a test's own scene makes both."""

    facade: Any
    client: FakeClient

    def ask(self, message: object) -> list[Any]:
        """Send a message; what comes back at once."""
        text = message if isinstance(message, str | bytes) else json.dumps(message)
        self.facade.received(self.client, text)
        return self.client.take()

    def publish(self, *events: Event) -> list[Any]:
        """What the client is told of a batch of events."""
        self.facade.publish(events)
        return self.client.take()


class FakeTopics:
    """Delivers at once to the clients that subscribed."""

    def __init__(self) -> None:
        self.members: dict[str, list[Client]] = {}
        self.keys: list[tuple[str, str | None]] = []

    def subscribe(self, client: Client, topic: str) -> bool:
        members = self.members.setdefault(topic, [])
        if client in members:
            return False
        members.append(client)
        return True

    def unsubscribe(self, client: Client, topic: str) -> bool:
        members = self.members.get(topic, [])
        if client not in members:
            return False
        members.remove(client)
        if not members:
            del self.members[topic]
        return True

    def drop(self, client: Client) -> None:
        for topic in self.of(client):
            self.unsubscribe(client, topic)

    def has(self, topic: str) -> bool:
        return topic in self.members

    def active(self) -> Sequence[str]:
        return tuple(self.members)

    def of(self, client: Client) -> Sequence[str]:
        return tuple(topic for topic, members in self.members.items() if client in members)

    def publish(self, topic: str, payload: bytes, *, binary: bool = False, key: str | None = None) -> None:
        self.keys.append((topic, key))
        for client in self.members.get(topic, ()):
            client.send(payload, binary=binary)


class FakeTimer:
    def __init__(self, due: float, callback: Callable[[], None]) -> None:
        self.due = due
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class FakeTime:
    """Real time that moves only by `pass_`."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.timers: list[FakeTimer] = []

    def monotonic(self) -> float:
        return self.seconds

    def epoch_ms(self) -> int:
        return NOW // 1_000_000 + int((self.seconds - 1000.0) * 1000)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> FakeTimer:
        timer = FakeTimer(self.seconds + seconds, callback)
        self.timers.append(timer)
        return timer

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds
        for timer in self.timers:
            if timer.callback is not None and timer.due <= self.seconds:
                callback, timer.callback = timer.callback, None
                callback()


class FakeMarket:
    """Every instrument quoted around its initial price, with one closed and one forming bar."""

    def __init__(self) -> None:
        self.instruments = {instrument.key: instrument for instrument in CATALOGUE}

    def middle(self, key: str) -> int:
        instrument = self.instruments[key]
        return instrument.nearest_ticks(instrument.initial_price)

    def quote(self, key: str) -> Quote:
        middle = self.middle(key)
        return Quote(key, NOW, middle - 1, middle + 1, 30, 40, middle)

    def day(self, key: str) -> DayStatistics:
        middle = self.middle(key)
        return DayStatistics(middle - 10, middle + 20, middle - 20, middle, 1_000, 5_000_000_000)

    def depth(self, key: str, levels: int) -> tuple[tuple[DepthLevel, ...], tuple[DepthLevel, ...]]:
        middle = self.middle(key)
        bids = tuple(DepthLevel(middle - 1 - step, 10 + step) for step in range(levels))
        asks = tuple(DepthLevel(middle + 1 + step, 10 + step) for step in range(levels))
        return bids, asks

    def forming(self, key: str, resolution: Resolution) -> Bar:
        middle = self.middle(key)
        return Bar(NOW - NOW % 60_000_000_000, middle, middle + 2, middle - 2, middle + 1, 7)

    def bars(self, key: str, resolution: Resolution, *, count: int) -> Sequence[Bar]:
        forming = self.forming(key, resolution)
        middle = self.middle(key)
        bars = [
            Bar(forming.time - back * 60_000_000_000, middle, middle + 2, middle - 2, middle + 1, 9)
            for back in range(300, 0, -1)
        ]
        return [*bars, forming][-count:]

    def is_open(self, key: str) -> bool:
        return True


class FakeAccount:
    def __init__(self, kind: str) -> None:
        self.instruments = tuple(one.key for one in CATALOGUE if one.asset_class == kind)
        self.open: list[Any] = []

    def positions(self) -> tuple[Any, ...]:
        return tuple(self.open)


class FakeEngine:
    """States to be set by a test; commands are remembered and answered with `outcome`."""

    def __init__(self) -> None:
        self.now = NOW
        self.market = FakeMarket()
        self.accounts = {
            "equities": FakeAccount("equity"),
            "futures": FakeAccount("perpetual"),
            "forex": FakeAccount("forex"),
            "spot": FakeAccount("spot"),
        }
        self.known_strategies: list[Any] = []
        self.strategies = SimpleNamespace(
            running=True,
            states=lambda: tuple(self.known_strategies),
            state=lambda name: next((one for one in self.known_strategies if one.id == name), None),
        )
        self.bot_state = BotState(status=BotStatus.RUNNING)
        self.bot = SimpleNamespace(state=lambda: self.bot_state)
        self.analysis = SimpleNamespace(
            window=lambda key, resolution: None, indicators=lambda key, resolution: Indicators()
        )
        self.risk = RiskState(
            equity_micros=0,
            exposure_micros=0,
            drawdown_percent=0.0,
            limits=RiskLimits(),
            accounts=(),
            strategies=(),
            kill_switch=False,
        )
        self.guardian = SimpleNamespace(state=lambda: self.risk, limits=RiskLimits())
        self.signals: list[Any] = []
        self.ai_service = SimpleNamespace(history=lambda: tuple(self.signals), latest=lambda key: None)
        self.commands: list[Command] = []
        self.outcome: Outcome = Accepted()

    def submit(self, command: Command) -> Outcome:
        self.commands.append(command)
        return self.outcome

    def publish(self) -> None:
        """Nothing happened that was not told."""


def services(
    engine: FakeEngine, *, dialect: str = "documented", require_authentication: bool = False
) -> tuple[Services, FakeTime]:
    """Services around a fake engine, and the time they tell."""
    time = FakeTime()
    given: Any = engine
    return (
        Services(
            engine=given,
            topics=FakeTopics(),
            time=time,
            credentials=Credentials(bot_core=BotCoreCredentials(jwt_secret=JWT_SECRET)),
            dialect=dialect,
            require_authentication=require_authentication,
        ),
        time,
    )
