"""What a killed server leaves is swept by the next; what is in use, young, or not ours is left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from embedded_server import temporary_folders
from embedded_server.temporary_folders import MARK, MIN_AGE_SECONDS, make, remove, sweep


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def aged(folder: Path) -> Path:
    old = folder.stat().st_mtime - MIN_AGE_SECONDS - 1
    os.utime(folder, (old, old))
    return folder


def test_a_folder_in_use_is_left_alone_at_any_age(place: Path) -> None:
    folder = aged(make())
    assert sweep() == []
    remove(folder)
    assert not folder.exists()


def test_the_folder_of_a_killed_server_is_swept(place: Path) -> None:
    code = (
        "import tempfile, time; from embedded_server.temporary_folders import make; "
        f"tempfile.tempdir = {str(place)!r}; print(make(), flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        folder = aged(Path(server.stdout.readline().strip()))
        assert sweep() == []
        server.send_signal(signal.SIGKILL)
        server.wait()
    (folder / "credentials.json").write_text("{}")
    aged(folder)
    assert sweep() == [folder]
    assert not folder.exists()


def test_what_is_young_unmarked_linked_or_named_otherwise_is_left_alone(place: Path) -> None:
    young, unmarked, other = (place / name for name in ("tui-trader-young", "tui-trader-unmarked", "other"))
    for folder in (young, unmarked, other):
        folder.mkdir()
    for folder in (young, other):
        (folder / MARK).touch()
    aged(unmarked)
    aged(other)
    (place / "tui-trader-link").symlink_to(other)
    (place / "tui-trader-file").touch()
    assert sweep() == []
    assert all(folder.exists() for folder in (young, unmarked, other))


def test_a_folder_of_somebody_else_is_left_alone(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place / "tui-trader-theirs"
    folder.mkdir()
    (folder / MARK).touch()
    aged(folder)
    owner = os.getuid()
    monkeypatch.setattr(temporary_folders.os, "getuid", lambda: owner + 1)
    assert sweep() == []
    monkeypatch.undo()
    assert sweep(place) == [folder]
