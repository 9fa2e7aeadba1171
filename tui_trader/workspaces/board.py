"""The container that puts panes where the workspace says, one of each slot, and can zoom any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.geometry import NULL_OFFSET, NULL_SPACING, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from tui_trader.panes.pane import Pane
from tui_trader.workspaces.plan import Slot, Workspace

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult


class _Placed(Layout):
    """Places children where the board's slots say."""

    name = "placed"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        assert isinstance(parent, Board)
        parent.fit(size)
        return [
            WidgetPlacement(slot.region, NULL_OFFSET, NULL_SPACING, pane)
            for slot, pane in parent.showing()
            if pane in children
        ]


class Board(Widget):
    """All panes, laid out by the workspace that is open; each workspace keeps its tabs and its focus.

    Nothing is mounted anew when workspace or size change: the plan is asked again.
    """

    def __init__(self, panes: Mapping[str, Pane], workspaces: Sequence[Workspace]) -> None:
        super().__init__(id="board")
        self.panes = panes
        self.workspaces = workspaces
        self.place = 0
        """Which workspace is open."""
        self.zoomed: Pane | None = None
        self._left: dict[int, str] = {}
        self._placed = _Placed()
        self._chosen: list[str] = []
        self._slots: tuple[Slot, ...] = ()
        self._fitted: tuple[Size, Pane | None, int] | None = None

    @property
    def layout(self) -> Layout:
        """The layout that asks the plan."""
        return self._placed

    def compose(self) -> ComposeResult:
        """What is seen at once; the rest follows when it is on the screen."""
        self.fit(self.app.size - (0, 3))
        yield from self.visible_panes

    def on_mount(self) -> None:
        """Have the others when the first screen is painted."""
        self.call_after_refresh(self._complete)

    def _complete(self) -> None:
        """Mount every pane, in the order in which Tab visits them."""
        missing = [pane for pane in self.panes.values() if pane.parent is None]
        if missing and self.is_attached:
            self.mount_all(missing)
            order: list[Widget] = [*self.panes.values()]
            self.sort_children(key=order.index)

    def fit(self, size: Size) -> None:
        """Ask the plan for this size and hide what it does not show."""
        if self._fitted == (size, self.zoomed, self.place):
            return
        self._fitted = (size, self.zoomed, self.place)
        if self.zoomed is not None:
            self._slots = (Slot(size.region, (self.zoomed.KEY,)),)
        else:
            self._slots = self._known(self.workspaces[self.place].plan(size))
        self._show()

    def _known(self, slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
        known = (Slot(slot.region, tuple(key for key in slot.panes if key in self.panes)) for slot in slots)
        return tuple(slot for slot in known if slot.panes)

    def _show(self) -> None:
        visible = {pane.KEY for _, pane in self.showing()}
        for slot in self._slots:
            group = tuple(self.panes[key] for key in slot.panes)
            for pane in group:
                pane.group = group
                pane.touch()
        for key, pane in self.panes.items():
            pane.display = key in visible

    def showing(self) -> list[tuple[Slot, Pane]]:
        """Each slot with the pane it shows: the one chosen last, or the first."""
        shown = []
        for slot in self._slots:
            latest = next((key for key in reversed(self._chosen) if key in slot.panes), slot.panes[0])
            shown.append((slot, self.panes[latest]))
        return shown

    @property
    def visible_panes(self) -> list[Pane]:
        """Panes on the screen now."""
        return [pane for _, pane in self.showing()]

    def bring(self, key: str) -> None:
        """Show a pane in its slot and give it the keyboard, in another workspace if this one has no place."""
        pane = self.panes.get(key)
        if pane is None:
            return
        self._complete()
        place = self._place_of(key)
        if place is not None and place != self.place:
            self._leave()
            self.place = place
        if key in self._chosen:
            self._chosen.remove(key)
        self._chosen.append(key)
        if place is None or (self.zoomed is not None and self.zoomed is not pane):
            self.zoomed = pane
        self._lay_out(pane)

    def _place_of(self, key: str) -> int | None:
        """The open workspace if it has the pane, else the first that has."""
        order: list[int] = [self.place, *range(len(self.workspaces))]
        for place in order:
            if any(key in slot.panes for slot in self.workspaces[place].plan(self.size)):
                return place
        return None

    def open(self, place: int) -> None:
        """Go to a workspace, to the pane that had the keyboard there before."""
        if not 0 <= place < len(self.workspaces):
            return
        self._complete()
        self._leave()
        self.place = place
        self.zoomed = None
        self._fitted = None
        self.fit(self.size)
        shown = self.visible_panes
        left = self._left.get(place)
        self._lay_out(next((pane for pane in shown if left == pane.KEY), shown[0]))

    def _leave(self) -> None:
        focused = self.screen.focused
        if isinstance(focused, Pane):
            self._left[self.place] = focused.KEY

    def turn(self, step: int) -> None:
        """Go to the next tab of the focused slot; from a slot without tabs to the first that has some."""
        shown = self.showing()
        slot, pane = next((one for one in shown if one[1].has_focus), (None, None))
        if slot is None or len(slot.panes) < 2:
            slot, pane = next(((s, p) for s, p in shown if len(s.panes) > 1), (None, None))
            if slot is None or pane is None:
                return
            self.bring(pane.KEY)
            return
        assert pane is not None
        self.bring(slot.panes[(slot.panes.index(pane.KEY) + step) % len(slot.panes)])

    def _lay_out(self, focus: Pane) -> None:
        self._fitted = None
        self.fit(self.size)
        self.refresh(layout=True)
        self.screen.set_focus(focus)

    def zoom(self, pane: Pane | None) -> None:
        """Give one pane the whole board; None gives it back."""
        self.zoomed = pane
        self.fit(self.size)
        self.refresh(layout=True)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the keyboard on something visible."""
        focused = self.screen.focused
        if isinstance(focused, Pane) and not focused.display:
            self.screen.set_focus(self.visible_panes[0])
