"""One alert: a figure that crosses a bound, or a link that is lost. Figures are read as they are typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from tui_trader.formatting.numbers import ungrouped
from tui_trader.formatting.symbols import long_symbol
from tui_trader.model.errors import CommandError

FIGURES = ("pnl", "equity", "exposure", "drawdown", "margin")
"""Subjects that are not instruments: the account's result and the guardian's figures."""
LINK = "link"
MOST = Decimal(10) ** 15
"""No price and no amount of money is as much."""
PLACES = 12
_USAGE = "Say what and when: EURUSD > 1.10, pnl < -100, drawdown > 5, or link [NAME]."
_SYMBOL = re.compile(r"[A-Z0-9._/-]{1,20}")


class Alert(Struct, frozen=True, kw_only=True):
    """`subject` is a figure, an instrument's key, `pnl KEY`, or `link NAME` (`link *` for any of them)."""

    number: int
    subject: str
    above: bool = False
    bound: str = "0"
    met: bool = False
    """Whether it holds now: it is told when it begins to, once."""

    @property
    def text(self) -> str:
        """The alert as it would be typed."""
        if self.subject.startswith(LINK):
            return self.subject.replace(" *", "")
        return f"{self.subject} {'>' if self.above else '<'} {self.bound}"

    def holds(self, value: float) -> bool:
        """Whether a figure is beyond the bound."""
        bound = float(self.bound)
        return value > bound if self.above else value < bound


def read(words: Sequence[str], number: int) -> Alert:
    """Read `SUBJECT > FIGURE` or `link [NAME]`. Raises `CommandError`."""
    text = " ".join(words)
    if words and words[0].lower() in (LINK, "links"):
        if len(words) > 2:
            raise CommandError("One link, or none for all of them.")
        return Alert(number=number, subject=f"{LINK} {words[1] if len(words) == 2 else '*'}")
    parts = re.fullmatch(r"\s*([^<>=]+?)\s*([<>])=?\s*(\S+)\s*", text)
    if parts is None:
        raise CommandError(_USAGE)
    return Alert(
        number=number, subject=_subject(parts[1].split()), above=parts[2] == ">", bound=_bound(parts[3])
    )


def _subject(words: Sequence[str]) -> str:
    first = words[0].lower()
    if first == "pnl" and len(words) == 2:
        return f"pnl {_key(words[1])}"
    if len(words) != 1:
        raise CommandError(_USAGE)
    return first if first in FIGURES else _key(words[0])


def _key(word: str) -> str:
    key = long_symbol(word)
    if not _SYMBOL.fullmatch(key):
        raise CommandError(f"{word[:20]!r} is not an instrument.")
    return key


def _bound(word: str) -> str:
    try:
        value = Decimal(ungrouped(word).rstrip("%"))
    except InvalidOperation:
        raise CommandError(f"{word[:20]!r} is not a figure.") from None
    if not value.is_finite() or abs(value) >= MOST or value != round(value, PLACES):
        raise CommandError(f"{word[:20]!r} is not a figure that is ever reached.")
    return f"{value:f}"
