"""The risk guardian: looks at every account once a second, raises alerts, and stands before every order.

Rule of the place: what clients read (`state`) is computed from the accounts at that instant.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, assert_never

from embedded_server.kernel.simulation import Priority
from embedded_server.kernel.time import DAY, SECOND
from embedded_server.model.commands import (
    Accepted,
    EngageKillSwitch,
    Outcome,
    PlaceOrder,
    Refused,
    ReleaseKillSwitch,
    SetRiskLimits,
)
from embedded_server.model.enums import AlertLevel, OrderKind, Reason, RefusalCode, Side
from embedded_server.model.events import RiskAlertRaised, RiskLimitsChanged
from embedded_server.model.risk import AccountRisk, KillSwitchReport, RiskAlert, RiskLimits, RiskState
from embedded_server.risk.kill_switch import KillSwitch
from embedded_server.risk.measurement import Measurement
from embedded_server.risk.valuation import Valuation
from embedded_server.risk.watch import Watch, figures

if TYPE_CHECKING:
    from embedded_server.accounts.accounts import Accounts
    from embedded_server.kernel.simulation import Simulation
    from embedded_server.market.market import Market
    from embedded_server.strategies.bot import Bot
    from embedded_server.strategies.strategies import Strategies

LOOK_EVERY = SECOND
ALERTS_KEPT = 200
PROTECTIVE = {
    Reason.STOP_LOSS,
    Reason.TAKE_PROFIT,
    Reason.TRAILING_STOP,
    Reason.STOP_OUT,
    Reason.LIQUIDATION,
    Reason.KILL_SWITCH,
    Reason.RISK_LIMIT,
}
"""Orders that make an account safer; nothing holds them up."""


class Guardian:
    """Limits, alerts, the gate and the kill switch of all four accounts."""

    def __init__(
        self, simulation: Simulation, market: Market, accounts: Accounts, strategies: Strategies, bot: Bot
    ) -> None:
        self._simulation = simulation
        self._market = market
        self._accounts = accounts
        self._strategies = strategies
        self._valuation = Valuation(market, accounts)
        self._measurement = Measurement(accounts, self._valuation)
        self._kill_switch = KillSwitch(simulation, accounts, strategies, bot)
        self._watch = Watch()
        self._alerts: deque[RiskAlert] = deque(maxlen=ALERTS_KEPT)
        self._alert_count = 0
        self._resting: dict[str, int] = {}
        """Ledger length of accounts without positions when last judged; while they stay so do the figures."""
        self.limits = RiskLimits()

    def start(self) -> None:
        """Begin to look, and to count the day's result."""
        self._begin_day()
        self._look()

    @property
    def kill_switch(self) -> KillSwitchReport:
        """What the kill switch did last, or that it never was engaged."""
        return self._kill_switch.report

    def state(self) -> RiskState:
        """Everything the guardian sees, measured now."""
        accounts = self._measure()
        equity = sum(one.equity_micros for one in accounts)
        return RiskState(
            equity_micros=equity,
            exposure_micros=sum(one.exposure_micros for one in accounts),
            drawdown_percent=self._measurement.drawdown_percent(equity),
            limits=self.limits,
            accounts=accounts,
            strategies=self._measurement.strategies(self._strategies.states()),
            kill_switch=self._kill_switch.engaged,
        )

    def alerts(self) -> Sequence[RiskAlert]:
        """Recent alerts, oldest first."""
        return tuple(self._alerts)

    def gate(self, order: PlaceOrder) -> Refused | None:
        """Why an order may not be sent, or None. Orders that only reduce risk always pass."""
        if order.reduce_only or order.position_id is not None or order.reason in PROTECTIVE:
            return None
        if self._kill_switch.engaged:
            return Refused(RefusalCode.KILL_SWITCH, "The kill switch is engaged: no orders are taken")
        return self._size_refusal(order)

    def submit(self, command: SetRiskLimits | EngageKillSwitch | ReleaseKillSwitch) -> Outcome:
        """Carry out a command (CLARIFICATIONS.md, risk_guardian)."""
        match command:
            case SetRiskLimits():
                return self._set_limits(command.limits)
            case EngageKillSwitch():
                return self._kill_switch.engage(command.reason)
            case ReleaseKillSwitch():
                return self._kill_switch.release()
            case _:
                assert_never(command)

    def _set_limits(self, limits: RiskLimits) -> Outcome:
        for name in RiskLimits.__struct_fields__:
            value = getattr(limits, name)
            if not (math.isfinite(value) and value > 0.0):
                return Refused(RefusalCode.INVALID, f"{name} must be a finite number above zero", name)
        self.limits = limits
        self._watch.forget()
        self._resting.clear()
        self._simulation.emit(RiskLimitsChanged(time=self._simulation.now, limits=limits))
        self._simulation.soon(self._judge)
        return Accepted()

    def _size_refusal(self, order: PlaceOrder) -> Refused | None:
        if order.instrument not in self._market.instruments:
            return None
        account = self._accounts[order.account].state()
        price = self._dearest(order)
        notional = self._valuation.notional_micros(order.account, order.instrument, price, order.lots)
        percent = self.limits.max_order_notional_percent
        if notional <= account.equity_micros * percent / 100.0:
            return None
        text = f"An order may be worth at most {percent:g} % of the account's equity"
        return Refused(RefusalCode.LIMIT_EXCEEDED, text, "lots")

    def _dearest(self, order: PlaceOrder) -> int:
        """The price an order is measured at: what its sender writes counts only where it can bind a fill."""
        quote = self._market.quote(order.instrument)
        touch = (quote.ask if order.side is Side.BUY else quote.bid) or quote.last
        if order.kind is OrderKind.MARKET:
            return touch
        if order.side is Side.BUY:
            return order.price or order.stop_price or touch
        return max(order.price or 0, order.stop_price or touch)

    def _begin_day(self) -> None:
        self._measurement.start_day()
        self._resting.clear()
        tomorrow = (self._simulation.now // DAY + 1) * DAY
        self._simulation.at(tomorrow, Priority.RISK, self._begin_day)

    def _look(self) -> None:
        self._judge()
        self._simulation.after(LOOK_EVERY, Priority.RISK, self._look)

    def _measure(self) -> tuple[AccountRisk, ...]:
        return tuple(self._measurement.account(account) for account in self._accounts)

    def _judge(self) -> None:
        for account in self._accounts:
            entries = account.ledger().total
            if self._resting.get(account.id) == entries and not account.exposed:
                continue
            risk = self._measurement.account(account)
            self._measurement.observe(risk)
            self._alert_on(risk)
            if risk.positions:
                self._resting.pop(account.id, None)
            else:
                self._resting[account.id] = entries

    def _alert_on(self, risk: AccountRisk) -> None:
        for rule, value, limit, used in figures(risk, self.limits):
            level = self._watch.observe(risk.account, rule, used)
            if level is not None:
                self._raise(level, rule, risk.account, value, limit)

    def _raise(self, level: AlertLevel, rule: str, account: str, value: float, limit: float) -> None:
        self._alert_count += 1
        name = rule.removesuffix("_percent").replace("_", " ")
        verb = "has passed" if level is AlertLevel.CRITICAL else "is near"
        alert = RiskAlert(
            id=f"alert_{self._alert_count}",
            level=level,
            rule=rule,
            account=account,
            value=value,
            limit=limit,
            message=f"{account}: {value:.2f} % {verb} the limit of {limit:g} % ({name})",
            time=self._simulation.now,
        )
        self._alerts.append(alert)
        self._simulation.emit(RiskAlertRaised(time=self._simulation.now, alert=alert))
