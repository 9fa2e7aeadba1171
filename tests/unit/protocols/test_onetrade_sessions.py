"""Who holds which session, and for how long."""

from __future__ import annotations

import pytest
from engine_stand import WireClient

from embedded_server.protocols.onetrade import sessions
from embedded_server.protocols.onetrade.sessions import Claim, Sessions


def test_every_login_is_a_session_of_its_own() -> None:
    logins = Sessions()
    one, other = logins.login(0.0), logins.login(0.0)
    assert one.id != other.id
    assert one.token != other.token
    assert logins.claim(one.id, other.token, 0.0) is Claim.BAD_SESSION


def test_a_token_lives_a_day_and_a_remembered_one_a_month() -> None:
    logins = Sessions()
    day, month = logins.login(0.0), logins.login(0.0, remember=True)
    assert logins.of_token(day.token, 24 * 3600 - 1) is day
    assert logins.of_token(day.token, 24 * 3600) is None
    assert logins.claim(day.id, day.token, 24 * 3600) is Claim.BAD_TOKEN
    assert logins.of_token(month.token, 29 * 24 * 3600) is month


def test_a_late_close_of_a_displaced_socket_does_not_free_the_new_ones_session() -> None:
    logins = Sessions()
    session = logins.login(0.0)
    old, new = WireClient("old"), WireClient("new")
    logins.attach(session.id, old)
    logins.release(session, old)
    logins.attach(session.id, new)
    logins.release(session, old)
    assert session.in_use(0.0)


def test_a_session_that_ended_between_claim_and_opening_takes_no_socket() -> None:
    logins = Sessions()
    session = logins.login(0.0)
    assert logins.claim(session.id, session.token, 0.0) is Claim.GRANTED
    logins.end(session)
    assert logins.attach(session.id, WireClient()) is None


def test_past_the_cap_the_oldest_idle_session_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 3)
    logins = Sessions()
    used, idle, *_ = [logins.login(float(second)) for second in range(3)]
    logins.attach(used.id, WireClient())
    logins.login(3.0)
    assert logins.of_token(used.token, 3.0) is used
    assert logins.of_token(idle.token, 3.0) is None
