"""Kept before it is told; refused, and time stopped, when nothing can be kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from journal_stage import Stage, killed

from embedded_server.journal.errors import Unwritable
from embedded_server.journal.recorder import RETRY_SECONDS
from embedded_server.journal.records import MARKET_DATA
from embedded_server.kernel.time import SECOND
from embedded_server.model.commands import Accepted, MovePrice, PlaceOrder, Refused
from embedded_server.model.enums import OrderKind, RefusalCode, Side
from embedded_server.model.events import Event, OrderFilled


def fill_the_disk(stage: Stage) -> None:
    """No page can be added from now on."""
    connection = stage.journal.store.connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    number = 0
    while stage.journal.recorder.failing is None:  # use up what is left on the pages that exist
        number += 1
        stage.engine.submit(limit(stage, f"filler {number} " + "x" * 90))
        assert number < 1_000


def make_room(stage: Stage) -> None:
    stage.journal.store.connection.execute("PRAGMA max_page_count = 1000000")
    stage.seconds += RETRY_SECONDS


def limit(stage: Stage, reference: str, below: int = 10_000) -> PlaceOrder:
    price = stage.engine.market.quote("BTCUSDT").bid - below
    return PlaceOrder(
        account="spot",
        instrument="BTCUSDT",
        side=Side.BUY,
        kind=OrderKind.LIMIT,
        lots=1,
        price=price,
        reference=reference,
    )


def test_a_command_is_on_the_disk_before_it_is_carried_out(tmp_path: Path) -> None:
    with killed(tmp_path) as stage:
        kept: list[int] = []
        stage.engine.on_input = lambda entry: kept.append(sum(1 for _ in stage.journal.store.inputs()))
        for _ in range(3):
            stage.place()
        assert kept == [1, 2, 3]


def test_commands_of_one_tick_share_one_sync(tmp_path: Path) -> None:
    with killed(tmp_path) as stage:
        store = stage.journal.store
        before = store.synced.count
        for _ in range(5):
            stage.place()
            assert store.unsynced
        stage.engine.publish()
        assert not store.unsynced
        assert store.synced.count == before + 1
        assert stage.journal.recorder.settle()
        assert store.synced.count == before + 1


def test_a_command_that_caused_nothing_is_synced_when_its_answer_is_due(tmp_path: Path) -> None:
    with killed(tmp_path) as stage:
        store = stage.journal.store
        stage.engine.submit(MovePrice(instrument="EURUSD", fraction=2.0))
        before = store.synced.count
        stage.engine.publish()
        assert store.unsynced
        assert stage.journal.recorder.settle()
        assert (store.unsynced, store.synced.count) == (False, before + 1)


def test_while_nothing_can_be_synced_no_answer_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing() -> None:
        raise Unwritable("planted")

    with killed(tmp_path) as stage:
        store = stage.journal.store
        stage.engine.submit(MovePrice(instrument="EURUSD", fraction=2.0))
        with monkeypatch.context() as patch:
            patch.setattr(store, "sync", failing)
            assert not stage.journal.recorder.settle()
            assert isinstance(stage.place(), Refused)
        stage.seconds += RETRY_SECONDS
        assert stage.journal.recorder.settle()
        assert isinstance(stage.place(), Accepted)


def test_while_what_was_accepted_cannot_be_synced_nothing_more_is_and_the_log_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing() -> None:
        raise Unwritable("planted")

    with killed(tmp_path) as stage:
        store, recorder = stage.journal.store, stage.journal.recorder
        stage.engine.submit(MovePrice(instrument="EURUSD", fraction=2.0))
        inputs = stage.engine.inputs
        with monkeypatch.context() as patch:
            patch.setattr(store, "sync", failing)
            for _ in range(5):
                assert not recorder.settle()
                stage.seconds += RETRY_SECONDS
                assert isinstance(stage.place(), Refused)
                assert recorder.failing == "planted"
            stage.run(3)
        assert stage.engine.inputs == inputs
        assert [record.levelname for record in caplog.records] == ["ERROR"]
        stage.seconds += RETRY_SECONDS
        assert isinstance(stage.place(), Accepted)
        assert recorder.failing is None
        assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


def test_what_is_no_market_data_is_on_the_disk_before_it_is_told(tmp_path: Path) -> None:
    with killed(tmp_path) as stage:
        checked = 0

        def check(sequence: int, batch: Sequence[Event]) -> None:
            nonlocal checked
            kept = {row.published for row in stage.journal.store.events()}
            for place, event in enumerate(batch):
                if not isinstance(event, MARKET_DATA):
                    assert sequence + place in kept
                    checked += 1

        stage.engine.bus.subscribe(check)
        stage.place()
        stage.engine.publish()
        stage.run(5)
        assert checked > 2


def test_a_full_disk_refuses_orders_and_takes_them_again_when_there_is_room(tmp_path: Path) -> None:
    with killed(tmp_path) as stage:
        stage.run(1)
        fill_the_disk(stage)
        before = len(stage.engine.accounts["spot"].working_orders())
        stage.seconds += RETRY_SECONDS
        outcome = stage.engine.submit(limit(stage, "refused" + "x" * 90))
        assert isinstance(outcome, Refused)
        assert outcome.code is RefusalCode.UNAVAILABLE
        assert len(stage.engine.accounts["spot"].working_orders()) == before
        make_room(stage)
        outcome = stage.engine.submit(limit(stage, "taken"))
        assert isinstance(outcome, Accepted)
        stage.engine.publish()
        stage.run(2)
        state = stage.engine.accounts["spot"].state()
    with killed(tmp_path) as stage:
        orders = stage.engine.accounts["spot"].working_orders()
        assert len(orders) == before + 1
        assert orders[-1].reference == "taken"
        assert stage.engine.accounts["spot"].state() == state


def test_a_fill_that_cannot_be_kept_is_not_told_and_time_stands(tmp_path: Path) -> None:
    with killed(tmp_path) as stage:
        stage.run(1)
        stage.engine.submit(limit(stage, "near", below=1))
        stage.engine.publish()
        fill_the_disk(stage)
        stage.engine.publish()
        stage.told.clear()
        for _ in range(600):
            stage.run(1)
            if stage.engine.halted:
                break
        stood = stage.engine.now
        stage.run(5)
        assert stage.engine.now == stood
        assert not [event for event in stage.told if not isinstance(event, MARKET_DATA)]
        assert isinstance(stage.engine.submit(limit(stage, "later")), Refused)
        assert not stage.engine.run_until(lambda engine: engine.now > stood, 10 * SECOND)
        make_room(stage)
        stage.run(2)
        assert stage.engine.now == stood + 2 * SECOND
        assert [event for event in stage.told if not isinstance(event, MARKET_DATA)]
        rows = [row.sequence for row in stage.journal.store.events()]
        assert rows == list(range(1, len(rows) + 1))


def test_market_data_alone_goes_on_being_told_while_nothing_can_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with killed(tmp_path) as stage:
        stage.run(1)
        monkeypatch.setattr(stage.journal.store, "add_events", unwritable)
        stage.told.clear()
        for _ in range(3):
            stage.run(1)
        assert stage.journal.recorder.failing
        assert len(stage.told) > 50
        monkeypatch.undo()
        stage.seconds += RETRY_SECONDS
        stage.run(2)
        now = stage.engine.now
    with killed(tmp_path) as stage:  # and the digest has missed nothing
        assert now - SECOND <= stage.engine.now <= now


def unwritable(*_args: object, **_options: object) -> None:
    raise Unwritable("no room")


def test_it_says_once_that_it_cannot_write_and_once_that_it_can(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with killed(tmp_path) as stage:
        fill_the_disk(stage)
        for _ in range(3):
            stage.seconds += RETRY_SECONDS
            stage.engine.submit(limit(stage, "x" * 100))
        make_room(stage)
        stage.place()
    texts = [record.message for record in caplog.records]
    assert len(texts) == 2
    assert "orders are refused" in texts[0]
    assert "can be written again" in texts[1]


def test_fills_told_twice_never_happen_around_a_retry(tmp_path: Path) -> None:
    with killed(tmp_path) as stage:
        stage.place(2, "first")
        fill_the_disk(stage)
        make_room(stage)
        stage.run(2)
        deals = [event.deal.id for event in stage.told if isinstance(event, OrderFilled)]
        assert deals == sorted(set(deals))
