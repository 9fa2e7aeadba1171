"""What of the user's own is drawn on a chart: levels of positions and orders, and fills."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from tui_trader.formatting import numbers
from tui_trader.model.values import OrderStatus, Side

if TYPE_CHECKING:
    from tui_trader.store.store import Store


class Level(Struct, frozen=True):
    """A price that matters, with the words beside its line."""

    price: float
    text: str
    ink: str


class Fill(Struct, frozen=True):
    """An execution of the user's."""

    time_ms: int
    price: float
    side: Side


def levels(store: Store, symbol: str) -> Iterator[Level]:
    """Protection first, then orders, then entries: what comes later is drawn over what came before."""
    for position in store.positions:
        if position.symbol == symbol:
            yield from _protection(position.stop_loss, position.take_profit, follows=bool(position.trailing))
    for order in store.orders.active:
        level = order.stop_price if order.stop_price is not None else order.price
        if order.symbol == symbol:
            yield from _protection(order.stop_loss, order.take_profit)
            if level is not None:
                kind = "" if order.kind == "limit" else f" {order.kind.replace('_', ' ')}"
                kind += " trailing" if order.trailing and order.stop_price is not None else ""
                words = f"{order.side.value}{kind} {numbers.quantity(order.quantity - order.filled)}"
                yield Level(level, words, "pending")
    for position in store.positions:
        if position.symbol == symbol:
            word = "long" if position.side is Side.BUY else "short"
            words = f"{word} {numbers.quantity(position.quantity)}"
            yield Level(position.entry_price, words, "focus")


def _protection(
    stop_loss: float | None, take_profit: float | None, *, follows: bool = False
) -> Iterator[Level]:
    """A stop loss that follows the price is drawn where the server has it now."""
    if stop_loss:
        yield Level(stop_loss, "SL trailing" if follows else "SL", "down")
    if take_profit:
        yield Level(take_profit, "TP", "up")


def fills(store: Store, symbol: str) -> Iterator[Fill]:
    """Executions as far as they were told; where an account tells none, its filled orders."""
    told = set()
    for deal in store.deals:
        told.add((deal.link, deal.order_id))
        if deal.symbol == symbol and deal.time_ms is not None:
            yield Fill(deal.time_ms, deal.price, deal.side)
    for order in store.orders.closed:
        filled = order.status is OrderStatus.FILLED and order.average_price and order.updated_ms
        if filled and order.symbol == symbol and (order.link, order.id) not in told:
            yield Fill(order.updated_ms or 0, order.average_price or 0.0, order.side)
