"""SIGTERM with peers that stopped reading, their kernel buffers full: exit code 0 within 8 seconds."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import socket
import sys
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import aiohttp

from tests.faults.frame_mutants import frame
from tests.torture import figures

RUN = "import json, sys; from embedded_server.command_line import run; sys.exit(run(json.loads(sys.argv[1])))"
OPTIONS = {"ports": "free", "json": True, "ephemeral": True, "speed": 400, "seed": 7}
STUCK = 20
WITHIN_SECONDS = 8.0


def stuck_peer(url: str) -> socket.socket:
    """Upgraded, subscribed to all there is, and never read again."""
    parts = urlsplit(url)
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    peer.connect((parts.hostname, parts.port))
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET {parts.path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    peer.sendall(request.encode())
    assert peer.recv(12) == b"HTTP/1.1 101"
    data = {"symbols": ["BTCUSDT", "EURUSD", "AAPL", "BTCUSDT-PERP"], "channels": ["quote", "depth", "trade"]}
    peer.sendall(frame(json.dumps({"type": "subscribe", "data": data}).encode()))
    return peer


async def lagging(server: str, token: str) -> int:
    """Clients that the server itself knows to be behind."""
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(server, headers=headers) as http, http.get("/clients") as answer:
        listed = await answer.json()
    return sum(client["lagging"] for client in listed["clients"])


async def test_sigterm_with_full_buffers_ends_in_time() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", RUN, json.dumps(OPTIONS)), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        ready = json.loads(await asyncio.wait_for(process.stdout.readline(), 30))
        with open(ready["credentials_file"], encoding="utf-8") as file:  # noqa: ASYNC230, PTH123
            token = json.load(file)["control"]["token"]
        with ExitStack() as stack:
            for _ in range(STUCK):
                stack.enter_context(stuck_peer(ready["endpoints"]["market_data_gateway"]))
            async with asyncio.timeout(30):
                while await lagging(ready["http"]["control"], token) < STUCK:  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.1)
            started = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), WITHIN_SECONDS) == 0
            assert time.monotonic() - started < WITHIN_SECONDS
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    figures.add(faults=STUCK)
