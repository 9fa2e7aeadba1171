"""A folder that a market must start from somehow: gone on with, set aside, or left alone; always told."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from journal_stage import SETTINGS, Stage, opened
from msgspec.structs import replace

from embedded_server.engine.engine import Engine, EngineSettings
from embedded_server.journal import adoption, halt, identity, recovery
from embedded_server.journal import journal as journal_module
from embedded_server.journal.adoption import IN_USE, KEPT_ASIDE, adopt
from embedded_server.journal.errors import JournalError
from embedded_server.journal.store import NAME
from embedded_server.kernel.simulation import Priority
from embedded_server.kernel.time import SECOND


def another_build(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Make this code another build than it was."""
    for module in (recovery, journal_module):
        monkeypatch.setattr(module, "engine_digest", lambda: name)


def begun(folder: Path, settings: EngineSettings = SETTINGS) -> int:
    """Leave a run with an order in a folder; return when it ended."""
    stage = Stage(folder, settings)
    stage.place()
    stage.run(1)
    stage.journal.close()
    return stage.engine.now


def test_a_run_goes_on_and_says_when(tmp_path: Path) -> None:
    ended = begun(tmp_path / "m")
    adopted = adopt(tmp_path / "m", SETTINGS)
    assert adopted.journal is not None
    assert adopted.notices == ()
    assert adopted.journal.resumed_at == ended
    assert adopted.journal.engine.accounts["spot"].order_history()
    adopted.journal.close()


def test_a_folder_in_use_is_left_alone_at_once(tmp_path: Path) -> None:
    first = adopt(tmp_path / "m", SETTINGS)
    started = time.monotonic()
    second = adopt(tmp_path / "m", SETTINGS)
    assert second.journal is None
    assert second.notices == (IN_USE,)
    assert time.monotonic() - started < 2
    assert first.journal is not None
    first.journal.close()


@pytest.mark.skipif(os.name != "posix", reason="asks whether a process is there")
def test_a_folder_whose_console_was_killed_is_waited_for(tmp_path: Path) -> None:
    first = adopt(tmp_path / "m", SETTINGS)
    assert first.journal is not None
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / "m" / "holder").write_text(str(gone.pid))
    holding = first.journal
    waited = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            holding.close()

    patch = pytest.MonkeyPatch()
    patch.setattr(adoption.time, "sleep", pause)
    try:
        second = adopt(tmp_path / "m", SETTINGS)
    finally:
        patch.undo()
    assert second.journal is not None
    assert len(waited) == 3
    second.journal.close()


def test_what_another_build_wrote_is_set_aside_and_a_new_run_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(tmp_path / "m")
    before = (tmp_path / "m" / NAME).read_bytes()
    another_build(monkeypatch, "other")
    adopted = adopt(tmp_path / "m", SETTINGS)
    assert adopted.journal is not None
    assert adopted.journal.resumed_at is None
    (sentence,) = adopted.notices
    (aside,) = tmp_path.glob("m-until-*")
    assert sentence == (
        "a new paper account was begun, because its journal was written by another build of this program "
        f"(version {identity.program_version()}); the one before is kept in {aside}"
    )
    assert (aside / NAME).read_bytes() == before
    adopted.journal.close()
    assert (tmp_path / "m" / "holder").stat().st_mode & 0o077 == 0


def test_where_another_console_was_quicker_to_begin_anew_it_is_told_what_became_of_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(tmp_path / "m")
    another_build(monkeypatch, "other")
    set_aside, others = adoption._set_aside, []

    def slowly(folder: Path) -> tuple[Path, list[str]]:
        found = set_aside(folder)
        others.append(Stage(folder))
        return found

    monkeypatch.setattr(adoption, "_set_aside", slowly)
    adopted = adopt(tmp_path / "m", SETTINGS)
    assert adopted.journal is None
    told, in_use = adopted.notices
    (aside,) = tmp_path.glob("m-until-*")
    assert told.endswith(f"the one before is kept in {aside}")
    assert in_use == IN_USE
    others[0].journal.close()


@pytest.mark.parametrize("content", [b"no journal at all", b"SQLite format 3\0" + bytes(200), b"SQ"])
def test_what_is_damaged_is_set_aside_too(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / NAME).write_bytes(content)
    adopted = adopt(folder, SETTINGS)
    assert adopted.journal is not None
    assert len(adopted.notices) == 1
    (aside,) = tmp_path.glob("m-until-*")
    assert (aside / NAME).read_bytes() == content
    adopted.journal.close()


def test_former_runs_are_bounded_and_the_one_that_goes_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(1, KEPT_ASIDE + 1):
        (tmp_path / f"m-until-202601{day:02}-000000").mkdir()
    begun(tmp_path / "m")
    another_build(monkeypatch, "other")
    adopted = adopt(tmp_path / "m", SETTINGS)
    assert adopted.journal is not None
    adopted.journal.close()
    assert len(list(tmp_path.glob("m-until-*"))) == KEPT_ASIDE
    assert adopted.notices[1].endswith("the oldest, m-until-20260101-000000, was removed")


def test_a_journal_that_has_grown_too_large_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(tmp_path / "m")
    monkeypatch.setattr(adoption, "LARGEST", 10_000)
    adopted = adopt(tmp_path / "m", SETTINGS)
    assert adopted.journal is not None
    assert "because its journal has grown to" in adopted.notices[0]
    adopted.journal.close()


def test_a_place_that_cannot_be_written_is_told_and_not_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    adopted = adopt(tmp_path / "file" / "m", SETTINGS)
    assert adopted.journal is None
    assert adopted.notices[0].startswith("the paper account is not kept this time: ")


def test_a_seed_that_was_asked_for_by_name_does_not_go_on_with_another_run(tmp_path: Path) -> None:
    begun(tmp_path / "m")
    other = EngineSettings(seed=6, start=SETTINGS.start)
    adopted = adopt(tmp_path / "m", other, frozenset({"seed"}))
    assert adopted.journal is not None
    assert "has seed 5, not 6" in adopted.notices[0]
    assert adopted.journal.store.run().seed == 6
    adopted.journal.close()


def stopping(monkeypatch: pytest.MonkeyPatch, instant: int) -> None:
    """Plant an error of the engine's own into every run: at an instant of the market, whatever was asked."""
    begin = Engine.__init__

    def planted(self: Engine, settings: EngineSettings | None = None) -> None:
        begin(self, settings)
        self.simulation.at(instant, Priority.RISK, partial(divmod, 1, 0))

    monkeypatch.setattr(Engine, "__init__", planted)


def stop_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a run whose market stopped 1.5 seconds after it began."""
    stopping(monkeypatch, SETTINGS.start + 3 * SECOND // 2)
    stage = Stage(folder)
    stage.engine.on_failure = lambda error: stage.journal.note_failure()
    stage.place()
    stage.run(2)
    assert stage.engine.failure == "ZeroDivisionError"
    stage.journal.close()


def test_a_run_whose_market_stops_at_every_start_is_set_aside_and_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_there(tmp_path / "m", monkeypatch)
    adopted = adopt(tmp_path / "m", replace(SETTINGS, start=SETTINGS.start + 3600 * SECOND))
    (notice,) = adopted.notices
    assert "because its journal leads to an internal error of the market" in notice
    assert "(ZeroDivisionError at 2026-01-05 00:00:01 market time) at every start; the one before" in notice
    assert adopted.journal is not None
    assert not adopted.journal.recovered
    adopted.journal.close()


def test_a_named_folder_whose_market_stops_at_every_start_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_there(tmp_path / "m", monkeypatch)
    for _ in range(2):
        with pytest.raises(JournalError, match=r"at every start; name another folder to begin anew"):
            Stage(tmp_path / "m")


def test_a_run_that_passes_where_it_stopped_goes_on_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stop_there(tmp_path / "m", patch)
    adopted = adopt(tmp_path / "m", SETTINGS)
    assert adopted.notices == ()
    assert adopted.journal is not None
    assert adopted.journal.resumed_at == SETTINGS.start + 3 * SECOND // 2
    assert not (tmp_path / "m" / halt.NAME).exists()
    adopted.journal.engine.publish()
    adopted.journal.close()
    with opened(tmp_path / "m") as stage:
        assert len(stage.engine.accounts["spot"].order_history()) == 1


def test_a_note_that_no_run_can_have_left_is_not_followed(tmp_path: Path) -> None:
    ended = begun(tmp_path / "m")
    for text in ("9" * 30, "soon", "-1"):
        (tmp_path / "m" / halt.NAME).write_text(text)
        with opened(tmp_path / "m") as stage:
            assert stage.engine.now == ended
