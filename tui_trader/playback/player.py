"""Plays a recording: the console's links, except that nothing can be sent, and its clock, which can stand."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tui_trader.connection.tap import Tap
from tui_trader.model.commands import Command
from tui_trader.model.errors import CommandError, ProtocolError
from tui_trader.model.events import Event, LinkChanged, NoticeReceived
from tui_trader.model.matters import Matter
from tui_trader.model.order_terms import PLAIN, OrderTerms
from tui_trader.model.values import LinkState, Severity
from tui_trader.playback.recording_file import lines_of, open_recording, read_line
from tui_trader.store.selection import TIMEFRAMES

SPEEDS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STEP_SECONDS = 0.02
MOST_A_STEP = 500
"""Events between two turns of the screen."""
FAULTS = 20
"""After so many lines that cannot be read the recording is given up."""


@dataclass(slots=True)
class ReplayHealth:
    """What a recorded link can tell of itself."""

    state: LinkState = LinkState.IDLE
    last_message: float | None = None
    round_trip: float | None = None
    messages_per_second: float = 0.0
    messages: int = 0
    reconnects: int = 0
    queue: int = 0


class Player:
    """One recording. `now` is the console's clock: it moves as fast as the recording does.

    Raises `SettingsError` when the file is no recording.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.header, self._stream = open_recording(path)
        self.name = path.name
        self.speed = 1.0
        self.paused = False
        self.ended = False
        self._clock = clock
        self._position = 0.0
        self._at = clock()
        self._base = self._at
        self._states: dict[str, LinkState] = {}
        self._counts: Counter[str] = Counter()
        self._heard: dict[str, float] = {}
        self._taps = {name: Tap(name) for name in self.header.links}
        self._task: asyncio.Task[None] | None = None

    @property
    def timeframe(self) -> str:
        """What the chart showed, if it is one of the console's."""
        return self.header.timeframe if self.header.timeframe in TIMEFRAMES else ""

    @property
    def position(self) -> float:
        """Seconds of the recording that have passed."""
        moving = not (self.paused or self.ended)
        return self._position + ((self._clock() - self._at) * self.speed if moving else 0.0)

    def now(self) -> float:
        """The console's monotonic seconds."""
        return self._base + self.position

    def pause(self) -> None:
        """Stand still, or go on."""
        self._settle()
        self.paused = not self.paused

    def change_speed(self, steps: int) -> None:
        """Play faster or slower."""
        self._settle()
        place = SPEEDS.index(self.speed) + steps
        self.speed = SPEEDS[max(0, min(len(SPEEDS) - 1, place))]

    def _settle(self) -> None:
        self._position, self._at = self.position, self._clock()

    async def connect(self, sink: Callable[[Event], None]) -> Player:
        """Begin to play into the sink."""
        self._task = asyncio.create_task(self._play(sink), name="replay")
        return self

    async def _play(self, sink: Callable[[Event], None]) -> None:
        faults = done = 0
        for line in lines_of(self._stream):
            try:
                seconds, event = read_line(line)
            except ProtocolError as error:
                faults += 1
                sink(NoticeReceived("", Severity.WARNING, f"recording: {error}", "REPLAY"))
                if faults == FAULTS:
                    break
                continue
            done += 1
            while self.position < seconds or done >= MOST_A_STEP:
                done = 0
                await asyncio.sleep(STEP_SECONDS)
            self._note(event)
            sink(event)
        self._settle()
        self.ended = True
        self._stream.close()

    def _note(self, event: Event) -> None:
        link = getattr(event, "link", "")
        self._counts[link] += 1
        self._heard[link] = self.now()
        if isinstance(event, LinkChanged):
            self._states[link] = event.state

    # desk.Wires

    @property
    def names(self) -> tuple[str, ...]:
        """Links that were recorded."""
        return self.header.links

    def supports(self, name: str, command: type[Command]) -> bool:
        """Nothing can be sent."""
        return False

    def tells(self, name: str) -> frozenset[Matter] | None:
        """Whatever was recorded."""
        return None

    def terms(self, name: str) -> OrderTerms:
        """Nothing can be ordered."""
        return PLAIN

    def is_paper(self, name: str) -> bool:
        """A recording is no market."""
        return True

    def send(self, command: Command) -> None:
        """Refuse. Raises `CommandError`."""
        raise CommandError("This is a replay: nothing can be sent.")

    def dismiss(self, reference: str) -> None:
        """Nothing is unknown of the past."""

    def retry(self, name: str) -> None:
        """There is nothing to connect."""

    def take_over(self, name: str) -> None:
        """There is nobody to displace."""

    def tap(self, name: str) -> Tap:
        """Frames are not recorded."""
        return self._taps[name]

    def status(self, name: str) -> ReplayHealth:
        """What was recorded of the link so far."""
        state = self._states.get(name, LinkState.IDLE)
        return ReplayHealth(state, self._heard.get(name), messages=self._counts[name])

    async def stop(self) -> None:
        """Stop playing."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._stream.close()
