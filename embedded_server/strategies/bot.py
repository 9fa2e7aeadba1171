"""The bot: trades the AI signals of perpetuals on the futures account (bot-core.md, 6 and 7)."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from embedded_server.analysis.ai_service import PERIOD, AiService
from embedded_server.analysis.votes import WEIGHTS
from embedded_server.kernel.time import SECOND
from embedded_server.model.commands import (
    Accepted,
    ClosePosition,
    ControlBot,
    Outcome,
    PlaceOrder,
    Refused,
)
from embedded_server.model.enums import Action, BotStatus, OrderKind, Reason, RefusalCode, Side
from embedded_server.model.events import BotStatusChanged, BotTradeFailed
from embedded_server.model.states import AiSignal, BotState

if TYPE_CHECKING:
    from embedded_server.accounts.accounts import Accounts
    from embedded_server.kernel.simulation import Simulation
    from embedded_server.market.market import Market

ACCOUNT = "futures"
LEAVE_BELOW = 0.70
"""Only a confidence above this is traded (bot-core.md, 6. AISignalReceived, Frontend Handling)."""
LARGEST_SIZE = 0.10
"""Most of the balance that one trade may bind as margin, whatever the signal recommends."""
LEVERAGE = 10
SIGNALS_REMEMBERED = 1_000


class Bot:
    """Status and trades of the one bot."""

    def __init__(
        self, simulation: Simulation, market: Market, accounts: Accounts, ai_service: AiService
    ) -> None:
        self._simulation = simulation
        self._market = market
        self._accounts = accounts
        self._ai_service = ai_service
        self._status = BotStatus.STOPPED
        self._running_since: int | None = None
        self._halted = False
        self._traded: deque[str] = deque(maxlen=SIGNALS_REMEMBERED)
        self._published: tuple[int, int] | None = None
        self._check_due = False

    def start(self) -> None:
        """Listen to signals and fills, and run."""
        self._ai_service.on_signal(self._received)
        self._market.on_fill(self._filled)
        self._running_since = self._simulation.now
        self._enter(BotStatus.RUNNING)

    def state(self) -> BotState:
        """Status, balance and result now; profit counts from the opening balance and is realised."""
        account = self._accounts[ACCOUNT].state()
        now = self._simulation.now
        profit = account.balance_micros - account.opening_micros
        last = self._ai_service.last_signal_time
        return BotState(
            status=self._status,
            uptime_seconds=0 if self._running_since is None else (now - self._running_since) // SECOND,
            total_positions=account.positions,
            balance_micros=account.balance_micros,
            pnl_micros=profit,
            pnl_percent=100.0 * profit / account.opening_micros if account.opening_micros else 0.0,
            enabled_strategies=tuple(WEIGHTS),
            last_signal_time=last,
            next_signal_time=self._ai_service.next_signal_time if last is None else last + PERIOD,
            auto_trading=self._status is BotStatus.RUNNING,
        )

    def submit(self, command: ControlBot) -> Outcome:
        """START, PAUSE or STOP; a bot that is there already is refused with INVALID_STATE."""
        match command.command:
            case "START":
                return self._start()
            case "PAUSE":
                return self._leave(BotStatus.PAUSED, {BotStatus.RUNNING})
            case "STOP":
                return self._leave(BotStatus.STOPPED, {BotStatus.RUNNING, BotStatus.PAUSED, BotStatus.ERROR})
            case _:
                return Refused(RefusalCode.INVALID, "The bot knows START, PAUSE and STOP", "command")

    def halt(self) -> bool:
        """Pause for the kill switch and refuse to start until `resume`; True if it was running."""
        self._halted = True
        if self._status is not BotStatus.RUNNING:
            return False
        self._enter(BotStatus.PAUSED)
        return True

    def resume(self) -> None:
        """Allow the bot to be started again. It stays paused."""
        self._halted = False

    def _start(self) -> Outcome:
        if self._status is BotStatus.RUNNING:
            return Refused(RefusalCode.INVALID_STATE, "The bot is already running", "command")
        if self._halted:
            return Refused(RefusalCode.KILL_SWITCH, "The kill switch is engaged: release it first")
        if self._status is not BotStatus.PAUSED or self._running_since is None:
            self._running_since = self._simulation.now
        self._enter(BotStatus.RUNNING)
        return Accepted()

    def _leave(self, status: BotStatus, allowed: set[BotStatus]) -> Outcome:
        if self._status not in allowed:
            text = f"The bot is {self._status.value} and cannot be {status.value}"
            return Refused(RefusalCode.INVALID_STATE, text, "command")
        if status is BotStatus.STOPPED:
            self._running_since = None
        self._enter(status)
        return Accepted()

    def _enter(self, status: BotStatus) -> None:
        self._status = status
        self._publish()

    def _publish(self) -> None:
        state = self.state()
        self._published = (state.balance_micros, state.total_positions)
        self._simulation.emit(BotStatusChanged(time=self._simulation.now, bot=state))

    def _filled(self, key: str, *_: object) -> None:
        if not self._check_due and key in self._accounts[ACCOUNT].instruments:
            self._check_due = True
            self._simulation.soon(self._check)

    def _check(self) -> None:
        self._check_due = False
        account = self._accounts[ACCOUNT].state()
        if (account.balance_micros, account.positions) != self._published:
            self._publish()

    def _received(self, signal: AiSignal) -> None:
        if self._wants(signal):
            self._simulation.soon(partial(self._trade, signal))

    def _wants(self, signal: AiSignal) -> bool:
        return (
            self._status is BotStatus.RUNNING
            and signal.confidence > LEAVE_BELOW
            and signal.action is not Action.NEUTRAL
            and signal.id not in self._traded
            and signal.instrument in self._accounts[ACCOUNT].instruments
        )

    def _trade(self, signal: AiSignal) -> None:
        if not self._wants(signal):
            return
        self._traded.append(signal.id)
        side = Side.BUY if signal.action is Action.LONG else Side.SELL
        if self._cleared(signal, side):
            self._open(signal, side)

    def _cleared(self, signal: AiSignal, side: Side) -> bool:
        """Close what stands against the signal; False if a position in the instrument is left."""
        account = self._accounts[ACCOUNT]
        for position in account.positions():
            if position.instrument == signal.instrument and position.side is not side:
                self._accounts.submit(
                    ClosePosition(account=ACCOUNT, position_id=position.id, reason=Reason.SIGNAL)
                )
        return all(position.instrument != signal.instrument for position in account.positions())

    def _open(self, signal: AiSignal, side: Side) -> None:
        account = self._accounts[ACCOUNT]
        quote = self._market.quote(signal.instrument)
        price = (quote.ask if side is Side.BUY else quote.bid) or quote.last
        state = account.state()
        budget = int(min(signal.position_size, LARGEST_SIZE) * state.balance_micros)
        value = self._market.instruments[signal.instrument].notional_micros(price, 1)
        lots = min(budget * LEVERAGE // value, self._market.instruments[signal.instrument].max_lots)
        required = account.margin_required(signal.instrument, max(1, lots), price, LEVERAGE)
        available = state.available_micros
        if lots < 1 or required > available:
            self._failed(signal, "Insufficient balance for trade execution", required, available)
            return
        outcome = self._accounts.submit(self._order(signal, side, lots))
        if isinstance(outcome, Refused):
            self._failed(signal, outcome.message, required, available)

    def _order(self, signal: AiSignal, side: Side, lots: int) -> PlaceOrder:
        return PlaceOrder(
            account=ACCOUNT,
            instrument=signal.instrument,
            side=side,
            kind=OrderKind.MARKET,
            lots=lots,
            stop_loss=signal.stop_loss,
            take_profit=signal.take_profit,
            leverage=LEVERAGE,
            reason=Reason.SIGNAL,
            strategy=max(signal.strategy_scores, key=lambda name: signal.strategy_scores[name]),
            signal_id=signal.id,
        )

    def _failed(self, signal: AiSignal, message: str, required: int, available: int) -> None:
        self._simulation.emit(
            BotTradeFailed(
                time=self._simulation.now,
                instrument=signal.instrument,
                message=message,
                required_micros=required,
                available_micros=available,
                signal_id=signal.id,
            )
        )
