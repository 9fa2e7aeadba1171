"""Hedging positions on margin: conversion, margin call, stop-out, swap."""

from __future__ import annotations

import pytest
from accounts_stage import START, Stage

from embedded_server.accounts.swap import nights_charged, swap
from embedded_server.kernel.time import DAY, HOUR, SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.model.commands import ClosePosition, Refused
from embedded_server.model.enums import LedgerKind, OrderKind, OrderStatus, Reason, RefusalCode, Side
from embedded_server.model.events import (
    LedgerPosted,
    MarginCalled,
    OrderFilled,
    PositionChanged,
    PositionClosed,
)
from embedded_server.model.instruments import MICROS

BUY, SELL = Side.BUY, Side.SELL
LIMIT = OrderKind.LIMIT
EUR, JPY = "EURUSD", "USDJPY"
INSTRUMENTS = {i.key: i for i in CATALOGUE}


def test_every_order_opens_its_own_position(stage: Stage) -> None:
    stage.order(EUR, BUY, 10)
    stage.order(EUR, BUY, 10)
    stage.order(EUR, SELL, 10)
    assert [(p.side, p.lots) for p in stage.accounts["forex"].positions()] == [
        (BUY, 10),
        (BUY, 10),
        (SELL, 10),
    ]


def test_part_fills_of_one_order_gather_in_one_position(stage: Stage) -> None:
    stage.order(EUR, BUY, 10, LIMIT, price=108_455)
    stage.take(EUR, SELL, 4)
    stage.take(EUR, SELL, 6)
    assert stage.position("forex").lots == 10


def test_an_order_that_names_a_position_closes_it(stage: Stage) -> None:
    stage.order(EUR, BUY, 10)
    stage.order(EUR, SELL, 4, position_id=1)
    assert stage.position("forex").lots == 6
    assert stage.refused(EUR, SELL, 7, position_id=1).field == "lots"


def test_a_partial_close_keeps_stop_loss_and_take_profit(stage: Stage) -> None:
    stage.order(EUR, BUY, 10, stop_loss=108_000, take_profit=109_000)
    stage.submit(ClosePosition(account="forex", position_id=1, lots=4))
    position = stage.position("forex")
    assert (position.lots, position.initial_lots) == (6, 10)
    assert (position.stop_loss, position.take_profit) == (108_000, 109_000)


@pytest.mark.parametrize("lots", [0, -1, 11])
def test_a_position_cannot_be_closed_by_more_than_it_has(stage: Stage, lots: int) -> None:
    stage.order(EUR, BUY, 10)
    outcome = stage.submit(ClosePosition(account="forex", position_id=1, lots=lots))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.field) == (RefusalCode.INVALID, "lots")
    assert outcome.message == "the position has 0.10 to close"


def test_closing_what_is_closed_or_never_was_is_refused(stage: Stage) -> None:
    stage.order(EUR, BUY, 10)
    close = ClosePosition(account="forex", position_id=1)
    stage.submit(close)
    again = stage.submit(close)
    assert isinstance(again, Refused)
    assert again.code is RefusalCode.INVALID_STATE
    unknown = stage.submit(ClosePosition(account="forex", position_id=9))
    assert isinstance(unknown, Refused)
    assert unknown.code is RefusalCode.UNKNOWN_POSITION


def test_profit_in_yen_becomes_dollars_at_the_pairs_own_price(stage: Stage) -> None:
    stage.order(JPY, BUY, 100)
    stage.quote(JPY, 152_250, 152_260)
    position = stage.position("forex")
    assert position.unrealised_micros == round(100_000 * MICROS / 152.25)
    stage.submit(ClosePosition(account="forex", position_id=1))
    assert stage.accounts["forex"].state().realised_micros == round(100_000 * MICROS / 152.25)


def test_a_position_is_valued_at_what_closing_it_would_get(stage: Stage) -> None:
    stage.order(EUR, BUY, 10)
    stage.order(EUR, SELL, 10)
    long, short = stage.accounts["forex"].positions()
    assert (long.mark, short.mark) == (108_450, 108_460)
    assert long.unrealised_micros == short.unrealised_micros == -MICROS


def test_margin_is_fixed_when_a_position_opens_and_shrinks_with_it(stage: Stage) -> None:
    stage.order(EUR, BUY, 100)
    assert stage.position("forex").margin_micros == 1_084_600_000
    stage.quote(EUR, 108_900, 108_910)
    assert stage.position("forex").margin_micros == 1_084_600_000
    stage.submit(ClosePosition(account="forex", position_id=1, lots=50))
    assert stage.accounts["forex"].state().margin_micros == 542_300_000


def test_an_order_beyond_the_free_margin_is_refused(stage: Stage) -> None:
    refused = stage.refused(EUR, BUY, 1_000)
    assert (refused.code, refused.field) == (RefusalCode.INSUFFICIENT_FUNDS, "lots")
    stage.order(EUR, BUY, 800)
    assert stage.refused(EUR, BUY, 200).code is RefusalCode.INSUFFICIENT_FUNDS


def test_resting_limit_orders_count_against_free_margin(stage: Stage) -> None:
    stage.order(EUR, BUY, 800, LIMIT, price=108_000)
    assert stage.refused(EUR, BUY, 200, LIMIT, price=108_000).code is RefusalCode.INSUFFICIENT_FUNDS
    assert stage.accounts["forex"].state().margin_micros == 0


def _lose(stage: Stage, bid: int) -> None:
    stage.order(EUR, BUY, 400)
    stage.order(JPY, BUY, 300)
    stage.events.clear()
    stage.quote(EUR, bid, bid + 10)


def test_a_margin_call_comes_once_at_100_percent(stage: Stage) -> None:
    _lose(stage, 107_900)
    assert not stage.of(MarginCalled)
    stage.quote(EUR, 107_700, 107_710)
    stage.quote(EUR, 107_690, 107_700)
    (call,) = stage.of(MarginCalled)
    assert 90 < call.margin_level_percent <= 100
    assert stage.accounts["forex"].state().positions == 2


def test_a_margin_call_can_come_again_after_a_recovery(stage: Stage) -> None:
    _lose(stage, 107_700)
    stage.quote(EUR, 107_850, 107_860)
    stage.quote(EUR, 107_700, 107_710)
    assert len(stage.of(MarginCalled)) == 1
    stage.quote(EUR, 108_000, 108_010)
    stage.quote(EUR, 107_700, 107_710)
    assert len(stage.of(MarginCalled)) == 2


def test_stop_out_closes_the_largest_loss_first_and_looks_again(stage: Stage) -> None:
    stage.order(EUR, BUY, 100)
    stage.order(EUR, BUY, 300)
    stage.order(JPY, BUY, 300)
    stage.quote(EUR, 106_800, 106_810)
    closed = stage.of(PositionClosed)
    assert [(c.position.id, c.reason) for c in closed] == [(2, Reason.STOP_OUT)]
    account = stage.accounts["forex"].state()
    assert (account.margin_level_percent or 0) > 50
    assert account.positions == 2


def test_stop_out_goes_on_until_the_level_is_restored(stage: Stage) -> None:
    stage.order(EUR, BUY, 400)
    stage.order(EUR, BUY, 400)
    stage.quote(EUR, 106_000, 106_010)
    assert [c.position.id for c in stage.of(PositionClosed)] == [1, 2]


def test_a_stop_loss_touched_by_the_same_quote_comes_before_the_stop_out(stage: Stage) -> None:
    stage.order(EUR, BUY, 10)
    stage.order(EUR, BUY, 800, stop_loss=108_000)
    stage.quote(EUR, 107_700, 107_710)
    assert [c.reason for c in stage.of(PositionClosed)] == [Reason.STOP_LOSS]


def test_stop_out_without_a_market_waits_for_one(stage: Stage) -> None:
    stage.order(EUR, BUY, 800)
    stage.quote(EUR, 107_000, 107_010, lots=300)
    assert stage.position("forex").lots == 500
    stage.quote(EUR, 106_900, 106_910)
    assert not stage.accounts["forex"].positions()


@pytest.mark.parametrize(("day", "nights"), [(1, 1), (2, 1), (3, 3), (4, 1), (5, 1), (6, 0), (7, 0)])
def test_wednesday_counts_three_nights_and_the_weekend_none(day: int, nights: int) -> None:
    assert nights_charged(START + day * DAY) == nights


def test_swap_is_the_interest_difference_less_the_markup() -> None:
    notional = 100_000 * MICROS
    eur = INSTRUMENTS[EUR]
    assert swap(eur, BUY, notional, 1) == round(notional * -0.0325 / 360)
    assert swap(eur, SELL, notional, 1) == round(notional * 0.0125 / 360)
    assert swap(eur, BUY, notional, 3) == round(notional * -0.0975 / 360)
    assert swap(INSTRUMENTS["XAUUSD"], BUY, notional, 1) < 0


def test_swap_is_posted_at_midnight_and_belongs_to_the_position() -> None:
    stage = Stage(start=START + 2 * DAY + 23 * HOUR)
    stage.quote(JPY, 151_240, 151_250)
    stage.order(JPY, BUY, 100)
    stage.events.clear()
    stage.run(3_599)
    assert not stage.of(LedgerPosted)
    stage.run(1)
    (posted,) = stage.of(LedgerPosted)
    assert (posted.entry.kind, posted.entry.position_id) == (LedgerKind.SWAP, 1)
    assert posted.entry.amount_micros == round(100_000 * MICROS * 3 * 0.0275 / 360)
    assert stage.of(PositionChanged)[-1].position.swap_micros == posted.entry.amount_micros
    assert stage.accounts["forex"].state().swap_micros == posted.entry.amount_micros
    assert stage.names() == ["LedgerPosted", "PositionChanged"]


def test_closing_deals_carry_the_swap_of_what_they_close(stage: Stage) -> None:
    stage.order(JPY, BUY, 100)
    stage.run(DAY / SECOND)
    swap_micros = stage.position("forex").swap_micros
    stage.submit(ClosePosition(account="forex", position_id=1, lots=33))
    stage.submit(ClosePosition(account="forex", position_id=1))
    parts = [e.deal.swap_micros for e in stage.of(OrderFilled)][-2:]
    assert sum(parts) == swap_micros
    assert abs(parts[0] - swap_micros * 33 / 100) <= 1
    assert stage.accounts["forex"].state().swap_micros == swap_micros


def test_a_stop_order_beyond_the_margin_is_canceled_when_triggered(stage: Stage) -> None:
    order = stage.order(EUR, BUY, 900, OrderKind.STOP, stop_price=108_500)
    stage.order(EUR, BUY, 100)
    stage.quote(EUR, 108_500, 108_510)
    state = stage.state(order.id)
    assert (state.status, state.triggered) == (OrderStatus.CANCELED, True)
    assert state.refusal


def test_a_profit_is_not_counted_twice_while_several_positions_close_at_once(stage: Stage) -> None:
    stage.order(JPY, BUY, 10)
    stage.order(EUR, BUY, 10)
    stage.quote(EUR, 109_450, 109_460)
    account = stage.accounts["forex"]
    peak = account.state().peak_equity_micros
    assert peak > account.state().opening_micros
    for position in account.positions():  # as the kill switch does: no reaction comes in between
        stage.accounts.submit(ClosePosition(account="forex", position_id=position.id))
    stage.settle()
    assert not account.positions()
    assert account.state().peak_equity_micros == peak
