"""Bollinger Bands Strategy: buys a close back above the lower band, sells one back below the upper."""

from __future__ import annotations

from dataclasses import dataclass

from embedded_server.analysis import indicators, votes
from embedded_server.analysis.window import Window
from embedded_server.model.enums import Side
from embedded_server.strategies.rule import Decision, conviction, true_range


@dataclass(frozen=True, slots=True)
class BollingerBands:
    """Bands of 20 closes and 2 standard deviations."""

    name: str = votes.BOLLINGER

    def decide(self, window: Window) -> Decision | None:
        """Judge the newest bar."""
        bands = indicators.bollinger(window.closes)
        closes = window.closes
        text = (
            f"Close {window.close:.0f} is back inside the bands "
            f"{float(bands.lower[-1]):.1f} to {float(bands.upper[-1]):.1f} (ticks)"
        )
        strength = abs(float(closes[-1] - closes[-2])) / true_range(window)
        if closes[-2] < bands.lower[-2] and closes[-1] >= bands.lower[-1]:
            return Decision(Side.BUY, conviction(strength), text)
        if closes[-2] > bands.upper[-2] and closes[-1] <= bands.upper[-1]:
            return Decision(Side.SELL, conviction(strength), text)
        return None
