"""What the dealer may do with the account's orders: the account's half of `dealing/client.py`."""

from __future__ import annotations

from embedded_server.accounts.books import Books
from embedded_server.accounts.execution import Execution
from embedded_server.accounts.funds import Funds
from embedded_server.model.commands import Refused
from embedded_server.model.enums import Liquidity, OrderStatus, Reason
from embedded_server.model.events import OrderRequoted
from embedded_server.model.states import OrderState


class InstantExecution:
    """Orders of one account as its dealer sees them."""

    def __init__(self, books: Books, funds: Funds, execution: Execution) -> None:
        self._simulation = books.simulation
        self._market = books.market
        self._register = books.register
        self._funds = funds
        self._execution = execution

    def order(self, order_id: int) -> OrderState | None:
        """The order as it is now, or as it ended."""
        return self._register.state(order_id)

    def obstacle(self, order_id: int, price: int) -> Refused | None:
        """Why a live order cannot be filled at a price, if it cannot."""
        order = self._register.live[order_id]
        instrument = self._market.instruments[order.state.instrument]
        return self._funds.check_at(order.state, instrument, order.leverage, price)

    def execute(self, order_id: int, limit: int) -> None:
        """Fill an order on the book, nowhere worse than `limit`."""
        order = self._register.live[order_id]
        self._execution.submit(order, limit, rest=False)
        if order.live and order.state.filled_lots:
            self._execution.end(order, Reason.EXPIRY)
        elif order.live:
            self._execution.reject(order, "the market cannot take this quantity now")

    def fill(self, order_id: int, price: int) -> None:
        """Fill the whole order against the dealer."""
        order = self._register.live[order_id]
        self._execution.filled(order_id, price, order.state.remaining_lots, Liquidity.TAKER)

    def requote(self, order_id: int, price: int, expires_at: int) -> None:
        """Offer the client another price."""
        order, now = self._register.live[order_id], self._simulation.now
        state = order.advance(
            OrderStatus.REQUOTED,
            now,
            offer_price=price,
            offer_expires_at=expires_at,
            requotes=order.state.requotes + 1,
        )
        self._simulation.emit(OrderRequoted(time=now, order=state))

    def cancel(self, order_id: int, reason: Reason) -> None:
        """End the order because its owner does not want it."""
        self._execution.end(self._register.live[order_id], reason)

    def reject(self, order_id: int, refusal: str) -> None:
        """End the order because it cannot be dealt."""
        self._execution.reject(self._register.live[order_id], refusal)

    def expire(self, order_id: int) -> None:
        """End the order because its last offer ran out."""
        self._execution.expire(self._register.live[order_id])
