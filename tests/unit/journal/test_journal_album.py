"""Snapshots aside: the loop goes on, a failure costs nothing but a longer replay."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from journal_stage import killed, opened

from embedded_server.journal import snapshots
from embedded_server.journal.freezer import FrozenStateError
from embedded_server.journal.recorder import SNAPSHOT_TIME
from embedded_server.journal.side_process import POSSIBLE, SideProcess
from embedded_server.journal.snapshots import KEPT
from embedded_server.kernel.time import SECOND

forking = pytest.mark.skipif(not POSSIBLE, reason="snapshots are taken in the loop here")


def ended(process: SideProcess) -> bool:
    while (outcome := process.ended()) is None:
        time.sleep(0.001)
    return outcome


def _fail() -> None:
    raise ValueError("on purpose")


@forking
@pytest.mark.parametrize(("work", "outcome"), [(lambda: None, True), (_fail, False)])
def test_work_aside_says_whether_it_was_done(work: Callable[[], None], outcome: bool) -> None:
    assert ended(SideProcess(work)) is outcome


@forking
def test_work_aside_can_be_stopped() -> None:
    process = SideProcess(lambda: time.sleep(60))
    assert process.ended() is None
    process.stop()
    process.stop()
    assert process.ended() is False


def test_only_the_newest_snapshots_are_kept(tmp_path: Path) -> None:
    with opened(tmp_path) as stage:
        for _ in range(KEPT + 2):
            stage.picture_now()
            stage.run(1)
    names = {file.name for file in tmp_path.glob("snapshot-*")}
    with killed(tmp_path) as stage:
        assert names == {one.file for one in stage.journal.store.snapshots()}
        assert len(names) == KEPT


def test_what_an_interrupted_snapshot_left_is_swept_away(tmp_path: Path) -> None:
    with opened(tmp_path) as stage:
        stage.run(1)
    left = [tmp_path / "snapshot-000000000999.bin", tmp_path / "snapshot-000000001000.bin.part"]
    for file in left:
        file.touch()
    with opened(tmp_path):
        assert not any(file.exists() for file in left)


def test_a_snapshot_that_fails_is_logged_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> bytes:
        raise FrozenStateError("on purpose")

    with killed(tmp_path) as stage:
        monkeypatch.setattr(snapshots, "freeze", fail)
        stage.picture_now()
        assert "no snapshot was taken" in caplog.text
        stage.place(1, "after")
        stage.run(1)
    with killed(tmp_path) as stage:
        assert [order.reference for order in stage.engine.accounts["spot"].order_history()] == ["after"]


def test_snapshots_fall_due_by_themselves_and_the_state_is_that_of_their_instant(tmp_path: Path) -> None:
    with killed(tmp_path) as stage:
        for _ in range(3):
            stage.picture()
        (newest, *_) = stage.journal.store.snapshots()
        assert stage.engine.now - newest.mark.time <= SNAPSHOT_TIME
        engine = snapshots.read(tmp_path, newest)
        assert engine is not None
        assert (engine.now, engine.bus.sequence) == (newest.mark.time, newest.mark.published)
        assert stage.journal.recorder.frozen.count == 3
        assert engine.now % SECOND == stage.engine.now % SECOND
