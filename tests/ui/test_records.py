"""Journal and frames by keys: tail and pause, search, detail, copying, what is hidden."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.ui.conftest import MakeStage, Stage
from tui_trader.model.events import NoticeReceived
from tui_trader.model.values import Severity
from tui_trader.panes.inspector import InspectorPane
from tui_trader.panes.journal import JournalPane
from tui_trader.protocols.codec import HttpRequest

SIZES = [(80, 24), (120, 40), (200, 60)]


def note(text: str, link: str = "onetrade", severity: Severity = Severity.INFO) -> NoticeReceived:
    return NoticeReceived(link, severity, text)


def journal_of(it: Stage) -> JournalPane:
    pane = it.app.board.panes["journal"]
    assert isinstance(pane, JournalPane)
    return pane


def inspector_of(it: Stage) -> InspectorPane:
    pane = it.app.board.panes["inspector"]
    assert isinstance(pane, InspectorPane)
    return pane


async def run(it: Stage, line: str) -> None:
    await it.press("colon")
    await it.type(line)
    await it.press("enter")


async def zoomed(it: Stage, line: str) -> None:
    """Give a line that shows a pane, and the pane the whole screen."""
    await run(it, line)
    if it.app.board.zoomed is None:
        await it.press("z")


def talk(it: Stage) -> None:
    """Frames of a few links, a login among them."""
    taps, at = it.wires.taps, it.clock.now
    login = HttpRequest("POST", "/api/v1/oauth2/login", "login", headers={"API-Key": "scene-api-key"})
    taps["onetrade"].requested(login, at - 3.0)
    body = (
        b'{"success":true,"data":{"session_id":"5e55-10n-1d","access_token":"t0k3n-0f-th3-sc3n3","user":7}}'
    )
    taps["onetrade"].answered(login, 200, body, at - 2.9)
    taps["onetrade"].connecting("ws://127.0.0.1:8070/ws?session_id=5e55-10n-1d", {}, at - 2.8)
    taps["channels"].sent(
        '{"action":"authenticate","api_key":"scene-api-key","timestamp":1767268800000,"signature":"c0ffee"}',
        at - 2.5,
    )
    taps["channels"].received('{"event":"authenticated","user_id":"u-1"}', at - 2.4)
    for number in range(40):
        price = 104_250 + number
        taps["channels"].received(
            f'{{"channel":"market_data","symbol":"BTCUSDT","data":{{"bid":{price}.0,"ask":{price}.5,"last":{price}.25}}}}',
            at - 2.0 + number * 0.04,
        )
        if number % 5 == 0:
            taps["onetrade"].received(bytes((1, number, 0, 255, 16, 32)) * 4, at - 2.0 + number * 0.04)
            taps["orchestrator"].received(
                f'{{"type":"strategy_signal","strategyId":"strategy-123","signal":{{"symbol":"AAPL","n":{number}}}}}',
                at - 1.99 + number * 0.04,
            )


async def test_the_journal_follows_until_the_cursor_leaves_its_end(stage: MakeStage) -> None:
    async with stage() as it:
        await zoomed(it, "journal")
        pane = journal_of(it)
        assert it.app.focused is pane
        await it.tell(note("first thing"), note("second thing"))
        assert "second thing" in it.screen
        assert pane.current is not None
        assert pane.current.text == "second thing"
        await it.press("k")
        assert "paused" in it.screen
        await it.tell(*(note(f"later {number}") for number in range(200)))
        assert pane.current.text == "first thing"
        assert "201 newer" in it.screen
        assert "later 199" not in it.screen
        await it.press("f")
        assert "later 199" in it.screen
        assert "paused" not in it.screen


async def test_a_search_takes_link_kind_severity_and_words(stage: MakeStage) -> None:
    async with stage() as it:
        await zoomed(it, "journal")
        await it.tell(
            note("quiet"), note("margin is low", severity=Severity.WARNING),
            note("margin is low elsewhere", "channels", Severity.ERROR), note("margin was checked"),
        )  # fmt: skip
        await it.press("slash")
        assert "sev:warning" in it.screen
        await it.type("link:onetrade kind:notice sev:warning margin")
        await it.press("enter")
        pane = journal_of(it)
        assert [entry.text for entry in pane.rows()] == ["margin is low"]
        await it.tell(note("margin is gone", severity=Severity.CRITICAL), note("margin is back"))
        assert [entry.text for entry in pane.rows()] == ["margin is low", "margin is gone"]
        assert f"2 of {len(it.app.store.journal):,}" in it.screen
        await it.press("slash", "escape")
        assert len(pane.rows()) == len(it.app.store.journal)


async def test_y_copies_the_line(stage: MakeStage) -> None:
    async with stage() as it:
        await zoomed(it, "journal")
        await it.tell(note("copy me", severity=Severity.WARNING))
        await it.press("y")
        assert it.app.clipboard.endswith("onetrade notice warning copy me")
        assert "Copied." in it.screen


async def test_what_was_sent_is_in_the_journal(stage: MakeStage) -> None:
    async with stage() as it:
        await run(it, "buy 0.1 EURUSD @ 1.08")
        await it.wait(1.0)
        await it.press("enter")
        await run(it, "journal kind:sent")
        assert journal_of(it).rows()[-1].text == "buy 0.1 EURUSD limit @ 1.08"


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_the_journal_at_every_size(stage: MakeStage, snapshot, width: int, height: int) -> None:
    async with stage(width, height) as it:
        await it.tell(
            note("order 512 was re-quoted twice in a minute: the market is fast", severity=Severity.WARNING)
        )
        await zoomed(it, "journal")
        it.app.clear_notifications()
        await it.press("enter", "k", "k")
        snapshot(it.app, f"journal_{width}x{height}")


async def test_frames_are_shown_both_ways_without_secrets(stage: MakeStage) -> None:
    async with stage() as it:
        talk(it)
        await zoomed(it, "frames link:onetrade,channels dir:out")
        for secret in ("scene-api-key", "5e55-10n-1d", "t0k3n", "c0ffee"):
            assert secret not in it.screen
        assert "[hidden]" in it.screen
        assert "authenticate" in it.screen
        assert "market_data" not in it.screen
        await it.press("enter")
        assert "sent to channels" in it.screen
        assert '"api_key": "[hidden]"' in it.screen
        await it.press("y")
        assert '"action": "authenticate"' in it.app.clipboard
        assert "c0ffee" not in it.app.clipboard


async def test_frames_stand_still_while_one_is_looked_at(stage: MakeStage) -> None:
    async with stage() as it:
        talk(it)
        await zoomed(it, "frames")
        pane = inspector_of(it)
        await it.press("k", "k")
        looked_at = pane.current
        it.wires.taps["channels"].received('{"channel":"news"}', it.clock.now)
        await it.wait(1.0)
        assert pane.current is looked_at
        assert "3 newer" in it.screen
        await it.press("f")
        assert "news" in it.screen


async def test_what_is_said_over_a_frame_is_whole_or_not_there(stage: MakeStage) -> None:
    async with stage() as it:
        talk(it)
        pane = inspector_of(it)
        (row, *_) = pane.rows()
        whole = "".join(text for text, _, _ in pane.detail(row, 200)[0][1])
        assert re.search(r"UTC  \d+ characters$", whole)
        for width in range(30, 80):
            said = "".join(text for text, _, _ in pane.detail(row, width)[0][1])
            assert len(said) <= width or width < len(whole.partition("  ")[0]) + 8
            assert said == whole or said.endswith("…"), said


async def test_a_list_that_was_empty_stands_still_when_told(stage: MakeStage) -> None:
    async with stage(busy=False) as it:
        await zoomed(it, "frames")
        it.wires.taps["bars"].received("first", it.clock.now)
        await it.pilot.press("f")
        it.wires.taps["bars"].received("second", it.clock.now)
        await it.wait(1.0)
        assert "paused, 1 newer" in it.screen


async def test_what_the_taps_forget_the_pane_forgets(stage: MakeStage) -> None:
    async with stage() as it:
        tap = it.wires.taps["bars"]
        tap._limit = 5_000
        await zoomed(it, "frames link:bars")
        for number in range(300):
            tap.received(f'{{"type":"bar","n":{number}}}', it.clock.now)
            await it.wait(0.05) if number % 50 == 0 else None
        await it.wait(2.0)
        rows = inspector_of(it).rows()
        assert len(rows) == len(tap)
        assert rows[-1].line.endswith('"n":299}')


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_the_inspector_at_every_size(stage: MakeStage, snapshot, width: int, height: int) -> None:
    async with stage(width, height) as it:
        talk(it)
        await zoomed(it, "frames")
        await it.press("enter", "k")
        snapshot(it.app, f"inspector_{width}x{height}")


def files(folder: Path, pattern: str = "*") -> list[Path]:
    """What is in a folder."""
    return list(folder.glob(pattern))


async def file_of(it: Stage, folder: Path, pattern: str) -> Path:
    """The one file that matches, once it is there and told."""
    for _ in range(100):
        found = files(folder, pattern)
        if found and found[0].name in it.screen.replace("\n", ""):
            return found[0]
        await it.pilot.pause(0.02)
        await it.show()
    raise AssertionError(f"no {pattern} in {files(folder)}:\n{it.screen}")


async def test_an_export_goes_to_the_folder_and_its_name_is_told(
    stage: MakeStage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI_TRADER_EXPORTS", str(tmp_path))
    async with stage(200, 60) as it:
        talk(it)
        for line, name in (
            ("export journal csv mine", "mine.csv"), ("export orders jsonl o", "o.jsonl"),
            ("export deals csv d", "d.csv"), ("export frames jsonl f", "f.jsonl"),
        ):  # fmt: skip
            await run(it, line)
            await file_of(it, tmp_path, name)
        journal = tmp_path / "mine.csv"
        assert journal.stat().st_mode & 0o777 == 0o600
        assert len(journal.read_text().splitlines()) > 10
        assert "scene-api-key" not in (tmp_path / "f.jsonl").read_text()
        before = journal.read_bytes()
        await run(it, "export journal csv mine")
        await file_of(it, tmp_path, "mine-2.csv")
        assert journal.read_bytes() == before


@pytest.mark.parametrize(
    "line", ["export journal csv ../x", "export money csv", "export journal xml", "export"]
)
async def test_an_export_that_cannot_be_says_why_in_place(
    stage: MakeStage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setenv("TUI_TRADER_EXPORTS", str(tmp_path))
    async with stage() as it:
        await run(it, line)
        assert it.app.command_line.display
        assert "✕" in it.screen
        assert files(tmp_path) == []


@pytest.mark.parametrize("over", [[], ["question_mark"], ["f9"], ["colon"]])
async def test_ctrl_s_saves_the_screen_whatever_is_open(
    stage: MakeStage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, over: list[str]
) -> None:
    monkeypatch.setenv("TUI_TRADER_EXPORTS", str(tmp_path))
    async with stage() as it:
        it.wires.taps["bars"].redactor.learn({"token": "10,214.55"})
        await it.press(*over, "ctrl+s")
        (path,) = files(tmp_path)
        text = path.read_text()
        assert path.stat().st_mode & 0o777 == 0o600
        assert text.startswith("<svg")
        assert "PAPER" in text
        assert "10,214.55" in it.screen
        assert "10,214.55" not in text
