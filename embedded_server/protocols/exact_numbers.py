"""A client's decimals as ticks and lots: used exactly or refused, never rounded."""

from __future__ import annotations

from decimal import Decimal

from embedded_server.model.instruments import Instrument
from embedded_server.protocols.json_input import InputError

_LARGEST = Decimal(10) ** 12
_MOST_DIGITS = 24


def price_ticks(instrument: Instrument, price: Decimal, field: str) -> int:
    """A client's price as ticks; raises `InputError` naming the field and the tick size."""
    _bounded(price, field)
    try:
        return instrument.ticks(price)
    except ValueError:
        raise InputError(
            f"{field}: {price} is not a multiple of the tick size {plain(instrument.tick_size)}", field
        ) from None


def quantity_lots(instrument: Instrument, quantity: Decimal, field: str) -> int:
    """A client's quantity as lots; raises `InputError` naming the field and the step."""
    _bounded(quantity, field)
    try:
        lots = instrument.lots(quantity)
    except ValueError:
        raise InputError(
            f"{field}: {quantity} is not a multiple of the step {plain(instrument.lot_size)}", field
        ) from None
    if not 0 < lots <= instrument.max_lots:
        largest = plain(instrument.quantity(instrument.max_lots))
        raise InputError(f"{field}: must be from {plain(instrument.lot_size)} to {largest}", field)
    return lots


def plain(value: Decimal) -> str:
    """A decimal without exponent or trailing zeros."""
    return f"{value.normalize():f}"


def _bounded(value: Decimal, field: str) -> None:
    digits = value.as_tuple()
    if not value.is_finite() or abs(value) >= _LARGEST:
        raise InputError(f"{field}: not a usable number", field)
    if len(digits.digits) > _MOST_DIGITS:
        raise InputError(f"{field}: too many digits", field)
