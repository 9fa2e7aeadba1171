"""Money of a quote currency in the account's currency, at the market's own rates."""

from __future__ import annotations

from embedded_server.accounts.rounding import nearest
from embedded_server.market.market import Market
from embedded_server.model.errors import EngineFault
from embedded_server.model.instruments import Instrument


class Conversion:
    """Converts into one currency. A pair's own price converts its own profit, another pair its mid."""

    def __init__(self, market: Market, currency: str, instruments: tuple[Instrument, ...]) -> None:
        self._market = market
        self._currency = currency
        self._rates: dict[str, tuple[Instrument, bool]] = {}
        for instrument in instruments:
            if instrument.base == currency:
                self._rates.setdefault(instrument.quote, (instrument, True))
            elif instrument.quote == currency:
                self._rates.setdefault(instrument.base, (instrument, False))

    def convertible(self, instrument: Instrument) -> bool:
        """Whether the market has a rate for the instrument's quote currency."""
        return instrument.quote == self._currency or instrument.quote in self._rates

    def convert(self, amount_micros: int, instrument: Instrument, price: int) -> int:
        """An amount of `instrument`'s quote currency, when the instrument itself stands at `price` ticks."""
        if amount_micros == 0 or instrument.quote == self._currency:
            return amount_micros
        if instrument.quote not in self._rates:
            raise EngineFault(f"no rate from {instrument.quote} to {self._currency}")
        pair, inverse = self._rates[instrument.quote]
        doubled = 2 * price if pair is instrument else self._doubled_mid(pair)
        tick, unit = pair.tick_size.as_integer_ratio()
        if inverse:
            return nearest(amount_micros * 2 * unit, doubled * tick)
        return nearest(amount_micros * doubled * tick, 2 * unit)

    def _doubled_mid(self, pair: Instrument) -> int:
        quote = self._market.quote(pair.key)
        return quote.bid + quote.ask if quote.bid and quote.ask else 2 * quote.last
