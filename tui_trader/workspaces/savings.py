"""Saves reports as they arrive and says where; what is still to come is told as under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_trader.export_folder import save
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Severity

if TYPE_CHECKING:
    from tui_trader.desk import Desk
    from tui_trader.progress import Undertaking


PATIENCE_SECONDS = 60.0
"""After so long a report is not waited for any more; if it comes it is saved all the same."""


class Savings:
    """Looks once a frame whether a report waits."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._awaited: dict[str, Undertaking] = {}

    def tick(self, now: float) -> None:
        """Save what waits, and follow what is to come."""
        self._follow(now)
        reports = self._desk.store.reports
        for report in reports.take() if reports.waiting else ():
            try:
                path = save(report.name, report.content)
            except CommandError as error:
                self._desk.console.report(str(error), Severity.ERROR)
            else:
                reports.saved.append(str(path))
                self._desk.console.report(f"Report saved: {path}")

    def _follow(self, now: float) -> None:
        asked, progress = self._desk.store.reports.asked, self._desk.progress
        for reference, kind in asked.items():
            if reference not in self._awaited:
                self._awaited[reference] = progress.begin(f"report: {kind}", now)
        for reference, task in list(self._awaited.items()):
            if reference in asked and now - task.since > PATIENCE_SECONDS:
                self._desk.store.reports.refuse(reference)
                text = f"No {task.name} came in {PATIENCE_SECONDS:g} seconds."
                self._desk.console.report(text, Severity.WARNING)
            if reference not in asked:
                progress.end(self._awaited.pop(reference))
