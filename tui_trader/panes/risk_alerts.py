"""Alerts of the guardian, newest first."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from tui_trader.formatting import numbers
from tui_trader.formatting.times import age
from tui_trader.model.matters import Matter
from tui_trader.model.values import Severity
from tui_trader.panes.table import Column, TablePane
from tui_trader.store.risk import Alert

_MARKS = {
    Severity.INFO: ("· info", "muted"),
    Severity.WARNING: ("▲ near", "caution"),
    Severity.ERROR: ("✕ past", "alarm"),
    Severity.CRITICAL: ("✕ past", "alarm"),
}


class RiskAlertsPane(TablePane[Alert]):
    """One line an alert."""

    KEY = "risk_alerts"
    TITLE = "Risk alerts"
    EMPTY = "no alert since the console started"
    MATTER = Matter.RISK

    def columns(self) -> Sequence[Column[Alert]]:
        """Mark and account stay to the end."""
        return (
            Column("Ago", self._ago, 3, minimum=4),
            Column("", lambda row, now: _MARKS[row.alert.severity], right=False),
            Column("Account", lambda row, now: (row.alert.account or row.alert.link, "text"), right=False),
            Column("Rule", lambda row, now: (self._rule(row), "text"), 1, right=False),
            Column("Value", lambda row, now: self._figure(row.alert.value), 2),
            Column("Limit", lambda row, now: self._figure(row.alert.limit), 2),
            Column("", lambda row, now: (row.alert.text, "muted"), 4, right=False, grows=True, minimum=24),
        )

    def revision(self) -> object:
        """The alerts."""
        return self.store.risk.revision

    def count(self) -> int | None:
        """How many there are."""
        return len(self.store.risk.alerts)

    def rows(self) -> Sequence[Alert]:
        """Newest first."""
        return list(self.store.risk.alerts)[::-1]

    def identity(self, row: Alert) -> Hashable:
        """Its number."""
        return row.number

    def _ago(self, row: Alert, now: float) -> tuple[str, str]:
        self.wake_at(now + 1)
        return age(now - row.arrived), "muted"

    @staticmethod
    def _rule(row: Alert) -> str:
        return row.alert.rule.removesuffix("_percent").replace("_", " ")

    @staticmethod
    def _figure(value: float | None) -> tuple[str, str]:
        return (numbers.NONE, "faint") if value is None else (f"{value:,.2f}%", "text")
