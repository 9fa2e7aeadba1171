"""The file itself: whose it is, who may open it, what it never does."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from journal_stage import SETTINGS, file_of, killed, opened

from embedded_server.engine.engine import Input
from embedded_server.journal import store as store_module
from embedded_server.journal.errors import JournalError, Unwritable
from embedded_server.journal.journal import Journal
from embedded_server.journal.records import Mark
from embedded_server.journal.schema import FORMAT
from embedded_server.journal.store import NAME, Store
from embedded_server.model.commands import MovePrice


def refusal(folder: Path) -> str:
    """The sentence with which a folder is refused."""
    with pytest.raises(JournalError) as error:
        Journal(folder, SETTINGS)
    sentence = str(error.value)
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("content", [b"hello", b"\0" * 4096, b"SQLite format 3\0" + b"\xff" * 4080])
def test_a_file_that_is_no_journal_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    assert "name another folder" in refusal(tmp_path)
    assert (tmp_path / NAME).read_bytes() == content


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / NAME)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = (tmp_path / NAME).read_bytes()
    assert "another program's database" in refusal(tmp_path)
    assert (tmp_path / NAME).read_bytes() == before


def test_a_newer_programs_journal_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    connection = sqlite3.connect(file_of(tmp_path))
    connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    connection.close()
    assert "newer version" in refusal(tmp_path)


def test_a_damaged_journal_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as stage:
        stage.run(20)
    data = bytearray(file_of(tmp_path).read_bytes())
    data[4096:] = b"\xaa" * (len(data) - 4096)
    file_of(tmp_path).write_bytes(data)
    assert "damaged" in refusal(tmp_path)


def test_a_second_server_on_the_folder_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    with opened(tmp_path):
        assert "in use by another server" in refusal(tmp_path)
    with opened(tmp_path) as stage:
        assert stage.journal.recovered


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot make the folder" in refusal(tmp_path / "file")


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with killed(folder) as stage:
        stage.picture()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


@pytest.mark.parametrize("table", ["run", "inputs", "events", "marks"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET rowid = rowid + 1"])
def test_what_is_kept_is_never_changed(tmp_path: Path, table: str, change: str) -> None:
    with killed(tmp_path) as stage:
        stage.place()
        stage.run(3)
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            stage.journal.store.connection.execute(change.format(table))


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / NAME)
    mark = Mark(1, 0, 0, 0, 0, b"")
    store.add_events((), mark, sync=True)
    with pytest.raises(Unwritable, match="UNIQUE"):
        store.add_events((), mark, sync=True)
    store.add_events((), Mark(2, 0, 0, 0, 0, b""), sync=False)
    assert [one.id for one in store.marks()] == [1, 2]
    assert store.synced.count == 1
    store.close()


def test_after_a_sync_that_failed_what_it_was_for_is_written_anew_and_not_only_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(descriptor: int) -> None:
        raise OSError(5, "Input/output error")  # a system says so once, and forgets what it was to write

    store = Store(tmp_path / NAME)
    log = tmp_path / f"{NAME}-wal"
    store.add_input(Input(0, 1, MovePrice(instrument="EURUSD", fraction=0.1)))
    with monkeypatch.context() as patch:
        patch.setattr(store_module, "_sync", failing)
        for _ in range(2):
            with pytest.raises(Unwritable, match="Input/output error"):
                store.sync()
            assert store.unsynced
    store.add_input(Input(0, 2, MovePrice(instrument="EURUSD", fraction=0.1)))
    assert log.stat().st_size
    store.sync()
    assert (store.unsynced, log.stat().st_size) == (False, 0)
    store.add_input(Input(0, 3, MovePrice(instrument="EURUSD", fraction=0.1)))
    store.sync()
    assert log.stat().st_size
    store.close()
