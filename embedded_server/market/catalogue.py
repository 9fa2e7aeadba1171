"""What is listed, one row an instrument: to add one, add a row (and nothing else).

Perpetuals share tick, step and starting price with their spot. Numbers are the venues' small integer ids and
spread the market's steps over the second.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from embedded_server.model.instruments import AssetClass, Instrument, validate

_LARGEST_ORDER_QUOTE = 50_000_000
"""Largest order in coins, in quote currency."""


class _Equity(NamedTuple):
    number: int
    key: str
    name: str
    price: str
    annual_volatility: float
    trades_per_minute: float
    typical_lots: float

    def instrument(self) -> Instrument:
        return Instrument(
            key=self.key,
            symbol=self.key,
            name=self.name,
            asset_class=AssetClass.EQUITY,
            base=self.key,
            quote="USD",
            tick_size=Decimal("0.01"),
            lot_size=Decimal(1),
            max_lots=1_000_000,
            number=self.number,
            initial_price=Decimal(self.price),
            annual_volatility=self.annual_volatility,
            trades_per_minute=self.trades_per_minute,
            typical_lots=self.typical_lots,
            session="us_equity",
        )


class _Coin(NamedTuple):
    number: int
    base: str
    name: str
    tick_size: str
    lot_size: str
    price: str
    annual_volatility: float
    trades_per_minute: float
    typical_lots: float

    def spot(self) -> Instrument:
        symbol = f"{self.base}USDT"
        return Instrument(
            key=symbol,
            symbol=symbol,
            name=f"{self.name} / Tether",
            asset_class=AssetClass.SPOT,
            base=self.base,
            quote="USDT",
            tick_size=Decimal(self.tick_size),
            lot_size=Decimal(self.lot_size),
            max_lots=int(_LARGEST_ORDER_QUOTE / Decimal(self.price) / Decimal(self.lot_size)),
            number=200 + self.number,
            initial_price=Decimal(self.price),
            annual_volatility=self.annual_volatility,
            trades_per_minute=self.trades_per_minute,
            typical_lots=self.typical_lots,
        )

    def perpetual(self) -> Instrument:
        spot = self.spot()
        return Instrument(
            key=f"{spot.key}-PERP",
            symbol=spot.symbol,
            name=f"{self.name} perpetual",
            asset_class=AssetClass.PERPETUAL,
            base=spot.base,
            quote=spot.quote,
            tick_size=spot.tick_size,
            lot_size=spot.lot_size,
            max_lots=spot.max_lots,
            number=300 + self.number,
            initial_price=spot.initial_price,
            annual_volatility=spot.annual_volatility,
            trades_per_minute=spot.trades_per_minute,
            typical_lots=spot.typical_lots,
            underlying=spot.key,
        )


class _Pair(NamedTuple):
    number: int
    base: str
    quote: str
    name: str
    tick_size: str
    contract_size: int
    price: str
    annual_volatility: float
    trades_per_minute: float

    def instrument(self) -> Instrument:
        key = f"{self.base}{self.quote}"
        return Instrument(
            key=key,
            symbol=key,
            name=self.name,
            asset_class=AssetClass.FOREX,
            base=self.base,
            quote=self.quote,
            tick_size=Decimal(self.tick_size),
            lot_size=Decimal("0.01"),
            contract_size=self.contract_size,
            max_lots=50_000,
            number=self.number,
            initial_price=Decimal(self.price),
            annual_volatility=self.annual_volatility,
            trades_per_minute=self.trades_per_minute,
            typical_lots=60.0,
            session="forex",
        )


_EQUITIES = (
    _Equity(101, "AAPL", "Apple", "228.50", 0.28, 50.0, 90.0),
    _Equity(102, "MSFT", "Microsoft", "415.20", 0.26, 40.0, 60.0),
    _Equity(103, "GOOGL", "Alphabet", "172.40", 0.30, 40.0, 90.0),
    _Equity(104, "AMZN", "Amazon", "198.30", 0.32, 45.0, 90.0),
    _Equity(105, "TSLA", "Tesla", "262.80", 0.55, 60.0, 120.0),
    _Equity(106, "NVDA", "NVIDIA", "138.70", 0.50, 60.0, 150.0),
    _Equity(107, "META", "Meta Platforms", "565.00", 0.34, 40.0, 50.0),
    _Equity(108, "NFLX", "Netflix", "742.10", 0.36, 30.0, 40.0),
)

_COINS = (
    _Coin(1, "BTC", "Bitcoin", "0.01", "0.0001", "67000.00", 0.55, 60.0, 500.0),
    _Coin(2, "ETH", "Ether", "0.01", "0.0001", "3450.00", 0.65, 55.0, 8_000.0),
    _Coin(3, "SOL", "Solana", "0.01", "0.001", "152.00", 0.80, 45.0, 15_000.0),
    _Coin(4, "BNB", "BNB", "0.01", "0.001", "585.00", 0.60, 35.0, 3_000.0),
    _Coin(5, "XRP", "XRP", "0.0001", "0.1", "2.1500", 0.75, 40.0, 9_000.0),
    _Coin(6, "ADA", "Cardano", "0.0001", "0.1", "0.7200", 0.85, 30.0, 22_000.0),
    _Coin(7, "DOGE", "Dogecoin", "0.00001", "1", "0.18500", 0.95, 35.0, 9_000.0),
    _Coin(8, "LTC", "Litecoin", "0.01", "0.001", "92.00", 0.70, 30.0, 12_000.0),
)

_PAIRS = (
    _Pair(1, "EUR", "USD", "Euro / US Dollar", "0.00001", 100_000, "1.08450", 0.08, 60.0),
    _Pair(2, "GBP", "USD", "Pound Sterling / US Dollar", "0.00001", 100_000, "1.27120", 0.09, 50.0),
    _Pair(3, "USD", "JPY", "US Dollar / Japanese Yen", "0.001", 100_000, "151.250", 0.10, 55.0),
    _Pair(4, "XAU", "USD", "Gold / US Dollar", "0.01", 100, "2655.00", 0.16, 50.0),
    _Pair(5, "AUD", "USD", "Australian Dollar / US Dollar", "0.00001", 100_000, "0.65430", 0.10, 40.0),
    _Pair(6, "USD", "CHF", "US Dollar / Swiss Franc", "0.00001", 100_000, "0.88260", 0.08, 35.0),
    _Pair(7, "USD", "CAD", "US Dollar / Canadian Dollar", "0.00001", 100_000, "1.39150", 0.07, 35.0),
    _Pair(8, "XAG", "USD", "Silver / US Dollar", "0.001", 5_000, "31.200", 0.28, 30.0),
)

CATALOGUE: tuple[Instrument, ...] = tuple(
    validate(instrument)
    for instrument in (
        *(row.instrument() for row in _EQUITIES),
        *(row.spot() for row in _COINS),
        *(row.perpetual() for row in _COINS),
        *(row.instrument() for row in _PAIRS),
    )
)
"""Every instrument of the default market; account by account, the most traded first."""
