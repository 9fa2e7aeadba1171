"""Ticks, lots and micro-units as JSON numbers: the float nearest to the exact decimal."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal

from embedded_server.model.instruments import MICROS, Instrument

EXTRA_AVERAGE_DIGITS = 2
"""An average of fills lies between ticks; it is shown this much finer than a price."""


class Precision:
    """Conversions of one instrument: an integer ratio divides to the float nearest to the decimal."""

    __slots__ = ("_average_digits", "_lot", "_tick", "instrument")

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self._tick = instrument.tick_size.as_integer_ratio()
        self._lot = instrument.lot_size.as_integer_ratio()
        self._average_digits = instrument.price_digits + EXTRA_AVERAGE_DIGITS

    def price(self, ticks: int) -> float:
        """Ticks as a price."""
        return ticks * self._tick[0] / self._tick[1]

    def price_or_none(self, ticks: int | None) -> float | None:
        """Ticks as a price; no level stays no level (0 means none, too)."""
        return self.price(ticks) if ticks else None

    def average(self, ticks: float) -> float:
        """A price between ticks, two digits finer than the instrument's own."""
        return round(ticks * self._tick[0] / self._tick[1], self._average_digits)

    def quantity(self, lots: int) -> float:
        """Lots as a quantity in the venue's unit."""
        return lots * self._lot[0] / self._lot[1]

    def whole_quantity(self, lots: int) -> int | float:
        """Lots as a quantity, an integer where it is one (shares)."""
        quantity = self.quantity(lots)
        return int(quantity) if quantity.is_integer() else quantity

    def value(self, ticks: int, lots: int) -> float:
        """Price times quantity in the quote currency, to the cent."""
        return money(self.instrument.notional_micros(ticks, lots))


class Precisions(dict[str, Precision]):
    """The `Precision` of every instrument, by key."""

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        super().__init__((instrument.key, Precision(instrument)) for instrument in instruments)


def money(micros: int, digits: int = 2) -> float:
    """Micro-units as an amount of currency, rounded half to even."""
    return float((Decimal(micros) / MICROS).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)) + 0.0


def fee(micros: int) -> float:
    """Micro-units as an exact amount, all six decimals kept (bot-core.md: commission 0.0675)."""
    return micros / MICROS


def percent(value: float, digits: int = 2) -> float:
    """A percentage, rounded; never minus zero."""
    return round(value, digits) + 0.0


def micros(amount: Decimal) -> int:
    """An amount of currency as micro-units, rounded half to even."""
    return int((amount * MICROS).to_integral_value(ROUND_HALF_EVEN))
