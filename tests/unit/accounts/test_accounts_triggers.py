"""Which price touches what: stops, stop losses, take profits and trailing stops, and what a gap does."""

from __future__ import annotations

import pytest
from accounts_stage import Stage

from embedded_server.model.commands import Accepted, CancelOrder, ModifyOrder, ModifyPosition, Refused
from embedded_server.model.enums import OrderKind, OrderStatus, Reason, Side, TimeInForce
from embedded_server.model.events import (
    OrderFilled,
    OrderModified,
    PositionChanged,
    PositionClosed,
)

BUY, SELL = Side.BUY, Side.SELL
STOP, STOP_LIMIT = OrderKind.STOP, OrderKind.STOP_LIMIT
EUR = "EURUSD"


def test_a_buy_stop_watches_the_ask(stage: Stage) -> None:
    order = stage.order(EUR, BUY, 10, STOP, stop_price=108_500)
    stage.quote(EUR, 108_498, 108_499)
    assert not stage.state(order.id).triggered
    stage.quote(EUR, 108_470, 108_500)
    order = stage.state(order.id)
    assert (order.triggered, order.status, order.filled_value) == (True, OrderStatus.FILLED, 10 * 108_500)


def test_a_sell_stop_watches_the_bid(stage: Stage) -> None:
    order = stage.order(EUR, SELL, 10, STOP, stop_price=108_400)
    stage.quote(EUR, 108_401, 108_402)
    assert not stage.state(order.id).triggered
    stage.quote(EUR, 108_400, 108_440)
    assert stage.state(order.id).filled_value == 10 * 108_400


def test_a_touched_stop_says_so_before_it_fills(stage: Stage) -> None:
    stage.order(EUR, BUY, 10, STOP, stop_price=108_500)
    stage.names()
    stage.quote(EUR, 108_500, 108_510)
    assert stage.names() == ["OrderModified", "OrderFilled", "PositionOpened"]


def test_a_gap_fills_a_stop_at_the_next_available_price(stage: Stage) -> None:
    order = stage.order(EUR, BUY, 10, STOP, stop_price=108_500)
    stage.quote(EUR, 109_000, 109_010)
    assert stage.state(order.id).filled_value == 10 * 109_010


def test_a_stop_limit_rests_at_its_limit_after_a_gap(stage: Stage) -> None:
    order = stage.order(EUR, BUY, 10, STOP_LIMIT, stop_price=108_500, price=108_520)
    stage.quote(EUR, 109_000, 109_010)
    state = stage.state(order.id)
    assert (state.triggered, state.status) == (True, OrderStatus.WORKING)
    stage.quote(EUR, 108_000, 108_510)
    assert stage.market.queue_ahead(EUR, order.id) == 0
    assert stage.state(order.id).filled_value == 10 * 108_520


def test_a_triggered_fill_or_kill_stop_limit_is_killed_when_the_book_is_thin(stage: Stage) -> None:
    order = stage.order(
        EUR, BUY, 10, STOP_LIMIT, stop_price=108_500, price=108_520, time_in_force=TimeInForce.FOK
    )
    stage.quote(EUR, 108_500, 108_510, lots=9)
    assert (stage.state(order.id).status, stage.state(order.id).filled_lots) == (OrderStatus.CANCELED, 0)


def test_a_waiting_stop_is_not_on_the_book(stage: Stage) -> None:
    stage.order(EUR, SELL, 10, STOP_LIMIT, stop_price=108_400, price=108_390)
    assert stage.market.depth(EUR, 5)[1][0].price == 108_460


def test_a_stop_that_was_canceled_is_never_triggered(stage: Stage) -> None:
    order = stage.order(EUR, BUY, 10, STOP, stop_price=108_500)
    stage.submit(CancelOrder(account="forex", order_id=order.id))
    stage.quote(EUR, 109_000, 109_010)
    assert stage.state(order.id).status is OrderStatus.CANCELED
    assert not stage.of(OrderFilled)


def test_a_moved_stop_triggers_at_its_new_price(stage: Stage) -> None:
    order = stage.order(EUR, BUY, 10, STOP, stop_price=108_500)
    stage.submit(ModifyOrder(account="forex", order_id=order.id, stop_price=108_600))
    stage.quote(EUR, 108_500, 108_510)
    assert not stage.state(order.id).triggered
    stage.quote(EUR, 108_590, 108_600)
    assert stage.state(order.id).triggered


@pytest.mark.parametrize(
    ("side", "stop_loss", "take_profit", "untouched", "touched", "exit_price"),
    [
        (BUY, 108_400, 108_600, (108_401, 108_402), (108_400, 108_410), 108_400),
        (BUY, 108_400, 108_600, (108_599, 108_700), (108_600, 108_701), 108_600),
        (SELL, 108_500, 108_300, (108_450, 108_499), (108_490, 108_500), 108_500),
        (SELL, 108_500, 108_300, (108_200, 108_301), (108_290, 108_300), 108_300),
        (BUY, 108_400, 108_600, (108_450, 108_460), (107_000, 107_010), 107_000),
    ],
)
def test_a_long_is_closed_by_the_bid_and_a_short_by_the_ask(
    stage: Stage,
    *,
    side: Side,
    stop_loss: int,
    take_profit: int,
    untouched: tuple[int, int],
    touched: tuple[int, int],
    exit_price: int,
) -> None:
    stage.order(EUR, side, 10, stop_loss=stop_loss, take_profit=take_profit)
    stage.quote(EUR, *untouched)
    assert stage.accounts["forex"].positions()
    stage.quote(EUR, *touched)
    assert not stage.accounts["forex"].positions()
    (closed,) = stage.of(PositionClosed)
    assert closed.reason in (Reason.STOP_LOSS, Reason.TAKE_PROFIT)
    assert stage.of(OrderFilled)[-1].deal.price == exit_price
    assert stage.of(OrderFilled)[-1].deal.reason is closed.reason


def test_protection_of_a_limit_order_becomes_the_positions(stage: Stage) -> None:
    stage.order(EUR, BUY, 10, OrderKind.LIMIT, price=108_455, stop_loss=108_300, take_profit=108_700)
    assert not stage.accounts["forex"].positions()
    stage.take(EUR, SELL, 10)
    position = stage.position("forex")
    assert (position.stop_loss, position.take_profit) == (108_300, 108_700)


def test_a_thin_book_closes_what_it_can_and_the_next_quote_the_rest(stage: Stage) -> None:
    stage.order(EUR, BUY, 10, stop_loss=108_400)
    stage.quote(EUR, 108_390, 108_400, lots=4)
    assert stage.position("forex").lots == 6
    stage.quote(EUR, 108_380, 108_390)
    assert not stage.accounts["forex"].positions()


def test_an_empty_side_touches_nothing(stage: Stage) -> None:
    stage.order(EUR, BUY, 10, stop_loss=108_400)
    stage.quote(EUR, 0, 108_460)
    assert stage.position("forex").lots == 10


def test_a_trailing_stop_follows_the_bid_up_and_never_down(stage: Stage) -> None:
    stage.order(EUR, BUY, 10, trailing_ticks=50)
    assert stage.position("forex").stop_loss == 108_400
    stage.quote(EUR, 108_550, 108_560)
    assert stage.position("forex").stop_loss == 108_500
    stage.quote(EUR, 108_510, 108_520)
    assert stage.position("forex").stop_loss == 108_500
    assert [e.position.stop_loss for e in stage.of(PositionChanged)] == [108_400, 108_500]
    stage.quote(EUR, 108_500, 108_505)
    assert stage.of(PositionClosed)[0].reason is Reason.TRAILING_STOP


def test_a_trailing_stop_of_a_short_follows_the_ask_down(stage: Stage) -> None:
    stage.order(EUR, SELL, 10, trailing_ticks=50, stop_loss=108_600)
    stage.quote(EUR, 108_390, 108_400)
    assert stage.position("forex").stop_loss == 108_450
    stage.quote(EUR, 108_440, 108_450)
    assert not stage.accounts["forex"].positions()


def test_a_wider_stop_loss_of_the_client_gives_way_to_the_trailing_one(stage: Stage) -> None:
    stage.order(EUR, BUY, 10, stop_loss=108_300, trailing_ticks=50)
    assert stage.position("forex").stop_loss == 108_400
    stage.submit(ModifyPosition(account="forex", position_id=1, trailing_ticks=0, stop_loss=108_420))
    stage.quote(EUR, 108_420, 108_421)
    assert stage.of(PositionClosed)[0].reason is Reason.STOP_LOSS


def test_a_trailing_stop_order_follows_the_price_until_it_is_touched(stage: Stage) -> None:
    order = stage.order(EUR, BUY, 10, STOP, stop_price=108_500, trailing_ticks=40)
    stage.quote(EUR, 108_390, 108_400)
    assert stage.state(order.id).stop_price == 108_440
    assert stage.of(OrderModified)[-1].order.stop_price == 108_440
    stage.quote(EUR, 108_420, 108_430)
    assert stage.state(order.id).stop_price == 108_440
    stage.quote(EUR, 108_430, 108_440)
    assert stage.state(order.id).status is OrderStatus.FILLED
    assert stage.position("forex").trailing_ticks is None


def test_protection_can_be_changed_and_taken_away(stage: Stage) -> None:
    stage.order(EUR, BUY, 10, stop_loss=108_300, take_profit=108_700)
    change = ModifyPosition(account="forex", position_id=1, stop_loss=0, take_profit=108_800, comment="later")
    assert stage.submit(change) == Accepted(1)
    position = stage.position("forex")
    assert (position.stop_loss, position.take_profit, position.comment) == (None, 108_800, "later")
    assert stage.of(PositionChanged)[-1].position == position


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"stop_loss": 108_450}, "stop_loss"),
        ({"take_profit": 108_450}, "take_profit"),
        ({"trailing_ticks": -1}, "trailing_ticks"),
    ],
)
def test_protection_on_the_wrong_side_is_refused(stage: Stage, change: dict[str, int], field: str) -> None:
    stage.order(EUR, BUY, 10, stop_loss=108_300)
    outcome = stage.submit(ModifyPosition(account="forex", position_id=1, **change))
    assert isinstance(outcome, Refused)
    assert outcome.field == field
    assert stage.position("forex").stop_loss == 108_300


def test_spot_positions_are_protected_too(stage: Stage) -> None:
    stage.order("BTCUSDT", BUY, 100, stop_loss=6_600_000, trailing_ticks=50_000)
    stage.quote("BTCUSDT", 6_800_000, 6_800_100)
    assert stage.position("spot").stop_loss == 6_750_000
    stage.quote("BTCUSDT", 6_749_000, 6_749_100)
    assert stage.of(PositionClosed)[0].reason is Reason.TRAILING_STOP
