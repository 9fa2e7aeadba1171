"""The container that puts panes where the plan says, one of each slot, and can zoom any of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.geometry import NULL_OFFSET, NULL_SPACING, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from tui_trader.panes.pane import Pane
from tui_trader.workspaces.plan import Plan, Slot

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
    """Panes of one workspace. Nothing is mounted anew when the size changes: the plan is asked again."""

    def __init__(self, panes: Mapping[str, Pane], plan: Plan) -> None:
        super().__init__(id="board")
        self.panes = panes
        self.zoomed: Pane | None = None
        self._plan = plan
        self._placed = _Placed()
        self._chosen: list[str] = []
        self._slots: tuple[Slot, ...] = ()
        self._fitted: tuple[Size, Pane | None] | None = None

    @property
    def layout(self) -> Layout:
        """The layout that asks the plan."""
        return self._placed

    def compose(self) -> ComposeResult:
        """All panes, in the order in which Tab visits them."""
        self.fit(self.app.size - (0, 3))
        yield from self.panes.values()

    def fit(self, size: Size) -> None:
        """Ask the plan for this size and hide what it does not show."""
        if self._fitted == (size, self.zoomed):
            return
        self._fitted = (size, self.zoomed)
        if self.zoomed is not None:
            self._slots = (Slot(size.region, (self.zoomed.KEY,)),)
        else:
            self._slots = self._known(self._plan(size))
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
        """Show a pane in its slot and give it the keyboard."""
        pane = self.panes.get(key)
        if pane is None:
            return
        if key in self._chosen:
            self._chosen.remove(key)
        self._chosen.append(key)
        placed = any(key in slot.panes for slot in self._plan(self.size))
        if not placed or (self.zoomed is not None and self.zoomed is not pane):
            self.zoomed = pane
        self._fitted = None
        self.fit(self.size)
        self.refresh(layout=True)
        self.screen.set_focus(pane)

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
