"""No secret survives, whatever name, spelling or place it has; everything else does."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trader.protocols.redaction import HIDDEN, PASSING, Redactor, is_secret

SECRET = "s3cr3t-Value_0123456789"
NAMES = (
    "api_key", "apiKey", "API-Key", "X-API-Key", "api_secret", "token", "access_token", "refreshToken",
    "jwt_secret", "password", "signature", "X-Signature", "session_id", "sessionId", "Authorization",
    "Cookie",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_secrets_name_hides_its_value_wherever_it_stands(name: str) -> None:
    redact = Redactor().text
    for text in (
        f'{{"type":"Authenticate","{name}":"{SECRET}","n":1}}',
        f'{{"{name}" : "{SECRET}',
        f'{{"a":[{{"{name}":["{SECRET}"]}}]}}',
        f'{{"{name}":{{"value":"{SECRET}"}}}}',
        f"ws://host/ws?x=1&{name}={SECRET}&y=2",
        f"{name}: {SECRET}",
    ):
        assert SECRET not in redact(text)
        assert HIDDEN in redact(text)


def test_a_name_spelt_with_escapes_hides_its_value() -> None:
    assert SECRET not in Redactor().text('{"\\u0074oken":"' + SECRET + '"}')
    assert SECRET not in Redactor().text('{"\\u0074oken":"' + SECRET)


def test_quotes_and_escapes_inside_a_secret_hide_all_of_it() -> None:
    assert Redactor().text('{"token":"ab\\"cd,ef","x":1}') == f'{{"token":"{HIDDEN}","x":1}}'


def test_what_is_no_secret_stays_as_it_was() -> None:
    text = '{"type":"ticker","symbol":"BTCUSDT","price":104250.01,"tokens_left":3,"session":"open"}'
    assert Redactor({"api_key": "shorter"}).text(text) == text


def test_bearers_and_json_web_tokens_are_known_by_their_looks() -> None:
    redact = Redactor().text
    assert "abc.def" not in redact('{"note":"sent Bearer abc.def"}')
    assert "eyJ" not in redact('{"note":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln"}')


def test_known_values_are_hidden_in_any_place() -> None:
    redactor = Redactor({"api_key": SECRET, "exchange": "binance-futures"})
    redactor.learn_from({"data": [{"session_id": "0f3c9a7714", "id": "visible-identifier"}]})
    text = redactor.text(f"POST /ws/{SECRET}/0f3c9a7714/visible-identifier/binance-futures")
    assert text == f"POST /ws/{HIDDEN}/{HIDDEN}/visible-identifier/binance-futures"
    assert redactor.value({"echo": [SECRET, 5, None]}) == {"echo": [HIDDEN, 5, None]}
    assert is_secret("Session-Id")


json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(json, st.sampled_from(NAMES), st.dictionaries(st.text(max_size=8), json, max_size=3))
def test_a_secret_among_anything_is_hidden(around: object, name: str, beside: dict[str, object]) -> None:
    message = {**beside, "body": [around, {name: SECRET}]}
    assert SECRET not in Redactor().text(msgspec.json.encode(message).decode())
    assert SECRET not in str(Redactor().value(message))


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    Redactor({"token": SECRET}).text(text)


def test_a_server_that_tells_new_secrets_for_ever_fills_no_memory_and_hides_the_newest() -> None:
    redactor = Redactor({"api_key": SECRET})
    for number in range(1_000):
        redactor.learn_from({"data": [{"session_token": f"token-{number:05}"}]})
    assert len(redactor.values) == PASSING + 1
    assert redactor.text(f"{SECRET} token-00999 token-00900") == " ".join([HIDDEN] * 3)
    assert redactor.text("token-00000") == "token-00000"
    redactor.learn_from({"token": SECRET})
    for number in range(1_000):
        redactor.learn_from({"session_token": f"later-{number:05}"})
    assert SECRET in redactor.values, "what signs us in is never forgotten, though a server tells it too"


@pytest.mark.parametrize(
    "text",
    ["Basic Momentum", "Basic v2", "Basic Energy Services Inc", "a bearer bond", "basic materials, 2 of 9"],
)
def test_words_that_stand_before_credentials_elsewhere_hide_no_names(text: str) -> None:
    assert Redactor({"api_key": SECRET}).text(text) == text


@pytest.mark.parametrize("secret", ["dXNlcjpwYXNz=", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "dXNlcjpwYXNzMTIz"])
def test_basic_credentials_are_known_by_their_looks(secret: str) -> None:
    assert secret not in Redactor().text(f"sent Basic {secret} and was refused")
