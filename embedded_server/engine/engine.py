"""The engine: wires the components to one clock, takes commands, hands out events; decides nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import ParamSpec, Protocol, TypeVar

import msgspec

from embedded_server.accounts.accounts import Accounts
from embedded_server.analysis.ai_service import AiService
from embedded_server.analysis.analysis import Analysis
from embedded_server.dealing.dealer import Dealer
from embedded_server.engine.bus import Bus
from embedded_server.engine.records import Records
from embedded_server.kernel.simulation import Simulation
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.market import Market
from embedded_server.model import commands as c
from embedded_server.model.enums import RefusalCode
from embedded_server.model.events import Event
from embedded_server.model.instruments import Instrument
from embedded_server.risk.guardian import Guardian
from embedded_server.strategies.bot import Bot
from embedded_server.strategies.strategies import Strategies

DEFAULT_START = 1_767_571_200_000_000_000
"""2026-01-05 00:00:00 UTC, a Monday: where a run begins unless told otherwise."""


Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class EngineSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What, with the inputs, decides every event of a run."""

    seed: int = 1
    start: int = DEFAULT_START
    """Virtual nanoseconds since the epoch at which time begins."""
    instruments: tuple[Instrument, ...] = CATALOGUE
    sessions: bool = False
    """Observe trading hours and weekends; off, everything trades always."""
    record_digest: bool = False
    """Hash every event as it is published; costs about a microsecond an event."""


class Input(msgspec.Struct, frozen=True):
    """A command with its place in the run; the inputs and the settings rebuild everything."""

    time: int
    sequence: int
    command: c.Command


class Recorder(Protocol):
    """Keeps a run: nothing is carried out, and nothing is told, that it has not kept."""

    def accept(self, entry: Input) -> c.Refused | None:
        """Keep a command before it is carried out; a refusal means that it could not be kept."""
        ...

    def store(self, sequence: int, events: Sequence[Event]) -> bool:
        """Keep events before they are told; `sequence` is the first one's. False: not possible now."""
        ...


_FAILED = c.Refused(
    RefusalCode.UNAVAILABLE, "the market stopped because of an internal error; it needs a restart"
)


class Engine:
    """One market, four accounts, strategies, bot, AI service and risk guardian on one virtual clock."""

    def __init__(self, settings: EngineSettings | None = None) -> None:
        self.settings = settings or EngineSettings()
        self.simulation = Simulation(seed=self.settings.seed, start=self.settings.start)
        self.bus = Bus()
        self.market = Market(self.simulation, self.settings.instruments, sessions=self.settings.sessions)
        self.accounts = Accounts(self.simulation, self.market)
        self.dealer: Dealer = self.accounts.dealer
        self.analysis = Analysis(self.simulation, self.market)
        self.ai_service = AiService(self.simulation, self.market, self.analysis)
        self.strategies = Strategies(self.simulation, self.market, self.analysis, self.accounts)
        self.bot = Bot(self.simulation, self.market, self.accounts, self.ai_service)
        self.guardian = Guardian(self.simulation, self.market, self.accounts, self.strategies, self.bot)
        self.records = Records(self.simulation, self.accounts)
        self.accounts.set_gate(self.guardian.gate)
        self.on_input: Callable[[Input], None] | None = None
        """Called with each command before it is carried out."""
        self.recorder: Recorder | None = None
        """The journal, if there is one."""
        self.on_failure: Callable[[Exception], None] | None = None
        """Told of an error of the engine's own; without it, the error is raised."""
        self.failure: str | None = None
        """The error, once there was one: from then on time stands, commands are refused, nothing is told."""
        self._held: list[Event] = []
        """Events that the recorder could not keep yet; time stands while there are any."""
        self._inputs = 0
        self._digest = hashlib.blake2b(digest_size=16)
        self._encoder = msgspec.msgpack.Encoder()
        self.market.start()
        self.ai_service.start()
        self.strategies.start()
        self.bot.start()
        self.guardian.start()

    @property
    def now(self) -> int:
        """Virtual present, ns since the epoch."""
        return self.simulation.now

    def submit(self, command: c.Command) -> c.Outcome:
        """Carry out a command at the present instant, its immediate reactions included.

        A command that cannot be accepted changes nothing and is answered with `Refused`. So is one on which
        the engine fails: nothing of what it did is told, and a journal's replay leaves it out.
        """
        if self.failure is not None:
            return _FAILED
        entry = Input(self.now, self._inputs + 1, command)
        if self.recorder is not None and (refusal := self._unkept(self.recorder, entry)):
            return refusal
        self._inputs += 1
        if self.on_input is not None:
            self.on_input(entry)
        return self._guarded(self._carry_out, command) or _FAILED

    def pass_over(self) -> None:
        """Count a recorded command as carried out without doing so, because the engine fails on it."""
        self._inputs += 1

    def advance(self, until: int) -> None:
        """Run virtual time up to and including `until` (ns); nothing happens in the past or while halted."""
        if self._held:
            self.publish()
        if not self.halted:
            self._guarded(self.simulation.run_until, until)

    def step(self, nanoseconds: int) -> None:
        """Run virtual time forward by a span."""
        self.advance(self.now + nanoseconds)

    def run_until(self, predicate: Callable[[Engine], bool], limit: int) -> bool:
        """Run until the predicate holds, at most `limit` ns from now; True if it came to hold."""
        deadline = self.now + limit
        while not predicate(self):
            due = self.simulation.next_time()
            if due is None or due > deadline:
                self.advance(deadline)
                return predicate(self)
            self.advance(due)
            if self.halted:
                return predicate(self)
        return True

    def publish(self) -> None:
        """Hand what happened since the last call to the bus, as one batch, once the recorder has kept it."""
        if self.failure is None:
            self._guarded(self._publish)

    def _publish(self) -> None:
        events = self.simulation.take_emitted()
        if self._held:
            events = self._held + events
        if not events:
            return
        if self.recorder is not None and not self.recorder.store(self.bus.sequence, events):
            self._held = events
            return
        self._held = []
        if self.settings.record_digest:
            for event in events:
                self._digest.update(self._encoder.encode(event))
        self.bus.publish(events)

    def digest(self) -> str:
        """Hash of all events published so far (needs `record_digest`)."""
        self.publish()
        return self._digest.hexdigest()

    def replay(self, inputs: Sequence[Input], until: int) -> None:
        """Feed recorded inputs at their own times, then run to `until`."""
        for recorded in inputs:
            self.advance(recorded.time)
            self.submit(recorded.command)
        self.advance(until)

    @property
    def inputs(self) -> int:
        """Number of commands carried out."""
        return self._inputs

    @property
    def halted(self) -> bool:
        """Whether time stands, because what happened cannot be kept or the engine failed."""
        return bool(self._held) or self.failure is not None

    def __getstate__(self) -> dict[str, object]:
        """What a snapshot keeps; taken between two batches, when nothing is held."""
        kept = dict(self.__dict__)
        for name in ("on_input", "on_failure", "recorder", "_digest", "_encoder"):
            del kept[name]
        return kept

    def __setstate__(self, state: dict[str, object]) -> None:
        """Come back from a snapshot; a digest counts from here."""
        self.__dict__.update(state)
        self.on_input = None
        self.on_failure = None
        self.recorder = None
        self._digest = hashlib.blake2b(digest_size=16)
        self._encoder = msgspec.msgpack.Encoder()

    def _guarded(
        self, call: Callable[Parameters, Result], *arguments: Parameters.args, **named: Parameters.kwargs
    ) -> Result | None:
        """Call; an error means that nobody can vouch for the state any more."""
        try:
            return call(*arguments, **named)
        except Exception as error:  # the outermost boundary of the simulation
            if self.on_failure is None:
                raise
            self.failure = type(error).__name__
            self.on_failure(error)
            return None

    def _carry_out(self, command: c.Command) -> c.Outcome:
        outcome = self._dispatch(command)
        self.simulation.settle()
        return outcome

    def _unkept(self, recorder: Recorder, entry: Input) -> c.Refused | None:
        if self._held:
            self.publish()
        if self._held:
            return c.Refused(RefusalCode.UNAVAILABLE, "what happened before cannot be recorded; try later")
        return recorder.accept(entry)

    def _dispatch(self, command: c.Command) -> c.Outcome:  # noqa: PLR0911 - one line a component
        match command:
            case (
                c.PlaceOrder()
                | c.PlaceOcoOrders()
                | c.ModifyOrder()
                | c.CancelOrder()
                | c.AnswerRequote()
                | c.ModifyPosition()
                | c.ClosePosition()
            ):
                return self.accounts.submit(command)
            case c.StartStrategy() | c.PauseStrategy() | c.StopStrategy():
                return self.strategies.submit(command)
            case c.ControlBot():
                return self.bot.submit(command)
            case c.RequestSignal():
                return self.ai_service.request(command)
            case c.SetRiskLimits() | c.EngageKillSwitch() | c.ReleaseKillSwitch():
                return self.guardian.submit(command)
            case c.RecordActivity() | c.RequestReport():
                return self.records.submit(command)
            case c.MovePrice():
                return self._move(command)
            case c.ForceRequote():
                self.dealer.force(command.count, command.ticks)
                return c.Accepted()
            case c.RaiseEvent():
                self.simulation.emit(msgspec.structs.replace(command.event, time=self.now))
                return c.Accepted()

    def _move(self, command: c.MovePrice) -> c.Outcome:
        if command.instrument not in self.market.instruments:
            return c.Refused(
                RefusalCode.UNKNOWN_INSTRUMENT, f"there is no instrument {command.instrument}", "instrument"
            )
        if not -0.5 <= command.fraction <= 0.5:
            return c.Refused(RefusalCode.INVALID, "a price moves by a fraction from -0.5 to 0.5", "fraction")
        if not self.market.bears(command.instrument, command.fraction):
            return c.Refused(RefusalCode.INVALID, "the price cannot move any further that way", "fraction")
        self.market.move(command.instrument, command.fraction)
        return c.Accepted()
