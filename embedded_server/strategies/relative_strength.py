"""RSI Strategy: buys when an oversold market turns up, sells when an overbought one turns down."""

from __future__ import annotations

from dataclasses import dataclass

from embedded_server.analysis import indicators, votes
from embedded_server.analysis.window import Window
from embedded_server.model.enums import Side
from embedded_server.strategies.rule import Decision, conviction


@dataclass(frozen=True, slots=True)
class RelativeStrength:
    """RSI over `period` closes; bounds tighter than the usual 30 and 70, as minute bars swing less."""

    period: int = indicators.RSI_PERIOD
    oversold: float = 35.0
    overbought: float = 65.0
    name: str = votes.RSI

    def decide(self, window: Window) -> Decision | None:
        """Judge the newest bar."""
        values = indicators.rsi(window.closes, self.period)
        before, after = float(values[-2]), float(values[-1])
        text = f"RSI {self.period} turned from {before:.1f} to {after:.1f}"
        if before < self.oversold <= after:
            return Decision(Side.BUY, conviction((after - before) / 10.0), text)
        if before > self.overbought >= after:
            return Decision(Side.SELL, conviction((before - after) / 10.0), text)
        return None
