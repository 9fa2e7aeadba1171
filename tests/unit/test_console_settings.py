"""The console's settings: which source wins, and one sentence with the key for whatever is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_trader.model.errors import SettingsError
from tui_trader.settings import LinkSettings, Settings, load, settings_file


def written(folder: Path, text: str) -> Path:
    file = folder / "settings.toml"
    file.write_text(text)
    return file


def test_without_anything_there_are_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert load(environment={}) == Settings()


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, 'theme = "a"\nseed = 1\nspeed = 2\nsymbol = "AAPL"\n')
    settings = load(
        file,
        environment={"TUI_TRADER_SEED": "5", "TUI_TRADER_SPEED": "1.5", "TUI_TRADER_LOG_FILE": "/tmp/x.log"},
        flags={"speed": 3.0, "theme": None},
    )
    assert settings == Settings(theme="a", seed=5, speed=3.0, symbol="AAPL", log_file=Path("/tmp/x.log"))


def test_the_file_may_be_named_by_the_environment(tmp_path: Path) -> None:
    file = written(tmp_path, "seed = 9\n")
    assert load(environment={"TUI_TRADER_CONFIG": str(file)}).seed == 9


def test_links_are_sections_of_their_own(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        '[links.broker]\nprotocol = "onetrade"\nurl = "ws://h/ws/v1"\nhttp = "http://h"\n'
        '[links.broker.credentials]\napi_key = "k"\n',
    )
    assert load(file, environment={}).links == {
        "broker": LinkSettings("onetrade", "ws://h/ws/v1", "http://h", {"api_key": "k"})
    }


def test_the_folder_cannot_clash_with_another_programs() -> None:
    assert settings_file().parent.name == "tui-trader-console"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("seed = 'x'", "seed: expected int | null, got str"),
        ("speed = -1", "speed: must be more than 0"),
        ("colour = 1", "unknown field colour"),
        ("links = 1", "links: expected tables"),
        ("[links.a]\nurl = 'ws://h'", "links.a: object missing required field protocol"),
        ("[links.a]\nprotocol = 'bars'\nurl = 1", "links.a: url: expected str, got int"),
        ("[links.a]\nprotocol = 'bars'\nurl = 'x'\nport = 1", "links.a: object contains unknown field port"),
        ("[links.a]\nprotocol = 'bars'\nurl = 'http://h'", "links.a.url: must be a WebSocket address"),
        ("[links.a]\nprotocol = 'bars'\nurl = 'ws://h:99999'", "links.a.url: must be a WebSocket address"),
        ("[links.a]\nprotocol = 'bars'\nurl = 'ws://h'\nhttp = 'h'", "links.a.http: must be an HTTP address"),
        ("seed = \n", "line 1"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_its_key(tmp_path: Path, text: str, told: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load(file, environment={})
    assert told in str(caught.value)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="TUI_TRADER_SEED: expected int"):
        load(written(tmp_path, ""), environment={"TUI_TRADER_SEED": "many"})


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no settings file"):
        load(tmp_path / "none.toml", environment={})
    with pytest.raises(SettingsError, match="cannot read"):
        load(tmp_path, environment={})
