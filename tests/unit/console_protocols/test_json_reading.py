"""Times in every dialect, numbers with every digit, and errors that quote no more than they should."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from tui_trader.model.errors import ProtocolError
from tui_trader.protocols.json_reading import milliseconds, reader, write


class Body(msgspec.Struct):
    price: float


read = reader(Body)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1_697_234_567_000, 1_697_234_567_000),
        (1_697_234_567_000.0, 1_697_234_567_000),
        ("2023-07-10T12:34:56Z", 1_688_992_496_000),
        ("2025-10-10T10:30:00.000000+00:00", 1_760_092_200_000),
        ("2025-10-10T12:30:00.5+02:00", 1_760_092_200_500),
        ("2025-10-10T10:30:00", 1_760_092_200_000),
        (None, None),
        ("", None),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
        (-1, None),
        (10**30, None),
    ],
)
def test_a_time_is_epoch_milliseconds_or_nothing(
    value: int | float | str | None, expected: int | None
) -> None:
    assert milliseconds(value) == expected


def test_money_keeps_every_digit_on_the_wire() -> None:
    assert write({"volume": Decimal("0.10"), "price": Decimal("67000.123456789012345")}) == (
        '{"volume":0.10,"price":67000.123456789012345}'
    )


@pytest.mark.parametrize(
    "data", ['{"price":NaN}', '{"price":1e999}', '{"price":"1"}', '{"price":null}', "{}", "[" * 9_000]
)
def test_what_does_not_fit_is_a_protocol_error_with_a_short_excerpt(data: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        read(data)
    assert len(str(caught.value)) <= 200
    assert str(caught.value).isprintable()


def test_an_error_quotes_the_frame_without_its_control_characters() -> None:
    with pytest.raises(ProtocolError, match=r"price.*text"):
        read(b'{"price": "text \x1b[31m"}')
