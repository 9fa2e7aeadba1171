"""Keeps depth and candles of what is looked at streaming, over whichever link can carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_trader.model.errors import CommandError
from tui_trader.model.values import Severity

if TYPE_CHECKING:
    from tui_trader.desk import Desk


class Watching:
    """Looks at the selection once a frame; asks anew when it, a link or the list of instruments changed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._watched: object = None

    def tick(self, now: float) -> None:
        """Ask for what is looked at, once a link can carry it."""
        store = self._desk.store
        ready = sum(view.ready for view in store.links)
        wanted = (store.selection.revision, store.instruments.revision, ready)
        if wanted == self._watched or store.selection.symbol not in store.instruments:
            return
        self._watched = wanted
        try:
            self._desk.watch()
        except CommandError as error:
            self._desk.console.report(str(error), Severity.WARNING)
