"""What a hostile client may say to each endpoint: the documented messages with every field spoilt in turn.

Texts are built by putting a literal in place of a field of an example of the document, so that also what no
JSON writer would produce gets there.
"""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

HOLE = "@@hole@@"
MAX_BYTES = 64 * 1024

UNREADABLE = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "1e999": "1e999",
    "a number of 400 digits": "9" * 400,
    "a number of 5000 digits": "9" * 5000,
    "nesting of 33": "[" * 33 + "]" * 33,
    "nesting of 10000": "[" * 10_000 + "]" * 10_000,
    "objects in objects": '{"a":' * 5000 + "0" + "}" * 5000,
    "a lone high surrogate": '"\\ud800"',
    "a lone low surrogate": '"\\udfff"',
    "NUL": '"\\u0000"',
    "a raw control character": '"\x01"',
    "the same key twice": '{"a":1,"a":1}',
    "nothing": "",
    "a comment": "/**/1",
    "a leading zero": "01",
    "hexadecimal": "0x10",
}
"""Literals that make the whole text unusable, wherever they stand."""

WRONG = {
    "null": "null",
    "true": "true",
    "a number": "7",
    "a fraction": "-0.5",
    "a text": '"DROP TABLE"',
    "a list": "[]",
    "a list of lists": "[[]]",
    "an object": "{}",
}
"""Literals that are JSON, and of a type that the field may not have."""

BAD_TEXTS = {
    "an empty text": b"",
    "half a message": b'{"type":"su',
    "a bare list": b"[1,2,3]",
    "a bare text": b'"type"',
    "a bare number": b"99",
    "null": b"null",
    "two documents": b"{}{}",
    "single quotes": b"{'type':'subscribe'}",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "an escape sequence": b"\x1b]0;owned\x07",
    "an empty object": b"{}",
    "a type that is a list": b'{"type":["subscribe"],"action":["subscribe"]}',
    "a type that nobody has": b'{"type":"__proto__","action":"__proto__"}',
    "a key of 60000": b'{"' + b"k" * 60_000 + b'":1}',
    "60000 brackets": b"[" * 60_000,
}
"""Whole texts that are no message."""


@dataclass(frozen=True)
class Case:
    """One frame, and what it is."""

    name: str
    payload: bytes
    binary: bool = False
    close: int | None = None
    """The code that the transport closes with, where the endpoint is not asked."""


def cases(endpoint: str) -> Iterator[Case]:
    """All of an endpoint's cases, the same in every run."""
    for name, text in BAD_TEXTS.items():
        yield Case(name, text)
    yield Case("text that is not UTF-8", b'{"type":"\xff\xfe"}', close=1007)
    yield Case("a surrogate encoded", b'"\xed\xa0\x80"', close=1007)
    yield Case("a text past 64 KiB", b'"' + b"x" * MAX_BYTES + b'"', close=1009)
    yield Case("a binary frame past 64 KiB", bytes(MAX_BYTES + 1), binary=True, close=1009)
    yield Case("random bytes", bytes(range(256)), binary=True)
    for title, example in examples(endpoint).items():
        whole = json.dumps(example)
        yield Case(f"{title} in a binary frame", whole.encode(), binary=True)
        yield Case(f"{title} cut short", whole[:-1].encode())
        first = whole[1 : whole.index(",")] if "," in whole else whole[1:-1]
        yield Case(f"{title} with a key twice", f"{{{first},{whole[1:]}".encode())
        for path in paths(example):
            dotted = ".".join(map(str, path))
            for name, literal in UNREADABLE.items():
                if literal or isinstance(path[-1], str):  # a list may be empty
                    yield Case(f"{title}: {dotted} is {name}", spoilt(example, path, literal))
            for name, literal in WRONG.items():
                if not same_kind(at(example, path), literal):
                    yield Case(f"{title}: {dotted} is {name}", spoilt(example, path, literal))


def examples(endpoint: str) -> dict[str, Any]:
    """The client's messages of the endpoint's document."""
    file = importlib.resources.files(f"embedded_server.protocols.{endpoint}") / "examples.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    return {
        name.removeprefix("client."): value for name, value in document.items() if name.startswith("client.")
    }


def paths(value: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every field, containers too."""
    children = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in children:
        yield (*before, key)
        if isinstance(child, dict | list):
            yield from paths(child, (*before, key))


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    """The field at a path."""
    for key in path:
        value = value[key]
    return value


def spoilt(example: Any, path: tuple[str | int, ...], literal: str) -> bytes:
    """The message with a literal in place of a field."""
    copy = json.loads(json.dumps(example))
    at(copy, path[:-1])[path[-1]] = HOLE
    return json.dumps(copy).replace(json.dumps(HOLE), literal).encode()


def same_kind(value: Any, literal: str) -> bool:
    """Whether a literal has the JSON type of a documented value."""
    other = json.loads(literal)
    if isinstance(value, bool) or isinstance(other, bool):
        return isinstance(value, bool) and isinstance(other, bool)
    if isinstance(value, int | float) and isinstance(other, int | float):
        return True
    return type(value) is type(other)
