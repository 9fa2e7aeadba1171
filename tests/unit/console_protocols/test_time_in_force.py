"""How long an order works, as each account's wire says it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tui_trader.model.commands import PlaceOrder
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Instrument, OrderKind, Side, TimeInForce
from tui_trader.protocols.channels.requests import SignedRequests
from tui_trader.protocols.onetrade.requests import Owner, place


def order(lasts: TimeInForce | None) -> PlaceOrder:
    return PlaceOrder(
        link="a", symbol="EURUSD", side=Side.BUY, kind=OrderKind.LIMIT, quantity=Decimal("0.1"),
        price=Decimal("1.08"), reference="r", time_in_force=lasts,
    )  # fmt: skip


def forex(lasts: TimeInForce | None) -> object:
    instrument = Instrument(key="EURUSD", symbol="EURUSD", link="a", symbol_id=1)
    return place(order(lasts), instrument, Owner(1, 1), {}).body


def spot(lasts: TimeInForce | None) -> str:
    return str(SignedRequests({}, 0).command(order(lasts)).body)


@pytest.mark.parametrize(("lasts", "code"), [(None, 0), (TimeInForce.GTC, 0), (TimeInForce.DAY, 1)])
def test_the_broker_has_a_number_for_it(lasts: TimeInForce | None, code: int) -> None:
    assert forex(lasts)["expiration_police"] == code


def test_the_exchange_has_its_word_and_none_where_none_was_chosen() -> None:
    assert "time_in_force" not in spot(None)
    assert "fok" in spot(TimeInForce.FOK)


def test_what_an_account_does_not_know_is_refused_with_its_field() -> None:
    with pytest.raises(CommandError) as broker:
        forex(TimeInForce.IOC)
    with pytest.raises(CommandError) as exchange:
        spot(TimeInForce.DAY)
    assert broker.value.field == exchange.value.field == "time_in_force"
