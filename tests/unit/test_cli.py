"""The command line: what reaches whom, and one sentence with exit code 2 for whatever is wrong."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tui_trader import launch
from tui_trader.cli import main
from tui_trader.keys import KEYS
from tui_trader.model.errors import LaunchError
from tui_trader.settings import Settings, load


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """What was run with which settings or options."""
    seen: dict[str, Any] = {}

    def console(settings: Settings) -> int:
        seen["console"] = settings
        return 0

    def server(options: dict[str, object]) -> int:
        seen["server"] = options
        return 0

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(launch, "run_console", console)
    monkeypatch.setattr(launch, "run_server", server)
    return seen


def test_without_options_the_console_starts(ran: dict[str, Any]) -> None:
    assert main([]) == 0
    assert ran == {"console": Settings()}


def test_console_options_reach_the_settings(ran: dict[str, Any]) -> None:
    assert main(["--theme", "light", "--seed", "7", "--speed", "2.5", "--log-file", "x.log"]) == 0
    assert ran["console"] == Settings(theme="light", seed=7, speed=2.5, log_file=Path("x.log"))


def test_server_options_reach_the_server_and_only_those_given(ran: dict[str, Any]) -> None:
    assert main(["--server-only", "--ports", "free", "--seed", "7", "--json", "--ephemeral"]) == 0
    assert ran["server"] == {"ports": "free", "seed": 7, "json": True, "ephemeral": True, "config": None}
    assert main(["--server-only"]) == 0
    assert ran["server"] == {"config": None}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--bogus"], "--bogus"),
        (["stray"], "stray"),
        (["--seed", "x"], "--seed"),
        (["--seed", "-1"], "--seed"),
        (["--speed", "0"], "--speed"),
        (["--speed", "nan"], "--speed"),
        (["--clock", "fast", "--server-only"], "--clock"),
        (["--ports", "free"], "--ports needs --server-only"),
        (["--json"], "--json needs --server-only"),
        (["--server-only", "--live"], "--live is an option of the console"),
        (["--server-only", "--theme", "dark"], "--theme is an option of the console"),
        (["--server-only", "--replay", "x"], "--replay is an option of the console"),
        (["--replay", "/nowhere/x.rec"], "cannot read the recording /nowhere/x.rec"),
        (["--config", "/nowhere/x.toml"], "there is no settings file"),
        (["--connect", ""], "--connect names no link"),
        (["--connect", " , "], "--connect names no link"),
        (["--connect", "a", "--seed", "7"], "--seed is for the console's own market"),
        (["--connect", "a", "--ephemeral"], "--ephemeral is for the console's own market"),
        (["--replay", "x.rec", "--live"], "--live means nothing with --replay"),
        (["--replay", "x.rec", "--connect", "a"], "--connect means nothing with --replay"),
        (["--replay", "x.rec", "--speed", "2"], "--speed means nothing with --replay"),
        (["journal"], "say verify DIR or export DIR"),
        (["journal", "verify"], "DIR"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_exit_code_two(
    ran: dict[str, Any], capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert err.startswith("tui-trader: ")
    assert err.count("\n") == 1
    assert ran == {}


def test_a_console_that_cannot_start_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(settings: Settings) -> int:
        raise LaunchError("the embedded server did not start: out of luck")

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(launch, "run_console", fail)
    assert main([]) == 2
    assert capsys.readouterr().err == "tui-trader: the embedded server did not start: out of luck\n"


def test_an_output_that_takes_nothing_more_is_one_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        for arguments in (["--help"], ["config", "--example"], ["config", "--path"]):
            command = [sys.executable, "-m", "tui_trader", *arguments]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
            assert done.returncode == 1
            assert done.stderr == "tui-trader: the system refused: No space left on device\n"


def test_an_output_that_is_closed_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    for verb in ("export", "verify"):
        assert main(["journal", verb, str(tmp_path)]) == 2
        assert capsys.readouterr().err == "tui-trader: there is nowhere to write to: stdout is closed\n"


def test_where_nothing_can_be_said_the_exit_code_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["--bogus"]) == 2


def test_links_and_live_reach_the_settings(ran: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text("[links.a]\nprotocol='bars'\nurl='wss://h'\n[links.b]\nprotocol='bars'\nurl='wss://h'\n")
    assert main(["--config", str(file), "--connect", "b, a", "--live"]) == 0
    assert list(ran["console"].connected()) == ["b", "a"]
    assert ran["console"].live


def test_the_example_of_the_settings_loads_and_says_what_the_defaults_are(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["config", "--example"]) == 0
    file = tmp_path / "example.toml"
    file.write_text(capsys.readouterr().out)
    settings = load(file, environment={})
    assert set(settings.links) == {"broker", "practice"}
    assert [settings.links[name].paper for name in settings.links] == [False, True]
    assert settings.profiles["both"].links == ("broker", "practice")
    told = file.read_text()
    for field in Settings.__struct_fields__:
        assert field in told
    defaults = tmp_path / "defaults.toml"
    defaults.write_text(
        "\n".join(
            line.removeprefix("#")
            for line in told.split("[keys]")[0].splitlines()
            if re.match(r"#\w+ = ", line)
        )
    )
    assert load(defaults, environment={}) == Settings(
        log_file=Path("~/console.log").expanduser(),
        frame_rate=30,
        seed=1,
        theme="midnight",
        symbol="EURUSD",
        connect=("practice",),
    )


def test_the_path_of_the_settings_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI_TRADER_CONFIG", "/x/y.toml")
    assert main(["config", "--path"]) == 0
    assert capsys.readouterr().out == "/x/y.toml\n"
    assert main(["config"]) == 2


def test_every_action_is_told_with_its_keys_as_a_settings_file_has_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["config", "--keys"]) == 0
    file = tmp_path / "keys.toml"
    file.write_text(capsys.readouterr().out.replace("\n#", "\n"))
    assert load(file, environment={}).keys == {key.id: key.keys for key in KEYS}


def test_version_and_help_succeed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert "tui-trader, version" in out
    assert "--server-only" in out


def imported(module: str, *heavy: str) -> str:
    """Which of the heavy packages importing a module brings along."""
    code = f"import sys, {module}; print(*[m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_command_line_imports_nothing_heavy() -> None:
    """Import time is start time: both programs wait for it."""
    heavy = ("textual", "rich", "httpx", "pydantic", "numpy", "uvicorn", "embedded_server", "websockets")
    assert imported("tui_trader.cli, tui_trader.launch", *heavy) == ""


def test_what_starts_the_server_process_imports_no_parser_and_no_event_loop() -> None:
    assert imported("tui_trader.__main__, tui_trader.launch, tui_trader.exit_codes", "click", "asyncio") == ""


def test_the_links_import_no_http_client_before_the_first_call() -> None:
    heavy = ("textual", "httpx", "pydantic", "numpy", "uvicorn", "starlette", "embedded_server")
    assert imported("tui_trader.connection.links", *heavy) == ""
