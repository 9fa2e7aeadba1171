"""Failed logins by address."""

from __future__ import annotations

from embedded_server.protocols.onetrade import login_throttle
from embedded_server.protocols.onetrade.login_throttle import LoginThrottle


def test_the_door_closes_at_the_fifth_failure_and_opens_as_the_first_grows_old() -> None:
    throttle = LoginThrottle()
    for second in range(4):
        throttle.failed("a", float(second))
    assert throttle.wait_seconds("a", 4.0) == 0
    throttle.failed("a", 4.0)
    assert throttle.wait_seconds("a", 10.0) == 50.0
    assert throttle.wait_seconds("a", 60.0) == 0


def test_other_addresses_are_not_blamed() -> None:
    throttle = LoginThrottle()
    for _ in range(9):
        throttle.failed("a", 0.0)
    assert throttle.wait_seconds("b", 0.0) == 0


def test_a_flood_of_addresses_does_not_grow_without_bound() -> None:
    throttle = LoginThrottle()
    for number in range(5):
        throttle.failed("first", float(number))
    for number in range(login_throttle.MAX_ADDRESSES):
        throttle.failed(str(number), 5.0)
    assert len(throttle._failures) == login_throttle.MAX_ADDRESSES
    assert throttle.wait_seconds("first", 6.0) == 0
