"""Orders on the book: what happens in which order, part fills, time in force, cancels, changes."""

from __future__ import annotations

import pytest
from accounts_stage import Stage
from msgspec.structs import replace

from embedded_server.kernel.time import SECOND
from embedded_server.model.commands import Accepted, CancelOrder, ModifyOrder, Refused
from embedded_server.model.enums import OrderKind, OrderStatus, Reason, RefusalCode, Side, TimeInForce
from embedded_server.model.events import OrderCanceled, OrderExpired, OrderFilled, OrderModified
from embedded_server.model.instruments import MICROS

BUY, SELL = Side.BUY, Side.SELL
LIMIT = OrderKind.LIMIT
BTC = "BTCUSDT"


def test_a_market_order_is_placed_filled_posted_and_opens_a_position(stage: Stage) -> None:
    stage.order(BTC, BUY, 100)
    assert stage.names() == ["OrderPlaced", "OrderFilled", "LedgerPosted", "PositionOpened"]


def test_a_sale_posts_profit_then_fee_and_closes_the_position(stage: Stage) -> None:
    stage.order(BTC, BUY, 100)
    stage.names()
    stage.order(BTC, SELL, 100)
    assert stage.names() == ["OrderPlaced", "OrderFilled", "LedgerPosted", "LedgerPosted", "PositionClosed"]


def test_a_market_order_walks_the_book_one_fill_a_match(stage: Stage) -> None:
    stage.quote("AAPL", 22_849, 22_851, lots=5)
    stage.offer("AAPL", SELL, 22_860, 5)
    order = stage.order("AAPL", BUY, 8)
    assert [(e.deal.price, e.deal.lots) for e in stage.of(OrderFilled)] == [(22_851, 5), (22_860, 3)]
    assert order.filled_value == 5 * 22_851 + 3 * 22_860
    assert stage.position("equities").cost_micros == order.filled_value * 10_000


def test_what_a_market_order_cannot_get_is_canceled(stage: Stage) -> None:
    stage.quote("AAPL", 22_849, 22_851, lots=5)
    order = stage.order("AAPL", BUY, 8)
    assert (order.status, order.filled_lots) == (OrderStatus.CANCELED, 5)
    assert stage.of(OrderCanceled)[0].reason is Reason.EXPIRY


def test_a_limit_order_rests_and_fills_as_maker_at_its_price(stage: Stage) -> None:
    order = stage.order("AAPL", BUY, 10, LIMIT, price=22_850)
    assert order.status is OrderStatus.WORKING
    stage.take("AAPL", SELL, 4)
    assert stage.state(order.id).status is OrderStatus.PARTIALLY_FILLED
    stage.take("AAPL", SELL, 6)
    order = stage.state(order.id)
    assert (order.status, order.filled_value) == (OrderStatus.FILLED, 10 * 22_850)
    assert {e.deal.liquidity for e in stage.of(OrderFilled)} == {"maker"}


def test_an_order_waits_behind_those_that_came_before_at_its_price(stage: Stage) -> None:
    order = stage.order("AAPL", BUY, 10, LIMIT, price=22_849)
    stage.take("AAPL", SELL, 1_000_000)
    assert stage.state(order.id).filled_lots == 0
    stage.take("AAPL", SELL, 3)
    assert stage.state(order.id).filled_lots == 3


def test_a_crossing_limit_order_takes_up_to_its_price_and_rests(stage: Stage) -> None:
    stage.quote("AAPL", 22_849, 22_851, lots=5)
    order = stage.order("AAPL", BUY, 8, LIMIT, price=22_855)
    assert (order.status, order.filled_lots) == (OrderStatus.PARTIALLY_FILLED, 5)
    assert stage.market.quote("AAPL").bid == 22_855


def test_immediate_or_cancel_never_rests(stage: Stage) -> None:
    stage.quote("AAPL", 22_849, 22_851, lots=5)
    order = stage.order("AAPL", BUY, 8, LIMIT, price=22_855, time_in_force=TimeInForce.IOC)
    assert (order.status, order.filled_lots) == (OrderStatus.CANCELED, 5)
    assert stage.market.quote("AAPL").bid == 22_849
    assert stage.accounts["equities"].state().reserved_micros == 0


def test_fill_or_kill_fills_wholly_or_not_at_all(stage: Stage) -> None:
    stage.quote("AAPL", 22_849, 22_851, lots=5)
    killed = stage.order("AAPL", BUY, 8, LIMIT, price=22_855, time_in_force=TimeInForce.FOK)
    assert (killed.status, killed.filled_lots) == (OrderStatus.CANCELED, 0)
    assert stage.names() == ["OrderPlaced", "OrderCanceled"]
    filled = stage.order("AAPL", BUY, 5, LIMIT, price=22_851, time_in_force=TimeInForce.FOK)
    assert filled.status is OrderStatus.FILLED


def test_a_good_till_date_order_expires_at_its_instant(stage: Stage) -> None:
    expires_at = stage.simulation.now + 60 * SECOND
    order = stage.order(
        "AAPL", BUY, 5, LIMIT, price=22_000, time_in_force=TimeInForce.GTD, expires_at=expires_at
    )
    stage.run(59)
    assert stage.state(order.id).status is OrderStatus.WORKING
    stage.run(1)
    order = stage.state(order.id)
    assert (order.status, order.done_at) == (OrderStatus.EXPIRED, expires_at)
    assert len(stage.of(OrderExpired)) == 1
    assert stage.market.available("AAPL", SELL, 22_000) == 1_000_000


def test_an_order_that_filled_does_not_expire_as_well(stage: Stage) -> None:
    expires_at = stage.simulation.now + 60 * SECOND
    order = stage.order(
        "AAPL", BUY, 5, LIMIT, price=22_850, time_in_force=TimeInForce.GTD, expires_at=expires_at
    )
    stage.take("AAPL", SELL, 5)
    stage.run(120)
    assert stage.state(order.id).status is OrderStatus.FILLED
    assert not stage.of(OrderExpired)


def test_a_canceled_order_is_off_the_book_and_cannot_be_canceled_again(stage: Stage) -> None:
    order = stage.order("AAPL", BUY, 5, LIMIT, price=22_850)
    cancel = CancelOrder(account="equities", order_id=order.id)
    assert stage.submit(cancel) == Accepted(order.id)
    assert stage.market.quote("AAPL").bid == 22_849
    again = stage.submit(cancel)
    assert isinstance(again, Refused)
    assert again.code is RefusalCode.INVALID_STATE
    assert len(stage.of(OrderCanceled)) == 1


def test_an_order_nobody_sent_cannot_be_canceled(stage: Stage) -> None:
    outcome = stage.submit(CancelOrder(account="equities", order_id=77))
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.UNKNOWN_ORDER


def test_an_order_of_one_account_is_unknown_to_another(stage: Stage) -> None:
    order = stage.order("AAPL", BUY, 5, LIMIT, price=22_850)
    outcome = stage.submit(CancelOrder(account="spot", order_id=order.id))
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.UNKNOWN_ORDER


def test_a_smaller_quantity_keeps_the_place_in_the_queue(stage: Stage) -> None:
    order = stage.order("AAPL", BUY, 10, LIMIT, price=22_850)
    stage.offer("AAPL", BUY, 22_850, 50)
    stage.submit(ModifyOrder(account="equities", order_id=order.id, lots=4))
    assert stage.market.queue_ahead("AAPL", order.id) == 0
    assert stage.accounts["equities"].state().reserved_micros == 4 * 22_850 * 10_000
    stage.take("AAPL", SELL, 4)
    assert stage.state(order.id).status is OrderStatus.FILLED


def test_a_larger_quantity_goes_to_the_back_of_the_queue(stage: Stage) -> None:
    order = stage.order("AAPL", BUY, 10, LIMIT, price=22_850)
    stage.offer("AAPL", BUY, 22_850, 50)
    stage.submit(ModifyOrder(account="equities", order_id=order.id, lots=11))
    assert stage.market.queue_ahead("AAPL", order.id) == 50


def test_a_new_price_that_crosses_fills_at_once(stage: Stage) -> None:
    order = stage.order("AAPL", BUY, 10, LIMIT, price=22_000)
    stage.names()
    stage.submit(ModifyOrder(account="equities", order_id=order.id, price=22_851, take_profit=23_000))
    assert stage.names() == ["OrderModified", "OrderFilled", "PositionOpened"]
    assert stage.position("equities").take_profit == 23_000


def test_an_unsound_or_unaffordable_change_leaves_the_order_alone(stage: Stage) -> None:
    order = stage.order("AAPL", BUY, 10, LIMIT, price=22_000)
    for change, field in (
        ({"lots": 0}, "lots"),
        ({"price": -1}, "price"),
        ({"stop_price": 23_000}, "stop_price"),
        ({"stop_loss": 22_500}, "stop_loss"),
        ({"lots": 999_999}, "lots"),
        ({"expires_at": 1}, "expires_at"),
    ):
        outcome = stage.submit(ModifyOrder(account="equities", order_id=order.id, **change))
        assert isinstance(outcome, Refused)
        assert outcome.field == field
    assert stage.state(order.id) == order
    assert not stage.of(OrderModified)


def test_an_order_cannot_shrink_below_what_is_filled(stage: Stage) -> None:
    order = stage.order("AAPL", BUY, 10, LIMIT, price=22_850)
    stage.take("AAPL", SELL, 4)
    outcome = stage.submit(ModifyOrder(account="equities", order_id=order.id, lots=4))
    assert isinstance(outcome, Refused)
    assert outcome.field == "lots"


def test_an_expiry_can_be_given_moved_and_taken_away(stage: Stage) -> None:
    order = stage.order("AAPL", BUY, 10, LIMIT, price=22_000)
    now = stage.simulation.now

    def expire_at(time: int) -> None:
        stage.submit(ModifyOrder(account="equities", order_id=order.id, expires_at=time))

    expire_at(now + 10 * SECOND)
    assert stage.state(order.id).time_in_force is TimeInForce.GTD
    expire_at(now + 20 * SECOND)
    stage.run(15)
    assert stage.state(order.id).status is OrderStatus.WORKING
    expire_at(0)
    stage.run(15)
    assert stage.state(order.id).status is OrderStatus.WORKING


@pytest.mark.parametrize("force", [TimeInForce.IOC, TimeInForce.FOK])
def test_a_waiting_stop_that_is_for_at_once_takes_no_expiry_and_stays_what_it_is(
    stage: Stage, force: TimeInForce
) -> None:
    order = stage.order("AAPL", BUY, 10, OrderKind.STOP, stop_price=23_000, time_in_force=force)
    change = ModifyOrder(account="equities", order_id=order.id, expires_at=stage.simulation.now + SECOND)
    refused = stage.submit(change)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.field) == (RefusalCode.INVALID, "expires_at")
    for sound in (replace(change, expires_at=0), replace(change, expires_at=None, stop_price=23_100)):
        assert isinstance(stage.submit(sound), Accepted)
        assert stage.state(order.id).time_in_force is force


def test_two_orders_of_one_account_may_trade_with_each_other(stage: Stage) -> None:
    stage.order("AAPL", BUY, 10, strategy="one")
    stage.order("AAPL", SELL, 10, LIMIT, price=22_850, strategy="one")
    stage.order("AAPL", BUY, 10, strategy="two")
    (position,) = stage.accounts["equities"].positions()
    assert (position.strategy, position.lots) == ("two", 10)
    assert stage.accounts["equities"].state().realised_micros == -10 * 10_000


def test_cash_is_reserved_while_an_order_works_and_given_back(stage: Stage) -> None:
    spot = stage.accounts["spot"]
    order = stage.order(BTC, BUY, 1_000, LIMIT, price=6_000_000)
    assert spot.state().reserved_micros == 6_006 * MICROS
    assert spot.state().available_micros == (100_000 - 6_006) * MICROS
    stage.submit(CancelOrder(account="spot", order_id=order.id))
    assert spot.state().available_micros == 100_000 * MICROS
