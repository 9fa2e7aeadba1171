"""REST bodies to commands: what the contract tests do not reach."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from embedded_server.kernel.time import DAY, SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.model.enums import OrderKind, TimeInForce
from embedded_server.protocols.json_input import InputError
from embedded_server.protocols.onetrade.enums import ExpirationPolicy, OrderType, SideType
from embedded_server.protocols.onetrade.requests import CreateOrder, instant, place_order

EURUSD = next(one for one in CATALOGUE if one.key == "EURUSD")
NOW = 1_767_571_200 * SECOND + 5 * SECOND
MIDNIGHT = (NOW // DAY + 1) * DAY


def body(**changes: Any) -> CreateOrder:
    given = {
        "symbol_id": 1,
        "volume": Decimal("0.1"),
        "side": SideType.BUY,
        "type": OrderType.BUY_LIMIT,
        "order_price": Decimal("1.05"),
    }
    return CreateOrder(**given | changes)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1_767_571_200, 1_767_571_200.0),
        (1_767_571_200_500, 1_767_571_200.5),
        ("1767571200", 1_767_571_200.0),
        ("2026-01-05T00:00:00Z", 1_767_571_200.0),
        ("2026-01-05T01:00:00.5+01:00", 1_767_571_200.5),
        ("2026-01-05", 1_767_571_200.0),
    ],
)
def test_instants_are_iso_or_epoch_in_seconds_or_milliseconds(value: str | int, seconds: float) -> None:
    assert instant(value, "from") == round(seconds * SECOND)


@pytest.mark.parametrize("value", [-1, 10**15, "soon", "2026-13-01", "99999-01-01", "1e3", ""])
def test_what_is_no_instant_is_refused(value: str | int) -> None:
    with pytest.raises(InputError, match="from"):
        instant(value, "from")


@pytest.mark.parametrize(
    ("policy", "given", "expires"),
    [
        (None, None, None),
        (ExpirationPolicy.GTC, NOW // SECOND + 60, None),
        (ExpirationPolicy.DAY, None, MIDNIGHT),
        (ExpirationPolicy.SPECIFIED, NOW // SECOND + 60, NOW + 60 * SECOND),
        (None, NOW // SECOND + 60, NOW + 60 * SECOND),
        (ExpirationPolicy.SPECIFIED_DAY, MIDNIGHT // SECOND + 60, MIDNIGHT + DAY),
    ],
)
def test_the_expiration_police_decides_how_long_an_order_works(
    policy: ExpirationPolicy | None, given: int | None, expires: int | None
) -> None:
    command = place_order(body(expiration_police=policy, time_expiration=given), EURUSD, NOW)
    assert command.expires_at == expires
    assert command.time_in_force is (TimeInForce.GTC if expires is None else TimeInForce.GTD)


@pytest.mark.parametrize(
    ("price", "deviation", "ticks", "allowed"),
    [(None, None, None, None), ("0", None, None, None), ("1.08", None, 108_000, 0), ("1.08", 7, 108_000, 7)],
)
def test_a_market_order_with_a_price_is_instant_execution(
    price: str | None, deviation: int | None, ticks: int | None, allowed: int | None
) -> None:
    asked = None if price is None else Decimal(price)
    command = place_order(body(type=OrderType.MARKET, order_price=asked, deviation=deviation), EURUSD, NOW)
    assert (command.kind, command.price, command.deviation_ticks) == (OrderKind.MARKET, ticks, allowed)


def test_a_stop_limit_order_triggers_at_its_order_price_and_rests_at_the_other() -> None:
    command = place_order(
        body(type=OrderType.BUY_STOP_LIMIT, order_price=Decimal("1.1"), price_stop_limit=Decimal("1.11")),
        EURUSD,
        NOW,
    )
    assert (command.kind, command.stop_price, command.price) == (OrderKind.STOP_LIMIT, 110_000, 111_000)


@pytest.mark.parametrize(
    "digits", ["1.00000000000000000000000000000000000000001", "1E+30", "-Infinity", "sNaN"]
)
def test_numbers_beyond_any_price_are_refused(digits: str) -> None:
    with pytest.raises(InputError, match="order_price"):
        place_order(body(order_price=Decimal(digits)), EURUSD, NOW)


@pytest.mark.parametrize("value", ["2263-01-01", "9999-12-31T23:59:59Z", 99_999_999_999])
@pytest.mark.parametrize("policy", list(ExpirationPolicy)[2:])
def test_an_expiration_that_cannot_be_kept_is_refused(value: str | int, policy: ExpirationPolicy) -> None:
    with pytest.raises(InputError, match="too far"):
        place_order(body(time_expiration=value, expiration_police=policy), EURUSD, NOW)


@pytest.mark.parametrize("value", ["0001-01-01", "9999-12-31T23:59:59Z", 99_999_999_999, 9_999_999_999_999])
def test_the_ends_of_time_become_the_ends_of_what_the_journal_can_keep(value: str | int) -> None:
    read = instant(value, "to")
    assert abs(read) <= 2**63 - DAY
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(read)) == read
