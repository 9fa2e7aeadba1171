"""Saves reports as they arrive and says where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_trader.export_folder import save
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Severity

if TYPE_CHECKING:
    from tui_trader.desk import Desk


class Savings:
    """Looks once a frame whether a report waits."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tick(self, now: float) -> None:
        """Save what waits."""
        reports = self._desk.store.reports
        for report in reports.take() if reports.waiting else ():
            try:
                path = save(report.name, report.content)
            except CommandError as error:
                self._desk.console.report(str(error), Severity.ERROR)
            else:
                reports.saved.append(str(path))
                self._desk.console.report(f"Report saved: {path}")
