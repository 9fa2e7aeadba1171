"""The tables of a journal, and what marks a file as one.

`inputs` and `events` count 1..N without a gap and are never changed. A mark says how far a run had come: both
counts, the market's events told so far, and a digest that chains all of them. A snapshot is a mark with the
engine's state beside it, in a file of its own.
"""

from __future__ import annotations

APPLICATION_ID = 0x54544A31
FORMAT = 1
"""Stored as `user_version`; a higher one is a newer program's."""

TABLES = """
CREATE TABLE run (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    program TEXT NOT NULL,
    engine TEXT NOT NULL,
    settings TEXT NOT NULL,
    seed INTEGER NOT NULL,
    start INTEGER NOT NULL,
    sessions INTEGER NOT NULL,
    created INTEGER NOT NULL
);
CREATE TABLE inputs (
    sequence INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    command BLOB NOT NULL
);
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    published INTEGER NOT NULL,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    event BLOB NOT NULL
);
CREATE TABLE marks (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    inputs INTEGER NOT NULL,
    events INTEGER NOT NULL,
    published INTEGER NOT NULL,
    digest BLOB NOT NULL
);
CREATE TABLE snapshots (
    mark INTEGER PRIMARY KEY REFERENCES marks (id),
    file TEXT NOT NULL,
    digest BLOB NOT NULL
);
"""

_NEVER = """
CREATE TRIGGER {table}_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'a journal is only added to'); END;
"""

TRIGGERS = "".join(
    _NEVER.format(table=table, verb=verb)
    for table in ("run", "inputs", "events", "marks")
    for verb in ("UPDATE", "DELETE")
)
