"""One cancels the other: legs share what they reserve, and one ending ends the rest."""

from __future__ import annotations

from accounts_stage import Stage

from embedded_server.model.commands import CancelOrder
from embedded_server.model.enums import OrderKind, OrderStatus, Reason, Side
from embedded_server.model.events import OrderCanceled

BUY, SELL = Side.BUY, Side.SELL
LIMIT, STOP = OrderKind.LIMIT, OrderKind.STOP
BTC = "BTCUSDT"


def _bracket(stage: Stage) -> tuple[int, int]:
    stage.order(BTC, BUY, 100)
    target = stage.order(BTC, SELL, 100, LIMIT, price=7_000_000, oco_group="exit")
    stop = stage.order(BTC, SELL, 100, STOP, stop_price=6_000_000, oco_group="exit")
    stage.events.clear()
    return target.id, stop.id


def test_both_legs_fit_the_same_holdings(stage: Stage) -> None:
    _bracket(stage)
    assert stage.refused(BTC, SELL, 1).field == "lots"


def test_the_target_cancels_the_stop(stage: Stage) -> None:
    target, stop = _bracket(stage)
    stage.offer(BTC, BUY, 7_000_000, 2_000_000)
    stage.settle()
    assert stage.state(target).status is OrderStatus.FILLED
    assert stage.state(stop).status is OrderStatus.CANCELED
    assert [e.reason for e in stage.of(OrderCanceled)] == [Reason.OCO]


def test_a_part_fill_of_one_leg_cancels_the_other_at_once(stage: Stage) -> None:
    target, stop = _bracket(stage)
    stage.quote(BTC, 6_999_000, 0)
    stage.offer(BTC, BUY, 7_000_000, 30)
    stage.settle()
    assert stage.state(target).filled_lots == 30
    assert stage.state(stop).status is OrderStatus.CANCELED


def test_a_leg_that_was_filled_in_part_works_on(stage: Stage) -> None:
    target, _ = _bracket(stage)
    stage.quote(BTC, 6_999_000, 0)
    stage.offer(BTC, BUY, 7_000_000, 30)
    stage.settle()
    assert stage.state(target).status is OrderStatus.PARTIALLY_FILLED
    stage.offer(BTC, BUY, 7_000_000, 100)
    stage.settle()
    assert stage.state(target).status is OrderStatus.FILLED


def test_a_stop_limit_leg_that_was_triggered_rests_at_its_price(stage: Stage) -> None:
    stage.order(BTC, BUY, 100)
    target = stage.order(BTC, SELL, 100, LIMIT, price=7_000_000, oco_group="exit")
    stop = stage.order(
        *(BTC, SELL, 100, OrderKind.STOP_LIMIT), stop_price=6_000_000, price=5_990_000, oco_group="exit"
    )
    stage.quote(BTC, 5_900_000, 5_995_000)
    assert stage.state(target.id).status is OrderStatus.CANCELED
    assert stage.state(stop.id).status is OrderStatus.WORKING
    stage.offer(BTC, BUY, 5_990_000, 100)
    stage.settle()
    assert stage.state(stop.id).status is OrderStatus.FILLED


def test_the_stop_cancels_the_target_and_sells_everything(stage: Stage) -> None:
    target, stop = _bracket(stage)
    stage.quote(BTC, 5_900_000, 5_900_100)
    assert stage.state(target).status is OrderStatus.CANCELED
    assert stage.state(stop).status is OrderStatus.FILLED
    assert not stage.accounts["spot"].positions()
    assert stage.accounts["spot"].state().reserved_micros == 0


def test_canceling_one_leg_cancels_the_other(stage: Stage) -> None:
    target, stop = _bracket(stage)
    stage.submit(CancelOrder(account="spot", order_id=target))
    assert stage.state(stop).status is OrderStatus.CANCELED
    stage.order(BTC, SELL, 100)


def test_a_decided_group_takes_no_new_leg(stage: Stage) -> None:
    _, stop = _bracket(stage)
    stage.submit(CancelOrder(account="spot", order_id=stop))
    assert stage.refused(BTC, SELL, 1, oco_group="exit").field == "oco_group"


def test_legs_that_both_rest_reserve_both(stage: Stage) -> None:
    stage.order(BTC, BUY, 100)
    stage.order(BTC, SELL, 60, LIMIT, price=7_000_000, oco_group="exit")
    refused = stage.refused(BTC, SELL, 60, LIMIT, price=7_100_000, oco_group="exit")
    assert refused.field == "lots"


def test_buying_legs_reserve_the_dearer_one(stage: Stage) -> None:
    stage.order(BTC, BUY, 1_000, LIMIT, price=6_000_000, oco_group="entry")
    stage.order(BTC, BUY, 1_000, STOP, stop_price=7_000_000, oco_group="entry")
    assert stage.accounts["spot"].state().reserved_micros == 7_007_000_000


def test_groups_of_different_accounts_do_not_meet(stage: Stage) -> None:
    spot = stage.order(BTC, BUY, 100, LIMIT, price=6_000_000, oco_group="g")
    stage.order("EURUSD", BUY, 10, oco_group="g")
    assert stage.state(spot.id).status is OrderStatus.WORKING
