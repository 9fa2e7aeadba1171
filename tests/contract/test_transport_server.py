"""A whole server: start, credentials, taken ports, shutdown with peers that hang, the command line."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import Connect, eventually
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect as dial

from embedded_server.journal.store import NAME, Store
from embedded_server.model.errors import PortTaken
from embedded_server.protocols.bars.facade import BarsFacade
from embedded_server.protocols.registry import FACADES
from embedded_server.server import Server
from embedded_server.settings import ServerSettings
from embedded_server.transport.limits import Limits

RUN = "import json, sys; from embedded_server.command_line import run; sys.exit(run(json.loads(sys.argv[1])))"


def quick(**settings: Any) -> ServerSettings:
    return ServerSettings(**{"ports": "free", "clock": "manual", **settings})


@contextlib.contextmanager
def process(**options: Any) -> Iterator[subprocess.Popen[str]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TUI_TRADER_")}
    child = subprocess.Popen(
        [sys.executable, "-c", RUN, json.dumps({"ports": "free", **options})],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
        child.communicate()


async def test_prices_move_by_themselves_on_a_real_clock(connect: Connect) -> None:
    limits = Limits(close_seconds=0.1)
    async with Server(quick(clock="real", speed=20.0), facades=[BarsFacade], limits=limits) as server:
        peer = await connect(server.endpoints["bars"])
        await peer.send({"type": "bars.subscribe", "payload": {"symbol": "BTCUSDT"}})
        await peer.until(lambda message: message["type"] == "bars.update")
        await peer.until(lambda message: message["type"] == "bars.update")


async def test_a_manual_clock_moves_only_when_told() -> None:
    async with Server(quick(), facades=[BarsFacade]) as server:
        before = server.engine.now
        await asyncio.sleep(0.03)
        assert server.engine.now == before
        await server.advance(1.5)
        assert server.engine.now == before + 1_500_000_000


async def test_credentials_are_private_and_end_with_an_ephemeral_server() -> None:
    async with Server(quick(), facades=[BarsFacade]) as server:
        file = server.credentials_file
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert set(json.loads(file.read_text())) == {"onetrade", "channels", "bot_core", "control"}
    assert not file.parent.exists()


async def test_credentials_of_a_data_folder_stay(tmp_path: Path) -> None:
    async with Server(quick(data=tmp_path / "market"), facades=[BarsFacade]) as server:
        first = server.credentials
    async with Server(quick(data=tmp_path / "market"), facades=[BarsFacade]) as server:
        assert server.credentials == first
        assert server.credentials_file == tmp_path / "market" / "credentials.json"


async def test_a_taken_port_is_one_sentence_and_leaves_nothing_open() -> None:
    with socket.socket() as taken, socket.socket() as free:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"port {port} .*--ports") as error:
            async with Server(quick(ports=port), facades=[BarsFacade]):
                pass
        assert "\n" not in str(error.value)
        free.bind(("127.0.0.1", 0))


async def test_ports_count_up_from_a_number_one_a_listener() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        base = probe.getsockname()[1]
    if base > 65_000:
        pytest.skip("the system chose a port near the end")
    with contextlib.suppress(PortTaken):
        async with Server(quick(ports=base)) as server:
            ports = list(dict.fromkeys(int(url.rpartition(":")[2]) for url in server.http.values()))
            assert ports == list(range(base, base + len(ports)))


async def test_clients_are_told_1001_when_the_server_ends(connect: Connect) -> None:
    async with Server(quick(), facades=[BarsFacade]) as server:
        peer = await connect(server.endpoints["bars"])
        closing = asyncio.ensure_future(peer.closed())
        await asyncio.sleep(0)
    assert (await closing)[0] == 1001


async def test_the_end_does_not_wait_for_peers_that_hang() -> None:
    limits = Limits(close_seconds=0.3)
    started = time.monotonic()
    writers = []
    async with Server(quick(), facades=[BarsFacade], limits=limits) as server:
        host, _, port = server.http["bars"].removeprefix("http://").partition(":")
        for _ in range(20):
            _, writer = await asyncio.open_connection(host, int(port))
            writer.write(
                b"GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
            )
            writers.append(writer)
        await eventually(lambda: len(server.endpoint("bars").sessions) == 20)
        started = time.monotonic()
    assert time.monotonic() - started < 3.0
    for writer in writers:
        writer.close()


def test_the_json_line_is_the_only_output_and_every_listener_accepts() -> None:
    with process(json=True, seed=7) as child:
        assert child.stdout is not None
        ready = json.loads(child.stdout.readline())
        assert list(ready) == ["ready", "endpoints", "http", "credentials_file"]
        assert ready["ready"] is True
        names = [facade.name for facade in FACADES]
        assert (list(ready["endpoints"]), list(ready["http"])) == (names, [*names, "control"])
        for url in ready["http"].values():
            host, _, port = url.removeprefix("http://").partition(":")
            socket.create_connection((host, int(port)), timeout=5).close()
        assert Path(ready["credentials_file"]).exists()
        child.send_signal(signal.SIGTERM)
        output, errors = child.communicate(timeout=10)
        assert (child.returncode, output, errors) == (0, "", "")
        assert not Path(ready["credentials_file"]).exists()


def test_the_table_names_every_endpoint_and_ctrl_c_ends_it() -> None:
    with process() as child:
        assert child.stdout is not None
        table = [child.stdout.readline() for _ in range(len(FACADES) + 1)]
        for facade, row in zip(FACADES, table[1:], strict=True):
            assert row.split()[0] == facade.name
            assert facade.path in row.split()[1]
        assert child.stdout.readline().split()[:2] == ["control", "-"]
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=10)
        assert (child.returncode, errors) == (0, "")


def test_a_terminal_that_closes_ends_it_with_a_goodbye_and_its_run_kept(tmp_path: Path) -> None:
    with process(json=True, data=str(tmp_path)) as child:
        assert child.stdout is not None
        ready = json.loads(child.stdout.readline())
        with dial(ready["endpoints"]["orchestrator"]) as client:
            child.send_signal(signal.SIGHUP)
            with pytest.raises(ConnectionClosed) as closing:
                while True:
                    client.recv(timeout=10)
        assert closing.value.rcvd is not None
        assert closing.value.rcvd.code == 1001
        _, errors = child.communicate(timeout=10)
        assert (child.returncode, errors) == (0, "")
    store = Store(tmp_path / NAME)
    assert len(store.snapshots()) == 1
    store.close()


def test_under_nohup_it_outlives_its_terminal() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with process(json=True) as child:
            assert child.stdout is not None
            ready = json.loads(child.stdout.readline())
            child.send_signal(signal.SIGHUP)
            with dial(ready["endpoints"]["orchestrator"]) as client:
                for _ in range(3):
                    client.send('{"type": "get_active_strategies"}')
                    assert client.recv(timeout=10)
            child.send_signal(signal.SIGTERM)
            assert child.wait(timeout=10) == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def unwritten_bytes(base: str) -> float:
    """What the server holds for bot core's clients because the kernel takes no more."""
    with urllib.request.urlopen(base + "/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    name = 'tui_trader_unwritten_bytes{endpoint="bot_core"} '
    return float(next(line for line in lines if line.startswith(name)).removeprefix(name))


def test_sigterm_with_peers_whose_buffers_are_full_ends_in_time_with_exit_code_0(tmp_path: Path) -> None:
    upgrade = (
        b"GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    options = {"json": True, "speed": 200.0, "data": str(tmp_path)}
    with process(**options) as child, contextlib.ExitStack() as stack:
        assert child.stdout is not None
        ready = json.loads(child.stdout.readline())
        address = ("127.0.0.1", int(ready["http"]["bot_core"].rpartition(":")[2]))
        for _ in range(20):
            peer = stack.enter_context(socket.socket())
            peer.settimeout(5)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            peer.connect(address)
            peer.sendall(upgrade)
            assert peer.recv(12) == b"HTTP/1.1 101"
        deadline = time.monotonic() + 10
        while unwritten_bytes(ready["http"]["bot_core"]) < 20 * 1024:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        started = time.monotonic()
        child.send_signal(signal.SIGTERM)
        _, errors = child.communicate(timeout=8)
        assert time.monotonic() - started < 8
        assert child.returncode == 0
        assert "Traceback" not in errors


def test_a_server_ends_with_the_parent_that_held_its_stdin() -> None:
    with process(json=True, exit_with_parent=True) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        json.loads(child.stdout.readline())
        child.stdin.close()
        child.stdin = None
        assert child.wait(timeout=10) == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ports": "often"}, "ports must be"),
        ({"speed": -1}, "speed"),
        ({"data": "/tmp/x", "ephemeral": True}, "one of --data and --ephemeral"),
        ({"config": "/nowhere/server.toml"}, "configuration file"),
    ],
)
def test_a_bad_option_is_one_sentence_and_exit_code_2(options: dict[str, Any], words: str) -> None:
    with process(**options) as child:
        output, errors = child.communicate(timeout=10)
        assert (child.returncode, output) == (2, "")
        assert words in errors
        assert errors.count("\n") == 1


def test_a_taken_port_is_exit_code_2() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with process(ports=str(min(port, 65_000))) as child:
            output, errors = child.communicate(timeout=20)
            assert (child.returncode, output) == (2, "")
            assert f"port {port}" in errors
            assert "Traceback" not in errors
