"""A pane: a title that tells the age of what is shown, and a body. Trade keys work only while it is armed."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from tui_trader.drawing.canvas import Canvas, Cell, Line, fit_parts, width_of
from tui_trader.formatting.times import age
from tui_trader.keys import Key, bindings, bring
from tui_trader.model.values import Severity
from tui_trader.store.quotes import NEVER, STALE_SECONDS

if TYPE_CHECKING:
    from textual import events

    from tui_trader.desk import Desk

REPEAT_SECONDS = 0.5


_LIVELY = frozenset({"bid-bar", "ask-bar", "flash-up", "flash-down"})


def dimmed(line: Line) -> Line:
    """A line that must not be taken for live: one ink, no bars."""
    ground, cells = line
    return (
        ground,
        tuple(
            (
                text,
                "faint" if ink in ("faint", "volume-up", "volume-down") else "stale",
                "" if own in _LIVELY or own.startswith("heat") else own,
            )
            for text, ink, own in cells
        ),
    )


def said(text: str, width: int, rows: int = 1) -> list[Line]:
    """A sentence in the middle of a pane without anything to show, below so many empty rows."""
    parts = wrap(text, max(8, width - 2))
    blank: Line = ("pane", ())
    return [*[blank] * rows, *(("pane", ((part.center(width), "faint", ""),)) for part in parts)]


class Pane(Canvas, can_focus=True):
    """Base of all panes. `KEY` names it in layouts, `TITLE` on the screen."""

    KEY: ClassVar[str]
    TITLE: ClassVar[str]
    CONTEXTS: ClassVar[tuple[str, ...]] = ()
    """Contexts of the key table that work in this pane."""
    KEYS: ClassVar[tuple[Key, ...]] = ()
    """Rows that it brings to the key table, in the context of its `KEY`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id=self.KEY)
        self.group: tuple[Pane, ...] = ()
        """Panes that share this place on the screen, this one included; more than one makes tabs."""
        self.armed_since: float | None = None
        self._pressed = NEVER
        self._tabs: list[tuple[int, int, Pane]] = []

    def __init_subclass__(cls, **options: bool) -> None:
        rows = cls.__dict__.get("KEYS")
        if rows:
            bring(cls.KEY, cls.TITLE, rows)
            cls.CONTEXTS = (*cls.CONTEXTS, cls.KEY)
        contexts = cls.__dict__.get("CONTEXTS")
        if contexts is not None:
            cls.BINDINGS = [*bindings(*contexts)]
        super().__init_subclass__(**options)

    def body(self, width: int, height: int, now: float) -> list[Line]:
        """Lines under the title."""
        raise NotImplementedError

    def count(self) -> int | None:
        """What the tab shows beside the title, if it counts something."""
        return None

    def caption(self, now: float) -> str:
        """What is said beside the title."""
        return ""

    def note(self, now: float) -> str:
        """What the title says beside the name: by default the caption."""
        return self.caption(now)

    def copied(self) -> str:
        """What copying gives: by default all that is shown."""
        width, height = self.size
        lines = self.body(width, max(1, height - 1), self.desk.clock())
        texts = ("".join(text for text, _, _ in cells).rstrip() for _, cells in lines)
        return "\n".join(texts).strip("\n")

    def arrived(self) -> float | None:
        """When what is shown arrived (monotonic); None for what does not age."""
        return None

    def sources(self) -> tuple[str, ...]:
        """Links whose loss makes what is shown stale."""
        return ()

    def revision(self) -> object:
        """Revisions of the store's parts that the body shows."""
        return 0

    def shown(self) -> object:
        """The body's revisions and what the title depends on."""
        counts = tuple(pane.count() for pane in self.group) if len(self.group) > 1 else self.count()
        return (self.revision(), counts, self.store.links.revision, self.has_focus, self.armed_since)

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """The title and the body."""
        stale = self.is_stale(now)
        if stale and self.armed_since is not None:
            self.disarm()
        body = self.body(width, height - 1, now) if height > 1 else []
        return [self._title(width, now), *(map(dimmed, body) if stale else body)]

    def is_stale(self, now: float) -> bool:
        """True when what is shown must not be taken for live."""
        arrived = self.arrived()
        late = arrived is not None and now - arrived > STALE_SECONDS
        return late or any(not self.store.links.ready(link) for link in self.sources())

    def action_arm(self) -> None:
        """Make the pane's trade keys work; a second Enter within half a second is the same press."""
        now = self.desk.clock()
        if self.is_stale(now):
            self.app.bell()
            return
        if self.armed_since is None:
            self.armed_since = now
        elif now - self.armed_since > REPEAT_SECONDS:
            self.armed_since = None
        self.touch()

    def action_armed(self, action: str) -> None:
        """Do what an armed key of the table means, if the pane is armed."""
        if self._press_counts():
            getattr(self, f"action_{action}")()

    def _press_counts(self) -> bool:
        """True if the pane is armed, what it shows is live, and this is not a key repeat."""
        now = self.desk.clock()
        if self.armed_since is None:
            self.desk.console.report(f"{self._arming()} first: the keys of this pane are not armed.")
            return False
        if self.is_stale(now):
            self.disarm()
            self.desk.console.report("Not sent: what this pane shows is stale.", Severity.WARNING)
            return False
        repeated = now - self._pressed < REPEAT_SECONDS
        self._pressed = now
        return not repeated

    def _arming(self) -> str:
        """What this user presses to arm the pane."""
        rows = self.desk.keymap.rows(*self.CONTEXTS)
        return next((f"Press {row.first}" for row in rows if row.action == "arm"), "Arm it")

    def disarm(self) -> None:
        """Make the pane's trade keys dead again."""
        self.armed_since = None
        self.touch()

    def on_blur(self) -> None:
        """An armed pane that loses the keyboard is disarmed."""
        self.disarm()

    def key_escape(self, event: events.Key) -> None:
        """Disarm; an unarmed pane leaves the key to others."""
        if self.armed_since is not None:
            event.stop()
            self.disarm()

    def _title(self, width: int, now: float) -> Line:
        ground = "head-focus" if self.has_focus else "head"
        right = self._right(now)
        taken = sum(width_of(text) for text, _, _ in right)
        left = self._tab_cells(width - taken) if len(self.group) > 1 else self._name_cells(now)
        room = width - sum(width_of(text) for text, _, _ in (*right, *left))
        note = self.note(now) if len(self.group) > 1 else ""
        if note and width_of(note) < room:
            gap = "  " if width_of(note) + 2 <= room else " "
            right = [(note + gap, "muted", ""), *right]
        room = width - sum(width_of(text) for text, _, _ in right)
        cells: list[Cell] = []
        for text, ink, own in left:
            if room <= 0:
                break
            shown = text if width_of(text) <= room else fit_parts(text, room)
            cells.append((shown, ink, own))
            room -= width_of(shown)
        return (ground, (*cells, (" " * max(0, room), "text", ""), *right))

    def _name_cells(self, now: float) -> list[Cell]:
        mark = ("▌", "focus", "") if self.has_focus else (" ", "text", "")
        caption = self.note(now)
        name: Cell = (self.TITLE, "bold strong" if self.has_focus else "bold text", "")
        return [mark, name, (f"  {caption}" if caption else "", "muted", "")]

    def _tab_cells(self, room: int) -> list[Cell]:
        """The tabs; where not all fit, the first ones go before this one would."""
        titles = [f" {pane.TITLE}{f' {pane.count()}' if pane.count() else ''} " for pane in self.group]
        own = self.group.index(self)
        first = 0
        while first < own and sum(map(width_of, titles[first : own + 1])) + 1 + 2 * bool(first) > room:
            first += 1
        cells: list[Cell] = [("▌", "focus", "") if self.has_focus else (" ", "text", "")]
        if first:
            cells.append(("… ", "muted", ""))
        self._tabs = []
        x = 1 + 2 * bool(first)
        for pane, title in zip(self.group[first:], titles[first:], strict=True):
            mine = pane is self
            ink = ("bold strong" if self.has_focus else "bold text") if mine else "muted"
            ground = ("cursor" if self.has_focus else "cursor-idle") if mine else ""
            cells.append((title, ink, ground))
            self._tabs.append((x, x + width_of(title), pane))
            x += width_of(title)
        return cells

    def _right(self, now: float) -> list[Cell]:
        if self.armed_since is not None:
            return [(" ARMED ", "bold on-badge", "armed")]
        arrived = self.arrived()
        stale = self.is_stale(now)
        if arrived is None:
            return [("offline ", "bold caution", "")] if stale else self._heard(now)
        if arrived == NEVER:
            return [("waiting ", "muted", "")]
        seconds = now - arrived
        self.wake_at(arrived + int(seconds) + 1)
        if stale:
            word = "STALE" if seconds > STALE_SECONDS else "offline"
            return [(f"{word} ", "bold caution", ""), (f"{age(seconds)} ", "caution", "")]
        return [(f"{age(seconds)} ", "caution" if seconds > STALE_SECONDS else "faint", "")]

    def _heard(self, now: float) -> list[Cell]:
        """Of what does not age by itself: how long ago the quietest of its links was heard."""
        wires = self.desk.wires
        heard = [wires.status(link).last_message for link in self.sources()] if wires is not None else []
        seconds = [now - moment for moment in heard if moment is not None]
        if not seconds:
            return []
        self.wake_at(now + 1.0)
        return [(f"{age(max(seconds))} ", "faint", "")]

    def on_click(self, event: events.Click) -> None:
        """A click on the title chooses a tab; one on the body is the pane's business."""
        if event.y == 0:
            for start, end, pane in self._tabs:
                if start <= event.x < end and pane is not self:
                    self.desk.console.show_pane(pane.KEY)
        else:
            self.clicked(event.x, event.y - 1)

    def clicked(self, x: int, y: int) -> None:
        """The body was clicked; `y` counts from its first line."""
