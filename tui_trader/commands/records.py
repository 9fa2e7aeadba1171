"""Verbs of what was recorded: the journal and the frames."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from tui_trader.commands.grammar import Verb, Words
from tui_trader.desk import Desk
from tui_trader.export_folder import save, shown
from tui_trader.exports import FORMATS, TABLES, counted, written
from tui_trader.model.errors import CommandError
from tui_trader.model.values import Severity

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _journal(words: Words, desk: Desk) -> None:
    desk.console.search("journal", " ".join(words))


def _frames(words: Words, desk: Desk) -> None:
    desk.console.search("inspector", " ".join(words))


def _fields(words: Words, desk: Desk) -> Sequence[str]:
    return [*(f"link:{name}" for name in desk.names), *(f"sev:{one}" for one in Severity)]


def file_name(given: str, what: str, suffix: str) -> str:
    """The name of a file to make: as given, or what it holds and when. Raises `CommandError`."""
    if not given:
        return f"{what}-{datetime.now(UTC):%Y%m%d-%H%M%S}.{suffix}"
    if _NAME.fullmatch(given) is None:
        raise CommandError("A file's name is letters, digits, dots, dashes: it goes to the export folder.")
    return given if given.endswith(f".{suffix}") else f"{given}.{suffix}"


def _export(words: Words, desk: Desk) -> None:
    if len(words) not in (2, 3) or words[0] not in TABLES or words[1] not in FORMATS:
        raise CommandError(f"Say {' or '.join(TABLES)}, then csv or jsonl, then a name if you like.")
    what, form = words[:2]
    name = file_name("".join(words[2:]), what, form)
    table = TABLES[what](desk)
    if not table.count:
        raise CommandError(f"There is nothing to export: no {what}.")

    task = desk.progress.begin(f"saving {what}", desk.clock(), table.count)

    def work() -> str:
        try:
            path = save(name, written(counted(table, task), form))
        finally:
            desk.progress.end(task)
        return f"{table.count:,} {'lines' if what == 'journal' else what} saved: {shown(path)}"

    desk.console.in_background(work)


def _export_words(words: Words, desk: Desk) -> Sequence[str]:
    return (tuple(TABLES), FORMATS, ())[min(len(words), 2)]


def _screenshot(words: Words, desk: Desk) -> None:
    desk.console.screenshot(file_name("".join(words), "screen", "svg"))


def _record(words: Words, desk: Desk) -> None:
    if words[:1] == ["start"] and len(words) <= 2:
        if desk.player is not None:
            raise CommandError("This is a replay already.")
        name = file_name("".join(words[1:]), "session", "rec")
        path = desk.recorder.start(name, desk.store, desk.names, desk.clock())
        desk.console.report(f"Recording to {shown(path)}")
    elif words == ["stop"]:
        path = desk.recorder.stop()
        desk.console.report(
            f"{desk.recorder.events:,} events recorded; play them with --replay {shown(path)}"
        )
    else:
        raise CommandError("Say start, with a name if you like, or stop.")


def _record_words(words: Words, desk: Desk) -> Sequence[str]:
    return () if words else ("start", "stop")


RECORDS = (
    Verb("journal", "[link:NAME] [kind:KIND] [sev:LEVEL] [WORDS]", "search what happened", _journal, _fields),
    Verb("frames", "[link:NAME] [kind:TYPE] [dir:in] [WORDS]", "search the raw frames", _frames, _fields),
    Verb("export", f"{'|'.join(TABLES)} csv|jsonl [NAME]", "save as a file", _export, _export_words),
    Verb("record", "start [NAME] | stop", "record the session, to play it later", _record, _record_words),
    Verb("screenshot", "[NAME]", "save the screen as a picture", _screenshot),
)
