"""What positions and orders are worth in their account's currency, at the market of the instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_server.model.instruments import AssetClass

if TYPE_CHECKING:
    from embedded_server.market.market import Market

SAME = {"USDT": "USD"}
"""Currencies counted as one another (RiskState: a USDT counts as a dollar)."""


class Valuation:
    """Converts notionals by the forex quotes of the market."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._pairs = {
            (one.base, one.quote): key
            for key, one in market.instruments.items()
            if one.asset_class is AssetClass.FOREX
        }

    def notional_micros(self, key: str, price: int, lots: int, currency: str) -> int:
        """Absolute value of `lots` at `price` ticks, in micro-units of `currency`."""
        instrument = self._market.instruments[key]
        value = abs(instrument.notional_micros(price, lots))
        source, target = _plain(instrument.quote), _plain(currency)
        return value if source == target else round(value * self._rate(source, target))

    def _rate(self, source: str, target: str) -> float:
        """Units of `target` for one `source`; 1 when the market knows no pair of the two."""
        direct = self._pairs.get((source, target))
        if direct is not None:
            return self._price(direct)
        inverse = self._pairs.get((target, source))
        return 1.0 if inverse is None else 1.0 / self._price(inverse)

    def _price(self, key: str) -> float:
        return float(self._market.instruments[key].price(self._market.mark(key)))


def _plain(currency: str) -> str:
    return SAME.get(currency, currency)
