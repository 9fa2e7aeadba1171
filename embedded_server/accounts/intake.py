"""From a PlaceOrder to an order: every reason to refuse it is found here, before anything changes."""

from __future__ import annotations

from msgspec.structs import replace

from embedded_server.accounts.books import Books
from embedded_server.accounts.funds import Funds
from embedded_server.accounts.gate import Gate
from embedded_server.accounts.order import Order
from embedded_server.accounts.validation import check_order, check_together, invalid
from embedded_server.accounts.venues import Margining
from embedded_server.model.commands import PlaceOcoOrders, PlaceOrder, Refused
from embedded_server.model.enums import OrderKind, OrderStatus, RefusalCode
from embedded_server.model.states import OrderState

MOST_WORKING = 10_000
"""Orders of one account that may work at once: stops bind no money, and each is compared with every quote."""


class Intake:
    """Checks the orders sent to one account and gives the sound ones a number."""

    def __init__(self, books: Books, funds: Funds) -> None:
        self._simulation = books.simulation
        self._market = books.market
        self._venue = books.venue
        self._instruments = frozenset(books.instruments)
        self._identities = books.identities
        self._register = books.register
        self._positions = books.positions
        self._funds = funds
        self._reservations = books.reservations
        self.gate: Gate | None = None
        """Asked after the order proved sound and before its funds are looked at."""

    def admit(self, command: PlaceOrder) -> Order | Refused:
        """A new order with its number, or the first reason against it."""
        order = self._sound(command)
        return order if isinstance(order, Refused) else self._numbered(order)

    def admit_together(self, command: PlaceOcoOrders) -> list[Order] | Refused:
        """Orders that wait together with their numbers, or the first reason against any of them.

        Each is afforded beside those before it. Nothing is kept of them when one is refused.
        """
        refused = check_together(command)
        if refused is not None:
            return refused
        group = command.oco_group or f"oco-{self._identities.next_order}"
        sound: list[Order] = []
        try:
            for place, leg in enumerate(command.orders, 1):
                order = self._sound(replace(leg, account=command.account, oco_group=group))
                if isinstance(order, Refused):
                    return replace(order, message=f"{order.message} (order {place})")
                if self._fills_at_once(order.state):
                    return invalid(f"would fill at once: send it alone (order {place})", "price")
                instrument = self._market.instruments[leg.instrument]
                self._reservations.hold(-place, self._funds.claim(order.state, instrument, order.leverage))
                sound.append(order)
        finally:
            for place in range(1, len(sound) + 1):
                self._reservations.release(-place)
        return [self._numbered(order) for order in sound]

    def _numbered(self, order: Order) -> Order:
        return Order(replace(order.state, id=self._identities.order()), order.leverage)

    def _fills_at_once(self, state: OrderState) -> bool:
        if state.kind is not OrderKind.LIMIT:
            return False
        return self._market.available(state.instrument, state.side, state.price) > 0

    def _sound(self, command: PlaceOrder) -> Order | Refused:
        """The order without a number, or the first reason against it."""
        key = command.instrument
        if key not in self._instruments:
            message = f"the {self._venue.account} account does not trade {key}"
            return Refused(RefusalCode.UNKNOWN_INSTRUMENT, message, "instrument")
        state = self._candidate(command)
        leverage = self._leverage(command, state)
        if isinstance(leverage, Refused):
            return leverage
        refused = self._refusal(command, state, leverage)
        if refused is not None:
            return refused
        return Order(state, leverage)

    def _refusal(self, command: PlaceOrder, state: OrderState, leverage: int) -> Refused | None:
        instrument = self._market.instruments[command.instrument]
        if not self._market.is_open(instrument.key):
            return Refused(RefusalCode.NOT_TRADABLE, f"{instrument.key} is closed", "instrument")
        quote = self._market.quote(instrument.key)
        return (
            check_order(state, instrument, quote, self._simulation.now)
            or self._check_names(state)
            or self._check_position(state)
            or (self.gate(command) if self.gate is not None else None)
            or self._funds.check(state, instrument, leverage)
        )

    def _candidate(self, command: PlaceOrder) -> OrderState:
        now = self._simulation.now
        position = self._positions.open.get(command.position_id) if command.position_id is not None else None
        return OrderState(
            id=0,
            account=self._venue.account,
            instrument=command.instrument,
            side=command.side,
            kind=command.kind,
            status=OrderStatus.NEW,
            lots=command.lots,
            price=command.price,
            stop_price=command.stop_price,
            stop_loss=command.stop_loss or None,
            take_profit=command.take_profit or None,
            trailing_ticks=command.trailing_ticks or None,
            time_in_force=command.time_in_force,
            expires_at=command.expires_at,
            reduce_only=command.reduce_only,
            deviation_ticks=command.deviation_ticks,
            position_id=command.position_id,
            oco_group=command.oco_group,
            reason=command.reason,
            strategy=command.strategy if position is None else position.strategy,
            signal_id=command.signal_id,
            reference=command.reference,
            comment=command.comment,
            channel=command.channel,
            created_at=now,
            updated_at=now,
        )

    def _check_names(self, state: OrderState) -> Refused | None:
        if len(self._register.live) >= MOST_WORKING:
            return Refused(RefusalCode.LIMIT_EXCEEDED, f"{MOST_WORKING} orders work already")
        if state.reference is not None and state.reference in self._register.references:
            return invalid(f"the reference {state.reference} has been used", "reference")
        if state.oco_group is not None and state.oco_group in self._register.resolved_groups:
            return invalid(f"the OCO group {state.oco_group} is decided", "oco_group")
        if state.deviation_ticks is not None and not self._venue.hedging:
            return invalid("only the forex account has instant execution", "deviation_ticks")
        return None

    def _check_position(self, state: OrderState) -> Refused | None:
        if state.position_id is not None:
            return self._check_named(state, state.position_id)
        if state.reduce_only and self._venue.hedging:
            return invalid("a reduce-only order names the position it reduces", "position_id")
        if state.reduce_only and not self._positions.closable(state):
            return Refused(RefusalCode.INVALID_STATE, "there is nothing to reduce", "reduce_only")
        return None

    def _check_named(self, state: OrderState, position_id: int) -> Refused | None:
        position = self._positions.open.get(position_id)
        if position is None:
            known = position_id in self._positions.closed
            code = RefusalCode.INVALID_STATE if known else RefusalCode.UNKNOWN_POSITION
            what = "is closed" if known else "does not exist"
            return Refused(code, f"position {position_id} {what}", "position_id")
        if position.instrument.key != state.instrument:
            return invalid(f"position {position_id} is in {position.instrument.key}", "instrument")
        if position.side is state.side:
            return invalid(f"position {position_id} is closed from the other side", "side")
        return None

    def _leverage(self, command: PlaceOrder, state: OrderState) -> int | Refused:
        asked = command.leverage
        if self._venue.margining is not Margining.ISOLATED:
            if asked not in (None, self._venue.leverage):
                return invalid(f"the leverage of this account is {self._venue.leverage}", "leverage")
            return self._venue.leverage
        if asked is not None and not 1 <= asked <= self._venue.max_leverage:
            return invalid(f"leverage is from 1 to {self._venue.max_leverage}", "leverage")
        bound = self._bound_leverage(state)
        if asked is not None and bound is not None and asked != bound:
            return invalid(f"{state.instrument} is traded at leverage {bound} already", "leverage")
        return asked or bound or self._venue.leverage

    def _bound_leverage(self, state: OrderState) -> int | None:
        """The leverage of what is open or working in the instrument: one netting position has one."""
        position = self._positions.held(self._positions.holding(state))
        if position is not None:
            return position.leverage
        working = self._register.on(state.instrument)
        return working[0].leverage if working else None
