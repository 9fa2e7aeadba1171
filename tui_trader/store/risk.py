"""The guardian's figures and the state of the kill switch."""

from __future__ import annotations

from tui_trader.model.events import KillSwitchChanged
from tui_trader.model.values import Risk


class RiskView:
    """Latest figures; `engaged`, `verified` and `report` tell the kill switch."""

    __slots__ = ("arrived", "engaged", "latest", "report", "revision", "verified")

    def __init__(self) -> None:
        self.revision = 0
        self.latest: Risk | None = None
        self.arrived: float | None = None
        self.engaged = False
        self.verified = False
        self.report: tuple[str, ...] = ()

    def update(self, risk: Risk, now: float) -> None:
        """Take over the figures."""
        self.latest = risk
        self.arrived = now
        self.engaged = risk.kill_switch
        self.revision += 1

    def switch(self, event: KillSwitchChanged) -> None:
        """Take over the kill switch."""
        self.engaged = event.engaged
        self.verified = event.verified
        self.report = event.lines
        self.revision += 1
