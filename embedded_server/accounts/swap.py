"""Overnight financing of forex positions: interest difference less a markup, triple on Wednesday."""

from __future__ import annotations

from embedded_server.accounts.rounding import MILLION, nearest
from embedded_server.kernel.time import DAY
from embedded_server.model.enums import Side
from embedded_server.model.instruments import Instrument

INTEREST_PPM = {
    "USD": 42_500,
    "EUR": 20_000,
    "GBP": 40_000,
    "JPY": 5_000,
    "AUD": 36_000,
    "CHF": 0,
    "CAD": 25_000,
}
"""Yearly interest of a currency in parts per million; metals and the rest bear none."""
MARKUP_PPM = 10_000
"""What the broker keeps of either side, a year."""
DAYS_A_YEAR = 360
_WEDNESDAY, _SATURDAY, _SUNDAY = 2, 5, 6


def next_midnight(now: int) -> int:
    """The next midnight UTC after an instant (ns)."""
    return (now // DAY + 1) * DAY


def nights_charged(midnight: int) -> int:
    """Nights of swap due at a midnight: three when Wednesday ends (for the weekend), none at weekends."""
    ended = (midnight // DAY - 1 + 3) % 7
    if ended in (_SATURDAY, _SUNDAY):
        return 0
    return 3 if ended == _WEDNESDAY else 1


def swap(instrument: Instrument, side: Side, notional_micros: int, nights: int) -> int:
    """Swap of a position, positive when it is paid to the client, in micro-units of the quote currency."""
    difference = INTEREST_PPM.get(instrument.base, 0) - INTEREST_PPM.get(instrument.quote, 0)
    rate = side.sign * difference - MARKUP_PPM
    return nearest(notional_micros * rate * nights, MILLION * DAYS_A_YEAR)
