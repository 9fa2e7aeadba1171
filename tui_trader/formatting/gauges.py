"""How much of a limit is used: a bar, a mark and words, so that none of them is needed alone."""

from __future__ import annotations

from msgspec import Struct

from tui_trader.formatting.numbers import NONE, percent

NEAR = 0.8
"""From this share of a limit on, a figure counts as near it."""
FULL, EMPTY = "━", "┈"


class Gauge(Struct, frozen=True):
    """A figure against its limit; `used` is the share of the limit, None where there is no limit."""

    name: str
    value: str
    limit: str
    used: float | None

    @property
    def mark(self) -> str:
        """✓ within, ▲ near, ✕ past the limit, nothing without one."""
        if self.used is None:
            return " "
        return "✕" if self.used > 1 else "▲" if self.used >= NEAR else "✓"

    @property
    def ink(self) -> str:
        """Ink of mark and bar."""
        return {"✓": "ok", "▲": "caution", "✕": "alarm"}.get(self.mark, "muted")

    def bar(self, width: int) -> tuple[str, str]:
        """The used part and the rest, `width` characters together; what is used shows at least one."""
        if self.used is None or width <= 0:
            return "", EMPTY * max(0, width)
        filled = min(width, round(self.used * width))
        if self.used > 0:
            filled = max(1, filled)
        return FULL * filled, EMPTY * (width - filled)


def at_most(name: str, value: float | None, limit: float | None) -> Gauge:
    """A percentage that should stay under its limit; None where it is not told."""
    bound = "" if limit is None else f"{limit:,.4g}%"
    if value is None:
        return Gauge(name, NONE, bound, None)
    return Gauge(name, f"{value:,.2f}%", bound, max(0.0, value) / limit if limit else None)


def loss(name: str, result: float | None, limit: float | None) -> Gauge:
    """A result in percent whose loss should stay under its limit, which is given as a positive number."""
    bound = "" if limit is None else f"-{limit:,.4g}%"
    if result is None:
        return Gauge(name, NONE, bound, None)
    return Gauge(name, percent(result), bound, max(0.0, -result) / limit if limit else None)


def at_least(name: str, value: float | None, limit: float | None) -> Gauge:
    """A percentage that should stay above its limit; None where nothing binds margin, so nothing is used."""
    bound = "" if limit is None else f"{limit:,.4g}%"
    if value is None:
        return Gauge(name, NONE, bound, 0.0 if limit else None)
    used = None if limit is None else limit / value if value > 0 else float(limit > 0) * 2
    return Gauge(name, f"{value:,.0f}%", bound, used)
