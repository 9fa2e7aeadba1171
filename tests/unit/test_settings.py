"""The server's settings: sources, their order, and one sentence for whatever is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded_server.credentials import Credentials
from embedded_server.model.errors import ConfigurationError
from embedded_server.settings import load_settings


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("TUI_TRADER_SERVER_"):
            monkeypatch.delenv(name)


def test_by_default_the_documented_ports_on_loopback() -> None:
    settings = load_settings({})
    assert (settings.host, settings.ports, settings.seed, settings.speed) == (
        "127.0.0.1",
        "documented",
        1,
        1.0,
    )


def test_options_beat_the_environment_which_beats_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "server.toml"
    file.write_text('seed = 3\nspeed = 4.0\nports = 9000\nallowed_origins = ["http://a.example"]\n')
    monkeypatch.setenv("TUI_TRADER_SERVER_SEED", "5")
    monkeypatch.setenv("TUI_TRADER_SERVER_SPEED", "6")
    settings = load_settings({"speed": 7.0, "seed": None}, file=file)
    assert (settings.speed, settings.seed, settings.ports) == (7.0, 5, 9000)
    assert settings.allowed_origins == ("http://a.example",)


def test_lists_in_the_environment_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_TRADER_SERVER_ALLOWED_ORIGINS", "http://a.example, http://b.example")
    assert load_settings({}).allowed_origins == ("http://a.example", "http://b.example")


@pytest.mark.parametrize(("text", "sessions"), [("true", True), ("0", False), ("on", True), ("No", False)])
def test_a_switch_in_the_environment_is_a_word(
    monkeypatch: pytest.MonkeyPatch, text: str, sessions: bool
) -> None:
    monkeypatch.setenv("TUI_TRADER_SERVER_SESSIONS", text)
    assert load_settings({}).sessions is sessions


def test_a_secret_of_the_environment_lies_over_those_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "server.toml"
    file.write_text('[credentials.channels]\napi_key = "k"\napi_secret = "s"\n')
    monkeypatch.setenv("TUI_TRADER_SERVER_CREDENTIALS__CHANNELS__API_KEY", "other")
    channels = load_settings({}, file=file).credentials.channels
    assert channels.api_key is not None
    assert channels.api_secret is not None
    assert (channels.api_key.get_secret_value(), channels.api_secret.get_secret_value()) == ("other", "s")


@pytest.mark.parametrize(("given", "ports"), [("free", "free"), ("documented", "documented"), ("9100", 9100)])
def test_ports_are_a_word_or_a_number(given: str, ports: str | int) -> None:
    assert load_settings({"ports": given}).ports == ports


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ports": "some"}, "ports must be documented, free or a number"),
        ({"ports": "0"}, "ports must be documented, free or a number"),
        ({"ports": "70000"}, "ports must be documented, free or a number"),
        ({"seed": -1}, "seed"),
        ({"speed": 0}, "speed"),
        ({"speed": "fast"}, "speed"),
        ({"speed": float("nan")}, "speed"),
        ({"clock": "sundial"}, "clock"),
        ({"dialect": "latin"}, "dialect"),
        ({"colour": "blue"}, "there is no setting colour"),
    ],
)
def test_a_bad_option_is_one_sentence_that_names_it(options: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        load_settings(options)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_bad_value_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_TRADER_SERVER_SPEED", "quick")
    with pytest.raises(ConfigurationError, match="TUI_TRADER_SERVER_SPEED"):
        load_settings({})


@pytest.mark.parametrize(
    ("content", "words"),
    [("seed = ", "not valid TOML"), ("tempo = 3", "no setting tempo"), ("[credentials.x]", "credentials")],
)
def test_a_bad_file_is_named(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "server.toml"
    file.write_text(content)
    with pytest.raises(ConfigurationError, match=words) as error:
        load_settings({}, file=file)
    assert "server.toml" in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot read the configuration file"):
        load_settings({}, file=tmp_path / "none.toml")


def test_secrets_can_be_fixed_and_the_others_stay_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_TRADER_SERVER_CREDENTIALS__CHANNELS__API_KEY", "fixed key")
    monkeypatch.setenv("TUI_TRADER_SERVER_CREDENTIALS__BOT_CORE__JWT_SECRET", "fixed secret")
    settings = load_settings({})
    assert "fixed" not in repr(settings)
    made = Credentials()
    applied = settings.credentials.apply(made)
    assert applied.channels.api_key == "fixed key"
    assert applied.bot_core.jwt_secret == "fixed secret"
    assert applied.channels.api_secret == made.channels.api_secret
    assert applied.onetrade == made.onetrade
