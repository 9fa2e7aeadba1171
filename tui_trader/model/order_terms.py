"""What orders on an account can be. Every protocol says it of its own; the ticket offers nothing else."""

from __future__ import annotations

from msgspec import Struct

from tui_trader.model.values import OrderKind, TimeInForce


class OrderTerms(Struct, frozen=True, kw_only=True):
    """Terms beyond side, quantity and price.

    `deviation`: instant execution within points. `trailing`: stops that follow the price. `pairs`: two orders
    in one request, of which one cancels the other.
    """

    kinds: tuple[OrderKind, ...] = tuple(OrderKind)
    lasting: tuple[TimeInForce, ...] = (TimeInForce.GTC,)
    deviation: bool = False
    trailing: bool = False
    pairs: bool = False


PLAIN = OrderTerms()
"""What is offered while no link takes orders."""
