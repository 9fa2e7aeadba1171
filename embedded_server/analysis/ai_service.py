"""The AI service: a signal per perpetual every five minutes, spread evenly, and one whenever asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from embedded_server.analysis.ai_signal import compose
from embedded_server.analysis.analysis import Analysis
from embedded_server.kernel.simulation import Priority
from embedded_server.kernel.time import SECOND
from embedded_server.model.commands import Accepted, Outcome, Refused, RequestSignal
from embedded_server.model.enums import RefusalCode, Resolution
from embedded_server.model.events import AiSignalGenerated
from embedded_server.model.instruments import AssetClass
from embedded_server.model.states import AiSignal

if TYPE_CHECKING:
    from embedded_server.kernel.simulation import Simulation
    from embedded_server.market.market import Market

PERIOD = 300 * SECOND
"""Every 5 minutes (bot-core.md, 6. AISignalReceived)."""
FIRST_AFTER = 2 * SECOND
"""The first signal of all comes soon, so that a console opened at once is not empty."""
PERIODIC_TIMEFRAME = Resolution.M15
TIMEFRAMES = (Resolution.M1, Resolution.M5, Resolution.M15, Resolution.H1, Resolution.H4, Resolution.D1)
"""What may be asked for (bot-core.md, 3. ChartUpdate)."""
HISTORY = 500


class AiService:
    """Publishes signals and keeps the recent ones."""

    def __init__(self, simulation: Simulation, market: Market, analysis: Analysis) -> None:
        self._simulation = simulation
        self._market = market
        self._analysis = analysis
        self._history: deque[AiSignal] = deque(maxlen=HISTORY)
        self._latest: dict[str, AiSignal] = {}
        self._listeners: list[Callable[[AiSignal], None]] = []
        self._count = 0
        self._next_due: dict[str, int] = {}
        self.last_signal_time: int | None = None
        """When the last periodic signal was published."""

    def start(self) -> None:
        """Schedule the periodic signals, the perpetuals evenly spread over one period."""
        keys = [
            key for key, one in self._market.instruments.items() if one.asset_class is AssetClass.PERPETUAL
        ]
        for index, key in enumerate(keys):
            self._schedule(key, self._simulation.now + FIRST_AFTER + index * PERIOD // len(keys))

    def on_signal(self, listener: Callable[[AiSignal], None]) -> None:
        """Call `listener` with every signal published; it must schedule what it wants to do about it."""
        self._listeners.append(listener)

    @property
    def next_signal_time(self) -> int | None:
        """When the next periodic signal of any instrument is due."""
        return min(self._next_due.values(), default=None)

    def latest(self, key: str) -> AiSignal | None:
        """The newest signal of an instrument."""
        return self._latest.get(key)

    def history(self) -> Sequence[AiSignal]:
        """Recent signals, oldest first."""
        return tuple(self._history)

    def request(self, command: RequestSignal) -> Outcome:
        """Publish a signal now; `Accepted.id` is its id. Refused for an unknown instrument or timeframe."""
        if command.instrument not in self._market.instruments:
            return Refused(
                RefusalCode.UNKNOWN_INSTRUMENT, f"There is no instrument {command.instrument}", "instrument"
            )
        if command.timeframe not in TIMEFRAMES:
            known = ", ".join(one.value for one in TIMEFRAMES)
            return Refused(RefusalCode.INVALID, f"Signals are given for the timeframes {known}", "timeframe")
        signal = self._judge(command.instrument, command.timeframe)
        if signal is None:
            return Refused(
                RefusalCode.INVALID_STATE, f"No bar of {command.instrument} has closed yet", "instrument"
            )
        self.publish(signal, requested=True)
        return Accepted(signal.id)

    def publish(self, signal: AiSignal, *, requested: bool = False) -> None:
        """Record a signal, say that it was generated and tell the listeners."""
        self._history.append(signal)
        self._latest[signal.instrument] = signal
        self._simulation.emit(
            AiSignalGenerated(time=self._simulation.now, signal=signal, requested=requested)
        )
        for listener in self._listeners:
            listener(signal)

    def _schedule(self, key: str, time: int) -> None:
        self._next_due[key] = time
        self._simulation.at(time, Priority.STRATEGIES, partial(self._periodic, key))

    def _periodic(self, key: str) -> None:
        self._schedule(key, self._simulation.now + PERIOD)
        self.last_signal_time = self._simulation.now
        signal = self._judge(key, PERIODIC_TIMEFRAME)
        if signal is not None:
            self.publish(signal)

    def _judge(self, key: str, timeframe: Resolution) -> AiSignal | None:
        window = self._analysis.window(key, timeframe)
        if window is None:
            return None
        self._count += 1
        instrument = self._market.instruments[key]
        now = self._simulation.now
        price = self._market.mark(key)
        identity = f"signal_{self._count}"
        return compose(window, instrument, timeframe=timeframe, identity=identity, time=now, price=price)
