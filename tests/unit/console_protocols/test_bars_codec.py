"""Bars in the console: whose candle an unnamed one is, and what keeps a connection."""

from __future__ import annotations

import json

import pytest
from wire_examples import ENDPOINT, NOW, sent

from tui_trader.model import commands as c
from tui_trader.model import events as e
from tui_trader.model.errors import CommandError, ProtocolError
from tui_trader.model.values import Bar
from tui_trader.protocols.bars.codec import RESOLUTIONS, BarsCodec

BAR = json.dumps(
    {
        "type": "bars.update",
        "payload": {
            "time": 1697097600000,
            "open": 150.0,
            "high": 151.0,
            "low": 149.5,
            "close": 150.5,
            "volume": 1000000,
        },
    }
)


def confirm(topic: str, action: str = "subscribe", status: str = "ok") -> str:
    payload = {"status": status, "symbol": topic.split(":")[1], "message": "m", "topic": topic}
    return json.dumps({"type": f"bars.{action}.response", "payload": payload})


def test_a_candle_belongs_to_the_confirmed_topic() -> None:
    codec = BarsCodec("bars", ENDPOINT)
    codec.opened(NOW)
    assert codec.decode(BAR, NOW).events == ()
    codec.decode(confirm("bars:AAPL:1"), NOW)
    (updated,) = codec.decode(BAR, NOW).events
    assert updated == e.BarUpdated(
        "bars", "AAPL", "1m", Bar(1697097600000, 150.0, 151.0, 149.5, 150.5, 1_000_000)
    )


def test_a_candle_between_two_topics_is_nobodys() -> None:
    codec = BarsCodec("bars", ENDPOINT)
    codec.opened(NOW)
    codec.decode(confirm("bars:AAPL:1"), NOW)
    frames = sent(codec.encode(c.WatchBars(link="bars", symbol="MSFT", timeframe="1d"), NOW))
    assert [(f["type"], f["payload"]["symbol"]) for f in frames] == [
        ("bars.unsubscribe", "AAPL"),
        ("bars.subscribe", "MSFT"),
    ]
    assert codec.decode(BAR, NOW).events == ()
    codec.decode(confirm("bars:AAPL:1"), NOW)  # the late answer to a heartbeat of the old topic
    assert codec.decode(BAR, NOW).events == ()
    codec.decode(confirm("bars:AAPL:1", "unsubscribe"), NOW)
    assert codec.decode(BAR, NOW).events == ()
    codec.decode(confirm("bars:MSFT:D"), NOW)
    (updated,) = codec.decode(BAR, NOW).events
    assert isinstance(updated, e.BarUpdated)
    assert (updated.symbol, updated.timeframe) == ("MSFT", "1d")


def test_a_candle_after_a_reconnect_waits_for_the_new_confirmation() -> None:
    codec = BarsCodec("bars", ENDPOINT)
    codec.opened(NOW)
    codec.decode(confirm("bars:AAPL:1"), NOW)
    codec.closed(1006, "")
    codec.opened(NOW)
    assert codec.decode(BAR, NOW).events == ()


def test_extension_keys_name_the_candle_without_any_confirmation() -> None:
    message = json.loads(BAR)
    message["payload"].update(symbol="NVDA", resolution="60", closed=True)
    (updated,) = BarsCodec("bars", ENDPOINT).decode(json.dumps(message), NOW).events
    assert isinstance(updated, e.BarUpdated)
    assert (updated.symbol, updated.timeframe, updated.closed) == ("NVDA", "1h", True)


def test_the_heartbeat_subscribes_again_every_twenty_five_seconds() -> None:
    codec = BarsCodec("bars", ENDPOINT)
    codec.encode(c.WatchBars(link="bars", symbol="MSFT", timeframe="5m"), NOW)
    assert codec.heartbeat.interval == 25.0
    assert json.loads(codec.heartbeat.frame(NOW))["payload"] == {
        "symbol": "MSFT",
        "params": {"resolution": "5"},
    }
    assert codec.decode(confirm("bars:MSFT:5"), NOW).heartbeat_answered
    assert codec.backoff.delays == (5.0,)


def test_a_refused_topic_is_told_and_confirms_nothing() -> None:
    codec = BarsCodec("bars", ENDPOINT)
    codec.opened(NOW)
    (notice,) = codec.decode(confirm("bars:AAPL:1", status="error"), NOW).events
    assert isinstance(notice, e.NoticeReceived)
    assert codec.decode(BAR, NOW).events == ()


@pytest.mark.parametrize(
    ("code", "reason", "told"),
    [
        (1003, "Connection timed out. Heartbeat interval 30.0. Max connection lifespan 3600.0", False),
        (1003, "No matching type", True),
        (1003, "Could not validate payload", True),
        (1006, "", False),
    ],
)
def test_only_a_1003_that_is_no_timeout_is_a_fault_to_show(code: int, reason: str, told: bool) -> None:
    assert bool(BarsCodec("bars", ENDPOINT).closed(code, reason)) is told


def test_a_timeframe_without_resolution_cannot_be_watched() -> None:
    with pytest.raises(CommandError):
        BarsCodec("bars", ENDPOINT).encode(c.WatchBars(link="bars", symbol="AAPL", timeframe="4h"), NOW)
    assert set(RESOLUTIONS.values()) == {"1", "5", "15", "30", "60", "D", "W", "M"}


@pytest.mark.parametrize("time", [-1, 10**17])
def test_a_candle_of_no_day_is_refused(time: int) -> None:
    codec = BarsCodec("bars", ENDPOINT)
    codec.opened(NOW)
    codec.decode(confirm("bars:AAPL:1"), NOW)
    message = json.loads(BAR)
    message["payload"]["time"] = time
    with pytest.raises(ProtocolError, match="no calendar"):
        codec.decode(json.dumps(message), NOW)
