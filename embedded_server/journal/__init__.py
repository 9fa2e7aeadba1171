"""The record of a run in SQLite, append-only: kept before it is told, replayed after a crash."""
