"""Figures as typed: from text to `Decimal`, never through `float`, and never past what can be computed with.

`Decimal` has 28 digits: a price of 1e30 has no remainder by a tick, and asking for it raises.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

MOST = Decimal(10) ** 12
"""No price, quantity or amount of money is as much."""
PLACES = 12


def read_figure(text: str) -> tuple[Decimal | None, str]:
    """A figure above zero, or what is wrong with it; blanks and separators are to be gone already."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None, "decimals after a point" if "," in text else "not a number"
    complaint = ""
    if not value.is_finite() or value <= 0:
        complaint = "must be more than 0"
    elif value >= MOST:
        complaint = "too large"
    elif value != round(value, PLACES):
        complaint = "too fine"
    return (None, complaint) if complaint else (value, "")
