"""What is over is bounded: the newest are kept, and whoever counts is not misled."""

from __future__ import annotations

import pickle

import pytest
from accounts_stage import Stage

from embedded_server.accounts import past
from embedded_server.accounts.past import Past
from embedded_server.engine.engine import Engine, Input
from embedded_server.kernel.time import SECOND
from embedded_server.model.commands import Accepted, CancelOrder, ModifyOrder, PlaceOrder, Refused
from embedded_server.model.enums import OrderKind, RefusalCode, Side

LIMIT = OrderKind.LIMIT


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "KEPT", 10)
    monkeypatch.setattr(past, "SLACK", 3)


def test_the_oldest_are_dropped_together_and_named() -> None:
    kept: Past[int] = Past()
    dropped = [one for number in range(100) for one in kept.add(number)]
    assert dropped + kept == list(range(100))
    assert 10 <= len(kept) <= 13
    assert kept.total == 100


def test_what_is_new_since_a_count_survives_a_drop() -> None:
    kept: Past[int] = Past()
    seen = 0
    found: list[int] = []
    for number in range(100):
        kept.add(number)
        if number % 5 == 0:
            found += kept.since(seen)
            seen = kept.total
    assert found + kept.since(seen) == list(range(100))
    assert kept.since(kept.total) == []


def test_a_copy_counts_on() -> None:
    kept: Past[int] = Past()
    for number in range(20):
        kept.add(number)
    copy = pickle.loads(pickle.dumps(kept))
    assert (copy, copy.total) == (kept, 20)


def test_an_account_with_a_long_past_keeps_its_cash_and_its_newest_orders() -> None:
    engine = Engine()
    spot = engine.accounts["spot"]
    ids: list[int] = []
    for number in range(60):
        side = Side.SELL if number % 2 else Side.BUY
        outcome = engine.submit(
            PlaceOrder(account="spot", instrument="BTCUSDT", side=side, kind=OrderKind.MARKET, lots=5)
        )
        assert isinstance(outcome, Accepted)
        assert isinstance(outcome.id, int)
        ids.append(outcome.id)
        engine.step(SECOND)
    assert [order.id for order in spot.order_history()] == ids[-len(spot.order_history()) :]
    for kept in (spot.order_history(), spot.deals(), spot.ledger(), spot.closed_positions()):
        assert 10 <= len(kept) <= 13
    assert spot.ledger()[-1].balance_micros == spot.state().balance_micros
    assert spot.order(ids[0]) is None
    forgotten = engine.submit(CancelOrder(account="spot", order_id=ids[0]))
    assert isinstance(forgotten, Refused)
    assert forgotten.code is RefusalCode.UNKNOWN_ORDER


def _pass_by(stage: Stage, orders: int) -> None:
    for _ in range(orders):
        order = stage.order("AAPL", Side.BUY, 1, LIMIT, price=100)
        stage.submit(CancelOrder(account="equities", order_id=order.id))


def test_a_reference_is_taken_as_long_as_its_order_can_be_found_and_no_longer(stage: Stage) -> None:
    working = stage.order("AAPL", Side.BUY, 1, LIMIT, price=100, reference="works")
    ended = stage.order("AAPL", Side.BUY, 1, reference="ended")
    _pass_by(stage, 9)
    assert stage.refused("AAPL", Side.BUY, 1, reference="ended").field == "reference"
    _pass_by(stage, 60)
    register = stage.accounts["equities"]._register
    assert stage.accounts["equities"].order(ended.id) is None
    assert stage.order("AAPL", Side.BUY, 1, reference="ended").id != ended.id
    assert stage.refused("AAPL", Side.BUY, 1, reference="works").field == "reference"
    assert stage.submit(ModifyOrder(account="equities", order_id=working.id, lots=2)) == Accepted(working.id)
    assert register.references == {"works", "ended"}


def test_a_decided_group_takes_no_more_as_long_as_one_of_its_legs_can_be_found(stage: Stage) -> None:
    filling = stage.order("AAPL", Side.BUY, 10, LIMIT, price=22_850, oco_group="pair")
    stage.order("AAPL", Side.BUY, 1, LIMIT, price=100, oco_group="pair")
    stage.take("AAPL", Side.SELL, 4)
    assert stage.state(filling.id).filled_lots == 4
    _pass_by(stage, 60)
    assert stage.refused("AAPL", Side.BUY, 1, LIMIT, price=100, oco_group="pair").field == "oco_group"
    stage.submit(CancelOrder(account="equities", order_id=filling.id))
    assert stage.refused("AAPL", Side.BUY, 1, LIMIT, price=100, oco_group="pair").field == "oco_group"
    _pass_by(stage, 60)
    stage.order("AAPL", Side.BUY, 1, LIMIT, price=100, oco_group="pair")


def test_names_are_forgotten_alike_when_the_inputs_are_replayed() -> None:
    first, again = Engine(), Engine()
    inputs: list[Input] = []
    first.on_input = inputs.append
    for number in range(50):
        named = PlaceOrder(
            account="spot",
            instrument="BTCUSDT",
            side=Side.SELL if number % 2 else Side.BUY,
            kind=OrderKind.MARKET,
            lots=5,
            reference=f"order-{number % 20}",
        )
        first.submit(named)
        first.step(SECOND // 10)
    again.replay(inputs, first.now)
    mine, theirs = first.accounts["spot"], again.accounts["spot"]
    assert theirs.order_history() == mine.order_history()
    assert theirs._register.references == mine._register.references
    assert mine.state().working_orders == 0
    assert len(mine.order_history()) < len(inputs)
