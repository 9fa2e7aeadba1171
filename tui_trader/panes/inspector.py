"""Raw frames of every link, both ways, newest last. It reads the taps only while it is on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from tui_trader.connection.tap import Direction, Frame, Tap
from tui_trader.drawing.canvas import Line, fit_parts, width_of
from tui_trader.formatting.json_lines import hex_lines, json_lines
from tui_trader.formatting.times import clock, moment
from tui_trader.panes.table import Column
from tui_trader.panes.tail import TailPane
from tui_trader.store.query import Query

if TYPE_CHECKING:
    from tui_trader.desk import Desk

SWEEP_SECONDS = 1.0
_WAYS = {Direction.IN: ("←", "bid"), Direction.OUT: ("→", "focus")}


class InspectorPane(TailPane[Frame]):
    """One line a frame: time, direction, link, kind, size, and the beginning of it."""

    KEY = "inspector"
    TITLE = "Frames"
    EMPTY = "no frame yet"
    PERIOD = 0.2
    FIELDS: ClassVar[tuple[str, ...]] = ("link", "kind", "dir")
    SEARCH: ClassVar[str] = "link:NAME  kind:TYPE  dir:in  words  -not"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._shown_frames: list[Frame] = []
        self._sought: Query | None = None
        self._read = 0
        self._swept = 0.0

    def columns(self) -> Sequence[Column[Frame]]:
        """Direction and text stay to the end."""
        return (
            Column("", lambda row, now: _WAYS[row.direction], right=False, minimum=1),
            Column("Time", self._time, 1, right=False, minimum=12),
            Column("Link", lambda row, now: (row.link, "muted"), 3, right=False, minimum=8),
            Column("Kind", lambda row, now: (row.kind[:24], "text"), 2, right=False, minimum=8),
            Column("Size", lambda row, now: (f"{row.size:,}", "muted"), 4, minimum=5),
            Column("Frame", lambda row, now: (row.line, "muted"), right=False, grows=True, minimum=24),
        )

    def revision(self) -> object:
        """The newest frame while it follows; what is shown, and where."""
        latest = max((tap.last for tap in self._taps()), default=0)
        return (latest, self.search.text, self.detailed, self.following)

    def rows(self) -> Sequence[Frame]:
        """Frames that the query lets through; while it stands still, what is shown stays."""
        taps = self._taps()
        if self._sought is not self.search:
            self._sought, self._read, self._shown_frames = self.search, 0, []
            self._take(taps)
        elif self.following:
            self._take(taps)
            self._sweep(taps)
        return self._shown_frames

    def _taps(self) -> list[Tap]:
        wires = self.desk.wires
        return [] if wires is None else [wires.tap(name) for name in wires.names]

    def _take(self, taps: Iterable[Tap]) -> None:
        """Add what came since it was last looked at."""
        fresh = [frame for tap in taps if tap.last > self._read for frame in tap.since(self._read)]
        if fresh:
            fresh.sort(key=lambda frame: frame.sequence)
            self._read = fresh[-1].sequence
            self._shown_frames += self.search.select(fresh)

    def _sweep(self, taps: Iterable[Tap]) -> None:
        """Let go of frames that the taps no longer keep."""
        now = self.desk.clock()
        if now - self._swept < SWEEP_SECONDS:
            return
        self._swept = now
        first = {tap.link: tap.first for tap in taps}
        frames = self._shown_frames
        if any(frame.sequence < first.get(frame.link, 0) for frame in frames[:64]):
            self._shown_frames = [one for one in frames if one.sequence >= first.get(one.link, 0)]

    def total(self) -> int:
        """Frames that are kept."""
        return sum(len(tap) for tap in self._taps())

    def newer(self) -> int:
        """Frames that came since it stands still, and those below the cursor."""
        latest = max((tap.last for tap in self._taps()), default=0)
        return max(0, latest - self._read) + len(self._shown_frames) - 1 - self._place

    def detail(self, row: Frame, width: int) -> list[Line]:
        """Time, direction and size; then the message, pretty."""
        at = self.desk.moment_ms(row.at)
        when = f"{moment(at):%H:%M:%S}.{at % 1000:03} UTC"
        mark, ink = _WAYS[row.direction]
        way = "received from" if row.direction is Direction.IN else "sent to"
        unit = "bytes" if row.binary else "characters"
        head = f" {way} {row.link}"
        told = f"  {when}  {row.size:,} {unit}"
        room = width - 2 - width_of(head)
        lines: list[Line] = [
            (
                "bar",
                (
                    (f" {mark}", ink, ""),
                    (head, "strong", ""),
                    (told if width_of(told) <= room else fit_parts(told, room), "muted", ""),
                ),
            )
        ]
        text = row.text
        content = hex_lines(text) if row.binary else json_lines(text, max(20, width - 2))
        return [*lines, *(("pane", ((" ", "text", ""), *cells)) for cells in content)]

    def as_text(self, row: Frame) -> str:
        """The message, pretty, without secrets."""
        text = row.text
        return "\n".join("".join(cell[0] for cell in cells) for cells in json_lines(text, len(text) + 1))

    def _time(self, row: Frame, now: float) -> tuple[str, str]:
        at = self.desk.moment_ms(row.at)
        return f"{clock(at)}.{at % 1000:03}", "muted"
