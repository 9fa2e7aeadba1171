"""The guardian's figures and alerts, and the state of the kill switch."""

from __future__ import annotations

from collections import deque

from msgspec import Struct

from tui_trader.model.events import KillSwitchChanged, RiskAlertRaised
from tui_trader.model.values import Risk

ALERTS = 200


class Alert(Struct, frozen=True):
    """An alert and when it arrived (monotonic seconds)."""

    number: int
    alert: RiskAlertRaised
    arrived: float


class RiskView:
    """Latest figures, alerts newest last; `engaged`, `verified` and `report` tell the kill switch.

    `report` and `asked_at` (monotonic) belong to the latest time the switch was asked for or thrown.
    """

    __slots__ = (
        "_count",
        "alerts",
        "arrived",
        "asked_at",
        "engaged",
        "latest",
        "report",
        "revision",
        "verified",
    )

    def __init__(self) -> None:
        self.revision = 0
        self.latest: Risk | None = None
        self.arrived: float | None = None
        self.alerts: deque[Alert] = deque(maxlen=ALERTS)
        self.engaged = False
        self.verified = False
        self.report: tuple[str, ...] = ()
        self.asked_at: float | None = None
        self._count = 0

    def update(self, risk: Risk, now: float) -> None:
        """Take over the figures."""
        self.latest = risk
        self.arrived = now
        self.engaged = risk.kill_switch
        self.revision += 1

    def alert(self, event: RiskAlertRaised, now: float) -> None:
        """Keep an alert."""
        self._count += 1
        self.alerts.append(Alert(self._count, event, now))
        self.revision += 1

    def ask(self, now: float) -> None:
        """The kill switch was asked for: what was reported before is of another time."""
        self.report, self.verified, self.asked_at = (), False, now
        self.revision += 1

    def switch(self, event: KillSwitchChanged) -> None:
        """Take over the kill switch."""
        self.engaged = event.engaged
        self.verified = event.verified
        self.report = event.lines
        self.revision += 1
