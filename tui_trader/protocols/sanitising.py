"""Server text made safe for a terminal. Every string a codec keeps passes through here, at the decode edge.

Terminal control reaches the screen through any widget (STYLE.md, Textual), so it goes before an event is
made: escape sequences whole, then every character that is not printable or that is drawn with no width.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tui_trader.model.errors import ProtocolError

SHORT = 64
"""Cap for names, codes and identifiers, in characters."""
LINE = 200
"""Cap for one-line texts and for what an error quotes."""
PARAGRAPH = 2_000
"""Cap for reasoning and the like."""

_SEQUENCE = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC
    r"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x9c]*(?:\x1b\\|\x9c)?"  # DCS, SOS, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI
    r"|\x1b[ -/]*[0-~]?"  # two-character escapes
)
_SYMBOL = re.compile(r"[A-Z0-9._/-]{1,20}")
_SPACES = frozenset("\t\n\r\v\f\x85\u2028\u2029")
# Printable by Unicode's classes, yet drawn with no width: fillers, joiners and variation selectors.
_NO_WIDTH = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
_MAX_MARKS = 2


def clean(text: str, limit: int = LINE) -> str:
    """Return at most `limit` characters of the text without control, bidirectional and zero-width ones."""
    if text.isascii() and text.isprintable():
        return text if len(text) <= limit else text[: limit - 1] + "…"
    # Bound the work before it is done: escape sequences can be any length, the rest is cut anyway.
    text = _SEQUENCE.sub("", text[: 8 * limit + 4_096])
    kept = "".join(_visible(text))
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"


def _visible(text: str) -> list[str]:
    import unicodedata

    kept: list[str] = []
    marks = 0
    for character in text:
        if character in _SPACES:
            kept.append(" ")
        elif not character.isprintable():
            if character.isspace():
                kept.append(" ")
        elif character not in _NO_WIDTH:
            marks = marks + 1 if unicodedata.combining(character) else 0
            if marks <= _MAX_MARKS:
                kept.append(character)
    return kept


def clean_optional(text: str | None, limit: int = LINE) -> str:
    """Return the cleaned text, empty for None."""
    return clean(text, limit) if text else ""


@lru_cache(maxsize=4096)
def symbol(text: str) -> str:
    """Return the symbol unchanged.

    Raises `ProtocolError` unless it matches `[A-Z0-9._/-]{1,20}` (RELIABILITY.md, Hostile input).
    """
    if _SYMBOL.fullmatch(text) is None:
        raise ProtocolError(f"not a symbol: {clean(text, SHORT)!r}")
    return text


def excerpt(data: str | bytes) -> str:
    """Return at most 200 sanitised characters of a frame, for an error or the journal."""
    if isinstance(data, bytes):
        data = data[:1_000].decode("utf-8", "replace")
    return clean(data[:1_000], LINE)
