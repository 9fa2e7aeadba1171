"""What the market costs: book operations a second, one step, a start, a first chart. CPU time, one core."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import partial

from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import MINUTE, SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.market import Market
from embedded_server.market.order_book import OrderBook
from embedded_server.model.enums import Resolution, Side

START = 1_772_000_000 * SECOND
OPERATIONS = 200_000


def cost(work: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    began = time.process_time()
    work()
    return time.process_time() - began


def book_operations() -> float:
    """Adds, cancels and matches a second: 45 % adds, 45 % cancels, 10 % market orders over 200 prices."""
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


def step_microseconds(keys: tuple[str, ...], minutes: int) -> float:
    """One market step of one instrument with its makers, takers, candles and events; best of three."""
    simulation = Simulation(seed=1, start=START)
    Market(simulation, [item for item in CATALOGUE if item.key in keys]).start()
    best = float("inf")
    for _ in range(3):
        best = min(best, cost(lambda: simulation.run_until(simulation.now + minutes * MINUTE)))
        simulation.take_emitted()
    return best / (minutes * 60 * len(keys)) * 1e6


def first_chart(market: Market, resolution: Resolution, count: int | None) -> str:
    """Mean and worst cost over the instruments."""
    spent = [1e3 * cost(partial(market.bars, key, resolution, count=count)) for key in market.instruments]
    return f"{sum(spent) / len(spent):12.1f} ms an instrument, at most {max(spent):.1f}"


def main() -> None:
    """Print the figures."""
    print(f"book                {book_operations():12,.0f} operations/s")
    print(f"step, 32 markets    {step_microseconds(tuple(i.key for i in CATALOGUE), 10):12.1f} us")
    for key in ("BTCUSDT", "AAPL", "EURUSD"):
        print(f"step, {key:13} {step_microseconds((key,), 60):12.1f} us")
    simulation = Simulation(seed=1, start=START)
    market = Market(simulation)
    print(f"start, 32 markets   {1e3 * cost(market.start):12.1f} ms after construction")
    print(f"construction        {1e3 * cost(lambda: Market(Simulation(seed=1, start=START))):12.1f} ms")
    print(f"first 300 minutes   {first_chart(market, Resolution.M1, 300)}")
    print(f"first all minutes   {first_chart(market, Resolution.M1, None)}")
    print(f"first all days      {first_chart(market, Resolution.D1, None)}")
    spent = cost(lambda: [market.day(key) for key in market.instruments])
    print(f"day, first          {1e3 * spent / 32:12.2f} ms an instrument")
    spent = cost(lambda: [market.day(key) for key in market.instruments for _ in range(100)])
    print(f"day, again          {1e6 * spent / 3200:12.1f} us")


if __name__ == "__main__":
    main()
