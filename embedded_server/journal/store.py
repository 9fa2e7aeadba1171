"""One journal file: opened by one process at a time, written in transactions that are kept or not there.

SQLite in WAL mode. A commit that must last is synced (`synchronous=FULL`); one that may be lost with the
power, but not with the process, is not. Commands are committed at once and synced together: `sync` before
anybody is answered.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from embedded_server.engine.engine import Input
from embedded_server.journal.errors import FolderInUse, FolderUnwritable, JournalError, Unwritable
from embedded_server.journal.latency import Latency
from embedded_server.journal.records import Mark, Run, Snapshot, StoredEvent, encode, input_of
from embedded_server.journal.schema import APPLICATION_ID, FORMAT, TABLES, TRIGGERS

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

NAME = "journal.sqlite"
_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_PAGE = 1_000
_log = logging.getLogger(__name__)


class Store:
    """Rows in, rows out; `close` gives the file free."""

    def __init__(self, path: Path) -> None:
        """Lock the file, making it if need be. Raises `JournalError`."""
        self.path = path
        self.synced = Latency()
        """What commits that must last took."""
        _check_header(path)
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            pass
        except OSError as error:
            raise FolderUnwritable(f"cannot write the journal {path}: {error.strerror}") from None
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=0, cached_statements=64)
        self._full = True
        self.unsynced = False
        """Whether an input waits for a sync."""
        self._log_file: int | None = None
        self._doubtful = False
        """Whether a sync failed: the system may have given up what was to be written, and says so once."""
        try:
            with _explained(path):
                self._lock()
        except BaseException:
            self._connection.close()
            raise

    @property
    def connection(self) -> sqlite3.Connection:
        """For questions of one's own."""
        return self._connection

    @property
    def empty(self) -> bool:
        """Whether no run is in it yet."""
        with _explained(self.path):
            return self._connection.execute("SELECT 1 FROM run").fetchone() is None

    def close(self) -> None:
        """Give the file free; safe to repeat."""
        self._connection.close()
        if self._log_file is not None:
            os.close(self._log_file)
            self._log_file = None

    def begin_run(self, run: Run) -> None:
        """Write whose run it is."""
        values = (run.program, run.engine, run.settings, run.seed, run.start, run.sessions, run.created)
        with self._transaction(sync=True):
            self._connection.execute("INSERT INTO run VALUES (1, ?, ?, ?, ?, ?, ?, ?)", values)

    def run(self) -> Run:
        """Whose run it is; raises `JournalError` if nobody's."""
        with _explained(self.path):
            row = self._connection.execute(
                "SELECT program, engine, settings, seed, start, sessions, created FROM run"
            ).fetchone()
        if row is None:
            raise JournalError(f"there is no run in {self.path}")
        program, engine, settings, seed, start, sessions, created = row
        return Run(program, engine, settings, seed, start, bool(sessions), created)

    def add_input(self, entry: Input) -> None:
        """Keep a command: it outlives the process now, and the machine once synced. Raises `Unwritable`."""
        with self._transaction(sync=False):
            self._connection.execute(
                "INSERT INTO inputs VALUES (?, ?, ?)", (entry.sequence, entry.time, encode(entry.command))
            )
        self.unsynced = True

    def sync(self) -> None:
        """Sync what was committed without: the one wait of all commands of a tick. Raises `Unwritable`."""
        started = time.perf_counter()
        try:
            if self._log_file is None:
                self._log_file = os.open(f"{self.path}-wal", os.O_RDWR)
            if self._doubtful:
                self._write_anew()
            _sync(self._log_file)
        except OSError as error:
            self._doubtful = True
            raise Unwritable(f"{self.path}: {error.strerror}") from error
        self.unsynced = self._doubtful = False
        self.synced.add(time.perf_counter() - started)

    def _write_anew(self) -> None:
        """Bring what is in the log to the database: written there, it is synced for sure."""
        try:
            (busy, *_) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise Unwritable(f"{self.path}: {error}") from error
        if busy:
            raise Unwritable(f"{self.path}: the log cannot be written anew")

    def add_events(self, events: Sequence[StoredEvent], mark: Mark, *, sync: bool) -> None:
        """Keep events and how far the run has come. Raises `Unwritable`."""
        rows = ((row.sequence, row.published, row.time, row.kind, row.event) for row in events)
        values = (mark.id, mark.time, mark.inputs, mark.events, mark.published, mark.digest)
        with self._transaction(sync=sync):
            self._connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", rows)
            self._connection.execute("INSERT INTO marks VALUES (?, ?, ?, ?, ?, ?)", values)

    def add_snapshot(self, snapshot: Snapshot, keep: int) -> list[str]:
        """Keep that a snapshot's file is whole; returns the files that are no longer needed."""
        connection = self._connection
        with self._transaction(sync=False):
            connection.execute(
                "INSERT INTO snapshots VALUES (?, ?, ?)", (snapshot.mark.id, snapshot.file, snapshot.digest)
            )
            old = connection.execute(
                "SELECT mark, file FROM snapshots ORDER BY mark DESC LIMIT -1 OFFSET ?", (keep,)
            ).fetchall()
            connection.executemany("DELETE FROM snapshots WHERE mark = ?", ((mark,) for mark, _ in old))
        return [file for _, file in old]

    def inputs(self, after: int = 0) -> Iterator[Input]:
        """Commands in order. Raises `msgspec.MsgspecError` for one that cannot be read."""
        for row in self._rows("inputs", "sequence, time, command", after):
            yield input_of(*row)

    def events(self, after: int = 0) -> Iterator[StoredEvent]:
        """Events in order."""
        for row in self._rows("events", "sequence, published, time, kind, event", after):
            yield StoredEvent(*row)

    def marks(self, after: int = 0) -> Iterator[Mark]:
        """Marks in order."""
        for row in self._rows("marks", "id, time, inputs, events, published, digest", after):
            yield Mark(*row)

    def _rows(self, table: str, columns: str, after: int) -> Iterator[tuple[Any, ...]]:
        """Rows by their number, a page at a time: a statement left open would keep the file locked."""
        key = columns.partition(",")[0]
        query = f"SELECT {columns} FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT {_PAGE}"
        while True:
            with _explained(self.path):
                page = self._connection.execute(query, (after,)).fetchall()
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1][0]

    def snapshots(self) -> list[Snapshot]:
        """Snapshots, newest first."""
        query = (
            "SELECT m.id, m.time, m.inputs, m.events, m.published, m.digest, s.file, s.digest"
            " FROM snapshots s JOIN marks m ON m.id = s.mark ORDER BY m.id DESC"
        )
        with _explained(self.path):
            rows = self._connection.execute(query).fetchall()
        return [Snapshot(Mark(*row[:6]), row[6], row[7]) for row in rows]

    def _lock(self) -> None:
        connection = self._connection
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("BEGIN EXCLUSIVE")
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {FORMAT}")
            for statement in _statements(TABLES + TRIGGERS):
                connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")

    @contextlib.contextmanager
    def _transaction(self, *, sync: bool) -> Iterator[None]:
        connection = self._connection
        started = time.perf_counter()
        try:
            if sync is not self._full:
                connection.execute(f"PRAGMA synchronous = {'FULL' if sync else 'NORMAL'}")
                self._full = sync
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_IOERR:
                self._doubtful = True
            raise Unwritable(f"{self.path}: {error}") from error
        if sync:
            self.unsynced = False
            self.synced.add(time.perf_counter() - started)


def _sync(descriptor: int) -> None:
    """Down to the disk itself; macOS has a call of its own for that."""
    full: int | None = getattr(fcntl, "F_FULLFSYNC", None) if fcntl is not None else None
    if fcntl is not None and full is not None:
        fcntl.fcntl(descriptor, full)
    else:
        getattr(os, "fdatasync", os.fsync)(descriptor)


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _check_header(path: Path) -> None:
    """Refuse what is no journal, or a newer program's, without touching it."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER)
    except FileNotFoundError:
        return
    except OSError as error:
        raise FolderUnwritable(f"cannot read the journal {path}: {error.strerror}") from None
    if not header:
        return
    if not header.startswith(_MAGIC) or len(header) < _HEADER:
        raise JournalError(f"{path} is not a journal, or it is damaged; move it away or name another folder")
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise JournalError(f"{path} is another program's database; name another folder")
    if int.from_bytes(header[60:64], "big") > FORMAT:
        raise JournalError(f"{path} was written by a newer version of this program; use that one")


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says on opening and reading into a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise FolderInUse(
                f"{path.parent} is in use by another server; stop it, name another folder or use --ephemeral"
            ) from None
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
            raise FolderUnwritable(f"cannot write the journal {path}: {error}") from None
        raise JournalError(f"the journal {path} is damaged: {error}; name another folder") from None
