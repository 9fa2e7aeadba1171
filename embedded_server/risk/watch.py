"""When a limit raises an alert: warning from 80 %, critical when passed, each once until it has recovered."""

from __future__ import annotations

from embedded_server.model.enums import AlertLevel
from embedded_server.model.risk import AccountRisk, RiskLimits

WARN_AT, WARN_UNTIL = 0.80, 0.75
"""Share of a limit that raises a warning, and the one below which it may be raised again."""
CRITICAL_ABOVE, CRITICAL_UNTIL = 1.0, 0.95


class Watch:
    """Remembers which alert every (account, rule) is in."""

    def __init__(self) -> None:
        self._levels: dict[tuple[str, str], AlertLevel] = {}

    def observe(self, account: str, rule: str, used: float) -> AlertLevel | None:
        """Note that `used` of the limit is used (1 = all of it); returns the level to raise now, if any."""
        before = self._levels.get((account, rule), AlertLevel.INFO)
        after = _next_level(before, used)
        self._levels[account, rule] = after
        return after if _RANK[after] > _RANK[before] else None

    def forget(self) -> None:
        """Start afresh: the limits are others now."""
        self._levels.clear()


_RANK = {AlertLevel.INFO: 0, AlertLevel.WARNING: 1, AlertLevel.CRITICAL: 2}


def _next_level(before: AlertLevel, used: float) -> AlertLevel:
    if used > CRITICAL_ABOVE or (before is AlertLevel.CRITICAL and used >= CRITICAL_UNTIL):
        return AlertLevel.CRITICAL
    if used >= WARN_AT or (before is not AlertLevel.INFO and used >= WARN_UNTIL):
        return AlertLevel.WARNING
    return AlertLevel.INFO


def figures(risk: AccountRisk, limits: RiskLimits) -> list[tuple[str, float, float, float]]:
    """`(rule, value, limit, share of the limit used)` of an account, by the names of `RiskLimits`."""
    daily_loss = max(0.0, -risk.daily_pnl_percent)
    rows = [
        ("max_drawdown_percent", risk.drawdown_percent, limits.max_drawdown_percent),
        ("max_exposure_percent", risk.exposure_percent, limits.max_exposure_percent),
        ("max_daily_loss_percent", daily_loss, limits.max_daily_loss_percent),
    ]
    result = [(rule, value, limit, value / limit) for rule, value, limit in rows]
    level, least = risk.margin_level_percent, limits.min_margin_level_percent
    if level is not None:
        used = least / level if level > 0.0 else float("inf")
        result.append(("min_margin_level_percent", level, least, used))
    return result
