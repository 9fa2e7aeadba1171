"""What is over is bounded: the newest are kept, and whoever counts is not misled."""

from __future__ import annotations

import pickle

import pytest

from embedded_server.accounts import past
from embedded_server.accounts.past import Past
from embedded_server.engine.engine import Engine
from embedded_server.kernel.time import SECOND
from embedded_server.model.commands import Accepted, CancelOrder, PlaceOrder, Refused
from embedded_server.model.enums import OrderKind, RefusalCode, Side


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
