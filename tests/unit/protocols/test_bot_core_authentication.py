"""Who a client of the bot core is: tokens three ways, good, bad and missing, required or not."""

from __future__ import annotations

import warnings
from typing import Any

import bot_core_states as states
import jwt
import pytest
from bot_core_scene import Scene, types
from facade_fakes import JWT_SECRET, FakeTime

from embedded_server.kernel.time import SECOND
from embedded_server.model import events as e
from embedded_server.protocols.bot_core.authentication import Authenticator
from embedded_server.protocols.facade import Handshake

NOW_S = states.TIME // SECOND
CLAIMS = {"sub": "user-1", "email": "a@b.c", "is_admin": False, "exp": NOW_S + 60, "iat": NOW_S}


def token(secret: str = JWT_SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    return jwt.encode(claims, secret, algorithm)


def _short_token() -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return token("short")


SHORT_TOKEN = _short_token()


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_authentication_is_optional(scene: Scene) -> None:
    assert scene.ask({"type": "BotCommand", "data": {"command": "PAUSE"}})[0]["type"] == "BotStatusUpdate"


def test_a_good_token_is_answered(scene: Scene) -> None:
    (answer,) = scene.ask({"type": "Authenticate", "token": token()})
    assert answer == {
        "type": "Authenticated",
        "data": {"success": True, "user_id": "user-1"},
        "timestamp": 1697234567000,
    }


def test_a_short_secret_fixed_by_the_operator_is_taken_without_a_warning() -> None:
    authenticator = Authenticator("short", FakeTime())
    assert authenticator.verify(SHORT_TOKEN).user_id == "user-1"


def respelled(good: str) -> str:
    """The same bytes of the signature, but for bits of its last character that mean nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return good[:-1] + alphabet[alphabet.index(good[-1]) ^ 1]


BAD_TOKENS = {
    "of another secret": token("another secret of thirty-two bytes"),
    "expired": token(exp=NOW_S),
    "without expiry": token(exp=None),
    "without subject": token(sub=None),
    "unsigned": jwt.encode(CLAIMS, None, "none"),
    "with another algorithm": token(JWT_SECRET * 2, "HS512"),
    "not valid yet": token(nbf=NOW_S + 30),
    "with a text for is_admin": token(is_admin="yes"),
    "with a text for exp": token(exp="tomorrow"),
    "nonsense": "nonsense",
    "empty": "",
    "huge": "a.b." + "c" * 60_000,
    "tampered": token()[:-4] + "AAAA",
    "with bits to spare": respelled(token()),
    "with a letter from another alphabet": "é" + token()[1:],
    "with a critical extension": jwt.encode(CLAIMS, JWT_SECRET, headers={"crit": ["b64"], "b64": True}),
    "with a number for sub": jwt.api_jws.encode(b'{"sub":1,"exp":9999999999}', JWT_SECRET),
    "with claims that are no object": jwt.api_jws.encode(b"[1]", JWT_SECRET),
    "with claims nested beyond reason": jwt.api_jws.encode(b"[" * 3_000, JWT_SECRET),
}


@pytest.mark.parametrize("bad", BAD_TOKENS.values(), ids=BAD_TOKENS.keys())
def test_a_bad_token_fails_and_the_connection_is_kept(scene: Scene, bad: str) -> None:
    (error,) = scene.ask({"type": "Authenticate", "token": bad})
    assert error["data"]["code"] == "AUTHENTICATION_FAILED"
    assert scene.client.code is None


@pytest.mark.parametrize(
    "handshake",
    [
        Handshake("/ws", headers={"authorization": f"Bearer {token()}"}),
        Handshake("/ws", query={"token": token()}),
    ],
    ids=["header", "query"],
)
def test_header_and_query_token_are_accepted_likewise(handshake: Handshake) -> None:
    for required in (False, True):
        scene = Scene(required=required, handshake=handshake)
        assert scene.refusal is None
        assert scene.first[0]["type"] == "Connected"
        assert "Authenticated" in types(scene.first)
        assert "MarketData" in types(scene.first)


def test_a_bad_header_token_is_an_error_where_tokens_are_optional() -> None:
    scene = Scene(handshake=Handshake("/ws", headers={"authorization": "Bearer nonsense"}))
    assert scene.refusal is None
    assert scene.first[-1]["data"]["code"] == "AUTHENTICATION_FAILED"


def test_a_bad_query_token_is_refused_with_401_where_tokens_are_required() -> None:
    scene = Scene(required=True, handshake=Handshake("/ws", query={"token": "nonsense"}))
    assert scene.refusal is not None
    assert scene.refusal.status == 401


def test_where_tokens_are_required_nothing_is_told_before_authentication() -> None:
    scene = Scene(required=True)
    assert types(scene.first) == ["Connected"]
    assert scene.publish(e.BotStatusChanged(time=states.TIME, bot=states.BOT)) == []
    (error,) = scene.ask({"type": "BotCommand", "data": {"command": "STOP"}})
    assert error["data"]["code"] == "AUTHENTICATION_FAILED"
    assert scene.engine.commands == []
    answers = scene.ask({"type": "Authenticate", "token": token()})
    assert types(answers)[:2] == ["Authenticated", "BotStatusUpdate"]
    scene.time.pass_(11)
    assert scene.client.code is None


def test_where_tokens_are_required_ten_seconds_of_silence_disconnect() -> None:
    scene = Scene(required=True)
    scene.time.pass_(9.9)
    assert scene.client.code is None
    scene.time.pass_(0.2)
    assert scene.client.code == 1008


def test_a_client_that_left_is_not_timed_out() -> None:
    scene = Scene(required=True)
    scene.facade.closed(scene.client)
    scene.time.pass_(20)
    assert scene.client.code is None
