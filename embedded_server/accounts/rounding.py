"""Division of integer money: every place that must round says which way."""

from __future__ import annotations

MILLION = 1_000_000


def nearest(numerator: int, denominator: int) -> int:
    """The nearest integer to a fraction, halves away from zero."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def ceiling(numerator: int, denominator: int) -> int:
    """The smallest integer not below a fraction."""
    return -(-numerator // denominator)


def fee(notional_micros: int, ppm: int) -> int:
    """What a fill is charged, in micro-units; a fraction of a micro-unit is the venue's gift."""
    return notional_micros * ppm // MILLION


def fee_reserve(notional_micros: int, ppm: int) -> int:
    """The most a notional can be charged, however it is split into fills."""
    return ceiling(notional_micros * ppm, MILLION)
