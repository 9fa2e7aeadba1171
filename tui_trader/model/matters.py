"""What a link may tell of; each value is what a sentence calls it."""

from __future__ import annotations

from enum import StrEnum


class Matter(StrEnum):
    """A kind of news that a pane shows."""

    ACCOUNTS = "account totals"
    BOT = "a bot"
    CANDLES = "candles"
    DEALS = "deals"
    DEPTH = "depth"
    ORDERS = "orders"
    POSITIONS = "positions"
    QUOTES = "prices"
    RISK = "risk figures"
    SIGNALS = "signals"
    STRATEGIES = "strategies"
