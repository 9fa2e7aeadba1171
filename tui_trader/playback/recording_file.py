"""The format of a recording: a header line, then `[seconds, event, fields]` a line, JSON throughout.

A recording may come from anybody: what is read is checked and sanitised like what comes off a socket.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, get_args

import msgspec

from tui_trader.model import events
from tui_trader.model.errors import ProtocolError, SettingsError
from tui_trader.protocols.sanitising import PARAGRAPH, clean, excerpt

VERSION = 1
MAX_LINE = 4_000_000
_TYPES: dict[str, type[events.Event]] = {kind.__name__: kind for kind in get_args(events.Event)}
_encode = msgspec.json.Encoder().encode
_Row = tuple[float, str, dict[str, object]]
_row = msgspec.json.Decoder(tuple[float, str, dict[str, object]]).decode


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line: which links were recorded, and what was looked at."""

    tui_trader_recording: int
    links: tuple[str, ...] = ()
    symbol: str = ""
    timeframe: str = ""


def line_of(seconds: float, event: events.Event) -> bytes:
    """Encode an event `seconds` after the start."""
    return _encode((round(seconds, 4), type(event).__name__, event)) + b"\n"


def read_line(line: bytes) -> tuple[float, events.Event]:
    """Decode a line. Raises `ProtocolError` for one that is no event."""
    try:
        seconds, name, fields = _row(line)
        if name not in _TYPES or not 0 <= seconds < 1e8:
            raise ProtocolError(f"no event: {excerpt(line)}")
        return seconds, msgspec.convert(_safe(fields), _TYPES[name])
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise ProtocolError(clean(f"{error}: {excerpt(line)}")) from None


def _safe(value: object) -> object:
    if isinstance(value, str):
        return clean(value, PARAGRAPH)
    if isinstance(value, dict):
        return {name: _safe(one) for name, one in value.items()}
    return [_safe(one) for one in value] if isinstance(value, list) else value


def open_recording(path: Path) -> tuple[Header, IO[bytes]]:
    """Open a recording and read its header. Raises `SettingsError`."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise SettingsError(f"cannot read the recording {path}: {error.strerror or error}") from None
    try:
        return _header(stream.readline(MAX_LINE), path), stream
    except SettingsError:
        stream.close()
        raise


def _header(line: bytes, path: Path) -> Header:
    try:
        header = msgspec.json.decode(line, type=Header)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        raise SettingsError(f"{path} is not a recording of this program") from None
    if header.tui_trader_recording != VERSION:
        raise SettingsError(f"{path} was recorded by another version of this program")
    names = tuple(clean(name) for name in header.links)
    return msgspec.structs.replace(header, links=names, symbol=clean(header.symbol))


def header_line(header: Header) -> bytes:
    """Encode the header."""
    return _encode(header) + b"\n"


def lines_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines of a recording after its header; one that is too long ends it."""
    while (line := stream.readline(MAX_LINE)).endswith(b"\n"):
        yield line
