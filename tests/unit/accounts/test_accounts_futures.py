"""Isolated perpetuals: margin, netting and turning round, liquidation on the mark, the insurance fund."""

from __future__ import annotations

from accounts_stage import Stage

from embedded_server.accounts.venues import REALISTIC
from embedded_server.model.commands import ClosePosition
from embedded_server.model.enums import Direction, OrderKind, OrderStatus, Reason, RefusalCode, Side
from embedded_server.model.events import OrderFilled, PositionClosed, PositionOpened
from embedded_server.model.instruments import MICROS

BUY, SELL = Side.BUY, Side.SELL
LIMIT, STOP = OrderKind.LIMIT, OrderKind.STOP
PERP = "BTCUSDT-PERP"


def test_orders_of_one_side_gather_in_one_position(stage: Stage) -> None:
    stage.order(PERP, BUY, 100)
    stage.quote(PERP, 6_799_900, 6_800_000)
    stage.order(PERP, BUY, 100)
    position = stage.position("futures")
    assert (position.lots, position.entry_price) == (200, 6_750_000.0)
    assert position.margin_micros == 135 * MICROS
    assert position.liquidation_price == 6_075_000


def test_a_larger_order_of_the_other_side_turns_the_position_round(stage: Stage) -> None:
    stage.order(PERP, BUY, 100)
    stage.events.clear()
    stage.order(PERP, SELL, 250)
    deals = [e.deal for e in stage.of(OrderFilled)]
    assert [(d.direction, d.lots) for d in deals] == [(Direction.OUT, 100), (Direction.IN, 150)]
    assert [e.order.status for e in stage.of(OrderFilled)] == [
        OrderStatus.PARTIALLY_FILLED,
        OrderStatus.FILLED,
    ]
    position = stage.position("futures")
    assert (position.side, position.lots) == (SELL, 150)
    assert position.id != deals[0].position_id
    assert len(stage.of(PositionClosed)) == len(stage.of(PositionOpened)) == 1


def test_realised_is_side_times_price_difference_times_quantity_less_fees(stage: Stage) -> None:
    stage.order(PERP, SELL, 100)
    stage.quote(PERP, 6_600_000, 6_600_100)
    stage.order(PERP, BUY, 100)
    account = stage.accounts["futures"].state()
    assert account.realised_micros == (6_699_900 - 6_600_100) * 100
    assert account.fees_micros == (6_699_900 + 6_600_100) * 100 // 1_000
    assert account.balance_micros == 10_000 * MICROS + account.realised_micros - account.fees_micros


def test_leverage_is_the_orders_and_one_for_all_of_an_instrument(stage: Stage) -> None:
    stage.order(PERP, BUY, 100, leverage=20)
    assert stage.position("futures").margin_micros == 33_500_000
    assert stage.refused(PERP, BUY, 100, leverage=5).field == "leverage"
    stage.order(PERP, BUY, 100)
    assert stage.position("futures").leverage == 20


def test_margin_and_fee_must_be_free(stage: Stage) -> None:
    assert stage.refused(PERP, BUY, 15_000).code is RefusalCode.INSUFFICIENT_FUNDS
    stage.order(PERP, BUY, 14_000)
    assert stage.refused(PERP, BUY, 1_000).code is RefusalCode.INSUFFICIENT_FUNDS


def test_closing_needs_no_margin(stage: Stage) -> None:
    stage.order(PERP, BUY, 14_000)
    stage.order(PERP, SELL, 14_000)
    assert not stage.accounts["futures"].positions()


def test_a_resting_order_reserves_its_margin_and_fee(stage: Stage) -> None:
    stage.order(PERP, BUY, 1_000, LIMIT, price=6_000_000)
    assert stage.accounts["futures"].state().reserved_micros == 606 * MICROS


def test_reduce_only_never_opens(stage: Stage) -> None:
    assert stage.refused(PERP, SELL, 10, reduce_only=True).code is RefusalCode.INVALID_STATE
    stage.order(PERP, BUY, 100)
    assert stage.refused(PERP, SELL, 101, reduce_only=True).field == "lots"
    assert stage.refused(PERP, BUY, 10, reduce_only=True).code is RefusalCode.INVALID_STATE
    target = stage.order(PERP, SELL, 100, LIMIT, price=7_000_000, reduce_only=True)
    stop = stage.order(PERP, SELL, 100, STOP, stop_price=6_500_000, reduce_only=True)
    assert stage.refused(PERP, SELL, 1, reduce_only=True).field == "lots"
    stage.order(PERP, SELL, 40)
    assert stage.state(target.id).lots == 60
    assert stage.state(stop.id).lots == 60
    stage.quote(PERP, 6_499_900, 6_500_000)
    assert not stage.accounts["futures"].positions()
    assert stage.state(stop.id).status is OrderStatus.FILLED
    assert stage.state(target.id).status is OrderStatus.CANCELED


def test_reduce_only_never_opens_though_one_taker_fills_another_closer_before_it(stage: Stage) -> None:
    stage.order(PERP, BUY, 100)
    stage.quote(PERP, 6_699_900, 6_900_000)
    stage.order(PERP, SELL, 70, LIMIT, price=6_800_000)
    closer = stage.order(PERP, SELL, 100, LIMIT, price=6_800_000, reduce_only=True)
    stage.take(PERP, BUY, 170)
    assert not stage.accounts["futures"].positions()
    assert sum(deal.lots for deal in stage.accounts["futures"].deals() if deal.side is SELL) == 100
    ended = stage.state(closer.id)
    assert (ended.status, ended.filled_lots) == (OrderStatus.CANCELED, 30)


def test_a_waiting_stop_makes_no_room_because_it_holds_nothing(stage: Stage) -> None:
    stage.order(PERP, BUY, 100)
    near = stage.order(PERP, SELL, 50, LIMIT, price=7_000_000, reduce_only=True)
    far = stage.order(PERP, SELL, 50, LIMIT, price=7_100_000, reduce_only=True)
    stop = stage.order(PERP, SELL, 100, STOP, stop_price=6_500_000, reduce_only=True)
    position = stage.position("futures")
    stage.submit(ClosePosition(account="futures", position_id=position.id, lots=50))
    assert stage.state(near.id).remaining_lots == 50
    assert stage.state(far.id).status is OrderStatus.CANCELED
    assert (stage.state(stop.id).status, stage.state(stop.id).lots) == (OrderStatus.WORKING, 50)


def test_liquidation_waits_for_the_mark_not_for_the_book(stage: Stage) -> None:
    stage.order(PERP, BUY, 100)
    stage.market.marks[PERP] = 6_030_001
    stage.quote(PERP, 5_900_000, 5_900_100)
    assert stage.position("futures").lots == 100
    stage.market.marks[PERP] = 6_030_000
    stage.quote(PERP, 6_040_000, 6_040_100)
    (closed,) = stage.of(PositionClosed)
    assert closed.reason is Reason.LIQUIDATION


def test_a_short_is_liquidated_from_below(stage: Stage) -> None:
    stage.order(PERP, SELL, 100)
    stage.market.marks[PERP] = 7_369_890
    stage.quote(PERP, 7_300_000, 7_300_100)
    (closed,) = stage.of(PositionClosed)
    assert closed.reason is Reason.LIQUIDATION


def test_the_mark_moves_with_the_spot_market_too(stage: Stage) -> None:
    stage.order(PERP, BUY, 100)
    stage.market.marks[PERP] = 6_000_000
    stage.quote("BTCUSDT", 6_000_000, 6_000_100)
    assert stage.of(PositionClosed)[0].reason is Reason.LIQUIDATION


def test_an_isolated_position_loses_no_more_than_its_margin(stage: Stage) -> None:
    stage.order(PERP, BUY, 100)
    fees_before = stage.accounts["futures"].state().fees_micros
    stage.market.marks[PERP] = 5_000_000
    stage.quote(PERP, 5_000_000, 5_000_100)
    account = stage.accounts["futures"].state()
    assert account.realised_micros == -67 * MICROS
    assert account.balance_micros == 10_000 * MICROS - 67 * MICROS - account.fees_micros
    assert account.fees_micros > fees_before
    (deal,) = [e.deal for e in stage.of(OrderFilled) if e.deal.reason is Reason.LIQUIDATION]
    assert deal.profit_micros == -170 * MICROS
    covers = [e for e in stage.accounts["futures"].ledger() if "insurance" in (e.comment or "")]
    assert [e.amount_micros for e in covers] == [103 * MICROS]


def test_the_realistic_profile_liquidates_before_the_margin_is_gone() -> None:
    stage = Stage(REALISTIC)
    stage.quote(PERP, 6_699_900, 6_700_000)
    stage.order(PERP, BUY, 100)
    stage.market.marks[PERP] = 6_054_216
    stage.quote(PERP, 6_054_000, 6_054_100)
    account = stage.accounts["futures"].state()
    assert stage.of(PositionClosed)[0].reason is Reason.LIQUIDATION
    assert account.realised_micros == (6_054_000 - 6_700_000) * 100


def test_a_partial_close_keeps_protection_and_releases_margin(stage: Stage) -> None:
    stage.order(PERP, BUY, 100, stop_loss=6_600_000, take_profit=6_800_000)
    stage.submit(ClosePosition(account="futures", position_id=1, lots=25))
    position = stage.position("futures")
    assert (position.lots, position.margin_micros) == (75, 50_250_000)
    assert (position.stop_loss, position.take_profit) == (6_600_000, 6_800_000)
    assert position.liquidation_price == 6_030_000
