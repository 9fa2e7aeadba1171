"""Changes to working orders and to positions' protection: checked as if new, then carried out at once."""

from __future__ import annotations

from msgspec.structs import replace

from embedded_server.accounts.books import Books
from embedded_server.accounts.execution import Execution
from embedded_server.accounts.funds import Funds
from embedded_server.accounts.gate import Gate, order_again
from embedded_server.accounts.order import Order, limit_of
from embedded_server.accounts.position import Position
from embedded_server.accounts.validation import check_order, check_protection, invalid
from embedded_server.model.commands import Accepted, ModifyOrder, ModifyPosition, Outcome, Refused
from embedded_server.model.enums import OrderStatus, RefusalCode, Side, TimeInForce
from embedded_server.model.events import OrderModified, PositionChanged
from embedded_server.model.states import OrderState


class Amendment:
    """Amends one account's orders and positions."""

    def __init__(self, books: Books, funds: Funds, execution: Execution) -> None:
        self._simulation = books.simulation
        self._market = books.market
        self._funds = funds
        self._valuation = books.valuation
        self._execution = execution
        self.gate: Gate | None = None
        """Asked about an order that grows or gets another price, as if it were sent anew."""

    def order(self, order: Order, command: ModifyOrder) -> Outcome:
        """Change a working order. A new price or a larger size goes to the back of the queue."""
        old = order.state
        if old.status not in (OrderStatus.WORKING, OrderStatus.PARTIALLY_FILLED):
            return Refused(RefusalCode.INVALID_STATE, f"the order is {old.status}")
        new = _amended(old, command)
        refused = self._refusal(old, new, order.leverage)
        if refused is not None:
            return refused
        requeue = order.on_book and (limit_of(new) != limit_of(old) or new.lots > old.lots)
        if requeue:
            self._execution.withdraw(order)
        now = self._simulation.now
        changes = {name: getattr(new, name) for name in _TERMS if getattr(new, name) != getattr(old, name)}
        order.revise(now, **changes)
        self._execution.hold(order)
        self._execution.arm(order)
        self._simulation.emit(OrderModified(time=now, order=order.state))
        if requeue:
            self._execution.send(order)
        elif order.on_book and new.lots < old.lots:
            self._market.reduce(new.instrument, order.id, new.remaining_lots)
        return Accepted(order.id)

    def position(self, position: Position, command: ModifyPosition) -> Outcome:
        """Change a position's stop loss, take profit, trailing distance or comment."""
        stop_loss = _kept(command.stop_loss, position.stop_loss)
        take_profit = _kept(command.take_profit, position.take_profit)
        trailing = _kept(command.trailing_ticks, position.trailing_ticks)
        refused = check_protection(
            position.side,
            stop_loss if command.stop_loss else None,
            take_profit if command.take_profit else None,
            trailing,
            self._closing_price(position),
        )
        if refused is not None:
            return refused
        if command.stop_loss is not None:
            position.trailed = False
        position.stop_loss, position.take_profit, position.trailing_ticks = stop_loss, take_profit, trailing
        if command.comment is not None:
            position.comment = command.comment
        position.updated_at = self._simulation.now
        state = self._valuation.state(position)
        self._simulation.emit(PositionChanged(time=self._simulation.now, position=state))
        return Accepted(position.id)

    def _refusal(self, old: OrderState, new: OrderState, leverage: int) -> Refused | None:
        if not self._market.is_open(old.instrument):
            return Refused(RefusalCode.NOT_TRADABLE, f"{old.instrument} is closed")
        if new.lots <= old.filled_lots:
            return invalid("the quantity is not above what is filled; cancel the order instead", "lots")
        if (limit_of(old) is None) and new.price != old.price:
            return invalid(f"a {old.kind} order has no price", "price")
        instrument = self._market.instruments[old.instrument]
        quote = self._market.quote(old.instrument)
        return (
            check_order(new, instrument, quote, self._simulation.now)
            or self._gate_refusal(old, new)
            or self._funds.check(new, instrument, leverage)
        )

    def _gate_refusal(self, old: OrderState, new: OrderState) -> Refused | None:
        same_prices = (new.price, new.stop_price) == (old.price, old.stop_price)
        if self.gate is None or (same_prices and new.lots <= old.lots):
            return None
        return self.gate(order_again(new))

    def _closing_price(self, position: Position) -> int:
        quote = self._market.quote(position.instrument.key)
        return (quote.bid if position.side is Side.BUY else quote.ask) or quote.last


_TERMS = (
    "lots",
    "price",
    "stop_price",
    "stop_loss",
    "take_profit",
    "trailing_ticks",
    "time_in_force",
    "expires_at",
    "comment",
)


def _amended(old: OrderState, command: ModifyOrder) -> OrderState:
    expires_at = _kept(command.expires_at, old.expires_at)
    time_in_force = old.time_in_force
    if command.expires_at is not None and time_in_force in (TimeInForce.GTC, TimeInForce.GTD):
        time_in_force = TimeInForce.GTC if expires_at is None else TimeInForce.GTD
    return replace(
        old,
        lots=old.lots if command.lots is None else command.lots,
        price=old.price if command.price is None else command.price,
        stop_price=old.stop_price if command.stop_price is None else command.stop_price,
        stop_loss=_kept(command.stop_loss, old.stop_loss),
        take_profit=_kept(command.take_profit, old.take_profit),
        trailing_ticks=_kept(command.trailing_ticks, old.trailing_ticks),
        time_in_force=time_in_force,
        expires_at=expires_at,
        comment=old.comment if command.comment is None else command.comment,
    )


def _kept(asked: int | None, present: int | None) -> int | None:
    """None keeps what there is, zero removes it."""
    return present if asked is None else asked or None
