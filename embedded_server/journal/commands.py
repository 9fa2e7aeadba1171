"""`tui-trader journal verify|export DIR`: a report, or everything as JSON lines."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from embedded_server.journal import audit
from embedded_server.journal.errors import JournalError
from embedded_server.journal.recovery import recover
from embedded_server.journal.store import NAME, Store
from embedded_server.kernel.time import SECOND

FINDING = 1
Write = Callable[[str], object]


def verify(folder: Path, write: Write, *, from_the_start: bool = False) -> int:
    """Check a folder's journal and write a report; returns 1 if something was found.

    `from_the_start` replays the whole run instead of what follows the last snapshot. Raises `JournalError`
    for a folder whose journal cannot be opened at all.
    """
    store = _opened(folder)
    try:
        findings = _report(store, write, from_the_start=from_the_start)
    finally:
        store.close()
    for finding in findings:
        write(f"FOUND      {finding}\n")
    write("FINDINGS   " + (str(len(findings)) if findings else "none") + "\n")
    return FINDING if findings else 0


def export(folder: Path, write: Write) -> int:
    """Write the run, inputs, events and marks as JSON lines, each table in its order."""
    store = _opened(folder)
    try:
        _line(write, "run", store.run())
        for entry in store.inputs():
            _line(write, "input", entry)
        for row in store.events():
            _line(
                write,
                "event",
                {
                    "sequence": row.sequence,
                    "published": row.published,
                    "event": msgspec.msgpack.decode(row.event),
                },
            )
        for mark in store.marks():
            _line(write, "mark", {**msgspec.structs.asdict(mark), "digest": mark.digest.hex()})
    except msgspec.MsgspecError as error:
        raise JournalError(f"{store.path} cannot be read to its end: {error}") from None
    finally:
        store.close()
    return 0


def _opened(folder: Path) -> Store:
    path = folder / NAME
    if not path.is_file():
        raise JournalError(f"there is no journal in {folder}")
    return Store(path)


def _report(store: Store, write: Write, *, from_the_start: bool) -> list[str]:
    run = store.run()
    counts = {
        table: store.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("inputs", "events", "marks", "snapshots")
    }
    write(f"journal    {store.path}\n")
    write(f"run        seed {run.seed}, from {_moment(run.start)}, version {run.program}\n")
    write("rows       " + ", ".join(f"{count} {table}" for table, count in counts.items()) + "\n")
    findings = [*audit.pages(store), *audit.gaps(store)]
    books = audit.Books()
    for row in store.events():
        books.add(row)
    books.close()
    write(f"books      {len(books.orders)} orders, {books.deals} deals, {books.entries} ledger entries\n")
    for account, balance in sorted(books.balances.items()):
        write(f"balance    {account} {balance} micros\n")
    return findings + books.findings + _replay(store, write, from_the_start=from_the_start)


def _replay(store: Store, write: Write, *, from_the_start: bool) -> list[str]:
    started = time.perf_counter()
    try:
        engine, mark = recover(store, from_the_start=from_the_start)
    except JournalError as error:
        return [str(error)]
    origin = "the start" if from_the_start or not store.snapshots() else "the last snapshot"
    took = time.perf_counter() - started
    write(f"replay     from {origin} to {_moment(engine.now)} agrees, {took:.1f} s\n")
    write(f"digest     {mark.digest.hex()}\n")
    return []


def _line(write: Write, table: str, row: object) -> None:
    write(msgspec.json.encode({"table": table, "row": row}).decode() + "\n")


def _moment(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds // SECOND, UTC).strftime("%Y-%m-%d %H:%M:%S")
