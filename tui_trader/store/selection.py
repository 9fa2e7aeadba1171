"""What the user looks at: instrument and timeframe that chart, book and ticket follow, and a strategy."""

from __future__ import annotations

TIMEFRAMES = ("1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w", "1M")


class Selection:
    """The current instrument key (empty before one is known), timeframe, and (link, id) of a strategy."""

    __slots__ = ("revision", "strategy", "symbol", "timeframe")

    def __init__(self, symbol: str = "", timeframe: str = "1m") -> None:
        self.revision = 0
        self.symbol = symbol
        self.timeframe = timeframe
        self.strategy: tuple[str, str] | None = None

    def choose(self, symbol: str | None = None, timeframe: str | None = None) -> bool:
        """Change either; returns whether anything changed."""
        wanted = (symbol or self.symbol, timeframe or self.timeframe)
        if wanted == (self.symbol, self.timeframe):
            return False
        self.symbol, self.timeframe = wanted
        self.revision += 1
        return True

    def step_timeframe(self, steps: int) -> bool:
        """Go to a longer (+) or shorter (-) timeframe; returns whether anything changed."""
        place = TIMEFRAMES.index(self.timeframe) if self.timeframe in TIMEFRAMES else 0
        return self.choose(timeframe=TIMEFRAMES[max(0, min(len(TIMEFRAMES) - 1, place + steps))])
