"""A recording says what was told, plays at its own pace, and trusts no file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui import scene
from tui_trader.model import events as e
from tui_trader.model.commands import WatchQuotes
from tui_trader.model.errors import CommandError, ProtocolError, SettingsError
from tui_trader.model.values import LinkState, Severity
from tui_trader.playback import recorder as recorder_module
from tui_trader.playback.player import Player
from tui_trader.playback.recorder import Recorder
from tui_trader.playback.recording_file import line_of, read_line
from tui_trader.store.selection import Selection
from tui_trader.store.store import Store


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("TUI_TRADER_EXPORTS", str(tmp_path))
    return tmp_path


def busy() -> list[e.Event]:
    return list(scene.busy_day())


def test_every_event_comes_back_as_it_was() -> None:
    for event in busy():
        seconds, back = read_line(line_of(1.23456, event))
        assert (seconds, back) == (1.2346, event)


@pytest.mark.parametrize(
    "line",
    [
        b"", b"[]", b"[1]", b'[0,"QuoteUpdated",{}]', b'[0,"Nothing",{}]', b'[-1,"SessionEnded",{}]',
        b'[0,"LinkChanged",{"link":"x","state":"flying"}]', b'[1e999,"SessionEnded",{}]', b"[" * 9_000,
        b'[0,"QuoteUpdated",{"link":5,"symbol":"X"}]', b"\xff\xfe", b'[0,"__class__",{}]',
    ],
)  # fmt: skip
def test_a_line_that_is_no_event_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        read_line(line)
    assert len(str(caught.value)) <= 200


def test_a_line_of_anybody_is_sanitised() -> None:
    _, event = read_line(line_of(0.0, e.JournalReceived("x\x1b[2J", "\x1b]52;c;aGk=\x07told\u202e")))
    assert event == e.JournalReceived("x", "told")


@pytest.mark.parametrize("content", [b"", b"{}", b"garbage\n", b'{"tui_trader_recording":99}\n', b"\xff\n"])
def test_what_is_no_recording_is_told_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.rec"
    path.write_bytes(content)
    with pytest.raises(SettingsError):
        Player(path)
    with pytest.raises(SettingsError, match="cannot read"):
        Player(tmp_path / "nothing.rec")


class Time:
    """Seconds of a watch."""

    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


def record(store: Store, clock: Time) -> Path:
    """A file that begins with what the store knows and goes on for ten seconds."""
    recorder = Recorder(pytest.fail)
    path = recorder.start("day.rec", store, ("onetrade",), clock.now)
    for second in range(10):
        clock.now += 1.0
        recorder.take(e.JournalReceived("onetrade", f"second {second}"), clock.now)
    assert recorder.active
    assert recorder.stop() == path
    recorder.take(e.JournalReceived("onetrade", "too late"), clock.now)
    return path


def test_what_was_known_at_the_start_is_in_it(tmp_path: Path) -> None:
    store = Store(Selection("EURUSD"))
    for event in busy():
        store.apply(event, 1.0)
    path = record(store, Time())
    assert path.stat().st_mode & 0o777 == 0o600
    other = Store(Selection("EURUSD"))
    for line in path.read_bytes().splitlines()[1:]:
        other.apply(read_line(line)[1], 1.0)
    for part in ("instruments", "quotes", "accounts", "positions", "deals", "strategies", "signals"):
        mine, theirs = list(getattr(store, part)), list(getattr(other, part))
        assert len(mine) == len(theirs) > 0, part
    assert {order.id for order in other.orders.active} == {order.id for order in store.orders.active}
    assert other.candles.get("EURUSD", "1m").bars == store.candles.get("EURUSD", "1m").bars
    assert other.books.get("EURUSD").bids == store.books.get("EURUSD").bids


def test_one_recording_at_a_time_and_none_to_stop() -> None:
    recorder = Recorder(pytest.fail)
    with pytest.raises(CommandError, match="Nothing"):
        recorder.stop()
    recorder.start("a.rec", Store(), (), 0.0)
    with pytest.raises(CommandError, match="under way"):
        recorder.start("b.rec", Store(), (), 0.0)
    recorder.stop()


def test_a_recording_that_is_full_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(recorder_module, "LIMIT", 1_000)
    recorder = Recorder(told.append)
    recorder.start("a.rec", Store(), (), 0.0)
    for number in range(100):
        recorder.take(e.JournalReceived("x", "y" * number), 0.0)
    assert not recorder.active
    assert len(told) == 1
    assert "full" in told[0]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a player tells nobody but its sink
            await asyncio.sleep(0.005)


async def test_a_player_keeps_the_pace_pauses_and_hurries(tmp_path: Path) -> None:
    path = record(Store(), Time())
    clock = Time()
    player = Player(path, clock)
    heard: list[e.Event] = []
    await player.connect(heard.append)
    start = len(heard)
    began = player.now()
    clock.now += 3.5
    await until(lambda: len(heard) >= start + 5)
    texts = [one.text for one in heard if isinstance(one, e.JournalReceived)]
    assert texts == ["second 0", "second 1", "second 2"]
    assert player.now() - began == 3.5
    player.pause()
    clock.now += 100.0
    assert player.position == 3.5
    player.pause()
    player.change_speed(1)
    assert player.speed == 2.0
    clock.now += 1.0
    assert player.position == 5.5
    player.change_speed(100)
    player.change_speed(-100)
    assert player.speed == 0.25
    player.change_speed(6)
    clock.now += 10.0
    await until(lambda: player.ended)
    assert [one.text for one in heard if isinstance(one, e.JournalReceived)][-1] == "second 9"
    at = player.now()
    clock.now += 5.0
    assert player.now() == at
    await player.stop()


async def test_a_player_sends_nothing_and_tells_what_it_played(tmp_path: Path) -> None:
    path = record(Store(), Time())
    clock = Time()
    player = Player(path, clock)
    heard: list[e.Event] = []
    await player.connect(heard.append)
    clock.now += 20.0
    await until(lambda: player.ended)
    assert player.names == ("onetrade",)
    assert not player.supports("onetrade", WatchQuotes)
    assert player.is_paper("onetrade")
    with pytest.raises(CommandError, match="replay"):
        player.send(WatchQuotes(link="onetrade", symbols=()))
    assert player.status("onetrade").messages >= 10
    assert player.status("onetrade").state is LinkState.IDLE
    assert len(player.tap("onetrade")) == 0
    await player.stop()


async def test_bad_lines_are_told_and_many_end_it(tmp_path: Path) -> None:
    path = record(Store(), Time())
    good = path.read_bytes()
    path.write_bytes(good.splitlines(keepends=True)[0] + b"rubbish\n" * 50)
    player = Player(path, Time())
    heard: list[e.Event] = []
    await player.connect(heard.append)
    await until(lambda: player.ended)
    assert 0 < len(heard) <= 20
    assert all(isinstance(one, e.NoticeReceived) and one.severity is Severity.WARNING for one in heard)
    await player.stop()
