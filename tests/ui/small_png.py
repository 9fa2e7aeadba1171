"""Makes a PNG of 8-bit RGBA small: a terminal needs few colours. The same bytes for the same picture."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS, RARE = 176, 64
_PAETH, _AVERAGE, _UP, _SUB = 4, 3, 2, 1
_BYTES = 4


def shrink(png: bytes) -> bytes:
    """The same picture with a palette; colours beyond the commonest take the nearest of those."""
    pixels = _pixels(png)
    height, width, _ = pixels.shape
    packed = pixels.view(np.uint32).reshape(-1)
    colours, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    kept = colours[_palette(colours, counts)]
    apart = _channels(colours)[:, None, :] - _channels(kept)[None, :, :]
    nearest = np.argmin((apart**2).sum(axis=2), axis=1).astype(np.uint8)
    rows = nearest[places].reshape(height, width)
    filtered = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1)
    palette = _channels(kept).astype(np.uint8)
    return SIGNATURE + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", palette[:, :3].tobytes()),
            _chunk(b"tRNS", palette[:, 3].tobytes()),
            _chunk(b"IDAT", zlib.compress(filtered.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _palette(colours: np.ndarray, counts: np.ndarray) -> list[int]:
    """Places of the commonest colours, then of those that these would serve worst."""
    chosen = list(np.lexsort((colours, -counts))[: COLOURS - RARE])
    channels = _channels(colours)
    apart = np.full(len(colours), np.iinfo(np.int32).max, np.int64)
    for place in chosen:
        apart = np.minimum(apart, ((channels - channels[place]) ** 2).sum(axis=1))
    for _ in range(min(RARE, len(colours) - len(chosen))):
        worst = int(np.argmax(apart * np.sqrt(counts)))
        chosen.append(worst)
        apart = np.minimum(apart, ((channels - channels[worst]) ** 2).sum(axis=1))
    return chosen


def _channels(colours: np.ndarray) -> np.ndarray:
    return colours.view(np.uint8).reshape(-1, _BYTES).astype(np.int32)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += 12 + length


def _pixels(png: bytes) -> np.ndarray:
    """Undo the filters of every row (PNG specification, 9)."""
    chunks = list(_chunks(png))
    width, height = struct.unpack_from(">II", chunks[0][1])
    data = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    stride = width * _BYTES
    out = np.zeros((height, width, _BYTES), np.uint8)
    before = bytes(stride)
    for y in range(height):
        start = y * (stride + 1)
        before = _unfiltered(data[start], data[start + 1 : start + 1 + stride], before)
        out[y] = np.frombuffer(before, np.uint8).reshape(width, _BYTES)
    return out


def _unfiltered(kind: int, line: bytes, above: bytes) -> bytes:
    if kind == _UP:
        return (np.frombuffer(line, np.uint8) + np.frombuffer(above, np.uint8)).tobytes()
    if kind == _SUB:
        return np.cumsum(np.frombuffer(line, np.uint8).reshape(-1, _BYTES), axis=0, dtype=np.uint8).tobytes()
    if kind not in (_AVERAGE, _PAETH):
        return line
    guess = _average if kind == _AVERAGE else _paeth
    row = bytearray(_BYTES) + bytearray(line)
    over = bytes(_BYTES) + above
    for place in range(_BYTES, len(row)):
        left = place - _BYTES
        row[place] = (row[place] + guess(row[left], over[place], over[left])) & 0xFF
    return bytes(row[_BYTES:])


def _average(left: int, above: int, corner: int) -> int:
    return (left + above) >> 1


def _paeth(left: int, above: int, corner: int) -> int:
    to_left, to_above, to_corner = abs(above - corner), abs(left - corner), abs(left + above - 2 * corner)
    if to_left <= to_above and to_left <= to_corner:
        return left
    return above if to_above <= to_corner else corner
