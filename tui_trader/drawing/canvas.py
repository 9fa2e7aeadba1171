"""The drawing surface of everything live: only lines that differ from what is shown are repainted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui_trader.desk import Desk

if TYPE_CHECKING:
    from textual import events

    from tui_trader.themes import Inks

Cell = tuple[str, str, str]
"""Text, ink and ground; an empty ground is the line's."""
Line = tuple[str, tuple[Cell, ...]]
"""Ground and cells from the left; the rest of the line is ground."""

NEVER = float("inf")


def width_of(text: str) -> int:
    """Cells that a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Pad to exactly `width` cells; what is longer ends in an ellipsis."""
    surplus = width - width_of(text)
    if surplus < 0:
        return set_cell_size(text, max(0, width - 1)) + "…" if width else ""
    return " " * surplus + text if right else text + " " * surplus


def fit_parts(text: str, width: int) -> str:
    """As many parts of a text as fit, two spaces between them, and a sign that there are more."""
    parts = text.rstrip().split("  ")
    while len(parts) > 1 and width_of("  ".join(parts)) > width - 2:
        parts.pop()
    shown = "  ".join(parts)
    return f"{shown} …" if shown.strip() and width_of(shown) <= width - 2 else fit(text, width)


class Painter(Protocol):
    """Brings lines to the terminal by a shorter way than the compositor's."""

    def paint(self, canvas: Canvas, rows: Sequence[int]) -> bool:
        """Show lines of a canvas; False where it has to be refreshed as any widget."""


class Canvas(Widget):
    """A widget drawn line by line. Subclasses say what they show (`shown`) and how (`draw`)."""

    ALLOW_SELECT = False
    GROUND = "pane"
    PERIOD = 0.0
    """Seconds that must pass between two drawings; what is costly to draw draws less often."""

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.desk = desk
        self.store = desk.store
        self._lines: list[Line] = []
        self._strips: list[Strip | None] = []
        self._shown: object = None
        self._wake = 0.0
        self._drawn = -NEVER
        self._inks: Inks | None = None

    def shown(self) -> object:
        """Revisions of what is drawn; nothing is drawn again while they stay the same."""
        return 0

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """At most `height` lines; what is missing stays ground."""
        raise NotImplementedError

    def wake_at(self, moment: float) -> None:
        """While drawing: ask to be drawn again at this monotonic time even if nothing changes."""
        self._wake = min(self._wake, moment)

    def touch(self) -> None:
        """Draw again at the next frame, because something of the pane's own changed."""
        self._wake = 0.0

    def tick(self, now: float, painter: Painter | None = None) -> bool:
        """Draw if anything shown changed; called by the frame clock. Returns whether a line changed."""
        width, height = self.size
        if not width or not height or not self.display:
            return False
        shown = self.shown()
        if now < self._wake and (shown == self._shown or now < self._drawn + self.PERIOD):
            return False
        self._shown, self._wake, self._drawn = shown, NEVER, now
        blank: Line = (self.GROUND, ())
        lines = self.draw(width, height, now)[:height]
        lines += [blank] * (height - len(lines))
        return self._replace(lines, width, painter)

    def _replace(self, lines: list[Line], width: int, painter: Painter | None) -> bool:
        if len(lines) != len(self._lines):
            self._lines, self._strips = lines, [None] * len(lines)
            self.refresh()
            return True
        changed = [y for y, line in enumerate(lines) if line != self._lines[y]]
        for y in changed:
            self._strips[y] = None
        self._lines = lines
        if changed and not (painter is not None and painter.paint(self, changed)):
            self.refresh(*(Region(0, y, width, 1) for y in changed))
        return bool(changed)

    def render_line(self, y: int) -> Strip:
        """Give the strip of one line; made once and kept until the line changes."""
        if y >= len(self._lines):
            return self._strip((self.GROUND, ()))
        strip = self._strips[y]
        if strip is None or strip.cell_length != self.size.width:
            strip = self._strips[y] = self._strip(self._lines[y])
        return strip

    def _strip(self, line: Line) -> Strip:
        inks = self._inks
        if inks is None:
            inks = self._inks = self.desk.console.inks
        ground, cells = line
        style = inks.style
        segments = [Segment(text, style(ink, own or ground)) for text, ink, own in cells if text]
        return Strip(segments).adjust_cell_length(self.size.width, style("text", ground))

    def repaint(self) -> None:
        """Forget every strip: the theme changed."""
        self._inks = None
        self._strips = [None] * len(self._strips)
        self.touch()
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Draw at once, so that no frame shows an empty pane."""
        self.touch()
        self.tick(self.desk.clock())
