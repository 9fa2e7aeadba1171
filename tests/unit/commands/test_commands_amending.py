"""Changes typed or stepped by keys."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from tui_trader.commands.amending import order_fields, part_of, position_fields, read, step_of
from tui_trader.model.order_terms import PLAIN, OrderTerms
from tui_trader.model.values import Instrument, Order, OrderKind, OrderStatus, Position, Side

EURUSD = Instrument(
    key="EURUSD", symbol="EURUSD", link="a", kind="forex", tick_size=0.00001, quantity_step=0.01,
    minimum_quantity=0.01, price_digits=5,
)  # fmt: skip
BTCUSDT = Instrument(key="BTCUSDT", symbol="BTCUSDT", link="a", kind="spot", tick_size=0.01, price_digits=2)


def order(kind: OrderKind) -> Order:
    return Order(
        link="a", id="1", symbol="EURUSD", side=Side.BUY, kind=kind, status=OrderStatus.WORKING, quantity=0.1,
        price=1.08, stop_price=1.09, stop_loss=1.07,
    )  # fmt: skip


def held(quantity: float) -> Position:
    return Position(link="a", id="1", symbol="EURUSD", side=Side.BUY, quantity=quantity, entry_price=1.08)


def test_an_order_offers_the_prices_that_its_type_has() -> None:
    names = {kind: [name for name, _, _ in order_fields(order(kind), PLAIN, EURUSD)] for kind in OrderKind}
    assert names[OrderKind.LIMIT] == ["price", "quantity", "stop_loss", "take_profit"]
    assert names[OrderKind.STOP] == ["quantity", "stop_price", "stop_loss", "take_profit"]
    assert names[OrderKind.STOP_LIMIT] == ["price", "quantity", "stop_price", "stop_loss", "take_profit"]


def test_only_what_changed_is_sent_and_an_emptied_stop_is_taken_away() -> None:
    fields = order_fields(order(OrderKind.LIMIT), PLAIN, EURUSD)
    typed = {"price": "1.081", "quantity": "0.1", "stop_loss": "", "take_profit": ""}
    assert read(fields, typed, EURUSD) == ({"price": Decimal("1.081"), "stop_loss": Decimal(0)}, {})


def test_prices_stand_there_with_the_instruments_decimals_and_typed_shorter_they_are_the_same() -> None:
    fields = order_fields(order(OrderKind.STOP_LIMIT), PLAIN, EURUSD)
    told = {name: text for name, _, text in fields}
    assert told == {"price": "1.08000", "quantity": "0.1", "stop_price": "1.09000", "stop_loss": "1.07000",
                    "take_profit": ""}  # fmt: skip
    assert read(fields, {"price": "1.08", "stop_loss": "1.070", "quantity": "0.10"}, EURUSD) == ({}, {})
    dear = replace(order(OrderKind.LIMIT), price=104_000.126)
    assert order_fields(dear, PLAIN, BTCUSDT)[0] == ("price", "Price", "104000.126"), "no digit is lost"


def test_complaints_name_their_fields() -> None:
    fields = order_fields(order(OrderKind.LIMIT), PLAIN, EURUSD)
    typed = {"price": "", "quantity": "0.015", "stop_loss": "x", "take_profit": "-1"}
    changes, complaints = read(fields, typed, EURUSD)
    assert changes == {}
    assert complaints == {
        "price": "cannot be empty",
        "quantity": "steps of 0.01",
        "stop_loss": "not a number",
        "take_profit": "must be more than 0",
    }


def test_a_position_without_protection_shows_empty_fields() -> None:
    assert [text for _, _, text in position_fields(held(1.0), PLAIN, EURUSD)] == ["", ""]


def test_a_trailing_distance_is_offered_where_the_account_has_them_and_read_as_one() -> None:
    told = replace(held(1.0), trailing=0.001_499_999_9)
    fields = position_fields(told, OrderTerms(trailing=True), EURUSD)
    assert fields[2] == ("trailing", "Trailing", "0.0015")
    for typed, change in (("", Decimal(0)), ("20pt", Decimal("0.0002")), ("0.1%", Decimal("0.00108"))):
        assert read(fields, {"trailing": typed}, EURUSD, 1.08) == ({"trailing": change}, {})
    assert read(fields, {"trailing": "0.0015"}, EURUSD, 1.08) == ({}, {})
    assert read(fields, {"trailing": "50"}, EURUSD, 1.08)[1] == {"trailing": "beyond the price; 50pt?"}


def test_a_key_moves_by_a_pip_in_forex_and_by_a_round_share_elsewhere() -> None:
    assert step_of(EURUSD, 1.08) == Decimal("0.0001")
    assert step_of(BTCUSDT, 104_000.0) == 50


def test_a_part_is_whole_steps_and_never_less_than_the_least() -> None:
    assert part_of(held(0.5), 25, EURUSD) == Decimal("0.12")
    assert part_of(held(0.03), 25, EURUSD) is None
