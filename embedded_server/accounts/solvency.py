"""When an account closes positions by itself: liquidation of isolated ones, margin call and stop-out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from embedded_server.accounts.books import Books
from embedded_server.accounts.funds import Funds
from embedded_server.accounts.position import Position
from embedded_server.accounts.protection import Protection
from embedded_server.accounts.venues import Margining
from embedded_server.kernel.simulation import Priority
from embedded_server.model.enums import Reason, Side
from embedded_server.model.events import MarginCalled

RECOVERED_PERCENT = 110
"""A margin call is over, and may be made again, once the level is this much of the call level."""


class Liquidation:
    """Closes isolated positions whose mark reached the liquidation price."""

    def __init__(self, books: Books, protection: Protection) -> None:
        self._simulation = books.simulation
        self._market = books.market
        self._positions = books.positions
        self._protection = protection

    def check(self, instrument: str) -> None:
        """Look at the mark of an instrument with open positions."""
        mark = self._market.mark(instrument)
        for position in self._positions.on(instrument):
            limit = position.liquidation_price
            if limit is None or position.closing:
                continue
            if mark <= limit if position.side is Side.BUY else mark >= limit:
                position.closing = True
                self._simulation.soon(partial(self._liquidate, position))

    def _liquidate(self, position: Position) -> None:
        position.closing = False
        if not position.lots or not self._market.is_open(position.instrument.key):
            return
        self._protection.close(position, position.lots, Reason.LIQUIDATION)


class StopOut:
    """Calls for margin, then closes the largest loss first until the margin level is above stop-out.

    Stop losses that the same quote touched are carried out before: they may be all that is needed.
    """

    def __init__(self, books: Books, funds: Funds, protection: Protection) -> None:
        self._simulation = books.simulation
        self._market = books.market
        self._venue = books.venue
        self._positions = books.positions
        self._ledger = books.ledger
        self._funds = funds
        self._valuation = books.valuation
        self._protection = protection
        self._called = False
        self._scheduled = False

    def check(self, _instrument: str) -> None:
        """Look at the margin level after the valuation of an instrument was refreshed."""
        margin, equity = self._valuation.margin, self._valuation.equity
        call = self._venue.margin_call_percent
        if not margin or equity * 100 > margin * call * RECOVERED_PERCENT // 100:
            self._called = False
            return
        if not self._called and equity * 100 <= margin * call:
            self._called = True
            level = 100.0 * equity / margin
            self._simulation.emit(
                MarginCalled(
                    time=self._simulation.now, account=self._venue.account, margin_level_percent=level
                )
            )
        if not self._scheduled and equity * 100 <= margin * self._venue.stop_out_percent:
            self._scheduled = True
            self._simulation.at(self._simulation.now, Priority.RISK, self._stop_out)

    def _stop_out(self) -> None:
        self._scheduled = False
        while self._below():
            candidates = [p for p in self._positions.open.values() if self._market.is_open(p.instrument.key)]
            if not candidates:
                return
            worst = min(candidates, key=self._profit)
            lots = worst.lots
            self._protection.close(worst, lots, Reason.STOP_OUT)
            if worst.lots == lots:
                return

    def _below(self) -> bool:
        margin = self._funds.margin()
        equity = self._ledger.balance + self._valuation.total()
        return margin > 0 and equity * 100 <= margin * self._venue.stop_out_percent

    def _profit(self, position: Position) -> tuple[int, int]:
        return self._valuation.unrealised(position, self._valuation.mark(position)), position.id


def solvency_check(books: Books, funds: Funds, protection: Protection) -> Callable[[str], None] | None:
    """The venue's check after the positions in an instrument were valued; None where nothing can be owed."""
    match books.venue.margining:
        case Margining.CASH:
            return None
        case Margining.ISOLATED:
            return Liquidation(books, protection).check
        case Margining.CROSS:
            return StopOut(books, funds, protection).check
