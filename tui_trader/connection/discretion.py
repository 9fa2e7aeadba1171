"""Texts of a server that quote a secret back at us: hidden before anything can show, keep or export them.

Every text of every event is looked at, whatever field it stands in and whatever is added to the model.
Streams that bring nothing but figures under checked names pass as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import TypeVar, cast, get_args

from msgspec import Struct
from msgspec.structs import fields, replace

from tui_trader.model.events import (
    BarUpdated,
    DepthUpdated,
    Event,
    HistoryLoaded,
    PositionProfit,
    QuoteUpdated,
    RoundTripMeasured,
    TradePrinted,
)
from tui_trader.protocols.redaction import Redactor
from tui_trader.protocols.sanitising import SHORT

T = TypeVar("T")
STREAMS = frozenset(
    {
        QuoteUpdated,
        TradePrinted,
        DepthUpdated,
        BarUpdated,
        HistoryLoaded,
        PositionProfit,
        RoundTripMeasured,
    }
)
"""They come by the thousand, and no codec puts a text of the server's own wording into them."""
OURS = frozenset({"link"})
"""Fields that the console fills in itself and finds its way by."""
_FIGURES = frozenset({float, int, bool, type(None), Decimal, bytes})
_REMEMBERED = 4_096


class Discretion:
    """Takes out of events what one link's redactor knows for a secret."""

    __slots__ = ("_known", "_redactor", "_shown")

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._known = redactor.values
        self._shown: dict[str, str] = {}

    def __call__(self, event: Event) -> Event:
        """Return the event, its texts without secrets."""
        return event if type(event) in STREAMS else _without(event, self._text)

    def _text(self, text: str) -> str:
        """Names and ids come again and again: each is judged once, until one more secret is known."""
        if len(text) > SHORT:
            return self._redactor.text(text)
        if self._known is not self._redactor.values or len(self._shown) > _REMEMBERED:
            self._known = self._redactor.values
            self._shown.clear()
        shown = self._shown.get(text)
        if shown is None:
            shown = self._shown[text] = self._redactor.text(text)
        return shown


def _without(value: T, hide: Callable[[str], str]) -> T:
    """The value with every text in it as `hide` gives it; the very same where nothing is hidden."""
    kind = type(value)
    if kind in _FIGURES:
        return value
    if isinstance(value, str) and kind is str:  # not an enum, whose members are ours
        shown = hide(value)
        return value if shown == value else cast(T, shown)
    if isinstance(value, tuple):
        parts = tuple(_without(part, hide) for part in value)
        return value if all(map(_same, parts, value)) else cast(T, parts)
    if isinstance(value, Struct):
        changes = {}
        for name in _telling(type(value)):
            present = getattr(value, name)
            if (fresh := _without(present, hide)) is not present:
                changes[name] = fresh
        return replace(value, **changes) if changes else value
    return value


@cache
def _telling(kind: type[Struct]) -> tuple[str, ...]:
    """Fields of a type that may hold a text, whether or not they do."""
    return tuple(one.name for one in fields(kind) if one.name not in OURS and not _is_figure(one.type))


def _is_figure(hint: object) -> bool:
    kinds = get_args(hint) or (hint,)
    return all(one in _FIGURES or (isinstance(one, type) and issubclass(one, Enum)) for one in kinds)


def _same(one: object, other: object) -> bool:
    return one is other
