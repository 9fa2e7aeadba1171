"""The console's settings: which source wins, and one sentence with line and key for whatever is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_trader.link_settings import LinkSettings
from tui_trader.model.errors import SettingsError
from tui_trader.settings import Settings, load, settings_file, state_folder
from tui_trader.toml_lines import line_of


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


def test_every_setting_of_the_environment_is_read(tmp_path: Path) -> None:
    file = written(
        tmp_path, "[links.a]\nprotocol='bars'\nurl='wss://h'\n[links.b]\nprotocol='bars'\nurl='wss://h'"
    )
    settings = load(
        file,
        environment={
            "TUI_TRADER_CONNECT": "a, b",
            "TUI_TRADER_BELL": "false",
            "TUI_TRADER_REMEMBER": "0",
            "TUI_TRADER_NOTIFY": "osc9",
            "TUI_TRADER_EPHEMERAL": "1",
            "TUI_TRADER_FRAME_RATE": "12",
        },
    )
    assert list(settings.connected()) == ["a", "b"]
    assert (settings.bell, settings.remember, settings.notify) == (False, False, "osc9")
    assert settings.ephemeral
    assert settings.frame_rate == 12


def test_the_file_may_be_named_by_the_environment(tmp_path: Path) -> None:
    file = written(tmp_path, "seed = 9\n")
    assert load(environment={"TUI_TRADER_CONFIG": str(file)}).seed == 9


LINKS = """
[links.broker]
protocol = "onetrade"
url = "wss://h/ws/v1"
http = "https://h"
credentials_file = "~/secrets.json"

[links.broker.credentials]
api_key = "env:BROKER_KEY"

[links.practice]
protocol = "channels"
url = "wss://h"
paper = true
exchange = "kraken"

[profiles.both]
links = ["practice", "broker"]
"""


def test_links_are_sections_of_their_own_and_live_unless_said_otherwise(tmp_path: Path) -> None:
    links = load(written(tmp_path, LINKS), environment={}).links
    assert links["broker"] == LinkSettings(
        protocol="onetrade",
        url="wss://h/ws/v1",
        http="https://h",
        credentials={"api_key": "env:BROKER_KEY"},
        credentials_file=Path("~/secrets.json").expanduser(),
    )
    assert [links[name].paper for name in ("broker", "practice")] == [False, True]


def test_a_profile_connects_several_links_each_once(tmp_path: Path) -> None:
    file = written(tmp_path, LINKS)
    settings = load(file, environment={}, flags={"connect": ("both", "broker")})
    assert list(settings.connected()) == ["practice", "broker"]
    assert load(file, environment={}).connected() == {}


def test_a_link_that_is_not_there_cannot_be_connected(tmp_path: Path) -> None:
    settings = load(written(tmp_path, LINKS), environment={}, flags={"connect": ("nobody",)})
    with pytest.raises(SettingsError, match="no link 'nobody' to connect; known are: both, broker, practice"):
        settings.connected()


def test_the_folders_cannot_clash_with_another_programs() -> None:
    assert settings_file().parent.name == "tui-trader-console"
    assert state_folder().name == "tui-trader-console"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("theme = 'x'\nseed = 'x'", ", line 2: seed: expected int | null, got str"),
        ("speed = -1", ", line 1: speed: must be more than 0"),
        ("speed = nan", ", line 1: speed: must be more than 0"),
        ("\ncolour = 1", ", line 2: colour: there is no such setting"),
        ("live = true", ", line 1: live: can only be given on the command line"),
        ("notify = 'loud'", ", line 1: notify: invalid enum value 'loud'"),
        ("[keys]\nx = 1", ", line 2: keys.x: expected str, got int"),
        ("links = 1", ", line 1: links: expected tables"),
        ("[links.a]\nurl = 'wss://h'", ", line 1: links.a: object missing required field protocol"),
        ("[links.a]\nprotocol = 'bars'\nurl = 1", ", line 3: links.a.url: expected str, got int"),
        ("[links.a]\nprotocol = 'bars'\nurl = 'x'\nport = 1", ", line 4: links.a.port: there is no such"),
        ("[links.a]\nprotocol = 'bars'\nurl = 'http://h'", ", line 3: links.a.url: must be a WebSocket"),
        ("[links.a]\nprotocol = 'bars'\nurl = 'wss://h:99999'", ", line 3: links.a.url: must be a WebSocket"),
        ("[links.a]\nprotocol = 'bars'\nurl = 'ws://me:secret@h'", "links.a.url: must be a WebSocket"),
        (
            "[links.a]\nprotocol = 'bars'\nurl = 'wss://h'\nhttp = 'h'",
            ", line 4: links.a.http: must be an HTTP",
        ),
        (
            "[links.'a b']\nprotocol = 'bars'\nurl = 'wss://h'",
            ", line 1: links.a b: a link's name is letters",
        ),
        ("[profiles.p]\nlinks = ['a']", ", line 2: profiles.p.links: there is no link 'a'"),
        ("seed = \n", "line 1"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_line_and_key(tmp_path: Path, text: str, told: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load(file, environment={})
    assert told in str(caught.value)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_secret_in_the_settings_is_refused_and_not_repeated(tmp_path: Path) -> None:
    text = "[links.a]\nprotocol='bars'\nurl='wss://h'\n[links.a.credentials]\napi_key = 'hunter2'"
    with pytest.raises(
        SettingsError, match=r"line 5: links.a.credentials.api_key: must be env:NAME"
    ) as caught:
        load(written(tmp_path, text), environment={})
    assert "hunter2" not in str(caught.value)


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="TUI_TRADER_SEED: expected int"):
        load(written(tmp_path, ""), environment={"TUI_TRADER_SEED": "many"})
    with pytest.raises(SettingsError, match="TUI_TRADER_SPEED: must be more than 0"):
        load(written(tmp_path, ""), environment={"TUI_TRADER_SPEED": "-1"})


def test_keys_are_named_by_action_with_dots_or_quotes(tmp_path: Path) -> None:
    file = written(tmp_path, '[keys]\nconsole.help = "f1"\n"orders.cancel" = "d"\n')
    assert load(file, environment={}).keys == {"console.help": "f1", "orders.cancel": "d"}


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no settings file"):
        load(tmp_path / "none.toml", environment={})
    with pytest.raises(SettingsError, match="cannot read"):
        load(tmp_path, environment={})


def test_the_line_of_a_key_is_found_under_dots_quotes_and_tables() -> None:
    text = 'a = 1\nb.c = 2\n[t."x y"]\n# z = 1\nz = 3\n[[rows]]\nk = 1'
    assert line_of(text, ("a",)) == 1
    assert line_of(text, ("b", "c")) == 2
    assert line_of(text, ("t", "x y", "z")) == 5
    assert line_of(text, ("t", "x y", "missing")) == 3
    assert line_of(text, ("rows", "k")) == 7
    assert line_of(text, ("nothing",)) is None


def test_an_empty_variable_is_not_set_and_undoes_nothing(tmp_path: Path) -> None:
    file = written(tmp_path, f'connect = ["both"]\nspeed = 2.0\n{LINKS}')
    empty = {f"TUI_TRADER_{name}": "" for name in ("CONNECT", "SPEED", "THEME", "BELL", "LOG_FILE", "CONFIG")}
    settings = load(file, environment=empty)
    assert settings == load(file, environment={})
    assert settings.connect == ("both",)
