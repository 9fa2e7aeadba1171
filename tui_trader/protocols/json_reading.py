"""Reading JSON frames with msgspec. Whatever is wrong with one comes out as `ProtocolError`, nothing else.

Frames are read in two steps: the envelope tells the type and keeps the body raw, then the type's own model
reads it. So an unknown type costs nothing and a field nobody asked for is skipped.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Annotated, TypeVar

import msgspec

from tui_trader.model.errors import ProtocolError
from tui_trader.protocols.sanitising import clean, excerpt

T = TypeVar("T")
MOST = 1e18
Figure = Annotated[float, msgspec.Meta(ge=-MOST, le=MOST)]
"""A number on the wire. What is beyond all prices and volumes is refused where it is read: products and
quotients of figures are then figures, and nothing that is drawn of them overflows."""
Reader = Callable[[bytes | str | msgspec.Raw], T]

_MAX_MS = 253_402_300_799_999
"""The last millisecond of the year 9999."""
_encoder = msgspec.json.Encoder(decimal_format="number")


def reader(model: type[T]) -> Reader[T]:
    """Make the function that reads one model; it raises `ProtocolError` with the reason and an excerpt."""
    decode = msgspec.json.Decoder(model).decode

    def read(data: bytes | str | msgspec.Raw) -> T:
        try:
            return decode(data)
        except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
            raise unreadable(data, error) from None

    return read


def rows(
    data: bytes | str | msgspec.Raw, read: Callable[[msgspec.Raw], T]
) -> tuple[tuple[T, ...], tuple[str, ...]]:
    """Read a list of what is good to know row by row: those that can be read, and what is wrong with others.

    Not for what an account has: a list of that is whole, or it is none. Raises `ProtocolError` for no list.
    """
    kept, wrong = [], []
    for row in _read_rows(data):
        try:
            kept.append(read(row))
        except ProtocolError as error:
            wrong.append(str(error))
    return tuple(kept), tuple(wrong)


def unreadable(data: bytes | str | msgspec.Raw, error: object) -> ProtocolError:
    """Make the error for a frame that cannot be read: at most 200 sanitised characters in all."""
    reason = clean(str(error), 90)
    text = data if isinstance(data, str) else bytes(data)
    return ProtocolError(clean(f"{reason}: {excerpt(text)}"))


_read_rows = reader(list[msgspec.Raw])


def write(message: object) -> str:
    """Encode a message as compact JSON text; `Decimal` becomes a JSON number with every digit kept."""
    return _encoder.encode(message).decode()


def milliseconds(value: int | float | str | None) -> int | None:
    """Read a server's time, epoch milliseconds or ISO 8601 (UTC when it names no zone), or None.

    A time is only shown, never computed with, so one that cannot be read degrades to None.
    """
    if isinstance(value, str):
        return _of_text(value)
    if value is None or not 0 <= value <= _MAX_MS:
        return None
    return int(value)


@lru_cache(maxsize=64)
def _of_text(text: str) -> int | None:
    """What a server tells in one go has one time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return _whole_milliseconds(moment.replace(tzinfo=_UTC) if moment.tzinfo is None else moment)


def _whole_milliseconds(moment: datetime) -> int | None:
    try:
        stamp = moment.timestamp()
    except (OverflowError, ValueError):
        return None
    return round(stamp * 1_000) if stamp >= 0 else None


_UTC = datetime.fromisoformat("1970-01-01T00:00:00+00:00").tzinfo
