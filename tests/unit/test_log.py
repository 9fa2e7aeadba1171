"""The log: a file of its owner's, nothing on the screen, no secrets."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui_trader import log
from tui_trader.model.errors import SettingsError


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, put back as it was."""
    one = logging.getLogger()
    handlers, level, raising = one.handlers[:], one.level, logging.raiseExceptions
    yield one
    for handler in set(one.handlers) - set(handlers):
        handler.close()
    one.handlers[:], logging.raiseExceptions = handlers, raising
    one.setLevel(level)
    logging.captureWarnings(False)


def test_everything_goes_to_the_file_and_nothing_to_the_screen(
    tmp_path: Path, root: logging.Logger, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "folder" / "console.log"
    log.set_up(path)
    logging.getLogger("tui_trader").info("hello")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("careful", stacklevel=1)
    text = path.read_text()
    assert "hello" in text
    assert "careful" in text
    assert capfd.readouterr() == ("", "")
    assert path.stat().st_mode & 0o077 == 0


def test_every_file_of_a_rotation_is_its_owners_alone(
    tmp_path: Path, root: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MAX_BYTES", 500)
    log.set_up(tmp_path / "console.log")
    for _ in range(30):
        logging.getLogger("tui_trader").info("a line of forty characters, or some more")
    files = list(tmp_path.iterdir())
    assert len(files) == log.FILES + 1
    assert not [file for file in files if file.stat().st_mode & 0o077]


def test_websockets_never_logs_frames(tmp_path: Path, root: logging.Logger) -> None:
    log.set_up(tmp_path / "console.log")
    assert logging.getLogger("websockets.client").getEffectiveLevel() == logging.WARNING
    assert logging.getLogger("httpx").getEffectiveLevel() == logging.WARNING


@pytest.mark.parametrize(
    "text",
    [
        "GET /ws/v1?session_id=SECRET&access_token=SECRET HTTP/1.1",
        "Authorization: Bearer SECRET",
        '{"api_key": "SECRET", "signature":"SECRET"}',
        "{'api_secret': 'SECRET'}",
        "API-Key: SECRET",
        '{"type":"Authenticate","token":"SECRET"}',
        "jwt_secret=SECRET",
    ],
)
def test_secrets_are_hidden(text: str) -> None:
    hidden = log.redact(text)
    assert "SECRET" not in hidden
    assert "[hidden]" in hidden


def test_a_traceback_hides_them_too(tmp_path: Path, root: logging.Logger) -> None:
    path = tmp_path / "console.log"
    log.set_up(path)
    try:
        raise ValueError("https://h/?access_token=SECRET")
    except ValueError:
        logging.getLogger("tui_trader").exception("failed with token=SECRET")
    assert "SECRET" not in path.read_text()


def test_a_level_that_there_is_none_of_and_a_file_that_cannot_be_are_sentences(
    tmp_path: Path, root: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI_TRADER_LOG_LEVEL", "nonsense")
    with pytest.raises(SettingsError, match=r"TUI_TRADER_LOG_LEVEL must be one of DEBUG, INFO"):
        log.set_up(tmp_path / "console.log")
    monkeypatch.setenv("TUI_TRADER_LOG_LEVEL", "")
    (tmp_path / "file").touch()
    with pytest.raises(
        SettingsError, match=r"cannot write the log file .*file/x.log.*--log-file names another"
    ):
        log.set_up(tmp_path / "file" / "x.log")
