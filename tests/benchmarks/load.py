"""The clients of a measured server, in a process of their own: they read, count, answer pings, and no more.

Driven by JSON lines on stdin, as the servers are (anchors/pacing.py).
"""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import os
import statistics
import struct
import sys
import time
from typing import Any

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
AT_ONCE = 50
"""Handshakes under way."""


def client_frame(opcode: int, data: bytes) -> bytes:
    """A masked frame; the mask is zero, so that masking costs nothing."""
    size = len(data)
    head = struct.pack("!BB", 0x80 | opcode, 0x80 | size) if size < 126 else b""
    return (head or struct.pack("!BBH", 0x80 | opcode, 0xFE, size)) + bytes(4) + data


class Sink(asyncio.Protocol):
    """One client: walks the frames, counts messages, keeps when each came if told to."""

    def __init__(self, target: str, first: list[str]) -> None:
        self.opened = asyncio.Event()
        self.messages = 0
        self.arrivals: list[float] | None = None
        self.closed = False
        self.target = target
        self._first = first
        self._rest = b""
        self._shaking = True

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self.target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self.opened.set()

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        if self._shaking:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._rest = head
                return
            if b" 101 " not in head:
                raise SystemExit(f"{self.target}: {head!r} {data!r}")
            self._shaking = False
            for message in self._first:
                self.say(message)
            self.opened.set()
        self._rest = data[self._walk(data) :]

    def say(self, message: str) -> None:
        """Send a text."""
        self.transport.write(client_frame(TEXT, message.encode()))

    def _walk(self, data: bytes) -> int:
        """Count whole frames; where the first incomplete one begins."""
        start, end, found = 0, len(data), 0
        while start + 2 <= end:
            size, body = data[start + 1], start + 2
            if size == 126:
                body += 2
                size = int.from_bytes(data[start + 2 : body], "big")
            elif size == 127:
                body += 8
                size = int.from_bytes(data[start + 2 : body], "big")
            if body + size > end:
                break
            opcode = data[start] & 15
            if opcode <= BINARY:
                found += 1
            elif opcode == PING:
                self.transport.write(client_frame(PONG, data[body : body + size]))
            start = body + size
        self.messages += found
        if self.arrivals is not None and found:
            self.arrivals.extend([time.monotonic()] * found)
        return start


class Load:
    """All clients of one server."""

    def __init__(self) -> None:
        self._sinks: list[Sink] = []
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def open(self, clients: list[dict[str, Any]]) -> dict[str, Any]:
        """Connect; each client is {port, target, first messages}."""
        await asyncio.gather(*(self._open(**client) for client in clients))
        return {"open": len(self._sinks)}

    async def _open(self, port: int, target: str, first: list[str]) -> None:
        sink = Sink(target, first)
        async with self._slots:
            await asyncio.get_running_loop().create_connection(lambda: sink, "127.0.0.1", port)
            await sink.opened.wait()
        self._sinks.append(sink)

    def count(self) -> dict[str, Any]:
        """Messages that came since the last reset, and clients that were closed."""
        return {
            "messages": sum(sink.messages for sink in self._sinks),
            "closed": sum(sink.closed for sink in self._sinks),
        }

    def reset(self, arrivals: bool) -> dict[str, Any]:
        """Count from zero."""
        gc.collect()
        for sink in self._sinks:
            sink.messages = 0
            sink.arrivals = [] if arrivals else None
        return {}

    def latencies(self, sent: list[float]) -> dict[str, Any]:
        """Milliseconds from the beginning of a tick to each arrival; one message a client and tick."""
        late = [
            (arrival - begun) * 1e3
            for sink in self._sinks
            for begun, arrival in zip(sent, sink.arrivals or (), strict=True)
        ]
        cuts = statistics.quantiles(late, n=100, method="inclusive")
        return {"p50": cuts[49], "p90": cuts[89], "p99": cuts[98], "max": max(late)}

    def say(self, message: dict[str, str]) -> dict[str, Any]:
        """Each client whose target begins with a key sends the text beside it."""
        for sink in self._sinks:
            for target, text in message.items():
                if sink.target.startswith(target):
                    sink.say(text)
        return {}

    async def do(self, command: dict[str, Any]) -> dict[str, Any]:
        """Carry out one command."""
        match command["do"]:
            case "open":
                return await self.open(command["clients"])
            case "count":
                return self.count()
            case "reset":
                return self.reset(command["arrivals"])
            case "latencies":
                return self.latencies(command["sent"])
            case _:
                return self.say(command["messages"])


async def main() -> None:
    """Serve the driver until stdin ends."""
    load = Load()
    while line := await asyncio.to_thread(sys.stdin.readline):
        answer = await load.do(json.loads(line))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
