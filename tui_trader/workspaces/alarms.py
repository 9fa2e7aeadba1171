"""Tells the user's alerts: a journal line (and so a toast), the bell, the desktop where there is one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui_trader.desktop import notification

if TYPE_CHECKING:
    from textual.app import App

    from tui_trader.desk import Desk
    from tui_trader.settings import Settings


class Alarms:
    """Looks at the user's alerts once a frame."""

    def __init__(self, app: App[None], desk: Desk, settings: Settings) -> None:
        self._app = app
        self._desk = desk
        self._bell = settings.bell
        self._notification = notification(settings.notify, os.environ)

    def tick(self, now: float) -> None:
        """Tell what begins to hold."""
        if not len(self._desk.alerts):
            return
        due = self._desk.alerts.due(self._desk.store, now)
        for text in due:
            self._desk.warn("alert", text)
        if due:
            self._ring()

    def _ring(self) -> None:
        if self._bell:
            self._app.bell()
        driver = self._app._driver  # Textual rings the bell by it, and has no public way for other sequences
        if self._notification and driver is not None and not self._app.is_headless:
            driver.write(self._notification)
