"""What a terminal must be for the console to be drawn on it: said in a sentence before anything starts."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Mapping
from typing import TextIO

from tui_trader.model.errors import SettingsError

_CANNOT_MOVE = frozenset({"dumb", "unknown"})
"""`TERM` of what only prints line after line."""


def check(environment: Mapping[str, str]) -> None:
    """Raise `SettingsError` where keys cannot be read (stdin), or the screen not drawn (stderr)."""
    if not all(map(_is_terminal, (sys.__stdin__, sys.__stderr__))):
        raise SettingsError(
            "the console needs a terminal to read keys from and to draw on; --server-only needs none"
        )
    if environment.get("TERM", "") in _CANNOT_MOVE:
        raise SettingsError(
            f"this terminal cannot be drawn on (TERM={environment['TERM']}); start it in another, "
            "or set TERM to what it is"
        )
    encoding = getattr(sys.__stderr__, "encoding", None) or "ascii"
    if codecs.lookup(encoding).name != "utf-8":
        raise SettingsError(
            f"the screen is drawn in UTF-8, and this terminal's locale says {encoding}: "
            "start it with LC_ALL=C.UTF-8 or PYTHONUTF8=1"
        )


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False
