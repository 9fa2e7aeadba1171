"""How often one key may ask by REST."""

from __future__ import annotations

import pytest

from embedded_server.protocols.channels.request_rate import RequestRate


def test_a_burst_is_taken_whole_and_the_next_waits_for_its_share_of_a_minute() -> None:
    rate = RequestRate(120)
    assert [rate.wait_seconds(5.0) for _ in range(120)] == [0.0] * 120
    assert rate.wait_seconds(5.0) == pytest.approx(0.5)
    assert rate.wait_seconds(5.25) == pytest.approx(0.25)
    assert rate.wait_seconds(5.5) == 0.0
    assert rate.wait_seconds(5.5) > 0.0


def test_rest_fills_the_bucket_and_no_further() -> None:
    rate = RequestRate(3)
    taken = [rate.wait_seconds(1_000.0) for _ in range(4)]
    assert [wait > 0 for wait in taken] == [False, False, False, True]
    taken = [rate.wait_seconds(9_000.0) for _ in range(4)]
    assert [wait > 0 for wait in taken] == [False, False, False, True]


def test_zero_means_no_limit() -> None:
    rate = RequestRate(0)
    assert not any(rate.wait_seconds(0.0) for _ in range(1_000))
