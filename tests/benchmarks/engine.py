"""The exchange alone: book operations, market steps, a simulated day, how it grows. CPU time, one core.

    python -m tests.benchmarks.engine [--quick]

Nothing is delivered to anybody; delivery.py says what a client costs.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import msgspec

from embedded_server.engine.engine import Engine, EngineSettings
from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import HOUR, MINUTE, SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.market import Market
from embedded_server.market.order_book import OrderBook
from embedded_server.model.enums import Side
from embedded_server.model.instruments import Instrument
from tests.benchmarks.figures import QUICK_RUNS, RUNS, Figure, middle, run_alone

OPERATIONS = 100_000
GROWTH = (8, 24, 100, 1_000)
DAY_HOURS = 24
DAY_BUDGET_SECONDS = 60.0
OPERATIONS_BUDGET = 150_000.0


def cost(work: Callable[[], object]) -> float:
    """CPU seconds of a call, the collector's included."""
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def book_operations() -> float:
    """Operations a second: 45 % rest, 45 % cancel the oldest, 10 % match, over 200 prices."""
    generator = random.Random(1)
    book = OrderBook()
    plan = [
        (generator.random(), generator.choice((Side.BUY, Side.SELL)), generator.randrange(1, 100))
        for _ in range(OPERATIONS)
    ]

    def work() -> None:
        oldest = 0
        for number, (kind, side, draw) in enumerate(plan):
            if kind < 0.45:
                price = 10_000 - draw if side is Side.BUY else 10_000 + draw
                book.rest(number, side, price, draw)
            elif kind < 0.90:
                while oldest < number and oldest not in book.orders:
                    oldest += 1
                book.cancel(oldest)
            else:
                book.match(side, draw, None)

    return OPERATIONS / cost(work)


def step_microseconds(instruments: Sequence[Instrument], minutes: int) -> float:
    """One step of one instrument: takers, path, makers, candles, events."""
    simulation = Simulation(seed=1, start=1_772_000_000 * SECOND)
    Market(simulation, instruments).start()
    simulation.run_until(simulation.now + MINUTE)  # the first draws of every stream
    simulation.take_emitted()
    spent = cost(lambda: simulation.run_until(simulation.now + minutes * MINUTE))
    return spent / (minutes * 60 * len(instruments)) * 1e6


def day_seconds(hours: int) -> float:
    """CPU seconds of a day of everything, from this many hours of it."""
    engine = Engine(EngineSettings(seed=1))

    def work() -> None:
        while engine.now < engine.settings.start + hours * HOUR:
            engine.step(MINUTE)
            engine.simulation.take_emitted()

    return cost(work) * DAY_HOURS / hours


def many(count: int) -> tuple[Instrument, ...]:
    """The catalogue, again and again under other keys; a perpetual keeps the underlying it has."""
    return tuple(
        msgspec.structs.replace(one, key=f"{one.key}.{number}" if number >= len(CATALOGUE) else one.key)
        for number, one in ((number, CATALOGUE[number % len(CATALOGUE)]) for number in range(count))
    )


def percent_of_a_core(count: int, seconds: int) -> float:
    """What a market of so many instruments costs while it runs in real time."""
    simulation = Simulation(seed=1, start=1_772_000_000 * SECOND)
    Market(simulation, many(count)).start()
    simulation.run_until(simulation.now + 2 * SECOND)
    simulation.take_emitted()

    def work() -> None:
        for _ in range(seconds):
            simulation.run_until(simulation.now + SECOND)
            simulation.take_emitted()

    return 100.0 * cost(work) / seconds


def figure(name: str, unit: str, sample: Callable[[], float], runs: int) -> Figure:
    """The median of a few runs."""
    samples = tuple(sample() for _ in range(runs))
    return Figure(name=name, unit=unit, ours=middle(samples), samples=samples)


def judged(one: Figure, budget: str, met: bool) -> Figure:
    """The figure beside its budget."""
    return replace(one, budget=budget, met=met)


def measure(quick: bool) -> Iterator[Figure]:
    """Books, steps, a day, growth."""
    runs = QUICK_RUNS if quick else RUNS
    book = figure("engine, book operations", "operations/s", book_operations, runs)
    yield judged(book, ">= 150,000", book.ours >= OPERATIONS_BUDGET)
    minutes = 2 if quick else 10
    yield figure(
        "engine, one market step of 32",
        "us",
        lambda: step_microseconds(CATALOGUE, minutes),
        runs,
    )
    hours = 1 if quick else DAY_HOURS
    day = figure("engine, 24 h of the default market", "s", lambda: day_seconds(hours), 1 if quick else 3)
    yield judged(day, "<= 60", day.ours <= DAY_BUDGET_SECONDS)
    for count in GROWTH:
        seconds = max(10, (6_000 if quick else 30_000) // count)
        yield figure(
            f"engine, {count:,} instruments in real time",
            "% of a core",
            lambda count=count, seconds=seconds: percent_of_a_core(count, seconds),  # type: ignore[misc]
            runs,
        )


if __name__ == "__main__":
    run_alone(measure, __doc__)
