"""Starting, supervising and stopping the embedded server, with a stand-in that is quick to start."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tui_trader import own_server, server_process
from tui_trader.model.errors import LaunchError
from tui_trader.model.events import Event, LinkChanged, NoticeReceived
from tui_trader.model.values import LinkState, Severity
from tui_trader.own_server import OwnServer, plans, server_arguments
from tui_trader.server_process import Announcement, ServerProcess
from tui_trader.settings import Settings, state_folder

STAND_IN = """
import asyncio, json, os, signal, sys
from websockets.asyncio.server import serve
async def talk(connection):
    await connection.send(json.dumps({"type": "connection", "message": str(os.getpid())}))
    await connection.wait_closed()
async def main():
    async with serve(talk, "127.0.0.1", 0, ping_interval=None) as server:
        port = server.sockets[0].getsockname()[1]
        line = {"ready": True, "endpoints": {"ai_service": f"ws://127.0.0.1:{port}/ws"}}
        print(json.dumps(line), flush=True)
        asyncio.get_running_loop().add_reader(0, lambda: os.read(0, 1) or os._exit(0))
        await asyncio.Event().wait()
asyncio.run(main())
"""


REAL_POPEN = subprocess.Popen


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written where the user's own things are."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


class Record:
    """What the links told, and a way to wait for it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = asyncio.Event()

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        self._news.set()

    def count(self, state: LinkState) -> int:
        return sum(isinstance(event, LinkChanged) and event.state is state for event in self.events)

    @property
    def notices(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, NoticeReceived)]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self._news.clear()
                await self._news.wait()


def stand_in(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Make every server process run this code instead."""

    def popen(command: object, **more: object) -> object:
        return REAL_POPEN([sys.executable, "-c", code], **more)  # type: ignore[call-overload]  # passed through

    monkeypatch.setattr(server_process.subprocess, "Popen", popen)


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OwnServer]:
    stand_in(monkeypatch, STAND_IN)
    one = OwnServer(Settings(), tmp_path / "server.log")
    one.start()
    yield one
    one.stop()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_links_are_made_for_what_the_server_announces(server: OwnServer) -> None:
    record = Record()
    links = await server.connect(record)
    assert links.names == ("ai_service",)
    await record.until(lambda: record.count(LinkState.READY) == 1)
    assert links.status("ai_service").state is LinkState.READY
    await links.stop()


async def test_a_server_that_is_killed_is_started_again_and_found_on_its_new_port(
    server: OwnServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_server, "QUICK_END_SECONDS", 0.0)
    record = Record()
    links = await server.connect(record)
    await record.until(lambda: record.count(LinkState.READY) == 1)
    first = server.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await record.until(lambda: record.count(LinkState.RECONNECTING) >= 1)
    await record.until(lambda: record.count(LinkState.READY) == 2)
    assert server.pid != first
    assert any("exit code -9" in text for text in record.notices)
    await links.stop()


async def test_a_server_that_keeps_ending_is_left_alone(
    server: OwnServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Record()
    links = await server.connect(record)
    stand_in(monkeypatch, "raise SystemExit('out of luck')")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    await record.until(lambda: any("keeps ending" in text for text in record.notices))
    await links.stop()


async def test_a_server_that_cannot_be_started_again_is_told_and_left_alone(
    server: OwnServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Record()
    links = await server.connect(record)

    def popen(command: object, **more: object) -> object:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(server_process.subprocess, "Popen", popen)
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    await record.until(lambda: any("keeps ending" in text for text in record.notices))
    assert any("Cannot allocate memory" in text for text in record.notices)
    await links.stop()


async def test_the_servers_log_is_its_owners_alone(server: OwnServer, tmp_path: Path) -> None:
    assert (tmp_path / "server.log").stat().st_mode & 0o077 == 0


async def test_stopping_ends_the_process(server: OwnServer) -> None:
    links = await server.connect(Record())
    pid = server.pid
    assert pid is not None
    await links.stop()
    server.stop()
    assert not alive(pid)


async def test_a_process_that_will_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('{}', flush=True); time.sleep(60)"
    stand_in(monkeypatch, f"import signal, time; {deaf}")
    monkeypatch.setattr(server_process, "STOP_SECONDS", 0.2)
    process = ServerProcess((), tmp_path / "server.log")
    process.start()
    with pytest.raises(LaunchError):
        await process.ready()
    assert process.pid is not None
    process.stop()
    assert not alive(process.pid)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import sys; sys.exit('port 8080 is taken')", "port 8080 is taken"),
        ("print('no json', flush=True)", "did not start: it said nothing"),
        ("pass", "did not start: it said nothing"),
    ],
)
async def test_a_server_that_does_not_start_is_explained_in_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, told: str
) -> None:
    stand_in(monkeypatch, code)
    process = ServerProcess((), tmp_path / "server.log")
    process.start()
    with pytest.raises(LaunchError) as caught:
        await process.ready()
    assert told in str(caught.value)
    assert str(tmp_path / "server.log") in str(caught.value)
    process.stop()


async def test_a_server_that_never_gets_ready_is_not_waited_for_forever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(server_process, "READY_SECONDS", 0.05)
    process = ServerProcess((), tmp_path / "server.log")
    process.start()
    with pytest.raises(LaunchError, match="not ready"):
        await process.ready()
    process.stop()


def test_every_announced_endpoint_that_is_known_gets_a_link_with_its_credentials(tmp_path: Path) -> None:
    file = tmp_path / "credentials.json"
    file.write_text(json.dumps({"onetrade": {"api_key": "k"}, "control": {"token": "t"}}))
    announcement = Announcement(
        ready=True,
        endpoints={"onetrade": "ws://h:1/ws/v1", "bars": "ws://h:2/api/v1/ws", "of_the_future": "ws://h:3"},
        http={"onetrade": "http://h:1"},
        credentials_file=str(file),
    )
    made = plans(announcement)
    assert [(plan.name, plan.protocol, plan.endpoint.url) for plan in made] == [
        ("onetrade", "onetrade", "ws://h:1/ws/v1"),
        ("bars", "bars", "ws://h:2/api/v1/ws"),
    ]
    assert made[0].endpoint.http == "http://h:1"
    assert made[0].endpoint.credentials == {"api_key": "k"}
    assert "k'" not in repr(made[0].endpoint)


def test_credentials_that_cannot_be_read_are_a_launch_error(tmp_path: Path) -> None:
    announcement = Announcement(ready=True, endpoints={}, credentials_file=str(tmp_path / "none.json"))
    with pytest.raises(LaunchError, match="cannot read the embedded server's credentials"):
        plans(announcement)


def test_the_settings_that_concern_the_market_reach_its_server() -> None:
    kept = ["--data", str(state_folder() / "market"), "--adopt"]
    assert server_arguments(Settings()) == ["--speed", "1", *kept]
    assert server_arguments(Settings(seed=7, speed=2.5)) == ["--speed", "2.5", "--seed", "7", *kept]
    assert server_arguments(Settings(ephemeral=True)) == ["--speed", "1", "--ephemeral"]


async def test_what_became_of_the_paper_account_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = {"ready": True, "endpoints": {}, "resumed_at": 1_767_571_200 * 10**9, "notices": ["begun anew"]}
    stand_in(monkeypatch, f"import sys; print({json.dumps(json.dumps(line))}, flush=True); sys.stdin.read()")
    record = Record()
    own = OwnServer(Settings(), tmp_path / "server.log")
    own.start()
    links = await own.connect(record)
    told = [(event.severity, event.text) for event in record.events if isinstance(event, NoticeReceived)]
    assert told == [
        (Severity.WARNING, "begun anew"),
        (Severity.INFO, "the paper account goes on where it stood, at 2026-01-05 00:00:00 UTC"),
    ]
    await links.stop()
    own.stop()
