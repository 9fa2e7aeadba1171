"""Bytes that look like WebSocket frames: documented messages, broken in every way a frame can be broken."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Iterator

from tests.faults.hostile_corpus import examples

MASK = b"\x5a\x00\xff\x13"
TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA


def frame(
    payload: bytes, opcode: int = TEXT, *, fin: bool = True, flags: int = 0, masked: bool = True
) -> bytes:
    """One frame as a client writes it."""
    head = bytes([(0x80 if fin else 0) | flags | opcode])
    size, bit = len(payload), 0x80 if masked else 0
    if size < 126:
        head += bytes([bit | size])
    elif size < 65_536:
        head += struct.pack("!BH", bit | 126, size)
    else:
        head += struct.pack("!BQ", bit | 127, size)
    if not masked:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[place % 4] for place, byte in enumerate(payload))


def broken(message: bytes) -> dict[str, bytes]:
    """Every rule of RFC 6455 that a frame can break, each once."""
    whole = frame(message)
    return {
        "a reserved bit": frame(message, flags=0x40),
        "all reserved bits": frame(message, flags=0x70),
        "a reserved opcode": frame(message, 0x3),
        "a reserved control opcode": frame(b"", 0xB),
        "no mask": frame(message, masked=False),
        "a continuation of nothing": frame(message, 0x0),
        "a message within a message": frame(message, fin=False) + whole,
        "a fragmented ping": frame(b"x", PING, fin=False),
        "a fragmented close": frame(b"\x03\xe8", CLOSE, fin=False),
        "a ping of 126": frame(b"x" * 126, PING),
        "a close of one byte": frame(b"\x03", CLOSE),
        "a close with code 0": frame(b"\x00\x00", CLOSE),
        "a close with code 1005": frame(b"\x03\xed", CLOSE),
        "a close with code 65535": frame(b"\xff\xff", CLOSE),
        "a close whose reason is not UTF-8": frame(b"\x03\xe8\xff\xfe", CLOSE),
        "text that is not UTF-8": frame(b"\xc3\x28"),
        "UTF-8 cut between fragments": frame(b'"\xe2\x82', fin=False) + frame(b'"', 0x0),
        "UTF-8 whole over fragments": frame(b'"\xe2\x82', fin=False) + frame(b'\xac"', 0x0),
        "a length past 64 KiB": bytes([0x81, 0xFF]) + struct.pack("!Q", 1 << 20),
        "a length of 2^63": bytes([0x81, 0xFF]) + struct.pack("!Q", 1 << 63),
        "a length of 2^64-1": bytes([0x81, 0xFF]) + b"\xff" * 8,
        "a length longer than it must be": bytes([0x81, 0xFE, 0x00, 0x02]) + MASK + b"{}",
        "a frame cut in its head": whole[:1],
        "a frame cut in its mask": whole[:4],
        "a frame cut in its payload": whole[:-3],
        "a ping between fragments": frame(message[:3], fin=False)
        + frame(b"p", PING)
        + frame(message[3:], 0x0),
        "empty fragments": frame(b"", fin=False) + frame(b"", 0x0, fin=False) * 20 + frame(b"", 0x0),
        "pongs nobody asked for": frame(b"pong", PONG) * 20,
        "a second close": frame(b"\x03\xe8", CLOSE) * 2,
        "words after the close": frame(b"\x03\xe8", CLOSE) + whole,
        "HTTP in the stream": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "TLS in the stream": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
    }


def mutants(endpoint: str, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """All that is broken by rule, then `count` streams of valid frames with bytes changed at random."""
    messages = [json.dumps(one).encode() for one in examples(endpoint).values()]
    yield from broken(messages[0]).items()
    chance = random.Random(f"{seed}{endpoint}")
    for number in range(count):
        stream = bytearray(b"".join(frame(chance.choice(messages)) for _ in range(chance.randint(1, 3))))
        for _ in range(chance.randint(1, 4)):
            _mutate(stream, chance)
        yield f"mutant {number} of seed {seed}", bytes(stream)


def _mutate(stream: bytearray, chance: random.Random) -> None:
    # heads are where the meaning is: half of all changes fall on the first bytes
    place = chance.randrange(min(8, len(stream)) if chance.random() < 0.5 else len(stream))
    match chance.randrange(6):
        case 0:
            stream[place] ^= 1 << chance.randrange(8)
        case 1:
            stream[place] = chance.randrange(256)
        case 2:
            del stream[place : place + chance.randint(1, 4)]
        case 3:
            stream[place:place] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 6)))
        case 4:
            del stream[place:]
        case _:
            stream[place:place] = stream[place : place + 8]
    if not stream:
        stream.append(chance.randrange(256))
