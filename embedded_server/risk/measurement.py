"""Exposure, drawdown and daily result of accounts and strategies. Reading changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_server.model.risk import AccountRisk, StrategyRisk
from embedded_server.model.states import PositionState, StrategyState
from embedded_server.risk.valuation import Valuation

if TYPE_CHECKING:
    from embedded_server.accounts.account import Account
    from embedded_server.accounts.accounts import Accounts

STRATEGY_ACCOUNT = "equities"
UNBOUNDED_PERCENT = 1_000_000.0
"""A share of nothing, or of a debt: finite, as clients are told it in JSON."""


class Measurement:
    """Knows what the equity was at midnight and at its peak."""

    def __init__(self, accounts: Accounts, valuation: Valuation) -> None:
        self._accounts = accounts
        self._valuation = valuation
        self._midnight: dict[str, int] = {}
        self._equities: dict[str, int] = {}
        self._peak = 0
        self._closed_counted = 0
        self._closed_results: dict[str, int] = {}

    def start_day(self) -> None:
        """From now on, daily results count from the present equity (UTC midnight, and the start)."""
        self._midnight = {account.id: account.state().equity_micros for account in self._accounts}

    def observe(self, risk: AccountRisk) -> None:
        """Remember the highest total of what the accounts' equities were when last looked at."""
        self._equities[risk.account] = risk.equity_micros
        self._peak = max(self._peak, sum(self._equities.values()))

    def drawdown_percent(self, equity_micros: int) -> float:
        """Fall of the total equity from its peak."""
        return drawdown_percent(equity_micros, max(self._peak, equity_micros))

    def account(self, account: Account) -> AccountRisk:
        """Figures of one account now."""
        state = account.state()
        exposure = 0
        if state.positions:
            exposure = sum(map(self.exposure, account.positions()))
        equity = state.equity_micros
        midnight = self._midnight.get(state.id, equity)
        return AccountRisk(
            account=state.id,
            currency=state.currency,
            equity_micros=equity,
            exposure_micros=exposure,
            exposure_percent=_percent(exposure, equity),
            drawdown_percent=drawdown_percent(equity, max(state.peak_equity_micros, equity)),
            daily_pnl_micros=equity - midnight,
            daily_pnl_percent=_percent(equity - midnight, midnight),
            margin_level_percent=state.margin_level_percent,
            positions=state.positions,
            working_orders=state.working_orders,
        )

    def exposure(self, position: PositionState) -> int:
        """Absolute notional of a position at its mark, in micro-units of its account's currency."""
        return self._valuation.notional_micros(
            position.account, position.instrument, position.mark, position.lots
        )

    def strategies(self, states: tuple[StrategyState, ...]) -> tuple[StrategyRisk, ...]:
        """Figures of every strategy; the result counts closed and open positions, after fees."""
        account = self._accounts[STRATEGY_ACCOUNT]
        exposures = dict.fromkeys((state.id for state in states), 0)
        closed = self._results_of_closed()
        results = {identity: closed.get(identity, 0) for identity in exposures}
        for position in account.positions():
            if position.strategy in results:
                results[position.strategy] += _result(position)
                exposures[position.strategy] += self.exposure(position)
        return tuple(
            StrategyRisk(
                strategy_id=state.id,
                status=state.status,
                exposure_micros=exposures[state.id],
                pnl_micros=results[state.id],
                orders_last_minute=state.orders_last_minute,
            )
            for state in states
        )

    def _results_of_closed(self) -> dict[str, int]:
        """Results of closed positions by strategy; a closed position never changes, so each is added once."""
        closed = self._accounts[STRATEGY_ACCOUNT].closed_positions()
        for position in closed.since(self._closed_counted):
            if position.strategy is not None:
                before = self._closed_results.get(position.strategy, 0)
                self._closed_results[position.strategy] = before + _result(position)
        self._closed_counted = closed.total
        return self._closed_results


def drawdown_percent(equity: int, peak: int) -> float:
    """How far `equity` is below `peak`, in percent of the peak."""
    return 100.0 * (peak - equity) / peak if peak > 0 else 0.0


def _result(position: PositionState) -> int:
    return position.unrealised_micros + position.realised_micros + position.swap_micros - position.fees_micros


def _percent(part: int, whole: int) -> float:
    if whole > 0:
        return 100.0 * part / whole
    return 0.0 if part == 0 else UNBOUNDED_PERCENT if part > 0 else -UNBOUNDED_PERCENT
