"""Which Origin and Host may speak to a listener."""

from __future__ import annotations

import pytest

from embedded_server.transport.admission import MOST_TOLD, Admission


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8082",
        "127.0.0.1",
        "127.0.0.1:8000",
        "127.9.9.9:1",
        "[::1]:8000",
        "[::1]",
        "::1",
    ],
)
def test_loopback_names_and_addresses_are_served(host: str) -> None:
    assert Admission().refusal({"host": host}) is None


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:8000",
        "192.168.1.2:8000",
        "0.0.0.0:8000",
        "[::2]:8000",
        "[fe80::1",
    ],
)
def test_other_hosts_are_misdirected(host: str) -> None:
    refusal = Admission().refusal({"host": host})
    assert refusal is not None
    assert refusal.status == 421


def test_listed_hosts_are_served_on_every_port() -> None:
    admission = Admission(hosts=["Market.Example", "10.0.0.5"])
    assert admission.refusal({"host": "market.example:8000"}) is None
    assert admission.refusal({"host": "10.0.0.5:1"}) is None


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://localhost:3000"])
def test_no_origin_is_trusted_unless_listed(origin: str) -> None:
    refusal = Admission().refusal({"host": "localhost", "origin": origin})
    assert refusal is not None
    assert refusal.status == 403


def test_listed_origins_match_exactly() -> None:
    admission = Admission(origins=["http://localhost:3000/"])
    assert admission.refusal({"host": "localhost", "origin": "http://localhost:3000"}) is None
    assert admission.refusal({"host": "localhost", "origin": "http://localhost:3001"}) is not None


def test_a_star_admits_all() -> None:
    admission = Admission(origins=["*"], hosts=["*"])
    assert admission.refusal({"host": "anything.example", "origin": "https://anything.example"}) is None


def test_a_refusal_says_what_lets_in_and_is_logged_once_a_stranger(caplog: pytest.LogCaptureFixture) -> None:
    admission = Admission(variables="SERVER_")
    refused = admission.refusal({"host": "localhost", "origin": "http://localhost:5173"})
    assert refused is not None
    assert refused.body == "this Origin is not allowed; SERVER_ALLOWED_ORIGINS adds to those that are\n"
    for number in range(100):
        admission.refusal({"host": "localhost", "origin": "http://localhost:5173"})
        admission.refusal({"host": f"evil\r\n\x1b{number}.example"})
    told = [record.getMessage() for record in caplog.records]
    assert told[0].startswith("turned away: Origin http://localhost:5173 is not allowed; SERVER_ALLOWED_")
    assert len(told) == MOST_TOLD
    assert all(line.isprintable() for line in told)


def test_where_nothing_lets_in_nothing_is_advised() -> None:
    refused = Admission().refusal({"host": "evil.example"})
    assert refused is not None
    assert refused.body == "this Host is not allowed\n"
