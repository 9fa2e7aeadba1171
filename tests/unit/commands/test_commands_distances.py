"""What is typed as a distance or as an end, and what a pair makes of one entry."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tui_trader.commands.distances import read_distance
from tui_trader.commands.expiry import EXAMPLES, read_expiry
from tui_trader.commands.order_pair import one_of_each
from tui_trader.formatting.times import moment
from tui_trader.model.values import Order, OrderKind, OrderStatus, Side

PIP, CENT = Decimal("0.00001"), Decimal("0.01")
NOON = 1_767_614_400_000
"""2026-01-05 12:00 UTC."""


@pytest.mark.parametrize(
    ("text", "tick", "price", "distance"),
    [
        ("0.0015", PIP, "1.08", "0.0015"),
        ("50pt", PIP, "1.08", "0.0005"),
        (" 50 PT ", PIP, "1.08", "0.0005"),
        ("1,250.50", CENT, "64000", "1250.5"),
        ("0.5%", CENT, "64000.13", "320"),
        ("0.5%", PIP, "1.08", "0.0054"),
        ("50pt", CENT, None, "0.5"),
    ],
)
def test_a_distance_is_prices_points_or_a_share(
    text: str, tick: Decimal, price: str | None, distance: str
) -> None:
    at = None if price is None else Decimal(price)
    assert read_distance(text, tick, at) == (Decimal(distance), "")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "not a distance"),
        ("near", "not a distance"),
        ("nan", "must be more than 0"),
        ("0", "must be more than 0"),
        ("-5pt", "must be more than 0"),
        ("50", "beyond the price; 50pt?"),
        ("100%", "beyond the price"),
        ("0.000015", "steps of 0.00001"),
        ("1.5pt", "whole points"),
    ],
)
def test_what_is_no_distance_says_why(text: str, complaint: str) -> None:
    assert read_distance(text, PIP, Decimal("1.08")) == (None, complaint)


def test_a_share_needs_a_price_to_be_a_share_of() -> None:
    assert read_distance("1%", PIP, None) == (None, "needs a price")


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("90m", "2026-01-05 13:30"),
        ("4h", "2026-01-05 16:00"),
        ("2d", "2026-01-07 12:00"),
        ("18:30", "2026-01-05 18:30"),
        ("9:05", "2026-01-06 09:05"),
        ("12:00", "2026-01-06 12:00"),
        ("2026-01-09 08:00", "2026-01-09 08:00"),
        ("2026-02-01", "2026-02-01 00:00"),
        ("2026-01-09t08:00z", "2026-01-09 08:00"),
        ("2026-01-09 08:00+02:00", "2026-01-09 06:00"),
    ],
)
def test_an_order_ends_after_a_while_or_at_a_time_to_come(text: str, then: str) -> None:
    expires, complaint = read_expiry(text, NOON)
    assert complaint == ""
    assert f"{moment(expires):%Y-%m-%d %H:%M}" == then


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", EXAMPLES),
        ("soon", EXAMPLES),
        ("25:00", EXAMPLES),
        ("0m", "has passed"),
        ("2026-01-01", "has passed"),
    ],
)
def test_what_is_no_time_to_come_says_so(text: str, complaint: str) -> None:
    assert read_expiry(text, NOON) == (None, complaint)


def test_of_orders_that_wait_together_one_is_canceled_and_of_others_each() -> None:
    def order(link: str, number: str, oco: str | None = None) -> Order:
        return Order(
            link=link, id=number, symbol="X", side=Side.BUY, kind=OrderKind.LIMIT, quantity=1.0,
            status=OrderStatus.WORKING, oco=oco,
        )  # fmt: skip

    pair = (order("a", "1", oco="2"), order("a", "3", oco="2"))
    others = (order("a", "2"), order("b", "1"), order("b", "2", oco="2"))
    asked = {(one.link, one.id) for one in one_of_each([*pair, *others, order("a", "")])}
    assert asked in ({("a", number), ("a", "2"), ("b", "1"), ("b", "2")} for number in "13")


def test_a_server_at_the_end_of_time_leaves_no_time_to_come() -> None:
    assert read_expiry("9999d", 253_402_300_799_999) == (None, EXAMPLES)
