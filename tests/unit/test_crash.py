"""A fault of our own: the traceback without variables and secrets, on the terminal and in the log."""

from __future__ import annotations

import logging
import sys
import threading

import pytest
from textual.app import App

from tests.ui.scripted_wires import Look, ScriptedWires
from tui_trader import crash
from tui_trader.app import TraderApp
from tui_trader.protocols.redaction import HIDDEN, Redactor, redact

SECRET = "s3cr3t-of-a-link-0123"


def faulty() -> None:
    api_key = SECRET
    raise ValueError(f"cannot use {api_key} at wss://h/ws?access_token=abc\x1b]52;c;eA==\x07")


def caught() -> ValueError:
    try:
        faulty()
    except ValueError as error:
        return error
    raise AssertionError


@pytest.fixture(autouse=True)
def known() -> None:
    """A link was given the secret, so that it is known by its value."""
    Redactor({"api_key": SECRET})


def test_an_error_is_told_with_its_lines_and_without_its_values() -> None:
    text = crash.told(caught())
    assert "in faulty" in text
    assert f"ValueError: cannot use {HIDDEN} at wss://h/ws?access_token={HIDDEN}" in text
    assert SECRET not in text
    assert "\x1b" not in text


async def test_the_console_ends_on_a_fault_without_showing_variables(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async def connect(sink: object) -> ScriptedWires:
        return ScriptedWires()

    app = TraderApp(Look(), connect)
    with pytest.raises(ValueError, match="cannot use"):
        async with app.run_test(size=(80, 24)) as pilot:
            app.call_later(faulty)
            await pilot.pause()
    shown = capsys.readouterr()
    assert "in faulty" in shown.err + shown.out
    assert "has met a fault of its own and ends" in shown.err + shown.out
    assert SECRET not in shown.err + shown.out + caplog.text
    assert "api_key =" not in (shown.err + shown.out).replace("api_key = SECRET", "")
    assert app.return_code == 1


def test_textual_still_ends_an_app_by_the_method_that_is_replaced() -> None:
    assert callable(App._fatal_error)
    assert "_fatal_error" in App._handle_exception.__code__.co_names


def test_nobody_elses_errors_show_secrets_either(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    crash.install()
    error = caught()
    sys.excepthook(ValueError, error, error.__traceback__)
    assert "in faulty" in capsys.readouterr().err
    with caplog.at_level(logging.ERROR):
        thread = threading.Thread(target=faulty)
        thread.start()
        thread.join()
    assert "in faulty" in caplog.text
    assert SECRET not in caplog.text
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "text",
    [
        f"2026-01-01 INFO link API-Key: {SECRET[::-1]}",
        f"{{'api_secret': '{SECRET[::-1]}'}}",
        f"link a: token = {SECRET[::-1]}, again",
        f"Authorization: Bearer {SECRET[::-1]}",
        f"anything at all {SECRET} in the middle",
    ],
)
def test_running_text_hides_what_is_named_or_known(text: str) -> None:
    assert SECRET not in redact(text)
    assert SECRET[::-1] not in redact(text)
