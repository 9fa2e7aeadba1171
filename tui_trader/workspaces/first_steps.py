"""Three hints for a first session, one at a time: move, arm, send. Each is gone once it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_trader.panes.pane import Pane
from tui_trader.panes.table import TablePane

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import App

    from tui_trader.desk import Desk


def _place(focused: object) -> object:
    """Where the keyboard is: the pane, and the moves in a list; None while there is nothing to move in."""
    if isinstance(focused, TablePane):
        return None if focused.current is None else (focused, focused.moves)
    return focused if isinstance(focused, Pane) else None


STEPS = ("move", "arm", "send")


class FirstSteps:
    """`taken` are the steps done so far, in this session or before."""

    def __init__(self, app: App[None], desk: Desk) -> None:
        self._app = app
        self._desk = desk
        self._began: object = None
        self.taken: set[str] = set(STEPS)

    def restore(self, taken: Iterable[str]) -> None:
        """Begin where the sessions before left off."""
        self.taken = set(taken)

    @property
    def hint(self) -> str:
        """What to try next; empty when there is nothing left to say."""
        name = self._desk.keymap.first
        hints = {
            "move": f"first, move: {name('table.down')} {name('table.up')} in a list, "
            f"{name('console.next')} to the next pane",
            "arm": f"then arm: {name('positions.arm')} in positions or orders lets their keys trade",
            "send": f"then send: {name('positions.close')} closes, {name('console.ticket')} is a new order",
        }
        return next(
            (f"{place}/3 {hints[step]}" for place, step in enumerate(STEPS, 1) if step not in self.taken), ""
        )

    def tick(self, now: float) -> None:
        """Notice what the user did."""
        if len(self.taken) == len(STEPS):
            return
        focused = self._app.focused
        at = _place(focused)
        if at is not None and self._began not in (None, at):
            self.taken.add("move")
        self._began = self._began or at
        if isinstance(focused, Pane) and focused.armed_since is not None:
            self.taken.add("arm")
        if self._desk.trades_sent:
            self.taken.update(STEPS)
