"""An order as its account holds it: the frozen state plus what only the account needs to know."""

from __future__ import annotations

from embedded_server.accounts import order_life
from embedded_server.kernel.simulation import Scheduled
from embedded_server.model.enums import OrderKind, OrderStatus
from embedded_server.model.states import OrderState


class Order:
    """One order. Its state is replaced, never altered, and only through `order_life`."""

    __slots__ = ("expiry", "leverage", "on_book", "opened", "state")

    def __init__(self, state: OrderState, leverage: int) -> None:
        self.state = state
        self.leverage = leverage
        self.on_book = False
        """Whether lots may rest on the market's book under this order's id."""
        self.opened: int | None = None
        """The position its fills gather in (hedging)."""
        self.expiry: Scheduled | None = None

    @property
    def id(self) -> int:
        """Order id."""
        return self.state.id

    @property
    def live(self) -> bool:
        """Whether anything can still happen to it."""
        return not self.state.status.terminal

    @property
    def waiting(self) -> bool:
        """Whether it is a stop whose trigger has not been touched."""
        return awaits_trigger(self.state)

    def advance(self, status: OrderStatus, now: int, **changes: object) -> OrderState:
        """Take a step of its life."""
        self.state = order_life.advance(self.state, status, now, **changes)
        return self.state

    def revise(self, now: int, **changes: object) -> OrderState:
        """Change its terms."""
        self.state = order_life.revise(self.state, now, **changes)
        return self.state

    def fill(self, price: int, lots: int, fee_micros: int, now: int) -> OrderState:
        """Take a fill."""
        self.state = order_life.fill(self.state, price, lots, fee_micros, now)
        return self.state


def awaits_trigger(state: OrderState) -> bool:
    """Whether an order is a stop that has not been triggered."""
    return state.kind in (OrderKind.STOP, OrderKind.STOP_LIMIT) and not state.triggered


def limit_of(state: OrderState) -> int | None:
    """The worst price an order may fill at once it is live; None for market and stop orders."""
    return state.price if state.kind in (OrderKind.LIMIT, OrderKind.STOP_LIMIT) else None
