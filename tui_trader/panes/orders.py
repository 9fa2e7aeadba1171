"""Orders exactly as far as they are known: waiting, working, or ended."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, ClassVar

from tui_trader.formatting import numbers
from tui_trader.formatting.symbols import short_symbol
from tui_trader.formatting.times import clock
from tui_trader.model.commands import CancelOrder
from tui_trader.model.values import Order, OrderStatus
from tui_trader.panes.positions import INK_OF_SIDE
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


class OrdersPane(TablePane[Order]):
    """Orders; `x` cancels the one under the cursor while the pane is armed, `h` shows those that ended."""

    KEY = "orders"
    TITLE = "Orders"
    CONTEXTS: ClassVar[tuple[str, ...]] = ("table", "orders")

    def __init__(self, desk: Desk) -> None:
        self.history = False
        super().__init__(desk)

    def columns(self) -> Sequence[Column[Order]]:
        """Symbol, side, quantity, price and status stay to the end."""
        return (
            Column("Time", lambda row, now: (clock(row.updated_ms or row.created_ms), "muted"), 4),
            Column("Symbol", lambda row, now: (short_symbol(row.symbol), "strong"), right=False),
            Column("Side", lambda row, now: (row.side.value, INK_OF_SIDE[row.side]), right=False, minimum=4),
            Column("Type", lambda row, now: (row.kind.replace("_", " "), "text"), 1, right=False),
            Column("Quantity", lambda row, now: (numbers.quantity(row.quantity), "text")),
            Column("Filled", lambda row, now: (numbers.quantity(row.filled), "muted"), 2),
            Column("Price", self._price),
            Column("Status", lambda row, now: _STATUS[row.status], right=False, minimum=10),
            Column("Stop loss", lambda row, now: self._level(row, row.stop_loss), 7),
            Column("Take profit", lambda row, now: self._level(row, row.take_profit), 7),
            Column("Account", lambda row, now: (row.link, "muted"), 5, right=False),
            Column("Id", lambda row, now: (row.id or row.reference or "", "faint"), 8),
            Column("", lambda row, now: (row.reason or row.comment, "muted"), 3, right=False, grows=True),
        )

    def empty(self) -> str:
        """What an empty list says."""
        return "no order has ended yet" if self.history else "no working order"

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
            self.store.orders.forget(row.reference or "")
        elif not row.id:
            self.desk.console.report(
                "This order has no number yet: it cannot be canceled before it is answered."
            )
        else:
            reference = self.desk.reference()
            self.desk.console.submit(CancelOrder(link=row.link, order_id=row.id, reference=reference))

    def _price(self, row: Order, now: float) -> tuple[str, str]:
        value = row.average_price if row.status is OrderStatus.FILLED else row.price
        value = value if value is not None else row.stop_price
        text, ink = self._level(row, value)
        return ("market" if value is None else text), ink

    def _level(self, row: Order, value: float | None) -> tuple[str, str]:
        digits = self.store.instruments.describe(row.symbol).price_digits
        return numbers.price(value, digits), "faint" if value is None else "text"
