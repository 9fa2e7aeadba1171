"""What is drawn of one's own says which stops follow the price, at the level where the server has them."""

from __future__ import annotations

from msgspec.structs import replace

from tui_trader.model.events import OrderUpdated, PositionUpdated
from tui_trader.model.values import Order, OrderKind, OrderStatus, Position, Side
from tui_trader.panes.chart_marks import levels
from tui_trader.store.store import Store

HELD = Position(
    link="a",
    id="1",
    symbol="EURUSD",
    side=Side.BUY,
    quantity=0.1,
    entry_price=1.08,
    stop_loss=1.07,
    take_profit=1.1,
)
STOP = Order(
    link="a", id="2", symbol="EURUSD", side=Side.SELL, kind=OrderKind.STOP, status=OrderStatus.WORKING,
    quantity=0.1, stop_price=1.06,
)  # fmt: skip


def words(held: Position, order: Order) -> list[tuple[float, str]]:
    store = Store()
    store.apply(PositionUpdated(held), 0.0)
    store.apply(OrderUpdated(order), 0.0)
    return [(level.price, level.text) for level in levels(store, "EURUSD")]


def test_what_stands_still_is_named_plainly() -> None:
    assert words(HELD, STOP)[:3] == [(1.07, "SL"), (1.1, "TP"), (1.06, "sell stop 0.1")]


def test_what_follows_the_price_says_so() -> None:
    trailing = words(replace(HELD, trailing=0.01), replace(STOP, trailing=0.02))
    assert trailing[:3] == [(1.07, "SL trailing"), (1.1, "TP"), (1.06, "sell stop trailing 0.1")]
