"""One account: its parts wired together, its commands taken, its state read. Rules live in the parts."""

from __future__ import annotations

from collections.abc import Sequence

from embedded_server.accounts.amendment import Amendment
from embedded_server.accounts.books import Books
from embedded_server.accounts.closers import Closers
from embedded_server.accounts.execution import Execution
from embedded_server.accounts.funds import Funds
from embedded_server.accounts.gate import Gate
from embedded_server.accounts.identities import Identities
from embedded_server.accounts.instant_execution import InstantExecution
from embedded_server.accounts.intake import Intake
from embedded_server.accounts.order import Order
from embedded_server.accounts.past import Past
from embedded_server.accounts.position import Position
from embedded_server.accounts.protection import Protection
from embedded_server.accounts.settlement import Settlement
from embedded_server.accounts.solvency import solvency_check
from embedded_server.accounts.swap import swap
from embedded_server.accounts.triggers import Triggers
from embedded_server.accounts.venues import Venue
from embedded_server.dealing.dealer import Dealer
from embedded_server.kernel.simulation import Simulation
from embedded_server.market.market import Market
from embedded_server.model.commands import (
    Accepted,
    AccountCommand,
    AnswerRequote,
    CancelOrder,
    ClosePosition,
    ModifyOrder,
    ModifyPosition,
    Outcome,
    PlaceOcoOrders,
    PlaceOrder,
    Refused,
)
from embedded_server.model.enums import LedgerKind, Liquidity, RefusalCode
from embedded_server.model.events import PositionChanged
from embedded_server.model.states import AccountState, DealState, LedgerEntry, OrderState, PositionState


class Account:
    """An account of one venue. Reading it never changes it."""

    def __init__(self, simulation: Simulation, market: Market, venue: Venue, identities: Identities) -> None:
        self.id = venue.account
        self.currency = venue.currency
        books = Books(simulation, market, venue, identities)
        self.instruments = books.instruments
        """Keys of what the account may trade, in catalogue order."""
        self._books = books
        self._simulation = simulation
        self._market = market
        self._register = books.register
        self._positions = books.positions
        self._held = books.positions.by_instrument
        self._stops = books.watch_list.by_instrument
        self._ledger = books.ledger
        self._valuation = books.valuation
        self._funds = Funds(books)
        self._settlement = Settlement(books)
        self._intake = Intake(books, self._funds)
        self._execution = Execution(books, self._settlement, self._funds)
        self._execution.on_settled(self._settled)
        self._amendment = Amendment(books, self._funds, self._execution)
        self._closers = Closers(books, self._execution)
        self._protection = Protection(books, self._funds, self._execution, self._closers)
        self._triggers = Triggers(books.watch_list, self._protection)
        self._check_solvency = solvency_check(books, self._funds, self._protection)
        self._touched: dict[str, None] = {}

    def state(self) -> AccountState:
        """Totals of the account, marked now."""
        unrealised = self._valuation.total()
        equity = self._ledger.balance + unrealised
        spendable, reserved = self._funds.spendable(), self._books.reservations.money
        return AccountState(
            id=self.id,
            currency=self.currency,
            balance_micros=self._ledger.balance,
            equity_micros=equity,
            opening_micros=self._ledger.total(LedgerKind.DEPOSIT),
            margin_micros=self._funds.margin(),
            unrealised_micros=unrealised,
            realised_micros=self._ledger.total(LedgerKind.TRADE),
            fees_micros=-self._ledger.total(LedgerKind.FEE),
            swap_micros=self._ledger.total(LedgerKind.SWAP),
            peak_equity_micros=self._valuation.peak(equity),
            positions=len(self._positions.open),
            working_orders=len(self._register.live),
            reserved_micros=reserved,
            available_micros=max(0, spendable - reserved),
        )

    def order(self, order_id: int) -> OrderState | None:
        """An order as it is, or as it ended."""
        return self._register.state(order_id)

    def working_orders(self) -> tuple[OrderState, ...]:
        """Every order that has not ended, oldest first."""
        return tuple(order.state for order in self._register.live.values())

    def order_history(self) -> Sequence[OrderState]:
        """The newest orders as they ended, in the order they ended."""
        return self._register.history

    def positions(self) -> tuple[PositionState, ...]:
        """Open positions, marked now, oldest first."""
        return tuple(self._valuation.state(position) for position in self._positions.open.values())

    @property
    def exposed(self) -> bool:
        """Whether any position is open."""
        return bool(self._positions.open)

    def position(self, position_id: int) -> PositionState | None:
        """A position: marked now while open, as it ended once closed."""
        position = self._positions.open.get(position_id)
        return (
            self._positions.closed.get(position_id) if position is None else self._valuation.state(position)
        )

    def closed_positions(self) -> Past[PositionState]:
        """The newest closed positions as they ended, in the order they ended."""
        return self._positions.history

    def deals(self) -> Sequence[DealState]:
        """The newest fills, oldest first."""
        return self._settlement.deals

    def ledger(self) -> Past[LedgerEntry]:
        """The newest movements of the balance, oldest first."""
        return self._ledger.entries

    def margin_required(self, instrument: str, lots: int, price: int, leverage: int | None = None) -> int:
        """Money (micro-units) that opening `lots` at `price` would bind, before fees."""
        leverage = self._books.venue.leverage if leverage is None else leverage
        return self._funds.margin_required(self._market.instruments[instrument], lots, price, leverage)

    def set_gate(self, gate: Gate | None) -> None:
        """Ask `gate` about every order before it is accepted."""
        self._intake.gate = self._amendment.gate = gate

    def employ_dealer(self) -> Dealer:
        """Have orders with a deviation dealt by a dealer of the account's own."""
        client = InstantExecution(self._books, self._funds, self._execution)
        dealer = Dealer(self._simulation, self._market, client, self._books.identities.order)
        self._execution.dealer = dealer
        return dealer

    def submit(  # noqa: PLR0911 - one line a command
        self,
        command: AccountCommand,
    ) -> Outcome:
        """Carry out a command of this account."""
        match command:
            case PlaceOrder():
                return self._place(command)
            case PlaceOcoOrders():
                return self._place_together(command)
            case ModifyPosition() | ClosePosition():
                position = self._positions.open.get(command.position_id)
                if position is None:
                    return self._no_position(command.position_id)
                if isinstance(command, ModifyPosition):
                    return self._amendment.position(position, command)
                return self._close(position, command)
            case ModifyOrder() | CancelOrder() | AnswerRequote():
                order = self._register.live.get(command.order_id)
                if order is None:
                    return self._no_order(command)
                if isinstance(command, ModifyOrder):
                    return self._amendment.order(order, command)
                if isinstance(command, CancelOrder):
                    self._execution.end(order, command.reason)
                    return Accepted(order.id)
                return self._answer(order, command)

    def on_fill(self, order_id: int, price: int, lots: int, liquidity: Liquidity) -> None:
        """A fill the market reports while it is matching."""
        self._execution.filled(order_id, price, lots, liquidity)

    def on_quote(self, instrument: str) -> None:
        """The quote of an instrument changed; costs nothing when nothing of the account is active in it."""
        held = self._held.get(instrument)
        stops = instrument in self._stops
        if held is None and not stops:
            return
        quote = self._market.quote(instrument)
        if stops:
            self._triggers.check_orders(quote)
        if held:
            self.on_mark(instrument)
            for position in held.values():
                self._triggers.check_position(position, quote)

    def on_mark(self, instrument: str) -> None:
        """The price an instrument's positions are valued at may have moved."""
        if instrument in self._held:
            self._valuation.refresh(instrument, *self._touched)
            if self._check_solvency is not None:
                self._check_solvency(instrument)

    def roll(self, nights: int) -> None:
        """Charge or pay the swap of so many nights on every open position."""
        now = self._simulation.now
        for position in self._positions.open.values():
            mark = self._valuation.mark(position)
            value = position.instrument.notional_micros(mark, position.lots)
            amount = self._books.conversion.convert(
                swap(position.instrument, position.side, value, nights), position.instrument, mark
            )
            if not amount:
                continue
            position.swap += amount
            position.swap_open += amount
            position.updated_at = now
            self._ledger.post(
                LedgerKind.SWAP, amount, position_id=position.id, comment=f"swap, {nights} night(s)"
            )
            self._simulation.emit(PositionChanged(time=now, position=self._valuation.state(position)))
            self._settled(position.instrument.key)

    def _place(self, command: PlaceOrder) -> Outcome:
        order = self._intake.admit(command)
        if isinstance(order, Refused):
            return order
        self._execution.place(order)
        return Accepted(order.id)

    def _place_together(self, command: PlaceOcoOrders) -> Outcome:
        orders = self._intake.admit_together(command)
        if isinstance(orders, Refused):
            return orders
        self._execution.place(*orders)
        return Accepted(orders[0].id)

    def _close(self, position: Position, command: ClosePosition) -> Outcome:
        lots = position.lots if command.lots is None else command.lots
        if not 0 < lots <= position.lots:
            held = position.instrument.quantity(position.lots)
            return Refused(RefusalCode.INVALID, f"the position has {held} to close", "lots")
        if not self._market.is_open(position.instrument.key):
            return Refused(RefusalCode.NOT_TRADABLE, f"{position.instrument.key} is closed")
        return Accepted(self._protection.close(position, lots, command.reason, command.channel).id)

    def _answer(self, order: Order, command: AnswerRequote) -> Outcome:
        if self._execution.dealer is None:
            return Refused(RefusalCode.INVALID_STATE, "this account has no dealer")
        return self._execution.dealer.answer(order.id, command.accepted)

    def _no_order(self, command: ModifyOrder | CancelOrder | AnswerRequote) -> Refused:
        ended = self._register.state(command.order_id)
        if ended is None:
            return Refused(RefusalCode.UNKNOWN_ORDER, f"there is no order {command.order_id}", "order_id")
        if isinstance(command, AnswerRequote) and ended.requotes:
            return Refused(RefusalCode.OFFER_GONE, "the offer has been answered or is gone", "order_id")
        return Refused(RefusalCode.INVALID_STATE, f"the order is {ended.status}", "order_id")

    def _no_position(self, position_id: int) -> Refused:
        if position_id in self._positions.closed:
            return Refused(RefusalCode.INVALID_STATE, f"position {position_id} is closed", "position_id")
        return Refused(RefusalCode.UNKNOWN_POSITION, f"there is no position {position_id}", "position_id")

    def _settled(self, instrument: str) -> None:
        if not self._touched:
            self._simulation.soon(self._review)
        self._touched[instrument] = None

    def _review(self) -> None:
        touched, self._touched = self._touched, {}
        for instrument in touched:
            self._closers.fit(instrument)
        self._valuation.refresh(*touched)
        if self._check_solvency is not None:
            for instrument in touched:
                self._check_solvency(instrument)
