"""Whether an account can afford an order, and what the order holds back while it works.

An order that rests on the book cannot be declined when it fills, so it is paid for in advance: cash of a
buyer, the initial margin of whatever opens, the lots of whatever closes. Stops wait without margin and are
checked when triggered; in a cash account they hold back like any other order.
"""

from __future__ import annotations

from embedded_server.accounts.books import Books
from embedded_server.accounts.margin import initial_margin
from embedded_server.accounts.order import awaits_trigger, limit_of
from embedded_server.accounts.reservations import Claim
from embedded_server.accounts.rounding import fee_reserve
from embedded_server.accounts.venues import Margining
from embedded_server.dealing.sweep import sweep
from embedded_server.model.commands import Refused
from embedded_server.model.enums import RefusalCode
from embedded_server.model.instruments import MICROS, Instrument
from embedded_server.model.states import OrderState


class Funds:
    """One account's money: what is bound, what is free, what an order needs."""

    def __init__(self, books: Books) -> None:
        self._market = books.market
        self._venue = books.venue
        self._conversion = books.conversion
        self._positions = books.positions
        self._ledger = books.ledger
        self._valuation = books.valuation
        self._reservations = books.reservations

    def margin(self) -> int:
        """Margin that open positions bind; nothing in a cash account."""
        return sum(p.margin for p in self._positions.open.values())

    def spendable(self) -> int:
        """What orders may use before reservations: cash, or margin that no position binds."""
        match self._venue.margining:
            case Margining.CASH:
                return self._ledger.balance - sum(p.cost for p in self._positions.open.values())
            case Margining.ISOLATED:
                return self._ledger.balance - self.margin()
            case Margining.CROSS:
                return self._ledger.balance + self._valuation.total() - self.margin()

    def margin_required(self, instrument: Instrument, lots: int, price: int, leverage: int) -> int:
        """Money that opening `lots` at `price` binds, before fees; the whole value in a cash account."""
        value = self._conversion.convert(instrument.notional_micros(price, lots), instrument, price)
        return value if self._venue.margining is Margining.CASH else initial_margin(value, leverage)

    def cost(self, order: OrderState, instrument: Instrument, lots: int, price: int, leverage: int) -> int:
        """Money an order for `lots` more at `price` needs, fees included; a closing order needs none."""
        if self._positions.closes(order):
            return 0
        value = self._conversion.convert(instrument.notional_micros(price, lots), instrument, price)
        reserve = fee_reserve(value, self._venue.fee_ceiling_ppm)
        return self.margin_required(instrument, lots, price, leverage) + reserve

    def claim(self, order: OrderState, instrument: Instrument, leverage: int) -> Claim:
        """What an order holds back while it works."""
        waiting = awaits_trigger(order)
        cash = self._venue.margining is Margining.CASH
        lots = order.remaining_lots
        if self._positions.closes(order):
            held = 0 if waiting and not cash else lots
            return Claim(0, held, self._positions.holding(order), order.oco_group, not waiting)
        price = limit_of(order) or (order.stop_price if waiting else None)
        if price is None or (waiting and not cash):
            return Claim()
        money = self.cost(order, instrument, lots, price, leverage)
        return Claim(money, 0, None, order.oco_group, not waiting)

    def check(self, order: OrderState, instrument: Instrument, leverage: int) -> Refused | None:
        """Why an order, new or with new terms, cannot be afforded now; None when it can."""
        claim = self.claim(order, instrument, leverage)
        if self._positions.closes(order):
            return self._check_lots(order, instrument, claim)
        if claim.micros:
            spare = self.spendable() - self._reservations.money_with(order.id, claim)
            return None if spare >= 0 else self._short(claim.micros, spare + claim.micros)
        needed = self._needed_now(order, instrument, leverage)
        spare = self.spendable() - self._reservations.money_with(order.id, Claim()) - needed
        return None if spare >= 0 or needed == 0 else self._short(needed, spare + needed)

    def check_at(
        self, order: OrderState, instrument: Instrument, leverage: int, price: int
    ) -> Refused | None:
        """Why an order cannot be afforded at one price for all of it (the dealer's)."""
        if self._positions.closes(order):
            return self._check_lots(order, instrument, self.claim(order, instrument, leverage))
        needed = self.cost(order, instrument, order.remaining_lots, price, leverage)
        spare = self.spendable() - self._reservations.money_with(order.id, Claim()) - needed
        return None if spare >= 0 else self._short(needed, spare + needed)

    def _needed_now(self, order: OrderState, instrument: Instrument, leverage: int) -> int:
        """Money for an order that takes what the book has; what merely closes needs none."""
        opening = order.remaining_lots
        if self._venue.margining is Margining.ISOLATED:
            opening = max(0, opening - self._positions.closable(order))
        if opening == 0:
            return 0
        met = sweep(self._market, instrument.key, order.side, order.remaining_lots)
        if not met.lots:
            return 0
        if self._venue.margining is Margining.CASH:
            value = met.value * instrument.tick_value_micros
            return value + fee_reserve(value, self._venue.fee_ceiling_ppm)
        margin = self.margin_required(instrument, opening, met.worst, leverage)
        value = self._conversion.convert(
            instrument.notional_micros(met.worst, order.remaining_lots), instrument, met.worst
        )
        return margin + fee_reserve(value, self._venue.fee_ceiling_ppm)

    def _check_lots(self, order: OrderState, instrument: Instrument, claim: Claim) -> Refused | None:
        closable = self._positions.closable(order)
        held = self._reservations.lots_with(order.id, claim) if claim.lots else order.remaining_lots
        if held <= closable:
            return None
        free = instrument.quantity(max(0, closable - held + order.remaining_lots))
        code = RefusalCode.INSUFFICIENT_FUNDS
        if self._venue.margining is Margining.CASH:
            return Refused(code, f"only {free} {instrument.base} can be sold", "lots")
        return Refused(RefusalCode.INVALID, f"only {free} can be closed", "lots")

    def _short(self, needed: int, available: int) -> Refused:
        needs, has = needed / MICROS, max(0, available) / MICROS
        message = f"needs {needs:.2f} {self._venue.currency}, {has:.2f} is available"
        return Refused(RefusalCode.INSUFFICIENT_FUNDS, message, "lots")
