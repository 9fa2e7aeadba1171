"""The orchestrator's strategies and whether its execution service runs."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tui_trader.model.events import ExecutionServiceChanged, StrategiesListed, StrategyStatusChanged
from tui_trader.model.values import Strategy


class Strategies:
    """All strategies by (link, id)."""

    __slots__ = ("_strategies", "execution", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self.execution: dict[str, str] = {}
        self._strategies: dict[tuple[str, str], Strategy] = {}

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
        self._strategies = others | {(event.link, one.id): one for one in event.strategies}
        self.revision += 1

    def change(self, event: StrategyStatusChanged) -> None:
        """Take over a status; a strategy not listed yet becomes known by it."""
        key = (event.link, event.id)
        known = self._strategies.get(key) or Strategy(
            link=event.link, id=event.id, name=event.name, status=event.status
        )
        symbols = known.symbols if event.symbols is None else event.symbols
        self._strategies[key] = replace(known, status=event.status, symbols=symbols)
        self.revision += 1

    def change_execution(self, event: ExecutionServiceChanged) -> None:
        """Take over whether the execution service runs."""
        self.execution[event.link] = event.status
        self.revision += 1
