"""Every step an order may take, and that no other step is possible."""

from __future__ import annotations

import pytest

from embedded_server.accounts.order_life import STEPS, advance, fill, revise
from embedded_server.model.enums import OrderKind, OrderStatus, Side
from embedded_server.model.errors import EngineFault
from embedded_server.model.states import OrderState


def _order(status: OrderStatus, **terms: object) -> OrderState:
    order = OrderState(
        id=1,
        account="spot",
        instrument="BTCUSDT",
        side=Side.BUY,
        kind=OrderKind.LIMIT,
        status=status,
        lots=10,
        price=100,
        created_at=5,
        updated_at=5,
    )
    return advance(order, OrderStatus.REQUOTED, 5, **terms) if terms else order


@pytest.mark.parametrize("start", list(OrderStatus))
@pytest.mark.parametrize("end", list(OrderStatus))
def test_only_the_steps_of_the_table_are_possible(start: OrderStatus, end: OrderStatus) -> None:
    if end in STEPS.get(start, ()):
        assert advance(_order(start), end, 9).status is end
    else:
        with pytest.raises(EngineFault):
            advance(_order(start), end, 9)


def test_no_step_leaves_an_ending() -> None:
    endings = {s for s in OrderStatus if s.terminal}
    assert endings == {OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.REJECTED, OrderStatus.EXPIRED}
    assert not endings & STEPS.keys()


def test_every_status_can_reach_an_ending() -> None:
    for status, steps in STEPS.items():
        assert any(s.terminal for s in steps), status


def test_the_ending_is_stamped_and_other_steps_are_not() -> None:
    assert advance(_order(OrderStatus.NEW), OrderStatus.WORKING, 9).done_at is None
    assert advance(_order(OrderStatus.NEW), OrderStatus.REJECTED, 9).done_at == 9


def test_an_offer_is_gone_once_the_requote_is_left() -> None:
    offered = _order(OrderStatus.DEALING, offer_price=101, offer_expires_at=50)
    assert offered.offer_price == 101
    again = advance(offered, OrderStatus.REQUOTED, 9, offer_price=102)
    assert again.offer_price == 102
    assert advance(again, OrderStatus.CANCELED, 9).offer_price is None


def test_fills_add_up_and_the_last_one_ends_the_order() -> None:
    order = fill(_order(OrderStatus.WORKING), 100, 4, 7, 9)
    assert (order.status, order.filled_lots, order.filled_value, order.fees_micros) == (
        OrderStatus.PARTIALLY_FILLED,
        4,
        400,
        7,
    )
    order = fill(order, 99, 6, 3, 9)
    assert (order.status, order.filled_value, order.fees_micros) == (OrderStatus.FILLED, 994, 10)


@pytest.mark.parametrize("lots", [0, -1, 11])
def test_a_fill_of_nothing_or_of_more_than_is_left_is_a_fault(lots: int) -> None:
    with pytest.raises(EngineFault):
        fill(_order(OrderStatus.WORKING), 100, lots, 0, 9)


def test_an_order_that_ended_cannot_be_revised() -> None:
    with pytest.raises(EngineFault):
        revise(_order(OrderStatus.FILLED), 9, price=3)


def test_a_revision_cannot_change_the_status() -> None:
    with pytest.raises(EngineFault):
        revise(_order(OrderStatus.WORKING), 9, status=OrderStatus.FILLED)
