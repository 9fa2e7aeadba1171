"""What a strategy is: a pure function of closed bars to a decision, which knows no account and no order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from embedded_server.analysis import indicators
from embedded_server.analysis.window import Window
from embedded_server.model.enums import Side


@dataclass(frozen=True, slots=True)
class Decision:
    """A wish to buy or sell, how sure the rule is (0 to 1), and why, in one sentence."""

    side: Side
    confidence: float
    explanation: str


class Rule(Protocol):
    """The part of a strategy that differs from the others."""

    @property
    def name(self) -> str:
        """As clients show it."""
        ...

    def decide(self, window: Window) -> Decision | None:
        """Judge the newest bar of a warm window that is not flat."""
        ...


def crossing(before: float, after: float) -> Side | None:
    """Which way a difference changed sign between two bars: BUY upwards, SELL downwards."""
    if before <= 0.0 < after:
        return Side.BUY
    return Side.SELL if before >= 0.0 > after else None


def conviction(strength: float) -> float:
    """A confidence from 0.5 to 1 for a strength of 0 to infinity."""
    return round(0.5 + 0.5 * math.tanh(abs(strength)), 2)


def true_range(window: Window) -> float:
    """The average true range of the newest bar in ticks, the yardstick of every strength."""
    return float(indicators.atr(window.highs, window.lows, window.closes)[-1])
