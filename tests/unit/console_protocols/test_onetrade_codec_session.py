"""OneTrade's session in the console: sign-in, a session in use or taken over, logout, tokens that hide."""

from __future__ import annotations

import pytest
from onetrade_desk import (
    IN_USE,
    LOGIN,
    NOW,
    Broker,
    wire,
)

from tui_trader.model import events as e
from tui_trader.model.errors import ProtocolError
from tui_trader.model.values import LinkState
from tui_trader.protocols.codec import Decoded, SessionInUse
from tui_trader.protocols.onetrade.codec import OneTradeCodec


async def test_signing_in_is_login_then_session_check_then_a_url_with_both_tokens(
    codec: OneTradeCodec,
) -> None:
    broker = Broker((200, LOGIN), (200, ""))
    url, headers = await codec.prepare(broker)
    assert url == "ws://h:1/ws/v1?session_id=s%2F1&access_token=t%261"
    assert headers == {}
    login, check = broker.asked
    assert (login.method, login.path, login.headers) == ("POST", "/api/v1/oauth2/login", {"API-Key": "k"})
    assert login.query == {"remember_me": "false", "grant_type": "api_key"}
    assert login.body is None
    assert (check.method, check.path) == ("POST", "/ws/v1/s%2F1")


async def test_reconnecting_checks_the_same_session_again(codec: OneTradeCodec) -> None:
    await codec.prepare(Broker((200, LOGIN), (200, "")))
    broker = Broker((200, ""))
    await codec.prepare(broker)
    assert [request.purpose for request in broker.asked] == ["session_check"]


async def test_a_session_in_use_is_for_the_user_and_their_retry_signs_in_anew(codec: OneTradeCodec) -> None:
    with pytest.raises(SessionInUse, match="already used"):
        await codec.prepare(Broker((200, LOGIN), (400, IN_USE), (404, "")))
    broker = Broker((200, LOGIN), (200, ""))
    await codec.prepare(broker)
    assert [request.purpose for request in broker.asked] == ["login", "session_check"]


async def test_a_session_is_taken_over_where_the_server_describes_it(codec: OneTradeCodec) -> None:
    described = '{"paths": {"/ws/v1/{session_id}": {"post": {"parameters": [{"name": "takeover"}]}}}}'
    with pytest.raises(SessionInUse) as told:
        await codec.prepare(Broker((200, LOGIN), (400, IN_USE), (200, described)))
    assert told.value.takeover
    codec.take_over()
    broker = Broker((200, ""))
    await codec.prepare(broker)
    (check,) = broker.asked
    assert check.query == {"takeover": "true"}
    assert check.headers["Authorization"].startswith("Bearer ")


@pytest.mark.parametrize(
    "body", ["{}", "[", '{"paths": {"/ws/v1/{session_id}": {"post": {}}}}', '{"paths": 3}']
)
async def test_a_server_that_describes_no_takeover_is_never_asked_for_one(
    codec: OneTradeCodec, body: str
) -> None:
    with pytest.raises(SessionInUse) as told:
        await codec.prepare(Broker((200, LOGIN), (400, IN_USE), (200, body)))
    assert not told.value.takeover
    codec.take_over()
    broker = Broker((200, LOGIN), (200, ""))
    await codec.prepare(broker)
    assert not broker.asked[-1].query


async def test_a_server_that_forgot_the_session_is_signed_in_to_anew_at_once(codec: OneTradeCodec) -> None:
    await codec.prepare(Broker((200, LOGIN), (200, "")))
    broker = Broker((404, "{}"), (200, LOGIN), (200, ""))
    await codec.prepare(broker)
    assert [request.purpose for request in broker.asked] == ["session_check", "login", "session_check"]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([(401, '{"message":"bad key"}')], "login: bad key"),
        ([(200, '{"success":false}')], "login: refused"),
        ([(200, '{"access_token":"secret"')], "login: the answer cannot be read"),
        ([(200, LOGIN), (500, "oops")], "session check: HTTP 500"),
    ],
)
async def test_a_refused_sign_in_says_why_without_secrets(
    codec: OneTradeCodec, answers: list[tuple[int, str]], told: str
) -> None:
    with pytest.raises(ProtocolError) as caught:
        await codec.prepare(Broker(*answers))
    assert str(caught.value) == told


def test_a_logout_counts_only_for_this_session(codec: OneTradeCodec) -> None:
    assert codec.decode(wire("session_logout", session_id="other"), NOW) == Decoded()


async def test_the_own_sessions_logout_ends_the_link(codec: OneTradeCodec) -> None:
    await codec.prepare(Broker((200, LOGIN), (200, "")))
    decoded = codec.decode(wire("session_logout", session_id="s/1"), NOW)
    assert decoded.ended is LinkState.CONFLICT
    assert isinstance(decoded.events[0], e.SessionEnded)


async def test_tokens_do_not_show_in_representations(codec: OneTradeCodec) -> None:
    await codec.prepare(Broker((200, LOGIN), (200, "")))
    shown = repr(codec.opened(NOW)) + repr(codec.session) + repr(codec.endpoint)
    assert "t&1" not in shown
    assert "'k'" not in shown
