"""What can be traded: one frozen row an instrument, with the exact arithmetic of its ticks and lots."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

MICROS = 1_000_000
"""Money is kept in integer millionths of a currency unit."""


class AssetClass(StrEnum):
    """The kind of market an instrument belongs to; it decides which account trades it."""

    EQUITY = "equity"
    SPOT = "spot"
    PERPETUAL = "perpetual"
    FOREX = "forex"


class Instrument(Struct, frozen=True, kw_only=True):
    """One tradable instrument.

    Prices are integer ticks and quantities integer lots everywhere in the engine; `Decimal` appears only at
    the façades. `tick_value_micros` is exact by construction: tick x lot x contract is a whole number of
    millionths of the quote currency (`validate` checks it).
    """

    key: str
    """Unique on the market: `AAPL`, `BTCUSDT` (spot), `BTCUSDT-PERP`, `EURUSD`."""
    symbol: str
    """As its own venue writes it; differs from `key` only for perpetuals (`BTCUSDT`)."""
    name: str
    asset_class: AssetClass
    base: str
    quote: str
    tick_size: Decimal
    lot_size: Decimal
    """Smallest quantity step, in the venue's own unit (shares, coins, forex lots)."""
    contract_size: int = 1
    """Units of the base asset in one whole quantity unit: 100000 for a forex lot."""
    max_lots: int
    number: int
    """A small integer id; EURUSD is 1 (onetrade.md, Subscribe to Symbol Market Data)."""
    initial_price: Decimal
    annual_volatility: float
    trades_per_minute: float
    typical_lots: float
    """Median size of a taker's order, in lots."""
    underlying: str | None = None
    """For a perpetual: the key of the spot instrument whose price it follows."""
    session: str = "continuous"
    """Name of its trading hours: `continuous`, `us_equity` or `forex`."""

    @property
    def price_digits(self) -> int:
        """Decimal places of a price."""
        return max(0, -int(self.tick_size.normalize().as_tuple().exponent))

    @property
    def quantity_digits(self) -> int:
        """Decimal places of a quantity."""
        return max(0, -int(self.lot_size.normalize().as_tuple().exponent))

    @property
    def tick_value_micros(self) -> int:
        """Micro-units of the quote currency that one lot gains when the price rises one tick."""
        return int(self.tick_size * self.lot_size * self.contract_size * MICROS)

    def price(self, ticks: int) -> Decimal:
        """Ticks as an exact price."""
        return self.tick_size * ticks

    def quantity(self, lots: int) -> Decimal:
        """Lots as an exact quantity in the venue's unit."""
        return self.lot_size * lots

    def ticks(self, price: Decimal) -> int:
        """An exact price as ticks; raises `ValueError` for a price between two ticks."""
        return _whole(price, self.tick_size, "price", "tick size")

    def lots(self, quantity: Decimal) -> int:
        """An exact quantity as lots; raises `ValueError` for a quantity between two steps."""
        return _whole(quantity, self.lot_size, "quantity", "step")

    def nearest_ticks(self, price: float | Decimal) -> int:
        """The tick nearest to a computed price (an indicator's level, a percentage away)."""
        return round(Decimal(str(price)) / self.tick_size)

    def notional_micros(self, ticks: int, lots: int) -> int:
        """Value of a trade in micro-units of the quote currency."""
        return ticks * lots * self.tick_value_micros


def validate(instrument: Instrument) -> Instrument:
    """Return the instrument; `ValueError` when its tick value is not a whole number of micro-units."""
    exact = instrument.tick_size * instrument.lot_size * instrument.contract_size * MICROS
    if exact != int(exact) or exact <= 0:
        raise ValueError(f"{instrument.key}: tick x lot x contract is {exact} micro-units, not whole")
    return instrument


def _whole(value: Decimal, step: Decimal, what: str, of: str) -> int:
    if not value.is_finite():
        raise ValueError(f"{what} {value} is not a finite number")
    count = value / step
    if count != count.to_integral_value():
        raise ValueError(f"{what} {value} is not a multiple of the {of} {step}")
    return int(count)
