"""Instant execution from the client's side: the whole life of a requote on real accounts and real books."""

from __future__ import annotations

import pytest
from accounts_stage import Stage

from embedded_server.dealing.dealer import ANSWER_GRACE, OFFER_LIFE
from embedded_server.kernel.time import SECOND
from embedded_server.model.commands import (
    Accepted,
    AnswerRequote,
    CancelOrder,
    ClosePosition,
    Outcome,
    Refused,
)
from embedded_server.model.enums import LedgerKind, OrderKind, OrderStatus, RefusalCode, Side
from embedded_server.model.events import OrderExpired, OrderFilled, OrderRequoted

BUY, SELL = Side.BUY, Side.SELL
EUR = "EURUSD"


def _deal(stage: Stage, deviation: int = 3, lots: int = 10) -> int:
    order = stage.order(EUR, BUY, lots, price=108_460, deviation_ticks=deviation)
    assert order.status is OrderStatus.DEALING
    return order.id


def _requoted(stage: Stage, lots: int = 10) -> int:
    order_id = _deal(stage, lots=lots)
    stage.quote(EUR, 108_490, 108_500)
    stage.run(2)
    assert stage.state(order_id).status is OrderStatus.REQUOTED
    return order_id


def _answer(stage: Stage, order_id: int, accepted: bool = True) -> Outcome:
    return stage.submit(AnswerRequote(account="forex", order_id=order_id, accepted=accepted))


def test_the_dealer_takes_its_time(stage: Stage) -> None:
    order_id = _deal(stage)
    stage.run(0.19)
    assert stage.state(order_id).status is OrderStatus.DEALING
    stage.run(1.2)
    assert stage.state(order_id).status is OrderStatus.FILLED
    assert stage.names() == ["OrderPlaced", "OrderFilled", "PositionOpened"]


@pytest.mark.parametrize(("ask", "status"), [(108_463, OrderStatus.FILLED), (108_464, OrderStatus.REQUOTED)])
def test_a_move_within_the_deviation_fills_at_the_new_price_and_beyond_it_is_requoted(
    stage: Stage, ask: int, status: OrderStatus
) -> None:
    order_id = _deal(stage, deviation=3)
    stage.quote(EUR, ask - 10, ask)
    stage.run(2)
    order = stage.state(order_id)
    assert order.status is status
    if status is OrderStatus.FILLED:
        assert order.filled_value == 10 * ask
    else:
        assert order.offer_price == ask


def test_a_move_in_the_clients_favour_fills_at_the_better_price(stage: Stage) -> None:
    order_id = _deal(stage, deviation=0)
    stage.quote(EUR, 108_400, 108_410)
    stage.run(2)
    assert stage.state(order_id).filled_value == 10 * 108_410


def test_a_price_too_thin_for_the_order_is_requoted_at_what_the_order_would_take(stage: Stage) -> None:
    stage.quote(EUR, 108_450, 108_460, lots=5)
    stage.offer(EUR, SELL, 108_470, 100)
    order_id = _deal(stage, deviation=3)
    stage.run(2)
    assert stage.state(order_id).offer_price == 108_470


def test_an_offer_accepted_in_time_fills_at_the_offered_price(stage: Stage) -> None:
    order_id = _requoted(stage)
    (requoted,) = stage.of(OrderRequoted)
    assert requoted.order.offer_expires_at == requoted.time + OFFER_LIFE
    stage.quote(EUR, 108_590, 108_600)
    assert _answer(stage, order_id) == Accepted(order_id)
    order = stage.state(order_id)
    assert (order.status, order.filled_value, order.offer_price) == (OrderStatus.FILLED, 10 * 108_500, None)
    assert len(stage.of(OrderFilled)) == 1
    assert stage.position("forex").entry_price == 108_500


def test_the_dealer_hedges_what_it_filled_so_that_liquidity_is_used_once(stage: Stage) -> None:
    order_id = _requoted(stage)
    before = stage.market.available(EUR, BUY, None)
    _answer(stage, order_id)
    assert stage.market.available(EUR, BUY, None) == before - 10
    assert stage.accounts.dealer.inventory[EUR] == 0


def test_what_the_book_cannot_take_off_the_dealer_is_hedged_later(stage: Stage) -> None:
    order_id = _requoted(stage)
    stage.quote(EUR, 108_490, 108_500, lots=4)
    _answer(stage, order_id)
    assert stage.state(order_id).filled_lots == 10
    assert stage.accounts.dealer.inventory[EUR] == 6
    stage.quote(EUR, 108_490, 108_500)
    _answer(stage, _requoted_again(stage))
    assert stage.accounts.dealer.inventory[EUR] == 0


def _requoted_again(stage: Stage) -> int:
    stage.accounts.dealer.force(1, 5)
    order_id = _deal(stage)
    stage.run(2)
    return order_id


def test_a_second_answer_finds_the_offer_gone(stage: Stage) -> None:
    order_id = _requoted(stage)
    _answer(stage, order_id)
    for accepted in (True, False):
        again = _answer(stage, order_id, accepted)
        assert isinstance(again, Refused)
        assert again.code is RefusalCode.OFFER_GONE
    assert len(stage.of(OrderFilled)) == 1


def test_an_order_without_an_offer_has_nothing_to_answer(stage: Stage) -> None:
    order_id = _deal(stage)
    outcome = _answer(stage, order_id)
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.INVALID_STATE
    working = stage.order(EUR, BUY, 1, OrderKind.LIMIT, price=108_000)
    outcome = _answer(stage, working.id)
    assert isinstance(outcome, Refused)


def test_a_refused_offer_cancels_the_order(stage: Stage) -> None:
    order_id = _requoted(stage)
    assert _answer(stage, order_id, accepted=False) == Accepted(order_id)
    assert stage.state(order_id).status is OrderStatus.CANCELED
    assert not stage.accounts["forex"].positions()


def test_an_offer_holds_to_its_last_instant(stage: Stage) -> None:
    order_id = _requoted(stage)
    offer_expires_at = stage.state(order_id).offer_expires_at or 0
    stage.run((offer_expires_at - stage.simulation.now) / SECOND)
    _answer(stage, order_id)
    assert stage.state(order_id).status is OrderStatus.FILLED


def test_a_late_acceptance_is_requoted_at_the_present_price(stage: Stage) -> None:
    order_id = _requoted(stage)
    stage.run(5.1)
    assert stage.state(order_id).status is OrderStatus.REQUOTED
    stage.quote(EUR, 108_690, 108_700)
    assert _answer(stage, order_id) == Accepted(order_id)
    order = stage.state(order_id)
    assert (order.status, order.offer_price, order.requotes) == (OrderStatus.REQUOTED, 108_700, 2)
    _answer(stage, order_id)
    assert stage.state(order_id).filled_value == 10 * 108_700


def test_after_three_late_requotes_the_order_expires(stage: Stage) -> None:
    order_id = _requoted(stage)
    for requotes in (2, 3, 4):
        stage.run(6)
        _answer(stage, order_id)
        assert stage.state(order_id).requotes == requotes
    stage.run(6)
    _answer(stage, order_id)
    assert stage.state(order_id).status is OrderStatus.EXPIRED
    assert len(stage.of(OrderExpired)) == 1
    assert len(stage.of(OrderRequoted)) == 4


def test_a_late_refusal_still_cancels(stage: Stage) -> None:
    order_id = _requoted(stage)
    stage.run(6)
    _answer(stage, order_id, accepted=False)
    assert stage.state(order_id).status is OrderStatus.CANCELED


def test_an_offer_nobody_answers_expires_once(stage: Stage) -> None:
    order_id = _requoted(stage)
    stage.run((OFFER_LIFE + ANSWER_GRACE) / SECOND)
    assert stage.state(order_id).status is OrderStatus.EXPIRED
    stage.run(60)
    assert len(stage.of(OrderExpired)) == 1
    outcome = _answer(stage, order_id)
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.OFFER_GONE


def test_funds_are_checked_again_when_an_offer_is_accepted(stage: Stage) -> None:
    order_id = _requoted(stage, lots=500)
    stage.order(EUR, BUY, 500)
    outcome = _answer(stage, order_id)
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.INSUFFICIENT_FUNDS
    assert stage.state(order_id).status is OrderStatus.REQUOTED
    stage.submit(ClosePosition(account="forex", position_id=stage.position("forex").id))
    assert _answer(stage, order_id) == Accepted(order_id)


def test_funds_that_went_while_dealing_reject_the_order(stage: Stage) -> None:
    order_id = _deal(stage, lots=500)
    stage.order(EUR, BUY, 500)
    stage.run(2)
    order = stage.state(order_id)
    assert order.status is OrderStatus.REJECTED
    assert order.refusal


@pytest.mark.parametrize("wait", [0.0, 2.0, 7.0])
def test_an_order_with_the_dealer_can_be_withdrawn_at_any_time(stage: Stage, wait: float) -> None:
    order_id = _deal(stage)
    stage.quote(EUR, 108_490, 108_500)
    stage.run(wait)
    assert stage.submit(CancelOrder(account="forex", order_id=order_id)) == Accepted(order_id)
    stage.run(60)
    assert stage.state(order_id).status is OrderStatus.CANCELED
    assert not stage.of(OrderFilled)


def test_forced_requotes_are_so_many_ticks_against_the_client(stage: Stage) -> None:
    stage.accounts.dealer.force(2, 7)
    buy = stage.order(EUR, BUY, 10, price=108_460, deviation_ticks=100)
    stage.run(2)
    assert stage.state(buy.id).offer_price == 108_467
    sell = stage.order(EUR, SELL, 10, price=108_450, deviation_ticks=100)
    stage.run(2)
    assert stage.state(sell.id).offer_price == 108_443
    third = stage.order(EUR, BUY, 10, price=108_460, deviation_ticks=100)
    stage.run(2)
    assert stage.state(third.id).status is OrderStatus.FILLED


def test_market_orders_without_deviation_and_closings_are_never_dealt(stage: Stage) -> None:
    stage.accounts.dealer.force(9, 9)
    assert stage.order(EUR, BUY, 10).status is OrderStatus.FILLED
    outcome = stage.submit(ClosePosition(account="forex", position_id=1))
    assert isinstance(outcome, Accepted)
    assert stage.state(int(outcome.id or 0)).status is OrderStatus.FILLED


def test_a_closing_order_with_a_deviation_is_dealt_and_holds_its_lots(stage: Stage) -> None:
    stage.order(EUR, BUY, 10)
    order = stage.order(EUR, SELL, 10, price=108_450, deviation_ticks=0, position_id=1)
    assert stage.refused(EUR, SELL, 1, position_id=1).field == "lots"
    stage.quote(EUR, 108_400, 108_410)
    stage.run(2)
    _answer(stage, order.id)
    assert stage.state(order.id).status is OrderStatus.FILLED
    assert not stage.accounts["forex"].positions()
    total = sum(e.amount_micros for e in stage.accounts["forex"].ledger() if e.kind is LedgerKind.TRADE)
    assert total == -60 * 1_000 * 100


def test_a_dealt_closing_order_is_withdrawn_when_its_position_is_closed_otherwise(stage: Stage) -> None:
    stage.order(EUR, BUY, 10)
    order = stage.order(EUR, SELL, 10, price=108_450, deviation_ticks=0, position_id=1)
    stage.submit(ClosePosition(account="forex", position_id=1))
    assert stage.state(order.id).status is OrderStatus.CANCELED
    stage.run(5)
    assert not stage.accounts["forex"].positions()


def test_a_market_that_emptied_rejects_the_order(stage: Stage) -> None:
    order_id = _deal(stage)
    stage.quote(EUR, 108_450, 0)
    stage.run(2)
    assert stage.state(order_id).status is OrderStatus.REJECTED
