"""What asks for the user's attention by itself: warnings as toasts, and the dealer's offers as a dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from tui_trader.dialogs.dialog import Dialog
from tui_trader.model.values import LinkState, Severity

if TYPE_CHECKING:
    from textual.app import App

    from tui_trader.desk import Desk
    from tui_trader.store.requotes import Requote

TOASTS_A_FRAME = 2
QUIET = frozenset({"link"})
"""Kinds of journal lines that the screen shows anyway."""


class Attention:
    """Looks at the store once a frame; told of nothing, misses nothing."""

    def __init__(self, app: App[None], desk: Desk) -> None:
        self._app = app
        self._desk = desk
        self._read = 0
        self._known: list[Requote] = []
        self._offers: Dialog[None] | None = None
        """What showed offers last."""
        self._told = ""
        self._contested: dict[str, float] = {}
        """Links whose session is in use elsewhere, and since when, as far as the user was told."""

    def tick(self, now: float) -> None:
        """Show what is new."""
        self._desk.halting.follow(now)
        screen = self._app.screen
        if isinstance(screen, Dialog):
            screen.tick(now)
        self._tell_warnings()
        self._offer_requotes()
        self._tell_conflicts()

    def _tell_warnings(self) -> None:
        journal = self._desk.store.journal
        if journal.revision == self._read:
            return
        fresh = [entry for entry in journal.since(self._read) if entry.severity is not Severity.INFO]
        self._read = journal.revision
        worth = [entry for entry in fresh if entry.kind not in QUIET and entry.kind != "requote"]
        screen = self._app.screen
        if isinstance(screen, Dialog) and screen.TELLS_EVENTS:
            return  # it tells by itself what happens, and nothing may lie over its word
        for entry in worth[-TOASTS_A_FRAME:]:
            text = f"{entry.link}: {entry.text}" if entry.link else entry.text
            if text != self._told:
                self._desk.console.report(text, entry.severity)
            self._told = text

    def _offer_requotes(self) -> None:
        if self._app.screen is self._offers:
            self._known = self._desk.store.requotes.queue
            return
        queue = self._desk.store.requotes.queue
        if self._busy() or all(any(one is known for known in self._known) for one in queue):
            return
        self._known = queue
        self.open_requotes()

    def _tell_conflicts(self) -> None:
        """A session in use elsewhere is the user's to decide: told once each time it comes to that."""
        for view in self._desk.store.links:
            fresh = view.state is LinkState.CONFLICT and self._contested.get(view.name) != view.since
            if fresh and not self._busy():
                self._contested[view.name] = view.since
                self._desk.console.open_session(view.name)
                return

    def _busy(self) -> bool:
        """True while the user types or answers something else: an offer must not catch those keys."""
        screen = self._app.screen
        return isinstance(self._app.focused, Input) or isinstance(screen, Dialog)

    def open_requotes(self) -> None:
        """Show the offers."""
        if self._desk.store.requotes.queue:
            from tui_trader.dialogs.requote import RequoteDialog

            self._offers = RequoteDialog(self._desk)
            self._app.push_screen(self._offers)
