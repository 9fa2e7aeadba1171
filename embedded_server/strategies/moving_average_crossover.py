"""Moving Average Crossover: buys when the fast average rises through the slow, sells when it falls."""

from __future__ import annotations

from dataclasses import dataclass

from embedded_server.analysis import indicators, votes
from embedded_server.analysis.window import Window
from embedded_server.strategies.rule import Decision, conviction, crossing, true_range


@dataclass(frozen=True, slots=True)
class MovingAverageCrossover:
    """Simple moving averages over `fast` and `slow` closes."""

    fast: int = indicators.SMA_FAST
    slow: int = indicators.SMA_SLOW
    name: str = votes.MOVING_AVERAGE

    def decide(self, window: Window) -> Decision | None:
        """Judge the newest bar."""
        fast = indicators.sma(window.closes, self.fast)
        slow = indicators.sma(window.closes, self.slow)
        before, after = float(fast[-2] - slow[-2]), float(fast[-1] - slow[-1])
        side = crossing(before, after)
        if side is None:
            return None
        text = f"SMA {self.fast} crossed SMA {self.slow}, from {before:+.1f} to {after:+.1f} ticks"
        return Decision(side, conviction(4.0 * (after - before) / true_range(window)), text)
