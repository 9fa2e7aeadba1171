"""The HMAC rule of the channels API: key, window, one use."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from facade_fakes import FakeTime

from embedded_server.credentials import ChannelsCredentials
from embedded_server.protocols.channels.signatures import Signatures, signature

CREDENTIALS = ChannelsCredentials(api_key="key", api_secret="secret")


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def signatures(time: FakeTime) -> Signatures:
    return Signatures(CREDENTIALS, time)


def accepted(
    signatures: Signatures, timestamp: int, given: str | None = None, key: str = "key", body: bytes = b""
) -> bool:
    good = signature("secret", "GET", "/ws", str(timestamp))
    return signatures.accept(
        api_key=key, timestamp=timestamp, given=given or good, method="GET", path="/ws", body=body
    )


def test_the_signed_text_is_method_path_timestamp_and_body_on_lines_of_their_own() -> None:
    expected = hmac.new(b"secret", b"GET\n/ws\n1647356789123\n", hashlib.sha256).hexdigest()
    assert signature("secret", "GET", "/ws", "1647356789123") == expected


def test_a_good_signature_is_accepted_once(signatures: Signatures, time: FakeTime) -> None:
    now = time.epoch_ms()
    assert accepted(signatures, now)
    assert not accepted(signatures, now)
    assert accepted(signatures, now + 1)


@pytest.mark.parametrize(("offset", "good"), [(-5_001, False), (-5_000, True), (5_000, True), (5_001, False)])
def test_the_window_is_five_seconds_either_way(
    signatures: Signatures, time: FakeTime, offset: int, good: bool
) -> None:
    assert accepted(signatures, time.epoch_ms() + offset) is good


def test_a_used_signature_stays_used_for_as_long_as_it_is_in_the_window(
    signatures: Signatures, time: FakeTime
) -> None:
    ahead = time.epoch_ms() + 5_000
    assert accepted(signatures, ahead)
    time.pass_(9.999)
    assert not accepted(signatures, ahead)


@pytest.mark.parametrize("given", ["", "0" * 64, "é", "\udc80"])
def test_a_wrong_signature_fails(signatures: Signatures, time: FakeTime, given: str) -> None:
    assert not accepted(signatures, time.epoch_ms(), given or "x")


def test_upper_case_a_wrong_key_and_another_body_fail(signatures: Signatures, time: FakeTime) -> None:
    now = time.epoch_ms()
    assert not accepted(signatures, now, signature("secret", "GET", "/ws", str(now)).upper())
    assert not accepted(signatures, now, key="other")
    assert not accepted(signatures, now, body=b"{}")
    assert accepted(signatures, now), "what failed was not used up"
