"""A message as lines of a person's width. What comes in is redacted already; every line leaves sanitised."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui_trader.protocols.sanitising import clean

Cells = tuple[tuple[str, str, str], ...]
_MEMBER = re.compile(r'(\s*)("(?:[^"\\]|\\.)*")(:\s)(.*)', re.DOTALL)
_NUMBER = re.compile(r"-?\d")
MOST = 2_000
"""Lines of one message."""


def json_lines(text: str, width: int) -> list[Cells]:
    """Return coloured lines of at most `width` cells; a longer line goes on in the next one."""
    lines: list[Cells] = []
    for line in text.split("\n"):
        lines += _coloured(line, width)
        if len(lines) >= MOST:
            return [*lines[:MOST], (("…", "faint", ""),)]
    return lines


def _coloured(line: str, width: int) -> Iterator[Cells]:
    found = _MEMBER.fullmatch(line)
    if found is None:
        for text in _cut(clean(line, len(line) + 1), width):
            yield ((text, _ink(text), ""),)
        return
    indent, name, colon, value = (clean(part, len(part) + 1) for part in found.groups())
    head = f"{indent}{name}{colon}"
    if len(head) + len(value) <= width:
        yield ((head, "muted", ""), (value, _ink(value), ""))
        return
    yield ((head[:width], "muted", ""), (value[: max(0, width - len(head))], _ink(value), ""))
    rest = value[max(0, width - len(head)) :]
    inner = f"{indent}  "
    for text in _cut(rest, max(10, width - len(inner))):
        yield ((inner, "muted", ""), (text, _ink(value), ""))


def _cut(text: str, width: int) -> Iterator[str]:
    for start in range(0, max(1, len(text)), max(1, width)):
        yield text[start : start + width]


def _ink(value: str) -> str:
    text = value.strip()
    if text.startswith('"[hidden]"') or text == "[hidden]":
        return "caution"
    return "strong" if _NUMBER.match(text) else "text"


def hex_lines(text: str) -> list[Cells]:
    """Return lines of sixteen bytes with their offset; `text` is hex digits in pairs."""
    pairs = text.split()
    return [
        ((f"{start:05x}  ", "muted", ""), (" ".join(pairs[start : start + 16]), "text", ""))
        for start in range(0, min(len(pairs), 16 * MOST), 16)
    ]
