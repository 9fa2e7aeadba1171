"""Volume Strategy: follows a bar that moved far on unusually much volume."""

from __future__ import annotations

from dataclasses import dataclass

from embedded_server.analysis import indicators, votes
from embedded_server.analysis.window import Window
from embedded_server.model.enums import Side
from embedded_server.strategies.rule import Decision, conviction, true_range


@dataclass(frozen=True, slots=True)
class VolumeBreakout:
    """`surge`: volume over its 20-bar average; `body`: least move of the bar in average true ranges."""

    surge: float = 1.8
    body: float = 0.5
    name: str = votes.VOLUME

    def decide(self, window: Window) -> Decision | None:
        """Judge the newest bar."""
        ratio = float(indicators.volume_ratio(window.volumes)[-1])
        move = float(window.closes[-1] - window.opens[-1]) / true_range(window)
        if ratio < self.surge or abs(move) < self.body:
            return None
        side = Side.BUY if move > 0 else Side.SELL
        text = f"Moved {move:+.2f} average true ranges on {ratio:.2f} times the usual volume"
        return Decision(side, conviction(ratio / self.surge * abs(move)), text)
