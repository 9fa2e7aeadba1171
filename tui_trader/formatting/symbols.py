"""Instrument keys as they are shown."""

from __future__ import annotations

_PERPETUAL = "-PERP"
_COMMON_QUOTE = "USDT"


def short_symbol(key: str) -> str:
    """A key in the watchlist's spelling: perpetuals end in `.P`, as charting sites write them."""
    return key.removesuffix(_PERPETUAL) + ".P" if key.endswith(_PERPETUAL) else key


def brief_symbol(key: str) -> str:
    """The same where room is scarce: without USDT, which most pairs are quoted in; any other stays whole."""
    pair = key.removesuffix(_PERPETUAL)
    base = pair.removesuffix(_COMMON_QUOTE) or pair
    return short_symbol(base + key[len(pair) :])


def long_symbol(text: str) -> str:
    """The key that a typed symbol means."""
    key = text.strip().upper()
    return key.removesuffix(".P") + _PERPETUAL if key.endswith(".P") else key
