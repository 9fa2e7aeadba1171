"""The orchestrator's strategies and whether its execution service runs."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import asdict, replace

from tui_trader.model.commands import StartStrategy
from tui_trader.model.events import (
    ExecutionServiceChanged,
    StrategiesListed,
    StrategyConfigsListed,
    StrategyStatusChanged,
)
from tui_trader.model.values import Deal, Strategy, StrategyConfig

Key = tuple[str, str]


class Strategies:
    """All strategies by (link, id), and what bounds them as far as that is known."""

    __slots__ = ("_asked", "_closing", "_configs", "_strategies", "_traded", "execution", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self._configs: dict[Key, StrategyConfig] = {}
        self._asked: dict[Key, StrategyConfig] = {}
        self._closing: set[str] = set()
        self._traded: set[Key] = set()
        self.execution: dict[str, str] = {}
        self._strategies: dict[Key, Strategy] = {}

    def __iter__(self) -> Iterator[Strategy]:
        return iter(self._strategies.values())

    def __len__(self) -> int:
        return len(self._strategies)

    def get(self, link: str, strategy_id: str) -> Strategy | None:
        """The strategy, if it was listed."""
        return self._strategies.get((link, strategy_id))

    def find(self, text: str) -> Strategy | None:
        """The strategy of this id, of this name, or at this place (from 1) in the list."""
        wanted = text.casefold()
        known = list(self._strategies.values())
        for strategy in known:
            if wanted in (strategy.id.casefold(), strategy.name.casefold()):
                return strategy
        if text.isdecimal() and 1 <= int(text) <= len(known):
            return known[int(text) - 1]
        return None

    def replace(self, event: StrategiesListed) -> None:
        """Take over a link's complete list."""
        others = {key: one for key, one in self._strategies.items() if key[0] != event.link}
        self._traded = {key for key in self._traded if key[0] != event.link}
        self._strategies = others | {(event.link, one.id): one for one in event.strategies}
        self.revision += 1

    def config(self, strategy: Strategy) -> StrategyConfig | None:
        """What bounds a strategy: as the link told, or as this console started it; None if neither."""
        return self._configs.get((strategy.link, strategy.id))

    def configs(self, link: str) -> tuple[StrategyConfig, ...]:
        """All that is known of a link."""
        return tuple(config for key, config in self._configs.items() if key[0] == link)

    def closes_positions(self, link: str) -> bool:
        """Whether the link said that stopping a strategy can close what it holds."""
        return link in self._closing

    def may_hold(self, strategy: Strategy) -> bool:
        """Whether it holds something, or has traded since its link last listed what it holds."""
        return bool(strategy.positions) or (strategy.link, strategy.id) in self._traded

    def trade(self, deal: Deal) -> None:
        """Note that a strategy traded: what it holds is another thing until it is listed again."""
        if deal.strategy is not None:
            self._traded.add((deal.link, deal.strategy))

    def configure(self, event: StrategyConfigsListed) -> None:
        """Take over what bounds a link's strategies."""
        self._configs |= {(event.link, one.strategy_id): one for one in event.configs}
        if event.stop_closes_positions:
            self._closing.add(event.link)
        else:
            self._closing.discard(event.link)
        self.revision += 1

    def start(self, command: StartStrategy) -> None:
        """Remember with what a strategy is to start; it counts once the link says that it did."""
        loss = command.stop_loss_percentage
        value = command.max_position_value
        self._asked[command.link, command.strategy_id] = StrategyConfig(
            strategy_id=command.strategy_id,
            symbols=command.symbols,
            resolution=command.resolution,
            real_trading=command.real_trading,
            max_position_value=None if value is None else float(value),
            max_orders_per_minute=command.max_orders_per_minute,
            stop_loss=None if loss is None else float(loss),
        )

    def change(self, event: StrategyStatusChanged) -> None:
        """Take over a status; a strategy not listed yet becomes known by it."""
        key = (event.link, event.id)
        known = self._strategies.get(key) or Strategy(
            link=event.link, id=event.id, name=event.name, status=event.status
        )
        symbols = known.symbols if event.symbols is None else event.symbols
        self._strategies[key] = replace(known, status=event.status, symbols=symbols)
        asked = self._asked.pop(key, None)
        if asked is not None and event.status == "ACTIVE":
            kept = asdict(self._configs.get(key, asked))
            given = {name: value for name, value in asdict(asked).items() if value is not None}
            self._configs[key] = StrategyConfig(**kept | given)
        self.revision += 1

    def change_execution(self, event: ExecutionServiceChanged) -> None:
        """Take over whether the execution service runs."""
        self.execution[event.link] = event.status
        self.revision += 1
