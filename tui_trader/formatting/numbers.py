"""Numbers as a trader reads them: fixed decimals, thousands separated, signs always shown on results."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

NONE = "–"
_GROUPED = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])")
_SUFFIXES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))


def price(value: float | None, digits: int) -> str:
    """A price with the instrument's decimals, thousands separated."""
    return NONE if value is None else f"{value:,.{digits}f}"


def exact(value: Decimal, digits: int = 0) -> str:
    """A figure that somebody typed: every digit of it, at least `digits` decimals, thousands separated."""
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    return f"{value:,.{max(digits, places)}f}"


def ungrouped(text: str) -> str:
    """A typed figure without blanks around it and without the commas that separate thousands.

    Any other comma stays, and makes it no number: many write 1,5 for one and a half, which is not 15.
    """
    return _GROUPED.sub(lambda found: found[0].replace(",", ""), text.strip().replace("_", ""))


def quantity(value: float | None, digits: int = 8) -> str:
    """A quantity with at most `digits` decimals and no trailing zeros."""
    if value is None:
        return NONE
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def fixed(value: float | None, digits: int = 2) -> str:
    """A figure with fixed decimals, thousands separated, sign only when negative and not rounded to zero."""
    if value is None:
        return NONE
    text = f"{value:,.{digits}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def signed(value: float | None, digits: int = 2) -> str:
    """A result with its sign always shown; what rounds to zero has none."""
    if value is None:
        return NONE
    text = f"{value:+,.{digits}f}"
    return text[1:] if not text.strip("+-0.,") else text


def percent(value: float | None, digits: int = 2) -> str:
    """A change in percent with its sign always shown."""
    return NONE if value is None else f"{signed(value, digits)}%"


def compact(value: float | None) -> str:
    """A large figure in at most six characters: 987.6, 12.3K, 4.56M."""
    if value is None:
        return NONE
    for bound, suffix in _SUFFIXES:
        if abs(value) >= bound * 0.9995:
            scaled = value / bound
            return f"{scaled:.{2 if abs(scaled) < 10 else 1 if abs(scaled) < 100 else 0}f}{suffix}"
    return f"{value:.4g}"


@lru_cache(maxsize=256)
def digits_of(step: float) -> int:
    """Decimals that a step of this size needs, at most ten."""
    text = f"{step:.10f}".rstrip("0")
    return len(text.partition(".")[2])


def points(difference: float, tick: float) -> int:
    """A difference of prices in ticks, rounded."""
    return round(difference / tick) if tick else 0
