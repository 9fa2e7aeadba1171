"""Orders exactly as far as they are known: waiting, working, or ended."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from tui_trader.commands import amending
from tui_trader.commands.sizing import exact
from tui_trader.formatting import numbers
from tui_trader.formatting.symbols import short_symbol
from tui_trader.formatting.times import clock, moment
from tui_trader.model.commands import CancelOrder, ModifyOrder
from tui_trader.model.matters import Matter
from tui_trader.model.values import Order, OrderStatus
from tui_trader.panes.ladder_hand import LadderHand
from tui_trader.panes.positions import INK_OF_SIDE, trailing_mark
from tui_trader.panes.table import Column, TablePane

if TYPE_CHECKING:
    from tui_trader.desk import Desk

_STATUS = {
    OrderStatus.PENDING: ("◌ pending", "pending"),
    OrderStatus.WORKING: ("● working", "focus"),
    OrderStatus.DEALING: ("◐ dealing", "pending"),
    OrderStatus.REQUOTED: ("◆ requoted", "bold pending"),
    OrderStatus.PARTIALLY_FILLED: ("◑ partial", "focus"),
    OrderStatus.FILLED: ("✓ filled", "up"),
    OrderStatus.CANCELED: ("– canceled", "muted"),
    OrderStatus.REJECTED: ("✕ rejected", "alarm"),
    OrderStatus.EXPIRED: ("– expired", "muted"),
    OrderStatus.UNKNOWN: ("? UNKNOWN", "bold unknown"),
}


def _kind(row: Order) -> str:
    """Its type, marked where its trigger follows the price or another order hangs on it."""
    follows = trailing_mark(row.side.other) if row.trailing and row.stop_price is not None else ""
    return f"{row.kind.replace('_', ' ')}{follows}{' ⇄' if row.oco else ''}"


class OrdersPane(TablePane[Order]):
    """Orders; armed keys cancel and change the one under the cursor, `h` shows those that ended."""

    KEY = "orders"
    TITLE = "Orders"
    CONTEXTS: ClassVar[tuple[str, ...]] = ("table", "orders")

    def __init__(self, desk: Desk) -> None:
        self.history = False
        self.hand = LadderHand(desk)
        super().__init__(desk)

    def columns(self) -> Sequence[Column[Order]]:
        """Symbol, side, quantity, price and status stay to the end."""
        return (
            Column("Time", self._time, 4, right=False),
            Column("Symbol", lambda row, now: (short_symbol(row.symbol), "strong"), right=False),
            Column("Side", lambda row, now: (row.side.value, INK_OF_SIDE[row.side]), right=False, minimum=4),
            Column("Type", lambda row, now: (_kind(row), "text"), 1, right=False),
            Column("Quantity", lambda row, now: (numbers.quantity(row.quantity), "text"), brief="Qty"),
            Column("Filled", lambda row, now: (numbers.quantity(row.filled), "muted"), 2),
            Column("Price", self._price),
            Column("Status", lambda row, now: _STATUS[row.status], right=False, minimum=10),
            Column("Stop loss", lambda row, now: self._level(row, row.stop_loss), 7),
            Column("Take profit", lambda row, now: self._level(row, row.take_profit), 7),
            Column("Terms", lambda row, now: (self._terms(row), "muted"), 6, right=False),
            Column("Account", lambda row, now: (row.link, "muted"), 5, right=False),
            Column("Id", lambda row, now: (row.id or row.reference or "", "faint"), 8),
            Column("", self._remark, 3, right=False, grows=True, wanted=44),
        )

    def _time(self, row: Order, now: float) -> tuple[str, str]:
        return clock(row.updated_ms or row.created_ms), "muted"

    def _remark(self, row: Order, now: float) -> tuple[str, str]:
        """Why it ended so, or what was noted of it."""
        return row.reason or row.comment, "muted"

    def empty(self) -> str:
        """What an empty list says."""
        nothing = "no order has ended yet" if self.history else "no working order"
        return self.desk.shortfall.of(Matter.ORDERS) or nothing

    def revision(self) -> object:
        """Orders and which of them are listed."""
        return (self.store.orders.revision, self.store.instruments.revision, self.history)

    def count(self) -> int | None:
        """Orders that may still trade."""
        return sum(1 for _ in self.store.orders.active)

    def caption(self, now: float) -> str:
        """Which list this is."""
        return "history" if self.history else ""

    def sources(self) -> tuple[str, ...]:
        """Links that hold the listed working orders."""
        return () if self.history else tuple({order.link for order in self.store.orders.active})

    def rows(self) -> Sequence[Order]:
        """Those that may still trade, or those that ended, the latest first."""
        return list(self.store.orders.closed)[::-1] if self.history else list(self.store.orders.active)

    def identity(self, row: Order) -> Hashable:
        """Link and id, or the reference of one that has no id yet."""
        return (row.link, row.id or row.reference)

    def action_history(self) -> None:
        """Switch between working orders and those that ended."""
        self.history = not self.history
        self.touch()

    def action_cancel(self) -> None:
        """Cancel the order under the cursor, or dismiss one whose fate the user has verified."""
        row = self.current
        if row is None or self.history:
            return
        if row.status is OrderStatus.UNKNOWN and not row.id:
            self.desk.dismiss(row.reference or "")
        elif not row.id:
            self.desk.console.report(
                "This order has no number yet: it cannot be canceled before it is answered."
            )
        else:
            reference = self.desk.reference()
            sent = self.desk.console.submit(CancelOrder(link=row.link, order_id=row.id, reference=reference))
            if sent and row.oco:
                self.desk.console.report("What waits together ends together: its other order goes with it.")

    def _cancel(self, orders: Iterable[Order], what: str) -> None:
        if not self.hand.cancel(orders):
            self.desk.console.report(f"No {what} to cancel.")

    def action_cancel_side(self) -> None:
        """Cancel every order of this instrument and side, stops included."""
        row = self.current
        if row is not None and not self.history:
            same = [o for o in self.store.orders.active if (o.symbol, o.side) == (row.symbol, row.side)]
            self._cancel(same, f"{row.side.value} order on {row.symbol}")

    def action_cancel_all(self) -> None:
        """Cancel every working order of every account, stops included."""
        self._cancel(list(self.store.orders.active), "working order")

    def _changeable(self) -> Order | None:
        """The order under the cursor, if its account can change it."""
        row = self.current
        if row is None or self.history:
            return None
        if row.id and self.desk.can(row.link, ModifyOrder):
            return row
        why = "This account cannot change an order: cancel it and place another."
        self.desk.console.report(why if row.id else "This order has no number yet.")
        return None

    def action_edit(self) -> None:
        """Type other figures into the order under the cursor."""
        row = self._changeable()
        if row is None:
            return
        instrument = self.store.instruments.describe(row.symbol)
        fields = amending.order_fields(row, self.desk.terms_of(row.link), instrument)
        price = row.price if row.price is not None else row.stop_price

        def change(typed: Mapping[str, Decimal]) -> ModifyOrder:
            return amending.order_change(row, self.desk.reference(), typed)

        title = f"Change order {row.id}, {short_symbol(row.symbol)}"
        amending.amend(self.desk, title, fields, instrument, price, command=change)

    def action_shift(self, steps: int) -> None:
        """Move the price of the order under the cursor by ticks; repeats count."""
        if self.armed_since is None or self.is_stale(self.desk.clock()):
            self._press_counts()
            return
        row = self._changeable()
        if row is not None:
            tick = exact(self.store.instruments.describe(row.symbol).tick_size)
            here = [pair for pair in self.hand.orders(row.symbol) if pair[0].id == row.id]
            self.hand.move(here, tick * steps, tick)
            self.touch()

    def _price(self, row: Order, now: float) -> tuple[str, str]:
        value = row.average_price if row.status is OrderStatus.FILLED else row.price
        value = value if value is not None else row.stop_price
        if self.hand.moving(row):
            moved = next((level for order, level in self.hand.orders(row.symbol) if order == row), value)
            self.wake_at(now + 1.0)
            return self._level(row, moved)[0], "pending"
        text, ink = self._level(row, value)
        return ("market" if value is None else text), ink

    def _terms(self, row: Order) -> str:
        """What it does by itself: follow, end, cancel another or be canceled by it."""
        digits = self.store.instruments.describe(row.symbol).price_digits
        trailing = f"trails {numbers.price(row.trailing, digits)}" if row.trailing else ""
        lasting = "" if row.time_in_force is None else row.time_in_force.value
        if row.expires_ms is not None:
            lasting = f"until {moment(row.expires_ms):%m-%d %H:%M}"
        return ", ".join(filter(None, (row.oco or "", trailing, lasting)))

    def _level(self, row: Order, value: float | None) -> tuple[str, str]:
        digits = self.store.instruments.describe(row.symbol).price_digits
        return numbers.price(value, digits), "faint" if value is None else "text"
