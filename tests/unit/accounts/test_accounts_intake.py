"""Every reason to refuse an order, each naming its field, each changing nothing."""

from __future__ import annotations

from typing import Any

import pytest
from accounts_stage import Stage

from embedded_server.accounts import intake
from embedded_server.model.commands import CancelOrder, PlaceOrder, Refused
from embedded_server.model.enums import OrderKind, RefusalCode, Side, TimeInForce

BUY, SELL = Side.BUY, Side.SELL
MARKET, LIMIT, STOP, STOP_LIMIT = OrderKind.MARKET, OrderKind.LIMIT, OrderKind.STOP, OrderKind.STOP_LIMIT

UNSOUND: list[tuple[str, Side, int, OrderKind, dict[str, Any], str]] = [
    ("EURUSD", BUY, 0, MARKET, {}, "lots"),
    ("EURUSD", BUY, -5, MARKET, {}, "lots"),
    ("EURUSD", BUY, 10**9, MARKET, {}, "lots"),
    ("EURUSD", BUY, 1, LIMIT, {}, "price"),
    ("EURUSD", BUY, 1, LIMIT, {"price": 0}, "price"),
    ("EURUSD", BUY, 1, LIMIT, {"price": 108_400, "stop_price": 108_500}, "stop_price"),
    ("EURUSD", BUY, 1, STOP, {}, "stop_price"),
    ("EURUSD", BUY, 1, STOP, {"stop_price": -1}, "stop_price"),
    ("EURUSD", BUY, 1, STOP, {"stop_price": 108_500, "price": 108_500}, "price"),
    ("EURUSD", BUY, 1, STOP, {"stop_price": 108_460}, "stop_price"),
    ("EURUSD", SELL, 1, STOP, {"stop_price": 108_450}, "stop_price"),
    ("EURUSD", BUY, 1, STOP_LIMIT, {"stop_price": 108_500}, "price"),
    ("EURUSD", BUY, 1, MARKET, {"stop_loss": 108_450}, "stop_loss"),
    ("EURUSD", SELL, 1, MARKET, {"stop_loss": 108_460}, "stop_loss"),
    ("EURUSD", BUY, 1, MARKET, {"take_profit": 108_450}, "take_profit"),
    ("EURUSD", BUY, 1, LIMIT, {"price": 108_000, "stop_loss": 108_100}, "stop_loss"),
    ("EURUSD", BUY, 1, MARKET, {"trailing_ticks": -3}, "trailing_ticks"),
    ("EURUSD", BUY, 1, LIMIT, {"price": 108_000, "time_in_force": TimeInForce.GTD}, "expires_at"),
    ("EURUSD", BUY, 1, LIMIT, {"price": 108_000, "expires_at": 10}, "expires_at"),
    ("EURUSD", BUY, 1, MARKET, {"time_in_force": TimeInForce.GTD, "expires_at": 10**19}, "time_in_force"),
    ("EURUSD", BUY, 1, LIMIT, {"price": 108_000, "deviation_ticks": 3}, "deviation_ticks"),
    ("EURUSD", BUY, 1, MARKET, {"deviation_ticks": 3}, "price"),
    ("EURUSD", BUY, 1, MARKET, {"deviation_ticks": -3, "price": 108_460}, "deviation_ticks"),
    ("EURUSD", BUY, 1, MARKET, {"leverage": 500}, "leverage"),
    ("EURUSD", BUY, 1, MARKET, {"reduce_only": True}, "position_id"),
    ("AAPL", BUY, 1, MARKET, {"deviation_ticks": 3, "price": 22_851}, "deviation_ticks"),
    ("BTCUSDT-PERP", BUY, 1, MARKET, {"leverage": 0}, "leverage"),
    ("BTCUSDT-PERP", BUY, 1, MARKET, {"leverage": 126}, "leverage"),
]


@pytest.mark.parametrize(("key", "side", "lots", "kind", "terms", "field"), UNSOUND)
def test_an_unsound_order_is_refused_with_its_field(
    stage: Stage, *, key: str, side: Side, lots: int, kind: OrderKind, terms: dict[str, Any], field: str
) -> None:
    refused = stage.refused(key, side, lots, kind, **terms)
    assert (refused.code, refused.field) == (RefusalCode.INVALID, field)
    assert not stage.names()


def test_an_account_that_does_not_exist_is_named(stage: Stage) -> None:
    outcome = stage.submit(PlaceOrder(account="gold", instrument="AAPL", side=BUY, kind=MARKET, lots=1))
    assert outcome == Refused(RefusalCode.UNKNOWN_ACCOUNT, "there is no account gold", "account")


def test_an_instrument_of_another_venue_is_unknown_to_the_account(stage: Stage) -> None:
    outcome = stage.submit(PlaceOrder(account="spot", instrument="AAPL", side=BUY, kind=MARKET, lots=1))
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.UNKNOWN_INSTRUMENT


def test_a_reference_can_be_used_once(stage: Stage) -> None:
    stage.order("AAPL", BUY, 1, reference="mine-1")
    refused = stage.refused("AAPL", BUY, 1, reference="mine-1")
    assert (refused.code, refused.field) == (RefusalCode.INVALID, "reference")
    stage.order("EURUSD", BUY, 1, reference="mine-1")


def test_a_refused_order_does_not_use_up_its_reference(stage: Stage) -> None:
    stage.refused("AAPL", BUY, 0, reference="mine-1")
    stage.order("AAPL", BUY, 1, reference="mine-1")


def test_a_closed_position_and_an_unknown_one_cannot_be_named(stage: Stage) -> None:
    stage.order("EURUSD", BUY, 1)
    position = stage.position("forex").id
    assert stage.refused("EURUSD", BUY, 1, position_id=position).field == "side"
    assert stage.refused("USDJPY", SELL, 1, position_id=position).field == "instrument"
    assert stage.refused("EURUSD", SELL, 1, position_id=99).code is RefusalCode.UNKNOWN_POSITION
    stage.order("EURUSD", SELL, 1, position_id=position)
    assert stage.refused("EURUSD", SELL, 1, position_id=position).code is RefusalCode.INVALID_STATE


def test_the_gate_sees_sound_orders_only_and_its_refusal_stands(stage: Stage) -> None:
    seen: list[PlaceOrder] = []

    def gate(order: PlaceOrder) -> Refused | None:
        seen.append(order)
        return Refused(RefusalCode.KILL_SWITCH, "the kill switch is engaged")

    stage.accounts.set_gate(gate)
    stage.refused("AAPL", BUY, 0)
    assert not seen
    assert stage.refused("AAPL", BUY, 1).code is RefusalCode.KILL_SWITCH
    assert len(seen) == 1
    stage.accounts.set_gate(None)
    stage.order("AAPL", BUY, 1)


def test_order_numbers_count_accepted_orders_of_all_accounts(stage: Stage) -> None:
    assert stage.order("AAPL", BUY, 1).id == 1
    stage.refused("AAPL", BUY, 0)
    assert stage.order("EURUSD", BUY, 1).id == 2


def test_a_market_order_without_anybody_to_trade_with_is_rejected(stage: Stage) -> None:
    stage.quote("EURUSD", 108_450, 0)
    order = stage.order("EURUSD", BUY, 1)
    assert order.status == "rejected"
    assert order.refusal
    assert stage.names() == ["OrderRejected"]


def test_orders_that_work_are_bounded_and_an_ended_one_makes_room(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MOST_WORKING", 3)
    orders = [stage.order("EURUSD", BUY, 1, STOP, stop_price=109_000) for _ in range(3)]
    refused = stage.refused("EURUSD", BUY, 1, STOP, stop_price=109_000)
    assert refused.code is RefusalCode.LIMIT_EXCEEDED
    stage.submit(CancelOrder(account="forex", order_id=orders[0].id))
    stage.order("EURUSD", BUY, 1, STOP, stop_price=109_000)
