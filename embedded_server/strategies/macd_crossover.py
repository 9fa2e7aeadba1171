"""MACD Strategy: buys when the MACD line rises through its signal line, sells when it falls through."""

from __future__ import annotations

from dataclasses import dataclass

from embedded_server.analysis import indicators, votes
from embedded_server.analysis.window import Window
from embedded_server.strategies.rule import Decision, conviction, crossing, true_range


@dataclass(frozen=True, slots=True)
class MacdCrossover:
    """MACD 12/26/9."""

    name: str = votes.MACD

    def decide(self, window: Window) -> Decision | None:
        """Judge the newest bar."""
        histogram = indicators.macd(window.closes).histogram
        before, after = float(histogram[-2]), float(histogram[-1])
        side = crossing(before, after)
        if side is None:
            return None
        text = f"MACD crossed its signal, histogram from {before:+.2f} to {after:+.2f} ticks"
        return Decision(side, conviction(6.0 * (after - before) / true_range(window)), text)
