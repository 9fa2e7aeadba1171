"""WebSockets by hand, for what no library would send."""

from __future__ import annotations

import asyncio
import base64
import os
import struct


async def raw_upgrade(
    port: int, *, trailing: bytes = b"", limit: int = 2**16, path: str = "/ws"
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Upgrade by hand, with bytes behind the request in the same segment."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=limit)
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    writer.write(request.encode() + trailing)
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    return reader, writer


def masked(payload: bytes, opcode: int = 0x1, *, fin: bool = True) -> bytes:
    """A client frame with a mask of zeros."""
    size = len(payload)
    head = (
        bytes(((0x80 if fin else 0) | opcode, 0x80 | size))
        if size < 126
        else struct.pack("!BBH", (0x80 if fin else 0) | opcode, 0x80 | 126, size)
    )
    return head + bytes(4) + payload


async def close_code(reader: asyncio.StreamReader) -> tuple[int, str]:
    """Read on to the close frame, over whatever came before it."""
    while True:
        head = await reader.readexactly(2)
        size = head[1] & 0x7F
        if size >= 126:
            size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8))
        payload = await reader.readexactly(size)
        if head[0] & 0x0F == 0x8:
            return struct.unpack("!H", payload[:2])[0], payload[2:].decode()
