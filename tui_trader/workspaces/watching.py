"""Keeps depth and candles of what is looked at streaming, over whichever link can carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_trader.model.errors import CommandError
from tui_trader.model.values import Severity

if TYPE_CHECKING:
    from tui_trader.desk import Desk

PATIENCE_SECONDS = 5.0


class Watching:
    """Looks at the selection once a frame; asks anew when it, a link or the list of instruments changed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._watched: object = None
        self._waiting_since: float | None = None

    def tick(self, now: float) -> None:
        """Ask for what is looked at, once a link can carry it."""
        store = self._desk.store
        self._choose_what_there_is(now)
        ready = sum(view.ready for view in store.links)
        wanted = (store.selection.revision, store.instruments.revision, ready)
        if wanted == self._watched or store.selection.symbol not in store.instruments:
            return
        self._watched = wanted
        try:
            self._desk.watch()
        except CommandError as error:
            self._desk.console.report(str(error), Severity.WARNING)

    def _choose_what_there_is(self, now: float) -> None:
        """Look at the first instrument there is, if the chosen one stays unknown while others are known."""
        store = self._desk.store
        if store.selection.symbol in store.instruments or not len(store.instruments):
            self._waiting_since = None
        elif self._waiting_since is None:
            self._waiting_since = now
        elif now - self._waiting_since > PATIENCE_SECONDS:
            store.selection.choose(next(iter(store.instruments)).key)
