"""The floor: the frames of a tick joined into one write to each bare transport.

A load named `..., bare` goes past asyncio: what the kernel's send() alone takes. Nothing in Python beats it.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import struct
from typing import Any

from pacing import Plan, obey, payload

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
BARE = ", bare"
groups: dict[str, list[Any]] = {}
frames: dict[str, dict[str, list[bytes]]] = {}


class Bare(asyncio.Protocol):
    """Answers the upgrade, then never looks at what comes in."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if not data.startswith(b"GET "):
            return
        head = data.decode().split("\r\n")
        key = next(line[19:].encode() for line in head if line.lower().startswith("sec-websocket-key: "))
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        self.transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        groups.setdefault(head[0].split()[1].lstrip("/"), []).append(self.transport)


def frame(size: int) -> bytes:
    """A whole text message."""
    head = struct.pack("!BB", 0x81, size) if size < 126 else struct.pack("!BBH", 0x81, 126, size)
    return head + payload(size).encode()


def plan(load: str, content: Plan) -> None:
    """Build each frame once."""
    frames[load] = {group: [frame(size) for size in sizes] for group, sizes in content.items()}


def tick(load: str) -> None:
    """One write a client."""
    bare = load.endswith(BARE)
    for group, built in frames[load.removesuffix(BARE)].items():
        if bare:
            data = b"".join(built)
            for transport in groups.get(group, ()):
                if transport._sock.send(data) != len(data):
                    raise SystemExit("a client did not read")
            continue
        for transport in groups.get(group, ()):
            transport.write(b"".join(built))


async def main() -> None:
    """Serve."""
    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", 0)
    await obey(server.sockets[0].getsockname()[1], plan, tick)


asyncio.run(main())
