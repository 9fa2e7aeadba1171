"""How instants are written on the wire."""

from __future__ import annotations

import pytest

from embedded_server.protocols.wire_time import epoch_ms, iso_offset, iso_z, parse_iso

WHOLE = 1_688_992_496_000_000_000


def test_a_whole_second_has_no_decimals() -> None:
    assert iso_z(WHOLE) == "2023-07-10T12:34:56Z"


def test_a_part_of_a_second_has_three_decimals() -> None:
    assert iso_z(WHOLE + 7_999_999) == "2023-07-10T12:34:56.007Z"


def test_the_greeting_form_has_microseconds_and_offset() -> None:
    assert iso_offset(1_760_092_200_000_000_000) == "2025-10-10T10:30:00.000000+00:00"
    assert iso_offset(1_760_092_200_000_001_999) == "2025-10-10T10:30:00.000001+00:00"


def test_milliseconds_are_floored() -> None:
    assert epoch_ms(1_697_234_567_000_999_999) == 1_697_234_567_000


@pytest.mark.parametrize("text", ["2023-07-10T12:34:56Z", "2023-07-10T12:34:56", "2023-07-10T14:34:56+02:00"])
def test_iso_instants_are_read_as_utc_unless_they_say_otherwise(text: str) -> None:
    assert parse_iso(text) == WHOLE


def test_what_is_no_instant_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="isoformat"):
        parse_iso("yesterday")
