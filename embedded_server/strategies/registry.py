"""The one list of strategies: a file beside this one and a line here make a new one."""

from __future__ import annotations

from dataclasses import dataclass

from embedded_server.model.states import StrategyConfig
from embedded_server.strategies.bollinger_bands import BollingerBands
from embedded_server.strategies.macd_crossover import MacdCrossover
from embedded_server.strategies.moving_average_crossover import MovingAverageCrossover
from embedded_server.strategies.relative_strength import RelativeStrength
from embedded_server.strategies.rule import Rule
from embedded_server.strategies.volume_breakout import VolumeBreakout


@dataclass(frozen=True, slots=True)
class Listing:
    """One strategy of the house: its id, its rule, its first config and whether it starts by itself."""

    id: str
    rule: Rule
    config: StrategyConfig
    active: bool = False


def _on(*symbols: str) -> StrategyConfig:
    return StrategyConfig(symbols=symbols)


LISTINGS: tuple[Listing, ...] = (
    Listing(
        "strategy-123", MovingAverageCrossover(fast=5, slow=20), _on("AAPL", "MSFT", "GOOGL"), active=True
    ),
    Listing("strategy-124", RelativeStrength(), _on("META", "NFLX")),
    Listing("strategy-125", MacdCrossover(), _on("NVDA", "TSLA", "AMZN"), active=True),
    Listing("strategy-126", BollingerBands(), _on("AMZN", "META")),
    Listing("strategy-127", VolumeBreakout(), _on("NVDA", "TSLA")),
)
