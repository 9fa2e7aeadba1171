"""The two promises of the engine, kept by the market: stepping does not matter, and neither does company."""

from __future__ import annotations

import random
from collections.abc import Iterator
from hashlib import blake2b

import msgspec
import pytest

from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import MINUTE, SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.market import Market
from embedded_server.model.enums import Resolution, Side
from embedded_server.model.events import Event, QuoteChanged
from embedded_server.model.instruments import Instrument

START = 1_772_000_000 * SECOND + 777
SPAN = 12 * MINUTE
ENCODER = msgspec.msgpack.Encoder()


def market_of(instruments: tuple[Instrument, ...], *, seed: int = 9) -> tuple[Simulation, Market]:
    simulation = Simulation(seed=seed, start=START)
    market = Market(simulation, instruments)
    market.start()
    return simulation, market


def trade(market: Market, order_id: int) -> None:
    """An account's order out of what the market shows; the same at the same instant."""
    key = list(market.instruments)[order_id % len(market.instruments)]
    quote = market.quote(key)
    if order_id % 3:
        market.submit(key, order_id, Side.BUY, 50 * order_id, quote.ask, rest=True)
    else:
        market.submit(key, order_id, Side.SELL, 70 * order_id, quote.bid - 1, rest=order_id % 2 == 0)


def digest(stops: Iterator[int], *, look: bool = False) -> str:
    """Digest of every event of a run that is advanced to each stop; orders are sent at whole minutes."""
    simulation, market = market_of(CATALOGUE)
    orders = [(START + minute * MINUTE, minute) for minute in range(1, 11)]
    hashed = blake2b(digest_size=16)
    for stop in stops:
        while orders and orders[0][0] <= stop:
            time, order_id = orders.pop(0)
            simulation.run_until(time)
            trade(market, order_id)
            simulation.settle()
        simulation.run_until(stop)
        if look:
            for key in ("AAPL", "BTCUSDT-PERP"):
                market.day(key), market.mark(key), market.bars(key, Resolution.H1, count=10)
        for event in simulation.take_emitted():
            hashed.update(ENCODER.encode(event))
    return hashed.hexdigest()


def random_stops(seed: int) -> Iterator[int]:
    generator = random.Random(seed)
    now = START
    while now < START + SPAN:
        yield now
        now += generator.choice((1, 1_000_000, 37_000_000, 400_000_000, SECOND))
    yield START + SPAN


def test_a_run_is_the_same_however_it_is_stepped_and_watched() -> None:
    whole = digest(iter([START + SPAN]))
    assert digest(random_stops(1)) == whole
    assert digest(random_stops(2), look=True) == whole


def test_another_seed_is_another_run() -> None:
    runs = []
    for seed in (1, 2):
        simulation, _ = market_of(CATALOGUE[:1], seed=seed)
        simulation.run_until(START + MINUTE)
        runs.append([ENCODER.encode(event) for event in simulation.take_emitted()])
    assert runs[0] != runs[1]


def instrument_of(event: Event) -> str:
    return event.quote.instrument if isinstance(event, QuoteChanged) else event.instrument  # type: ignore[attr-defined]


def events_by_instrument(instruments: tuple[Instrument, ...]) -> dict[str, list[Event]]:
    simulation, market = market_of(instruments)
    simulation.run_until(START + SPAN)
    found: dict[str, list[Event]] = {item.key: [] for item in instruments}
    for event in simulation.take_emitted():
        found[instrument_of(event)].append(event)
    for key in found:
        assert market.bars(key, Resolution.M1, count=20)
    return found


@pytest.mark.parametrize("missing", ["AAPL", "BTCUSDT", "EURUSD"])
def test_adding_an_instrument_leaves_the_others_unchanged(missing: str) -> None:
    keys = {"AAPL", "MSFT", "BTCUSDT", "BTCUSDT-PERP", "EURUSD"}
    all_of_them = tuple(item for item in CATALOGUE if item.key in keys)
    without = events_by_instrument(tuple(item for item in all_of_them if item.key != missing))
    everything = events_by_instrument(all_of_them)
    for key, events in without.items():
        assert events == everything[key]


def test_the_mark_of_a_perpetual_does_not_depend_on_its_spot_being_listed() -> None:
    marks = []
    for keys in ({"BTCUSDT-PERP"}, {"BTCUSDT", "BTCUSDT-PERP"}):
        simulation, market = market_of(tuple(item for item in CATALOGUE if item.key in keys))
        simulation.run_until(START + MINUTE)
        marks.append(
            (market.mark("BTCUSDT-PERP"), list(market.bars("BTCUSDT-PERP", Resolution.D1, count=50)))
        )
    assert marks[0] == marks[1]
