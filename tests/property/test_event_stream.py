"""The stream of events is pinned: its realism was judged, and a change for speed must not change it.

`EVENT_STREAM=hour` adds a whole hour. A change of the market on purpose means to judge it anew first.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator

import msgspec
import pytest
from msgspec.structs import replace

from embedded_server.engine.engine import DEFAULT_START, Engine, EngineSettings
from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import HOUR, MINUTE
from embedded_server.market.market import Market
from embedded_server.model.commands import ControlBot, PlaceOrder, StartStrategy
from embedded_server.model.enums import OrderKind, Side
from embedded_server.model.events import Event

SEED = 7
encode = msgspec.json.Encoder().encode


def digest(batches: Iterator[list[Event]]) -> tuple[int, str]:
    """Number of events, and a hash of all of them in order."""
    count, hashed = 0, hashlib.blake2b(digest_size=8)
    for events in batches:
        count += len(events)
        for event in events:
            hashed.update(encode(event))
    return count, hashed.hexdigest()


def market_alone(span: int) -> Iterator[list[Event]]:
    """32 instruments that nobody trades in."""
    simulation = Simulation(seed=SEED, start=DEFAULT_START)
    Market(simulation).start()
    while simulation.now < DEFAULT_START + span:
        simulation.run_until(simulation.now + MINUTE)
        yield simulation.take_emitted()


def everything(minutes: int) -> Iterator[list[Event]]:
    """An engine in which strategies and bot run, and orders of every account rest, fill and stop out."""
    engine = Engine(EngineSettings(seed=SEED))
    for strategy in engine.strategies.states():
        engine.submit(StartStrategy(strategy_id=strategy.id))
    engine.submit(ControlBot(command="START"))
    for minute in range(minutes):
        for account in engine.accounts:
            key = account.instruments[minute % len(account.instruments)]
            quote, lots = engine.market.quote(key), 10 + minute
            side = Side.BUY if account.id == "spot" or minute % 2 else Side.SELL
            price = quote.bid if side is Side.BUY else quote.ask
            order = PlaceOrder(
                account=account.id, instrument=key, side=side, kind=OrderKind.MARKET, lots=lots
            )
            if minute % 3:
                order = replace(order, kind=OrderKind.LIMIT, price=price)
            elif account.id != "spot":
                order = replace(order, trailing_ticks=40)
            engine.submit(order)
        engine.step(MINUTE)
        yield engine.simulation.take_emitted()


def test_the_market_alone_tells_what_it_told_when_it_was_judged() -> None:
    assert digest(market_alone(6 * MINUTE)) == (28_795, "e7c2c810c1bbb4fb")


@pytest.mark.skipif(os.environ.get("EVENT_STREAM") != "hour", reason="EVENT_STREAM=hour runs it")
def test_a_whole_hour_of_the_market_is_the_one_that_was_judged() -> None:
    assert digest(market_alone(HOUR)) == (287_005, "0dc18df0945618dd")


def test_accounts_strategies_bot_and_guardian_tell_what_they_told() -> None:
    assert digest(everything(8)) == (38_654, "58b80ad6a179317b")
