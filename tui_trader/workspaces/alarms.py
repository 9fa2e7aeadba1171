"""Tells alerts, the user's and the guardian's: a journal line (so a toast), the bell, the desktop if any."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui_trader.desktop import notification
from tui_trader.model.values import Severity

if TYPE_CHECKING:
    from textual.app import App

    from tui_trader.desk import Desk
    from tui_trader.settings import Settings


class Alarms:
    """Looks at the user's alerts, and at limits the guardian saw passed, once a frame."""

    def __init__(self, app: App[None], desk: Desk, settings: Settings) -> None:
        self._app = app
        self._desk = desk
        self._bell = settings.bell
        self._notification = notification(settings.notify, os.environ)
        self._heard = 0
        """The guardian's latest alert that was looked at."""

    def tick(self, now: float) -> None:
        """Tell what begins to hold."""
        due = self._desk.alerts.due(self._desk.store, now) if len(self._desk.alerts) else ()
        for text in due:
            self._desk.warn("alert", text)
        if due or self._passed():
            self._ring()

    def _passed(self) -> bool:
        """Whether the guardian has told of a limit passed since the last look; it writes its own line."""
        alerts = self._desk.store.risk.alerts
        if not alerts or alerts[-1].number == self._heard:
            return False
        fresh = [one.alert for one in alerts if one.number > self._heard]
        self._heard = alerts[-1].number
        return any(alert.severity is Severity.CRITICAL for alert in fresh)

    def _ring(self) -> None:
        if self._bell:
            self._app.bell()
        driver = self._app._driver  # Textual rings the bell by it, and has no public way for other sequences
        if self._notification and driver is not None and not self._app.is_headless:
            driver.write(self._notification)
