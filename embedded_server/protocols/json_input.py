"""Strict reading of JSON that a client sent: whatever is wrong with it, only `InputError` comes out."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import NoReturn, TypeVar

import msgspec

MAX_BYTES = 64 * 1024
MAX_DEPTH = 32
MAX_NUMBER_CHARACTERS = 40
MAX_QUOTED_CHARACTERS = 200

Value = TypeVar("Value")


class InputError(ValueError):
    """What a client sent cannot be used. The text is one printable sentence, fit to be sent back.

    `field` is the path of the offending field (`config.symbols[0]`) when the JSON itself was fine.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(printable(message))
        self.field = field


def parse(message: str | bytes, *, limit: int = MAX_BYTES, exact: bool = False) -> object:
    """Read one JSON document of at most `limit` UTF-8 bytes.

    `exact` gives `Decimal` for fractions instead of float. Raises `InputError` for anything else: NaN,
    infinities, numbers past 40 characters, duplicate keys, nesting past 32, lone surrogates and NUL.
    """
    text = _text(message, limit)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_decimal if exact else _float,
        )
    except RecursionError:
        raise InputError("JSON is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg} at character {error.pos}") from None
    _inspect(value)
    return value


def parse_object(message: str | bytes, *, limit: int = MAX_BYTES, exact: bool = False) -> dict[str, object]:
    """Read a JSON document that must be an object; raises `InputError`."""
    value = parse(message, limit=limit, exact=exact)
    if not isinstance(value, dict):
        raise InputError("a JSON object is expected")
    return value


def convert(value: object, kind: type[Value]) -> Value:
    """Check parsed JSON against a message model, strictly: `1` is no bool, `"1"` no number.

    Raises `InputError`. Fields the model does not have are ignored.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        field = path.strip("`").removeprefix("$").removeprefix(".")
        raise InputError(f"{field}: {message}" if field else message, field or None) from None


def printable(text: str) -> str:
    """Cut to 200 characters and replace what is not printable, so that a client can be quoted."""
    kept = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )
    return kept if len(kept) <= MAX_QUOTED_CHARACTERS else kept[: MAX_QUOTED_CHARACTERS - 1] + "…"


def _text(message: str | bytes, limit: int) -> str:
    if len(message) > limit:
        raise InputError(f"message is longer than {limit} bytes")
    try:
        if isinstance(message, bytes):
            return message.decode("utf-8")
        if len(message.encode("utf-8")) > limit:
            raise InputError(f"message is longer than {limit} bytes")
    except UnicodeError:
        raise InputError("not valid UTF-8") from None
    return message


def _unique(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise InputError("an object has the same key twice")
    return values


def _no_constant(name: str) -> NoReturn:
    raise InputError(f"{name} is not a JSON number")


def _integer(digits: str) -> int:
    if len(digits) > MAX_NUMBER_CHARACTERS:
        raise InputError("a number is too long")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits) if len(digits) <= MAX_NUMBER_CHARACTERS else math.inf
    if not math.isfinite(value):
        raise InputError("a number is too long or too large")
    return value


def _decimal(digits: str) -> Decimal:
    _float(digits)
    return Decimal(digits)


def _inspect(value: object) -> None:
    """Refuse deep nesting and text that cannot travel on: surrogates do not encode, NUL ends C strings."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        below: list[object] = []
        for item in level:
            if isinstance(item, str):
                _inspect_text(item)
            elif isinstance(item, dict):
                below.extend(item)
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        if not below:
            return
        level = below
    raise InputError("JSON is nested too deeply")


def _inspect_text(text: str) -> None:
    if "\0" in text:
        raise InputError("text contains NUL")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("text contains a lone surrogate") from None
