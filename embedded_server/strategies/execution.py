"""The execution service: turns a rule's decision into a signal and, inside the config's bounds, an order.

Long only, as the account is a cash account: BUY opens or adds, SELL closes.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from embedded_server.model.commands import PlaceOrder
from embedded_server.model.enums import OrderKind, Reason, Side
from embedded_server.model.events import StrategySignalled
from embedded_server.model.instruments import Instrument
from embedded_server.model.states import StrategyConfig, StrategySignal
from embedded_server.strategies.rule import Decision
from embedded_server.strategies.strategy_run import StrategyRun

if TYPE_CHECKING:
    from embedded_server.accounts.accounts import Accounts
    from embedded_server.kernel.simulation import Simulation
    from embedded_server.market.market import Market

ACCOUNT = "equities"
SIGNALS_KEPT = 500
SLIPPAGE_DIVISOR = 1_000
"""A buy is sized for a price 0.1 % above the ask, so that slippage does not pass the position limit."""
ENTRY_DIVISOR = 2
"""One buy takes at most half of the position limit, which leaves room to add."""


class Execution:
    """Signals and orders of all strategies."""

    def __init__(self, simulation: Simulation, market: Market, accounts: Accounts) -> None:
        self._simulation = simulation
        self._market = market
        self._accounts = accounts
        self._count = 0
        self.signals: deque[StrategySignal] = deque(maxlen=SIGNALS_KEPT)

    def carry_out(self, run: StrategyRun, key: str, decision: Decision) -> None:
        """Signal the decision and send its order; nothing is signalled when there is nothing to trade."""
        lots = self._lots(run, key, decision.side)
        if lots < 1:
            return
        signal = self._signal(run, key, decision, lots)
        self.signals.append(signal)
        now = self._simulation.now
        self._simulation.emit(StrategySignalled(time=now, signal=signal))
        if not run.may_order(now):
            return
        run.count_order(now)
        self._accounts.submit(
            PlaceOrder(
                account=ACCOUNT,
                instrument=key,
                side=decision.side,
                kind=OrderKind.MARKET,
                lots=lots,
                reduce_only=decision.side is Side.SELL,
                reason=Reason.STRATEGY,
                strategy=run.id,
                signal_id=signal.id,
                comment=run.rule.name,
            )
        )

    def held_lots(self, strategy_id: str, key: str) -> int:
        """Lots of `key` that the strategy holds."""
        return sum(
            position.lots
            for position in self._accounts[ACCOUNT].positions()
            if position.strategy == strategy_id and position.instrument == key
        )

    def _lots(self, run: StrategyRun, key: str, side: Side) -> int:
        held = self.held_lots(run.id, key)
        if side is Side.SELL:
            return held
        ask = self._market.quote(key).ask
        if ask <= 0:
            return 0
        worst = ask + ask // SLIPPAGE_DIVISOR + 1
        within = lots_to_buy(self._market.instruments[key], run.config, held, worst)
        return max(0, min(within, self._market.available(key, Side.BUY, worst)))

    def _signal(self, run: StrategyRun, key: str, decision: Decision, lots: int) -> StrategySignal:
        self._count += 1
        quote = self._market.quote(key)
        return StrategySignal(
            id=f"sig_{self._count}",
            strategy_id=run.id,
            name=run.rule.name,
            instrument=key,
            price=quote.ask if decision.side is Side.BUY else quote.bid,
            side=decision.side,
            lots=lots,
            confidence=decision.confidence,
            explanation=decision.explanation,
            time=self._simulation.now,
        )


def lots_to_buy(instrument: Instrument, config: StrategyConfig, held: int, price: int) -> int:
    """How many lots one buy at `price` ticks may take while the position stays within its limit."""
    value = instrument.notional_micros(price, 1)
    room = config.max_position_micros // value - held
    entry = max(1, config.max_position_micros // ENTRY_DIVISOR // value)
    return max(0, min(room, entry, instrument.max_lots))
