"""A closed market: nothing is sent, triggered or closed, but orders can be taken back."""

from __future__ import annotations

from accounts_stage import START, Stage

from embedded_server.kernel.time import DAY, HOUR
from embedded_server.model.commands import Accepted, CancelOrder, ClosePosition, ModifyOrder, Refused
from embedded_server.model.enums import OrderKind, OrderStatus, RefusalCode, Side

EUR = "EURUSD"
FRIDAY_NOON = START + 4 * DAY + 12 * HOUR


def _shut() -> tuple[Stage, int]:
    stage = Stage(start=FRIDAY_NOON, sessions=True)
    stage.quote(EUR, 108_450, 108_460)
    stage.order(EUR, Side.BUY, 10, stop_loss=108_000)
    order = stage.order(EUR, Side.BUY, 10, OrderKind.LIMIT, price=108_000)
    stage.market.shut.add(EUR)
    return stage, order.id


def test_orders_and_closings_of_a_closed_instrument_are_refused() -> None:
    stage, order_id = _shut()
    assert stage.refused(EUR, Side.BUY, 10).code is RefusalCode.NOT_TRADABLE
    for command in (
        ClosePosition(account="forex", position_id=1),
        ModifyOrder(account="forex", order_id=order_id, price=108_100),
    ):
        outcome = stage.submit(command)
        assert isinstance(outcome, Refused)
        assert outcome.code is RefusalCode.NOT_TRADABLE


def test_an_order_can_be_canceled_while_its_market_is_closed() -> None:
    stage, order_id = _shut()
    assert stage.submit(CancelOrder(account="forex", order_id=order_id)) == Accepted(order_id)


def test_a_stop_touched_at_the_close_waits_for_the_opening() -> None:
    stage, order_id = _shut()
    stage.submit(CancelOrder(account="forex", order_id=order_id))
    stage.quote(EUR, 107_900, 107_910)
    assert stage.position("forex").lots == 10
    stage.market.shut.clear()
    stage.quote(EUR, 107_800, 107_810)
    assert not stage.accounts["forex"].positions()


def test_a_stop_order_touched_at_the_close_is_still_watched_at_the_opening() -> None:
    stage = Stage(start=FRIDAY_NOON)
    stage.quote(EUR, 108_450, 108_460)
    order = stage.order(EUR, Side.BUY, 10, OrderKind.STOP, stop_price=108_500)
    stage.market.shut.add(EUR)
    stage.quote(EUR, 108_600, 108_610)
    assert stage.state(order.id).status is OrderStatus.WORKING
    stage.market.shut.clear()
    stage.quote(EUR, 108_600, 108_611)
    assert stage.state(order.id).filled_value == 10 * 108_611


def test_a_dealt_order_is_rejected_when_its_market_closes_first() -> None:
    stage = Stage(start=FRIDAY_NOON)
    stage.quote(EUR, 108_450, 108_460)
    order = stage.order(EUR, Side.BUY, 10, price=108_460, deviation_ticks=5)
    stage.market.shut.add(EUR)
    stage.run(2)
    assert stage.state(order.id).status is OrderStatus.REJECTED


def test_real_trading_hours_close_forex_at_the_weekend() -> None:
    stage = Stage(start=START + 5 * DAY, sessions=True)
    assert stage.refused(EUR, Side.BUY, 10).code is RefusalCode.NOT_TRADABLE
