"""What the market costs: one step by instrument, a start, a first chart. CPU time, one core.

The rest of the exchange, and what is judged, is in engine.py.
"""

from __future__ import annotations

from functools import partial

from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import SECOND
from embedded_server.market.catalogue import CATALOGUE
from embedded_server.market.market import Market
from embedded_server.model.enums import Resolution
from tests.benchmarks.engine import cost, step_microseconds

START = 1_772_000_000 * SECOND


def first_chart(market: Market, resolution: Resolution, count: int | None) -> str:
    """Mean and worst cost over the instruments."""
    spent = [1e3 * cost(partial(market.bars, key, resolution, count=count)) for key in market.instruments]
    return f"{sum(spent) / len(spent):12.1f} ms an instrument, at most {max(spent):.1f}"


def main() -> None:
    """Print the figures."""
    for key in ("BTCUSDT", "AAPL", "EURUSD"):
        alone = [instrument for instrument in CATALOGUE if instrument.key == key]
        print(f"step, {key:13} {step_microseconds(alone, 60):12.1f} us")
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
