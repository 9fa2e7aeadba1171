"""Where a link's secrets come from, and that none is told when something is wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tui_trader.credentials import credentials_of
from tui_trader.link_settings import LinkSettings
from tui_trader.model.errors import SettingsError


def link(**more: object) -> LinkSettings:
    return LinkSettings(protocol="onetrade", url="ws://h", **more)  # type: ignore[arg-type]  # a test's short form


def private(folder: Path, text: str, name: str = "secrets.json", mode: int = 0o600) -> Path:
    file = folder / name
    file.write_text(text)
    file.chmod(mode)
    return file


def test_a_secret_may_be_in_a_variable() -> None:
    found = credentials_of("broker", link(credentials={"api_key": "env:KEY"}), {"KEY": "k"})
    assert found == {"api_key": "k"}


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(
        SettingsError, match=r"links.broker.credentials.api_key: the environment variable KEY is"
    ):
        credentials_of("broker", link(credentials={"api_key": "env:KEY"}), {})


@pytest.mark.parametrize(
    "table",
    [
        {"broker": {"api_key": "k"}, "onetrade": {"api_key": "no"}},
        {"onetrade": {"api_key": "k"}},
        {"api_key": "k"},
    ],
)
def test_a_file_is_read_by_name_by_protocol_or_whole(tmp_path: Path, table: dict[str, object]) -> None:
    file = private(tmp_path, json.dumps(table))
    assert credentials_of("broker", link(credentials_file=file), {}) == {"api_key": "k"}


def test_tables_of_other_links_are_not_ours(tmp_path: Path) -> None:
    file = private(tmp_path, json.dumps({"channels": {"api_key": "theirs"}}))
    assert credentials_of("broker", link(credentials_file=file), {}) == {}


def test_a_file_may_be_toml_and_what_is_named_wins_over_it(tmp_path: Path) -> None:
    file = private(tmp_path, '[broker]\napi_key = "f"\ntoken = "t"\n', "secrets.toml")
    settings = link(credentials_file=file, credentials={"api_key": "env:KEY"}, exchange="kraken")
    found = credentials_of("broker", settings, {"KEY": "e"})
    assert found == {"api_key": "e", "token": "t", "exchange": "kraken"}


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_a_file_open_to_others_is_refused_in_one_sentence(tmp_path: Path, mode: int) -> None:
    file = private(tmp_path, '{"api_key": "hunter2"}', mode=mode)
    with pytest.raises(SettingsError, match=f"is open to others .mode {mode:04o}.: chmod 600 it") as caught:
        credentials_of("broker", link(credentials_file=file), {})
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["hunter2", '{"api_key": ["hunter2"]}', '["hunter2"]', ""])
def test_a_file_that_cannot_be_read_is_never_quoted(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        credentials_of("broker", link(credentials_file=private(tmp_path, text)), {})
    assert "hunter2" not in str(caught.value)
    with pytest.raises(SettingsError, match="cannot read"):
        credentials_of("broker", link(credentials_file=tmp_path / "none.json"), {})


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A keyring with one entry."""
    module, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    entries = {("tui-trader", "broker/key"): "from the keyring"}
    module.get_password = lambda service, user: entries.get((service, user))  # type: ignore[attr-defined]
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return module


def test_a_secret_may_be_in_the_keyring(keyring: ModuleType) -> None:
    settings = link(credentials={"api_key": "keyring:tui-trader/broker/key"})
    assert credentials_of("broker", settings, {}) == {"api_key": "from the keyring"}


def test_what_is_wrong_with_the_keyring_is_said(keyring: ModuleType) -> None:
    settings = link(credentials={"api_key": "keyring:tui-trader/none"})
    with pytest.raises(SettingsError, match="the keyring has nothing for tui-trader/none"):
        credentials_of("broker", settings, {})

    def locked(service: str, user: str) -> str:
        raise sys.modules["keyring.errors"].KeyringError("hunter2")

    keyring.get_password = locked  # type: ignore[attr-defined]
    with pytest.raises(
        SettingsError, match=r"read: KeyringError; env:NAME or credentials_file do without one$"
    ):
        credentials_of("broker", settings, {})


@pytest.mark.parametrize("key", ["schlüssel-12", "two\nlines", "tab\tbed", "nul\x00"])
def test_a_key_that_no_header_can_hold_is_told_and_not_quoted(key: str) -> None:
    with pytest.raises(SettingsError, match=r"links.broker.credentials.api_key: it has characters") as error:
        credentials_of("broker", link(credentials={"api_key": "env:KEY"}), {"KEY": key})
    assert key not in str(error.value)


def test_the_end_of_a_line_is_no_part_of_a_secret() -> None:
    places = {"api_key": "env:KEY", "api_secret": "env:SECRET"}
    found = credentials_of("broker", link(credentials=places), {"KEY": "k\n", "SECRET": "s ecret\r\n"})
    assert found == {"api_key": "k", "api_secret": "s ecret"}
