"""The kill switch: pause strategies and bot, cancel every order, close every position, look again, report.

Closing is repeated while a thin book leaves something open, a bounded number of times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_server.kernel.simulation import Priority, Scheduled
from embedded_server.kernel.time import SECOND
from embedded_server.model.commands import Accepted, CancelOrder, ClosePosition, Outcome, Refused
from embedded_server.model.enums import Reason, RefusalCode, StrategyStatus
from embedded_server.model.events import KillSwitchChanged
from embedded_server.model.risk import KillSwitchReport
from embedded_server.model.states import OrderState

if TYPE_CHECKING:
    from embedded_server.accounts.account import Account
    from embedded_server.accounts.accounts import Accounts
    from embedded_server.kernel.simulation import Simulation
    from embedded_server.strategies.bot import Bot
    from embedded_server.strategies.strategies import Strategies

SETTLE = SECOND
"""Time a round of closing gets before it is looked at."""
ROUNDS = 20


class KillSwitch:
    """Engaged or not, and what it did when it last was."""

    def __init__(self, simulation: Simulation, accounts: Accounts, strategies: Strategies, bot: Bot) -> None:
        self._simulation = simulation
        self._accounts = accounts
        self._strategies = strategies
        self._bot = bot
        self._next_look: Scheduled | None = None
        self._rounds_left = 0
        self._positions_seen: set[tuple[str, int]] = set()
        self.report = KillSwitchReport(engaged=False, reason="", time=simulation.now)

    @property
    def engaged(self) -> bool:
        """Whether orders are refused."""
        return self.report.engaged

    def engage(self, reason: str) -> Outcome:
        """Stop everything now; the verified report follows within `ROUNDS` x `SETTLE`."""
        if self.engaged:
            return Refused(RefusalCode.INVALID_STATE, "The kill switch is already engaged")
        self.report = KillSwitchReport(engaged=True, reason=reason, time=self._simulation.now)
        self._positions_seen = set()
        self._rounds_left = ROUNDS
        paused = self._strategies.halt()
        bot_paused = self._bot.halt()
        canceled = self._cancel_orders()
        self._close_positions()
        self._publish(paused, bot_paused, canceled, verified=False)
        self._look_later()
        return Accepted()

    def release(self) -> Outcome:
        """Allow orders again. What was paused stays paused."""
        if not self.engaged:
            return Refused(RefusalCode.INVALID_STATE, "The kill switch is not engaged")
        if self._next_look is not None:
            self._next_look.cancel()
        self.report = KillSwitchReport(engaged=False, reason=self.report.reason, time=self._simulation.now)
        self._strategies.resume()
        self._bot.resume()
        self._simulation.emit(KillSwitchChanged(time=self._simulation.now, report=self.report))
        return Accepted()

    def _cancel_orders(self) -> int:
        """Cancel all that works anywhere, save the switch's own closing orders; returns how many ended."""
        canceled = 0
        for account in self._accounts:
            before = _others(account)
            for order in before:
                self._accounts.submit(
                    CancelOrder(account=account.id, order_id=order.id, reason=Reason.KILL_SWITCH)
                )
            canceled += len(before) - len(_others(account))
        return canceled

    def _close_positions(self) -> None:
        for account in self._accounts:
            closing = {order.position_id for order in _own(account)}
            for position in account.positions():
                self._positions_seen.add((account.id, position.id))
                if position.id not in closing:
                    self._accounts.submit(
                        ClosePosition(account=account.id, position_id=position.id, reason=Reason.KILL_SWITCH)
                    )

    def _look_later(self) -> None:
        self._next_look = self._simulation.after(SETTLE, Priority.RISK, self._look)

    def _look(self) -> None:
        self._rounds_left -= 1
        report = self.report
        paused = report.strategies_paused + self._strategies.halt()
        canceled = report.orders_canceled
        clean = not self._remaining_orders() and not self._remaining_positions()
        if not clean and self._rounds_left > 0:
            canceled += self._cancel_orders()
            self._close_positions()
            self.report = self._seen(paused, report.bot_paused, canceled, verified=False)
            self._look_later()
            return
        self._publish(paused, report.bot_paused, canceled, verified=clean)

    def _publish(self, paused: tuple[str, ...], bot_paused: bool, canceled: int, *, verified: bool) -> None:
        self.report = self._seen(paused, bot_paused, canceled, verified=verified)
        self._simulation.emit(KillSwitchChanged(time=self._simulation.now, report=self.report))

    def _seen(
        self, paused: tuple[str, ...], bot_paused: bool, canceled: int, *, verified: bool
    ) -> KillSwitchReport:
        still_open = self._remaining_positions()
        active = sum(state.status is StrategyStatus.ACTIVE for state in self._strategies.states())
        return KillSwitchReport(
            engaged=True,
            reason=self.report.reason,
            strategies_paused=paused,
            bot_paused=bot_paused,
            orders_canceled=canceled,
            positions_closed=len(self._positions_seen) - still_open,
            strategies_still_active=active,
            orders_still_working=self._remaining_orders(),
            positions_still_open=still_open,
            verified=verified and active == 0,
            time=self._simulation.now,
        )

    def _remaining_orders(self) -> int:
        return sum(len(account.working_orders()) for account in self._accounts)

    def _remaining_positions(self) -> int:
        return sum(len(account.positions()) for account in self._accounts)


def _own(account: Account) -> list[OrderState]:
    return [order for order in account.working_orders() if order.reason is Reason.KILL_SWITCH]


def _others(account: Account) -> list[OrderState]:
    return [order for order in account.working_orders() if order.reason is not Reason.KILL_SWITCH]
