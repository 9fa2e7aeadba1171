"""A market of made bars: nothing but what analysis reads."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from embedded_server.kernel.simulation import Simulation
from embedded_server.kernel.time import MINUTE
from embedded_server.model.enums import Resolution
from embedded_server.model.instruments import AssetClass, Instrument
from embedded_server.model.states import Bar

START = 1_700_000_040 * 1_000_000_000


def perpetual(coin: str, tick: str = "0.01", price: int = 67_000) -> Instrument:
    """A perpetual of a coin against USDT."""
    return Instrument(
        key=f"{coin}USDT-PERP",
        symbol=f"{coin}USDT",
        name=coin,
        asset_class=AssetClass.PERPETUAL,
        base=coin,
        quote="USDT",
        tick_size=Decimal(tick),
        lot_size=Decimal("0.001"),
        max_lots=1_000_000,
        number=1,
        initial_price=Decimal(price),
        annual_volatility=0.6,
        trades_per_minute=60.0,
        typical_lots=10.0,
    )


class BarMarket:
    """Serves bars that a test sets; the newest may be forming."""

    def __init__(self, simulation: Simulation, *instruments: Instrument) -> None:
        self.simulation = simulation
        self.instruments = {one.key: one for one in instruments}
        self.closed: dict[tuple[str, Resolution], list[Bar]] = {}
        self.calls = 0

    def set_closes(
        self,
        key: str,
        closes: Sequence[int],
        resolution: Resolution = Resolution.M15,
        length: int = 15 * MINUTE,
    ) -> None:
        """Bars with these closes, the last of which closed just now."""
        start = self.simulation.now - len(closes) * length
        opens = [closes[0], *closes[:-1]]
        self.closed[key, resolution] = [
            Bar(
                start + index * length,
                before,
                max(before, after) + 5,
                min(before, after) - 5,
                after,
                100 + index % 7,
            )
            for index, (before, after) in enumerate(zip(opens, closes, strict=True))
        ]

    def forming(self, key: str, resolution: Resolution) -> Bar:
        """A candle that began now."""
        close = self.closed[key, resolution][-1].close if self.closed.get((key, resolution)) else 1
        return Bar(self.simulation.now, close, close, close, close, 0)

    def bars(self, key: str, resolution: Resolution, *, count: int) -> Sequence[Bar]:
        """The last bars, the forming one included."""
        self.calls += 1
        return [*self.closed.get((key, resolution), []), self.forming(key, resolution)][-count:]

    def mark(self, key: str) -> int:
        """The newest close of any resolution."""
        return next(bars[-1].close for (one, _), bars in self.closed.items() if one == key)


@pytest.fixture
def simulation() -> Simulation:
    return Simulation(seed=1, start=START)


@pytest.fixture
def market(simulation: Simulation) -> BarMarket:
    return BarMarket(simulation, perpetual("BTC"), perpetual("ETH"))
