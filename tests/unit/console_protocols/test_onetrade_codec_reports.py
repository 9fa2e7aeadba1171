"""OneTrade's reports in the console: asked for, fetched when ready, named without a path."""

from __future__ import annotations

import json

import pytest
from onetrade_desk import (
    LATER,
    NOW,
    ask_report,
    wire,
)

from tui_trader.model import events as e
from tui_trader.model.errors import CommandError
from tui_trader.protocols.codec import HttpRequest
from tui_trader.protocols.onetrade.codec import OneTradeCodec


def test_a_report_is_asked_for_by_its_type(loaded: OneTradeCodec) -> None:
    request = ask_report(loaded, "trades", "csv")
    assert (request.method, request.path) == ("POST", "/api/v1/trader/reports")
    assert isinstance(request.body, dict)
    assert request.body["type"] == 1
    for kind, form in (("diary", "csv"), ("orders", "exe")):
        with pytest.raises(CommandError):
            ask_report(loaded, kind, form)


@pytest.mark.parametrize("announced_first", [True, False])
def test_a_report_is_fetched_once_it_is_asked_for_and_ready(
    loaded: OneTradeCodec, announced_first: bool
) -> None:
    request = ask_report(loaded)
    answered = b'{"id": 2, "status": 0, "kind": "statement", "url": ""}'
    steps = [
        lambda: loaded.decode_response(request, 201, answered),
        lambda: loaded.decode(wire("report_create", url="http://evil.example/x"), NOW),
    ]
    replies = [reply for step in (steps[::-1] if announced_first else steps) for reply in step().replies]
    fetches = [one for one in replies if isinstance(one, HttpRequest) and "reports" in one.path]
    (fetch,) = fetches
    assert (fetch.method, fetch.path) == ("GET", "/api/v1/trader/reports/2/download")
    assert fetch.query == {"format": "html"}
    (received,) = loaded.decode_response(fetch, 200, b"<html>").events
    assert received == e.ReportReceived("fx", "statement-2.html", b"<html>")


def test_a_report_that_somebody_else_asked_for_is_only_announced(loaded: OneTradeCodec) -> None:
    decoded = loaded.decode(wire("report_create"), LATER)
    assert [type(event) for event in decoded.events] == [e.NoticeReceived]
    assert not [one for one in decoded.replies if isinstance(one, HttpRequest) and "reports" in one.path]


def test_a_reports_name_is_a_base_name(loaded: OneTradeCodec) -> None:
    request = ask_report(loaded)
    loaded.decode_response(request, 201, b'{"id": 2}')
    announced = json.loads(wire("report_create"))
    announced["data"]["kind"] = "../../etc/passwd"
    decoded = loaded.decode(json.dumps(announced), NOW)
    fetch = next(one for one in decoded.replies if isinstance(one, HttpRequest) and "reports" in one.path)
    (received,) = loaded.decode_response(fetch, 200, b"x").events
    assert isinstance(received, e.ReportReceived)
    assert "/" not in received.name
    assert not received.name.startswith(".")
