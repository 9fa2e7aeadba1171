"""What was kept comes back: orders, positions, cash, market; what cannot be repeated exactly is refused."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from journal_stage import SETTINGS, Stage, copy_of, file_of, killed, opened

from embedded_server.engine.engine import Engine
from embedded_server.engine.snapshot import take_snapshot
from embedded_server.journal.errors import JournalError
from embedded_server.journal.store import Store
from embedded_server.kernel.time import MINUTE, SECOND
from embedded_server.model import commands as c
from embedded_server.model.enums import OrderKind, OrderStatus, Resolution, Side, TimeInForce
from embedded_server.model.events import BarClosed, OrderFilled, QuoteChanged
from embedded_server.model.states import OrderState


def everything(engine: Engine) -> bytes:
    """All that any endpoint can say of an engine."""
    snapshot = take_snapshot(engine)
    ledgers = [account.ledger() for account in engine.accounts]
    ended = [account.order_history() for account in engine.accounts]
    return msgspec.msgpack.encode((snapshot, ledgers, ended))


def trade(stage: Stage, seed: int, turns: int) -> None:
    """Random orders of every kind in every account, some canceled, time passing in between."""
    chance = random.Random(seed)
    for turn in range(turns):
        side = chance.choice([Side.BUY, Side.SELL])
        match chance.randrange(7):
            case 0:
                stage.place(chance.randint(1, 20), f"s{seed}t{turn}", side=Side.BUY)
            case 1:
                price = stage.engine.market.quote("BTCUSDT").bid - chance.randint(0, 2_000)
                stage.place(5, side=Side.BUY, kind=OrderKind.LIMIT, price=price)
            case 2:
                stage.place(10, account="forex", instrument="EURUSD", side=side)
            case 3:
                stage.place(2, account="futures", instrument="ETHUSDT-PERP", side=side, leverage=10)
            case 4:
                for order in stage.engine.accounts["spot"].working_orders()[:1]:
                    stage.engine.submit(c.CancelOrder(account="spot", order_id=order.id))
            case 5:
                stage.engine.submit(pair(stage, chance.randint(1, 3_000)))
            case _:
                stage.place(3, account="equities", instrument="AAPL", side=Side.BUY)
        stage.run(chance.choice([0.1, 0.7, 2.0, 5.0]))


def pair(stage: Stage, away: int) -> c.PlaceOcoOrders:
    """Buy bitcoin lower, or above a trigger that follows the price."""
    quote = stage.engine.market.quote("BTCUSDT")
    terms = {"account": "spot", "instrument": "BTCUSDT", "side": Side.BUY, "lots": 4}
    low = c.PlaceOrder(kind=OrderKind.LIMIT, price=quote.bid - away, **terms)
    high = c.PlaceOrder(kind=OrderKind.STOP, stop_price=quote.ask + away, trailing_ticks=away, **terms)
    return c.PlaceOcoOrders(account="spot", orders=(low, high))


@pytest.mark.parametrize("pictures", [0, 1])
def test_a_killed_run_comes_back_as_it_was_and_goes_on_as_if_nothing_had_been(
    tmp_path: Path, pictures: int
) -> None:
    folder = tmp_path / "one"
    with killed(folder) as stage:
        for number in range(pictures):
            trade(stage, number, 10)
            stage.picture()
        trade(stage, 7, 25)
        assert any(order.trailing_ticks and order.oco_group for order in _orders(stage.engine))
        stage.place(1, "last")
        stage.engine.publish()
        before = everything(stage.engine)
        then = stage.engine.now
        other = copy_of(folder, "other")
        stage.told.clear()
        stage.run(90)
        uninterrupted = list(stage.told)
    with killed(other) as stage:
        assert stage.engine.now == then
        assert everything(stage.engine) == before
        stage.told.clear()
        stage.run(90)
        assert stage.told == uninterrupted


def test_an_orderly_end_needs_no_replay(tmp_path: Path) -> None:
    with opened(tmp_path) as stage:
        trade(stage, 3, 10)
        before = everything(stage.engine)
    with opened(tmp_path) as stage:
        assert everything(stage.engine) == before
        assert stage.told == []


class Crash(Exception):
    """The process ends here."""


POINTS = ("before the command", "after the command is kept", "after it is carried out", "after it is told")


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_wherever_an_order_is_cut_short_it_exists_once_if_it_was_acknowledged(
    tmp_path: Path, point: str, seed: int
) -> None:
    folder = tmp_path / "one"
    with killed(folder) as stage:
        trade(stage, seed, 5)
        acknowledged = {order.reference for order in _orders(stage.engine)}
        match POINTS.index(point):
            case 1:
                stage.engine.on_input = lambda entry: _raise()
        if point != POINTS[0]:
            try:
                stage.place(4, "the one")
            except Crash:
                pass
            else:
                acknowledged.add("the one")
        if point == POINTS[3]:
            stage.engine.publish()
        other = copy_of(folder, "other")
    with killed(other) as stage:
        orders = [order.reference for order in _orders(stage.engine) if order.reference]
        assert len(orders) == len(set(orders))
        assert {name for name in acknowledged if name} <= set(orders)
        assert ("the one" in orders) == (point != POINTS[0])
        rows = [row.sequence for row in stage.journal.store.events()]
        assert rows == list(range(1, len(rows) + 1))


def test_while_no_server_runs_the_market_stands_and_nothing_is_filled(tmp_path: Path) -> None:
    with killed(tmp_path) as stage:
        stage.run(100)
        quote = stage.engine.market.quote("BTCUSDT")
        outcome = stage.place(50, kind=OrderKind.LIMIT, price=quote.bid - 1)
        assert isinstance(outcome, c.Accepted)
        number = outcome.id
        then, bars = stage.engine.now, list(stage.engine.market.bars("BTCUSDT", Resolution.M1))
    with opened(tmp_path) as stage:
        assert stage.engine.now == then  # hours may have gone by: nothing here reads the wall clock
        assert stage.engine.market.quote("BTCUSDT") == quote
        assert list(stage.engine.market.bars("BTCUSDT", Resolution.M1)) == bars
        stage.run(200)
        fills = [event for event in stage.told if isinstance(event, OrderFilled) and event.order.id == number]
        assert all(event.time > then for event in fills)
        times = [bar.time for bar in stage.engine.market.bars("BTCUSDT", Resolution.M1, count=500)]
        assert times == list(range(times[0], times[-1] + 1, MINUTE))
        closed = [e.bar.time for e in stage.told if isinstance(e, BarClosed) and e.instrument == "BTCUSDT"]
        assert len(closed) == len(set(closed)) or len(closed) > 3  # longer candles open at the same instants


def test_prices_told_in_the_last_second_are_told_again_the_same(tmp_path: Path) -> None:
    with killed(tmp_path) as stage:
        stage.run(10.05)
        stage.run(0.7)
        told = [event for event in stage.told if isinstance(event, QuoteChanged)]
        end = stage.engine.now
    with killed(tmp_path) as stage:
        resumed = stage.engine.now
        assert end - 1.1 * SECOND <= resumed <= end
        stage.run(2)
        again = [event for event in stage.told if isinstance(event, QuoteChanged) and event.time <= end]
        assert again == [event for event in told if event.time > resumed]


def test_a_requote_and_an_expiry_pending_at_the_kill_happen_afterwards(tmp_path: Path) -> None:
    with killed(tmp_path) as stage:
        stage.picture()
        stage.engine.submit(c.ForceRequote(count=1, ticks=3))
        ask = stage.engine.market.quote("EURUSD").ask
        stage.place(10, "requoted", account="forex", instrument="EURUSD", price=ask, deviation_ticks=1)
        stage.run(3)
        stage.place(
            1,
            "good till",
            kind=OrderKind.LIMIT,
            price=100,
            time_in_force=TimeInForce.GTD,
            expires_at=stage.engine.now + 30 * SECOND,
        )
        stage.picture_now()
    with killed(tmp_path) as stage:
        orders = {order.reference: order for order in _orders(stage.engine)}
        assert orders["requoted"].status is OrderStatus.REQUOTED
        outcome = stage.engine.submit(
            c.AnswerRequote(account="forex", order_id=orders["requoted"].id, accepted=True)
        )
        assert isinstance(outcome, c.Accepted)
        stage.run(31)
        ended = {order.reference: order.status for order in _orders(stage.engine)}
        assert ended["requoted"] is OrderStatus.FILLED
        assert ended["good till"] is OrderStatus.EXPIRED


def test_a_damaged_snapshot_is_passed_over(tmp_path: Path) -> None:
    with killed(tmp_path) as stage:
        stage.run(5)
        stage.picture()
        stage.place(1, "mine")
        stage.picture()
        before = everything(stage.engine)
    files = sorted(tmp_path.glob("snapshot-*.bin"))
    assert len(files) == 2
    files[1].write_bytes(files[1].read_bytes()[:-9] + b"123456789")
    with killed(tmp_path) as stage:
        assert everything(stage.engine) == before
    files[0].unlink()
    with killed(tmp_path) as stage:
        assert everything(stage.engine) == before


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("UPDATE events SET event = CAST(event || x'00' AS BLOB) WHERE sequence = 9", "event 9"),
        ("DELETE FROM events WHERE sequence = 9", "event 9"),
        ("UPDATE inputs SET time = time + 1000000 WHERE sequence = 2", "event"),
        ("DELETE FROM inputs WHERE sequence = 2", "differs|gap"),
        ("UPDATE inputs SET command = x'81' WHERE sequence = 2", "cannot be read"),
        ("UPDATE marks SET digest = x'00' WHERE id = 3", "mark 3"),
        ("DELETE FROM marks WHERE id = 3", "mark"),
        ("UPDATE run SET seed = seed + 1", "with other settings"),
    ],
)
def test_what_cannot_be_repeated_exactly_is_refused(tmp_path: Path, change: str, where: str) -> None:
    with killed(tmp_path) as stage:
        trade(stage, 4, 6)
    alter(tmp_path, [change])
    with pytest.raises(JournalError, match=where):
        Stage(tmp_path)
    Store(file_of(tmp_path)).close()  # it is free again


def test_another_build_and_other_settings_are_refused(tmp_path: Path) -> None:
    with killed(tmp_path):
        pass
    with pytest.raises(JournalError, match="seed 5, not 6"):
        from embedded_server.journal.journal import Journal

        Journal(tmp_path, msgspec.structs.replace(SETTINGS, seed=6), insisted=frozenset({"seed"}))
    with killed(tmp_path, msgspec.structs.replace(SETTINGS, seed=6)) as stage:
        assert stage.engine.settings.seed == 5
    alter(tmp_path, ["UPDATE run SET engine = 'x', program = '0.0.9'"])
    with pytest.raises(JournalError, match=r"another build .*0\.0\.9"):
        Stage(tmp_path)


def alter(folder: Path, statements: Sequence[str]) -> None:
    """Do what a journal never does to itself."""
    connection = sqlite3.connect(file_of(folder), isolation_level=None)
    for table in ("run", "inputs", "events", "marks"):
        for verb in ("UPDATE", "DELETE"):
            connection.execute(f"DROP TRIGGER {table}_{verb}")
    for statement in statements:
        assert connection.execute(statement).rowcount == 1, statement
    connection.close()


def _orders(engine: Engine) -> list[OrderState]:
    return [
        order
        for account in engine.accounts
        for order in (*account.order_history(), *account.working_orders())
    ]


def _raise() -> None:
    raise Crash
