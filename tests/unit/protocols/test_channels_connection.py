"""Timers and strikes of one channels client, on time moved by hand."""

from __future__ import annotations

import pytest
from engine_stand import WireClient
from facade_fakes import FakeTime

from embedded_server.protocols.channels.connection import Connection


class Subject:
    """A connection, its client and its time."""

    def __init__(self) -> None:
        self.time = FakeTime()
        self.client = WireClient()
        self.heard = 0.0
        self.connection = Connection(self.client, self.time, lambda client: self.heard)

    def events(self) -> list[object]:
        return [one["event"] for one in self.client.take()]


@pytest.fixture
def fresh() -> Subject:
    return Subject()


@pytest.fixture
def subject(fresh: Subject) -> Subject:
    fresh.connection.logged_in()
    return fresh


def test_who_does_not_log_in_within_ten_seconds_is_closed(fresh: Subject) -> None:
    fresh.time.pass_(9.9)
    assert fresh.client.code is None
    fresh.time.pass_(0.1)
    assert fresh.events() == ["close"]
    assert fresh.client.code == 1008


def test_thirty_seconds_of_silence_bring_a_ping(subject: Subject) -> None:
    subject.time.pass_(29.9)
    assert subject.events() == []
    subject.time.pass_(0.1)
    assert subject.events() == ["ping"]


def test_a_message_of_the_client_puts_the_ping_off(subject: Subject) -> None:
    subject.time.pass_(20)
    subject.connection.received()
    subject.time.pass_(10)
    subject.time.pass_(19.9)
    assert subject.events() == []
    subject.time.pass_(0.1)
    assert subject.events() == ["ping"]


def test_market_data_to_the_client_puts_the_ping_off(subject: Subject) -> None:
    subject.time.pass_(25)
    subject.heard = subject.time.monotonic()
    subject.time.pass_(5)
    subject.time.pass_(24.9)
    assert subject.events() == []
    subject.time.pass_(0.1)
    assert subject.events() == ["ping"]


def test_a_pong_in_time_keeps_the_connection(subject: Subject) -> None:
    subject.time.pass_(30)
    subject.time.pass_(9.9)
    subject.connection.received()
    subject.connection.pong()
    subject.time.pass_(10)
    assert subject.client.code is None
    subject.time.pass_(20)
    assert subject.events() == ["ping", "ping"]


def test_without_a_pong_in_ten_seconds_a_close_event_precedes_the_close(subject: Subject) -> None:
    subject.time.pass_(30)
    subject.client.take()
    subject.time.pass_(10)
    (close,) = subject.client.take()
    assert (close["event"], close["message"], close["code"]) == ("close", "Session timeout", 1000)
    assert subject.client.code == 1000


def test_other_messages_are_no_pong(subject: Subject) -> None:
    subject.time.pass_(30)
    subject.connection.received()
    subject.time.pass_(10)
    assert subject.client.code == 1000


def test_the_fifth_failed_login_in_a_minute_is_the_last(fresh: Subject) -> None:
    for _ in range(4):
        fresh.connection.login_failed()
    assert fresh.client.code is None
    fresh.connection.login_failed()
    assert fresh.client.code == 1008
    assert fresh.events() == ["error"] * 5 + ["close"]


def test_failed_logins_a_minute_old_are_forgotten(subject: Subject) -> None:
    for _ in range(4):
        subject.connection.login_failed()
    subject.connection.received()
    subject.time.pass_(30)
    subject.connection.pong()
    subject.time.pass_(30)
    subject.connection.login_failed()
    assert subject.client.code is None


def test_two_floods_are_warned_of_and_the_third_ends_it(subject: Subject) -> None:
    subject.connection.flooded()
    subject.connection.flooded()
    errors = subject.client.take()
    assert [one["code"] for one in errors] == [429, 429]
    subject.connection.flooded()
    assert subject.events() == ["close"]
    assert subject.client.code == 1008


def test_nothing_is_sent_once_it_is_closed(subject: Subject) -> None:
    subject.connection.close("Going away", 1001)
    subject.connection.close("again", 1000)
    subject.connection.error("late", 400)
    subject.time.pass_(100)
    assert subject.events() == ["close"]
    assert subject.client.code == 1001
