"""How a report of OneTrade stands is told as it is: ready, failed, or still being made."""

from __future__ import annotations

import json

import pytest
from onetrade_desk import NOW, ask_report, wire

from tui_trader.model import events as e
from tui_trader.model.values import Severity
from tui_trader.protocols.codec import HttpRequest
from tui_trader.protocols.onetrade.codec import OneTradeCodec


@pytest.mark.parametrize(
    ("status", "told", "severity"),
    [
        (0, "report being made", Severity.INFO),
        (1, "report ready", Severity.INFO),
        ("ready", "report ready", Severity.INFO),
        (2, "report failed", Severity.ERROR),
        ("failed", "report failed", Severity.ERROR),
    ],
)
def test_a_report_is_told_as_it_stands(
    loaded: OneTradeCodec,
    status: int | str,
    told: str,
    severity: Severity,
) -> None:
    (notice,) = loaded.decode(wire("report_create", status=status), NOW).events
    assert isinstance(notice, e.NoticeReceived)
    assert notice.text.startswith(told)
    assert notice.severity is severity


def test_a_failed_report_is_not_fetched_any_more(loaded: OneTradeCodec) -> None:
    loaded.decode_response(ask_report(loaded), 201, json.dumps({"id": 2, "status": 0}).encode())
    for status in (2, 1):
        replies = loaded.decode(wire("report_create", status=status), NOW).replies
        assert not [one for one in replies if isinstance(one, HttpRequest) and "download" in one.path]
