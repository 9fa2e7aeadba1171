"""Server-to-client WebSocket frames, built once for all their readers (RFC 6455, 5.2). Never compressed."""

from __future__ import annotations

import struct
from collections.abc import Callable

FIN_TEXT = 0x81
FIN_BINARY = 0x82

_large = struct.Struct("!BBQ").pack


def _builder(first: int) -> Callable[[bytes], bytes]:
    """A function that makes one whole message the bytes to write. Heads are kept: only their size differs."""
    small = [bytes((first, size)) for size in range(126)]
    medium = [struct.pack("!BBH", first, 126, size) for size in range(4096)]

    def build(payload: bytes) -> bytes:
        size = len(payload)
        if size < 126:
            return small[size] + payload
        if size < 4096:
            return medium[size] + payload
        if size < 65536:
            return struct.pack("!BBH", first, 126, size) + payload
        return _large(first, 127, size) + payload

    return build


build_text = _builder(FIN_TEXT)
build_binary = _builder(FIN_BINARY)


def build_frame(payload: bytes, *, binary: bool = False) -> bytes:
    """One whole message as the bytes to write."""
    return build_binary(payload) if binary else build_text(payload)
