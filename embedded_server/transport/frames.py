"""Server-to-client WebSocket frames, built once for all their readers (RFC 6455, 5.2). Never compressed."""

from __future__ import annotations

import struct

FIN_TEXT = 0x81
FIN_BINARY = 0x82

_medium = struct.Struct("!BBH").pack
_large = struct.Struct("!BBQ").pack


def build_frame(payload: bytes, *, binary: bool = False) -> bytes:
    """One whole message as the bytes to write."""
    head = FIN_BINARY if binary else FIN_TEXT
    size = len(payload)
    if size < 126:
        return bytes((head, size)) + payload
    if size < 65536:
        return _medium(head, 126, size) + payload
    return _large(head, 127, size) + payload
