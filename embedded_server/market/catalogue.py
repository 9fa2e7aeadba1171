"""What is listed, one row an instrument: to add one, add a row (and nothing else).

Perpetuals share tick, step and starting price with their spot; numbers are the venues' small integer ids and also
spread the market steps over the second.
"""

from __future__ import annotations

from decimal import Decimal

from embedded_server.model.instruments import AssetClass, Instrument, validate


def _equity(
    number: int, key: str, name: str, price: str, volatility: float, trades: float, lots: float
) -> Instrument:
    return validate(
        Instrument(
            key=key,
            symbol=key,
            name=name,
            asset_class=AssetClass.EQUITY,
            base=key,
            quote="USD",
            tick_size=Decimal("0.01"),
            lot_size=Decimal(1),
            max_lots=1_000_000,
            number=number,
            initial_price=Decimal(price),
            annual_volatility=volatility,
            trades_per_minute=trades,
            typical_lots=lots,
            session="us_equity",
        )
    )


def _coin(
    number: int,
    base: str,
    name: str,
    tick: str,
    lot: str,
    price: str,
    volatility: float,
    trades: float,
    lots: float,
    *,
    perpetual: bool = False,
) -> Instrument:
    symbol = f"{base}USDT"
    return validate(
        Instrument(
            key=f"{symbol}-PERP" if perpetual else symbol,
            symbol=symbol,
            name=f"{name} perpetual" if perpetual else f"{name} / Tether",
            asset_class=AssetClass.PERPETUAL if perpetual else AssetClass.SPOT,
            base=base,
            quote="USDT",
            tick_size=Decimal(tick),
            lot_size=Decimal(lot),
            max_lots=int(50_000_000 / Decimal(price) / Decimal(lot)),
            number=number,
            initial_price=Decimal(price),
            annual_volatility=volatility,
            trades_per_minute=trades,
            typical_lots=lots,
            underlying=symbol if perpetual else None,
        )
    )


def _pair(
    number: int,
    base: str,
    quote: str,
    name: str,
    tick: str,
    contract: int,
    price: str,
    volatility: float,
    trades: float,
) -> Instrument:
    return validate(
        Instrument(
            key=f"{base}{quote}",
            symbol=f"{base}{quote}",
            name=name,
            asset_class=AssetClass.FOREX,
            base=base,
            quote=quote,
            tick_size=Decimal(tick),
            lot_size=Decimal("0.01"),
            contract_size=contract,
            max_lots=50_000,
            number=number,
            initial_price=Decimal(price),
            annual_volatility=volatility,
            trades_per_minute=trades,
            typical_lots=60.0,
            session="forex",
        )
    )


_COINS = (
    ("BTC", "Bitcoin", "0.01", "0.0001", "67000.00", 0.55, 60.0, 500.0),
    ("ETH", "Ether", "0.01", "0.0001", "3450.00", 0.65, 55.0, 8_000.0),
    ("SOL", "Solana", "0.01", "0.001", "152.00", 0.80, 45.0, 15_000.0),
    ("BNB", "BNB", "0.01", "0.001", "585.00", 0.60, 35.0, 3_000.0),
    ("XRP", "XRP", "0.0001", "0.1", "2.1500", 0.75, 40.0, 9_000.0),
    ("ADA", "Cardano", "0.0001", "0.1", "0.7200", 0.85, 30.0, 22_000.0),
    ("DOGE", "Dogecoin", "0.00001", "1", "0.18500", 0.95, 35.0, 9_000.0),
    ("LTC", "Litecoin", "0.01", "0.001", "92.00", 0.70, 30.0, 12_000.0),
)

CATALOGUE: tuple[Instrument, ...] = (
    _equity(101, "AAPL", "Apple", "228.50", 0.28, 50.0, 90.0),
    _equity(102, "MSFT", "Microsoft", "415.20", 0.26, 40.0, 60.0),
    _equity(103, "GOOGL", "Alphabet", "172.40", 0.30, 40.0, 90.0),
    _equity(104, "AMZN", "Amazon", "198.30", 0.32, 45.0, 90.0),
    _equity(105, "TSLA", "Tesla", "262.80", 0.55, 60.0, 120.0),
    _equity(106, "NVDA", "NVIDIA", "138.70", 0.50, 60.0, 150.0),
    _equity(107, "META", "Meta Platforms", "565.00", 0.34, 40.0, 50.0),
    _equity(108, "NFLX", "Netflix", "742.10", 0.36, 30.0, 40.0),
    *(
        _coin(200 + i, base, name, tick, lot, price, volatility, trades, lots)
        for i, (base, name, tick, lot, price, volatility, trades, lots) in enumerate(_COINS, 1)
    ),
    *(
        _coin(300 + i, base, name, tick, lot, price, volatility, trades, lots, perpetual=True)
        for i, (base, name, tick, lot, price, volatility, trades, lots) in enumerate(_COINS, 1)
    ),
    _pair(1, "EUR", "USD", "Euro / US Dollar", "0.00001", 100_000, "1.08450", 0.08, 60.0),
    _pair(2, "GBP", "USD", "Pound Sterling / US Dollar", "0.00001", 100_000, "1.27120", 0.09, 50.0),
    _pair(3, "USD", "JPY", "US Dollar / Japanese Yen", "0.001", 100_000, "151.250", 0.10, 55.0),
    _pair(4, "XAU", "USD", "Gold / US Dollar", "0.01", 100, "2655.00", 0.16, 50.0),
    _pair(5, "AUD", "USD", "Australian Dollar / US Dollar", "0.00001", 100_000, "0.65430", 0.10, 40.0),
    _pair(6, "USD", "CHF", "US Dollar / Swiss Franc", "0.00001", 100_000, "0.88260", 0.08, 35.0),
    _pair(7, "USD", "CAD", "US Dollar / Canadian Dollar", "0.00001", 100_000, "1.39150", 0.07, 35.0),
    _pair(8, "XAG", "USD", "Silver / US Dollar", "0.001", 5_000, "31.200", 0.28, 30.0),
)
