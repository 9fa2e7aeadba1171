"""The orchestrator's engine: starts, pauses and stops strategies, lets active ones judge closed bars.

Rule of the place: a strategy that raises fails alone; its fault never reaches the engine or another strategy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, assert_never

from embedded_server.analysis.analysis import Analysis
from embedded_server.kernel.simulation import Priority
from embedded_server.model.commands import (
    Accepted,
    ClosePosition,
    Outcome,
    PauseStrategy,
    Refused,
    StartStrategy,
    StopStrategy,
)
from embedded_server.model.enums import Reason, RefusalCode, Resolution, StrategyStatus
from embedded_server.model.events import (
    ExecutionServiceChanged,
    StrategyFailed,
    StrategyPaused,
    StrategyStarted,
    StrategyStopped,
)
from embedded_server.model.states import Bar, StrategyConfig, StrategySignal, StrategyState
from embedded_server.strategies.configuration import refusal_of
from embedded_server.strategies.execution import ACCOUNT, Execution
from embedded_server.strategies.registry import LISTINGS, Listing
from embedded_server.strategies.rule import Decision
from embedded_server.strategies.stop_losses import StopLosses
from embedded_server.strategies.strategy_run import StrategyRun

if TYPE_CHECKING:
    from embedded_server.accounts.accounts import Accounts
    from embedded_server.kernel.simulation import Simulation
    from embedded_server.market.market import Market


class Strategies:
    """All strategies of the registry on the equities account."""

    def __init__(
        self,
        simulation: Simulation,
        market: Market,
        analysis: Analysis,
        accounts: Accounts,
        *,
        listings: Sequence[Listing] = LISTINGS,
    ) -> None:
        self._simulation = simulation
        self._market = market
        self._analysis = analysis
        self._accounts = accounts
        self._listings = {listing.id: listing for listing in listings}
        self._runs = {listing.id: StrategyRun(listing) for listing in listings}
        self._execution = Execution(simulation, market, accounts)
        self._stop_losses = StopLosses(simulation, market, accounts, ACCOUNT, self._stop_fraction)
        self._refresh_due = False
        self.running = True
        """Whether the execution service carries out orders; False while the kill switch is engaged."""

    def start(self) -> None:
        """Listen to the market and start the strategies that are listed as active."""
        self._market.on_bar(self._bar_closed)
        self._market.on_fill(self._filled)
        self._stop_losses.start()
        for identity, listing in self._listings.items():
            tradable = all(key in self._market.instruments for key in listing.config.symbols)
            if listing.active and tradable:
                self._activate(self._runs[identity])

    def states(self) -> tuple[StrategyState, ...]:
        """Every strategy, in the registry's order."""
        return tuple(run.state(self._simulation.now) for run in self._runs.values())

    def state(self, strategy_id: str) -> StrategyState | None:
        """One strategy, or None for an unknown id."""
        run = self._runs.get(strategy_id)
        return None if run is None else run.state(self._simulation.now)

    def signals(self) -> Sequence[StrategySignal]:
        """Recent signals of all strategies, oldest first."""
        return tuple(self._execution.signals)

    def submit(self, command: StartStrategy | PauseStrategy | StopStrategy) -> Outcome:
        """Carry out a command (CLARIFICATIONS.md, orchestrator)."""
        run = self._runs.get(command.strategy_id)
        if run is None:
            text = f"There is no strategy {command.strategy_id[:60]}"
            return Refused(RefusalCode.UNKNOWN_STRATEGY, text, "strategy_id")
        match command:
            case StartStrategy():
                return self._start(run, command.config)
            case PauseStrategy():
                return self._pause(run)
            case StopStrategy():
                return self._stop(run, close_positions=command.close_positions)
            case _:
                assert_never(command)

    def halt(self) -> tuple[str, ...]:
        """Pause every active strategy and stop the execution service; returns the ids paused."""
        active = [run for run in self._runs.values() if run.status is StrategyStatus.ACTIVE]
        for run in active:
            self._pause(run)
        if self.running:
            self.running = False
            self._simulation.emit(ExecutionServiceChanged(time=self._simulation.now, running=False))
        return tuple(run.id for run in active)

    def resume(self) -> None:
        """Let the execution service run again. What was paused stays paused."""
        if not self.running:
            self.running = True
            self._simulation.emit(ExecutionServiceChanged(time=self._simulation.now, running=True))

    def _start(self, run: StrategyRun, config: StrategyConfig | None) -> Outcome:
        if run.status is StrategyStatus.ACTIVE:
            return _wrong_state(run, "is already running")
        if not self.running:
            return Refused(RefusalCode.KILL_SWITCH, "The kill switch is engaged: release it first")
        wanted = config or run.config
        refused = refusal_of(wanted, self._accounts[ACCOUNT].instruments)
        if refused is not None:
            return refused
        run.config = wanted
        self._activate(run)
        return Accepted(run.id)

    def _activate(self, run: StrategyRun) -> None:
        if run.status is not StrategyStatus.PAUSED:
            run.started_at = self._simulation.now
        run.error = None
        self._enter(run, StrategyStatus.ACTIVE, StrategyStarted)

    def _pause(self, run: StrategyRun) -> Outcome:
        if run.status is not StrategyStatus.ACTIVE:
            return _wrong_state(run, f"is {run.status.value}, only an active one can be paused")
        self._enter(run, StrategyStatus.PAUSED, StrategyPaused)
        return Accepted(run.id)

    def _stop(self, run: StrategyRun, *, close_positions: bool) -> Outcome:
        if run.status is StrategyStatus.STOPPED:
            return _wrong_state(run, "is already stopped")
        self._enter(run, StrategyStatus.STOPPED, StrategyStopped)
        if close_positions:
            self._simulation.soon(partial(self._close_positions, run.id))
        return Accepted(run.id)

    def _enter(
        self,
        run: StrategyRun,
        status: StrategyStatus,
        event: Callable[..., StrategyStarted | StrategyPaused | StrategyStopped | StrategyFailed],
    ) -> None:
        run.status = status
        now = self._simulation.now
        self._simulation.emit(event(time=now, strategy=run.state(now)))
        self._stop_losses.refresh()

    def _close_positions(self, strategy_id: str) -> None:
        for position in self._accounts[ACCOUNT].positions():
            if position.strategy == strategy_id:
                self._accounts.submit(
                    ClosePosition(account=ACCOUNT, position_id=position.id, reason=Reason.STRATEGY)
                )

    def _bar_closed(self, key: str, resolution: Resolution, bar: Bar) -> None:
        del bar
        if any(_watches(run, key, resolution) for run in self._runs.values()):
            now = self._simulation.now
            self._simulation.at(now, Priority.STRATEGIES, partial(self._judge, key, resolution))

    def _judge(self, key: str, resolution: Resolution) -> None:
        window = self._analysis.window(key, resolution)
        if window is None or not window.warm or window.flat:
            return
        for run in self._runs.values():
            if not _watches(run, key, resolution):
                continue
            try:
                decision: Decision | None = run.rule.decide(window)
            except Exception as error:  # noqa: BLE001 - the outermost boundary of one strategy's own code
                self._fail(run, error)
                continue
            if decision is not None:
                self._execution.carry_out(run, key, decision)

    def _fail(self, run: StrategyRun, error: Exception) -> None:
        run.error = f"{type(error).__name__}: {error}"[:200]
        self._enter(run, StrategyStatus.ERROR, StrategyFailed)

    def _filled(self, key: str, *_: object) -> None:
        if not self._refresh_due and key in self._accounts[ACCOUNT].instruments:
            self._refresh_due = True
            self._simulation.soon(self._refresh)

    def _refresh(self) -> None:
        self._refresh_due = False
        self._stop_losses.refresh()

    def _stop_fraction(self, strategy_id: str) -> float | None:
        run = self._runs.get(strategy_id)
        return run.config.stop_loss_fraction if run is not None and run.protects else None


def _watches(run: StrategyRun, key: str, resolution: Resolution) -> bool:
    return (
        run.status is StrategyStatus.ACTIVE
        and run.config.resolution is resolution
        and key in run.config.symbols
    )


def _wrong_state(run: StrategyRun, what: str) -> Refused:
    return Refused(RefusalCode.INVALID_STATE, f"{run.rule.name} {what}")
