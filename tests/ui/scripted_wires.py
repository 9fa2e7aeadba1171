"""A console without servers: wires that keep what is sent, a clock that moves when told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from tui_trader.connection.tap import Tap
from tui_trader.model.commands import (
    AnswerRequote,
    CancelOrder,
    ClosePosition,
    Command,
    ControlBot,
    EngageKillSwitch,
    ListStrategies,
    ModifyOrder,
    ModifyPosition,
    PauseStrategy,
    PlaceOrder,
    ReleaseKillSwitch,
    RequestReport,
    RequestSignal,
    SetRiskLimits,
    StartStrategy,
    StopStrategy,
    WatchBars,
    WatchDepth,
    WatchQuotes,
)
from tui_trader.model.errors import CommandError
from tui_trader.model.matters import Matter
from tui_trader.model.order_terms import OrderTerms
from tui_trader.model.values import (
    LinkState,
)
from tui_trader.protocols.registry import codec_for
from tui_trader.settings import Settings

SUPPORTED: dict[str, tuple[type, ...]] = {
    "orchestrator": (ListStrategies, StartStrategy, PauseStrategy, StopStrategy),
    "market_data_gateway": (WatchQuotes, WatchDepth, WatchBars),
    "risk_guardian": (EngageKillSwitch, ReleaseKillSwitch, SetRiskLimits),
    "bot_core": (ControlBot, RequestSignal),
    "ai_service": (RequestSignal,),
    "onetrade": (
        PlaceOrder,
        ModifyOrder,
        CancelOrder,
        ClosePosition,
        ModifyPosition,
        AnswerRequote,
        RequestReport,
    ),
    "channels": (WatchDepth, CancelOrder, PlaceOrder, ClosePosition),
    "bars": (WatchBars,),
}


class Clock:
    """Monotonic seconds that move only when told."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class FakeHealth:
    state: LinkState = LinkState.READY
    last_message: float | None = 999.9
    round_trip: float | None = 0.0012
    messages_per_second: float = 12.4
    messages: int = 4_321
    reconnects: int = 0
    queue: int = 0


@dataclass
class ScriptedWires:
    """Records what is sent; refuses what a test tells it to."""

    names: Sequence[str] = tuple(SUPPORTED)
    sent: list[Command] = field(default_factory=list)
    retried: list[str] = field(default_factory=list)
    taken_over: list[str] = field(default_factory=list)
    dismissed: list[str] = field(default_factory=list)
    refusal: CommandError | None = None
    stopped: bool = False
    live: frozenset[str] = frozenset()
    numbers: count[int] = field(default_factory=lambda: count(1))
    taps: dict[str, Tap] = field(init=False)
    health: dict[str, FakeHealth] = field(default_factory=lambda: {name: FakeHealth() for name in SUPPORTED})

    def __post_init__(self) -> None:
        self.taps = {name: Tap(name, {"api_key": "scene-api-key"}, self.numbers) for name in SUPPORTED}

    def supports(self, name: str, command: type[Command]) -> bool:
        return command in SUPPORTED.get(name, ())

    def tells(self, name: str) -> frozenset[Matter] | None:
        return codec_for(name).tells

    def terms(self, name: str) -> OrderTerms:
        return codec_for(name).terms

    def is_paper(self, name: str) -> bool:
        return name not in self.live

    def send(self, command: Command) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.sent.append(command)

    def dismiss(self, reference: str) -> None:
        self.dismissed.append(reference)

    def retry(self, link: str) -> None:
        self.retried.append(link)

    def take_over(self, link: str) -> None:
        self.taken_over.append(link)

    def status(self, link: str) -> FakeHealth:
        return self.health[link]

    def tap(self, link: str) -> Tap:
        return self.taps[link]

    async def stop(self) -> None:
        self.stopped = True

    def of(self, kind: type[Command]) -> list[Command]:
        """Commands of one type, oldest first."""
        return [command for command in self.sent if isinstance(command, kind)]


class Look(Settings, frozen=True, kw_only=True):
    """Settings of the scene: a session that remembers nothing."""

    remember: bool = False
