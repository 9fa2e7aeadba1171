"""What the dealer may ask of, and do with, the orders of the account it deals for."""

from __future__ import annotations

from typing import Protocol

from embedded_server.model.commands import Refused
from embedded_server.model.enums import Reason
from embedded_server.model.states import OrderState


class Client(Protocol):
    """The account's side of a deal. Prices in ticks, times in ns; orders by id."""

    def order(self, order_id: int) -> OrderState | None:
        """The order as it is now."""

    def obstacle(self, order_id: int, price: int) -> Refused | None:
        """Why the order cannot be filled at a price, if it cannot."""

    def execute(self, order_id: int, limit: int) -> None:
        """Fill the order on the book, nowhere worse than `limit`."""

    def fill(self, order_id: int, price: int) -> None:
        """Fill the whole order against the dealer."""

    def requote(self, order_id: int, price: int, expires_at: int) -> None:
        """Offer the client another price."""

    def cancel(self, order_id: int, reason: Reason) -> None:
        """End the order because its owner does not want it."""

    def reject(self, order_id: int, refusal: str) -> None:
        """End the order because it cannot be dealt; `refusal` is one sentence."""

    def expire(self, order_id: int) -> None:
        """End the order because its last offer ran out."""
