"""Verbs of what was recorded: the journal and the frames."""

from __future__ import annotations

from collections.abc import Sequence

from tui_trader.commands.grammar import Verb, Words
from tui_trader.desk import Desk
from tui_trader.model.values import Severity


def _journal(words: Words, desk: Desk) -> None:
    desk.console.search("journal", " ".join(words))


def _frames(words: Words, desk: Desk) -> None:
    desk.console.search("inspector", " ".join(words))


def _fields(words: Words, desk: Desk) -> Sequence[str]:
    return [*(f"link:{name}" for name in desk.names), *(f"sev:{one}" for one in Severity)]


RECORDS = (
    Verb("journal", "[link:NAME] [kind:KIND] [sev:LEVEL] [WORDS]", "search what happened", _journal, _fields),
    Verb("frames", "[link:NAME] [kind:TYPE] [dir:in] [WORDS]", "search the raw frames", _frames, _fields),
)
