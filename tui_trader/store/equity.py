"""Equity of each account over time, sampled as it is told; half the samples go when there are too many."""

from __future__ import annotations

from collections.abc import Container

from msgspec import Struct, field

from tui_trader.model.values import Account, Risk
from tui_trader.statistics import Drawdown, deeper

SAMPLES = 4_096
FIRST_PERIOD = 1.0


class Curve(Struct):
    """One account: monotonic seconds and equities, oldest first, at least `period` seconds apart.

    The last sample is always the latest equity.
    """

    times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    period: float = FIRST_PERIOD
    revision: int = 0
    peak: float = 0.0
    fall: Drawdown = Drawdown()
    """The deepest fall of all that was told: samples go, and what happens between them is not kept."""
    _settled: float = float("-inf")

    def put(self, value: float, now: float) -> None:
        """Take over the equity at `now`."""
        self.peak = max(self.peak, value)
        self.fall = deeper(self.fall, self.peak, value)
        if self.times and now < self._settled + self.period:
            if value == self.values[-1] or len(self.values) == 1:
                return
            self.values[-1], self.times[-1] = value, now
        else:
            self.times.append(now)
            self.values.append(value)
            self._settled = now
        self.revision += 1
        if len(self.values) > SAMPLES:
            self.times, self.values = self.times[::2], self.values[::2]
            self.period *= 2


class EquityCurves:
    """Curves by account: the link's name, or the guardian's name where no link leads to the account."""

    __slots__ = ("_curves", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._curves: dict[str, Curve] = {}

    def get(self, account: str) -> Curve:
        """The curve, empty where nothing was told."""
        curve = self._curves.get(account)
        if curve is None:
            curve = self._curves[account] = Curve()
        return curve

    def of_account(self, account: Account | None, now: float) -> None:
        """Sample an account's totals."""
        if account is not None and account.equity is not None:
            self._put(account.link, account.equity, now)

    def of_risk(self, risk: Risk, told: Container[str], now: float) -> None:
        """Sample the accounts whose link is not among those that told their totals themselves."""
        for account in risk.accounts:
            if account.link not in told and account.equity is not None:
                self._put(account.account, account.equity, now)

    def _put(self, account: str, value: float, now: float) -> None:
        self.get(account).put(value, now)
        self.revision += 1
