"""A crowd of clients in a process of its own: healthy ones that count, stuck ones, slow ones.

    python -m tests.faults.crowd URL HEALTHY STUCK SLOW BYTES_A_SECOND

Says `ready`, and at the end of its input one line of JSON: what the healthy ones saw.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import socket
import sys
import time
from urllib.parse import urlsplit

import aiohttp

PAUSE_SECONDS = 0.1


class Tally:
    """What all healthy clients saw together."""

    def __init__(self) -> None:
        self.received: list[int] = []
        self.gaps = 0
        self.latest_seconds = 0.0


async def listen(http: aiohttp.ClientSession, url: str, tally: Tally, ready: asyncio.Semaphore) -> None:
    """Count, and look for a number left out."""
    number = len(tally.received)
    tally.received.append(0)
    expected: int | None = None
    async with http.ws_connect(url) as peer:
        ready.release()
        async for message in peer:
            sequence, sent, _ = json.loads(message.data)
            tally.latest_seconds = max(tally.latest_seconds, time.monotonic() - sent)
            tally.gaps += expected is not None and sequence != expected
            expected = sequence + 1
            tally.received[number] += 1


async def upgraded(url: str) -> socket.socket:
    """A raw WebSocket, not one byte more read than the answer."""
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    raw = socket.socket()
    raw.setblocking(False)
    await loop.sock_connect(raw, (parts.hostname, parts.port))
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET {parts.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    await loop.sock_sendall(raw, request.encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += await loop.sock_recv(raw, 1)
    assert answer.startswith(b"HTTP/1.1 101 "), answer
    return raw


async def dawdle(raw: socket.socket, speed: int) -> None:
    """Read slower than is written; answer each ping, once it is reached."""
    loop = asyncio.get_running_loop()
    tail = b""
    with contextlib.suppress(OSError):
        while piece := await loop.sock_recv(raw, max(1, int(speed * PAUSE_SECONDS))):
            tail = tail[-5:] + piece
            at = tail.find(b"\x89\x04")
            if 0 <= at <= len(tail) - 6:
                await loop.sock_sendall(raw, b"\x8a\x84" + bytes(4) + tail[at + 2 : at + 6])
                tail = b""
            await asyncio.sleep(PAUSE_SECONDS)


async def main(url: str, healthy: int, stuck: int, slow: int, speed: int) -> None:
    """Connect all, then listen until the input ends."""
    tally, ready = Tally(), asyncio.Semaphore(0)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        tasks = [asyncio.create_task(listen(http, url, tally, ready)) for _ in range(healthy)]
        for _ in range(healthy):
            await ready.acquire()
        _kept = [await upgraded(url) for _ in range(stuck)]
        dawdlers = [await upgraded(url) for _ in range(slow)]
        tasks += [asyncio.create_task(dawdle(raw, speed)) for raw in dawdlers]
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        print(
            json.dumps(
                {
                    "gaps": tally.gaps,
                    "received": sum(tally.received),
                    "fewest": min(tally.received),
                    "most": max(tally.received),
                    "latest_seconds": round(tally.latest_seconds, 4),
                }
            ),
            flush=True,
        )
        os._exit(0)  # 200 sockets need no goodbye


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *(int(word) for word in sys.argv[2:])))
