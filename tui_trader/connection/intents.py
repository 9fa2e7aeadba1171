"""Orders about to be sent, on disk before they are: what a console that was killed leaves to the next one.

Each console appends to a file of its own, readable by its owner only; those of consoles that are gone are
taken over.
A line that was cut short is the last of a file, and its order was not sent yet.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from tui_trader.model.commands import PlaceOrder
from tui_trader.model.errors import CommandError

if sys.platform != "win32":  # where there are no such locks, another console's file may be read beside it
    import fcntl

MOST = 200
"""Orders without an outcome; one more is refused before anything is sent."""
KEPT_DAYS = 30
LARGEST = 262_144
"""Bytes after which a file is written anew with what is still open."""
_log = logging.getLogger(__name__)


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """An order that was about to be sent to an account, and when, wall-clock epoch milliseconds."""

    account: str
    order: PlaceOrder
    at_ms: int


class _Line(msgspec.Struct, omit_defaults=True):
    begin: Intent | None = None
    end: str | None = None


_encode = msgspec.json.Encoder().encode
_read = msgspec.json.Decoder(_Line).decode


class IntentFile:
    """The intents whose outcome is open, by the order's reference: `inherited` ones, then this console's."""

    def __init__(self, folder: Path, name: str) -> None:
        """Open a file of one's own and take over those of consoles that are gone. Raises `OSError`."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / f"{name}.jsonl"
        self._pending: dict[str, Intent] = {}
        taken = list(_abandoned(folder, self.path))
        for _, intents in taken:
            self._pending.update(intents)
        self.inherited = tuple(self._pending.values())
        """What earlier consoles left open, oldest first."""
        self._file = self._rewritten()
        for path, _ in taken:
            with contextlib.suppress(OSError):
                path.unlink()

    def __contains__(self, reference: str) -> bool:
        return reference in self._pending

    def of_account(self, account: str) -> tuple[Intent, ...]:
        """What is open on an account."""
        return tuple(intent for intent in self._pending.values() if intent.account == account)

    def begin(self, account: str, order: PlaceOrder) -> None:
        """Keep an order, synced, before it is sent. Raises `CommandError`: it must then not be sent."""
        if len(self._pending) >= MOST:
            raise CommandError(f"not sent: the outcome of {MOST} orders is unknown; verify and dismiss them")
        intent = Intent(account=account, order=order, at_ms=time.time_ns() // 1_000_000)
        try:
            self._append(_Line(begin=intent))
            os.fsync(self._file.fileno())
        except OSError as error:
            self._try_to_end(order.reference)  # some of it may be written
            raise CommandError(
                f"not sent: what is sent cannot be kept on disk ({error.strerror or error})"
            ) from None
        self._pending[order.reference] = intent

    def end(self, reference: str) -> None:
        """Forget an order whose outcome is known; safe to repeat."""
        if self._pending.pop(reference, None) is not None:
            self._try_to_end(reference)

    def close(self) -> None:
        """Leave what is open to the next console, and nothing where nothing is."""
        self._file.close()
        if not self._pending:
            with contextlib.suppress(OSError):
                self.path.unlink()

    def _try_to_end(self, reference: str) -> None:
        with contextlib.suppress(OSError):  # it is asked about once more next time, and nothing else
            self._append(_Line(end=reference))
            if self._file.tell() > LARGEST:
                present, self._file = self._file, self._rewritten()
                present.close()  # not sooner: its lock keeps other consoles away until the new one's does

    def _append(self, line: _Line) -> None:
        self._file.write(_encode(line) + b"\n")
        self._file.flush()

    def _rewritten(self) -> BinaryIO:
        temporary = self.path.with_suffix(".part")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        file = os.fdopen(descriptor, "wb")
        try:
            _lock(file)
            file.writelines(_encode(_Line(begin=intent)) + b"\n" for intent in self._pending.values())
            file.flush()
            os.fsync(descriptor)
            temporary.replace(self.path)
        except OSError:
            with contextlib.suppress(OSError):
                file.close()
            raise
        return file


def _abandoned(folder: Path, own: Path) -> Iterator[tuple[Path, dict[str, Intent]]]:
    """Files of consoles that are gone, with what they left open; old intents are past asking."""
    oldest = (time.time() - KEPT_DAYS * 86_400) * 1_000
    for path in sorted(folder.glob("*.jsonl"), key=_age):
        with contextlib.suppress(OSError):
            with path.open("rb") as file:
                if path == own or not _lock(file):
                    continue
                intents = _open_in(file)
            yield path, {name: intent for name, intent in intents.items() if intent.at_ms > oldest}


def _age(path: Path) -> float:
    """When it was last written; one that just went away is the oldest."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _open_in(lines: BinaryIO) -> dict[str, Intent]:
    found: dict[str, Intent] = {}
    for text in lines:
        try:
            line = _read(text)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            _log.warning("a line of the intents is cut short or damaged and left out")
            continue
        if line.begin is not None:
            found[line.begin.order.reference] = line.begin
        elif line.end is not None:
            found.pop(line.end, None)
    return found


def _lock(file: BinaryIO) -> bool:
    """Take a file's lock, which ends with this process; False while another one has it."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
