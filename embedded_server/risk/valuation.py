"""What positions and orders are worth in their account's currency, at the market of the instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_server.accounts.conversion import Conversion

if TYPE_CHECKING:
    from embedded_server.accounts.accounts import Accounts
    from embedded_server.market.market import Market


class Valuation:
    """Notionals, by the very conversion that the accounts use."""

    def __init__(self, market: Market, accounts: Accounts) -> None:
        self._instruments = market.instruments
        self._tick_values = {key: one.tick_value_micros for key, one in market.instruments.items()}
        self._conversions = {
            account.id: Conversion(market, account.currency, tuple(market.instruments.values()))
            for account in accounts
        }

    def notional_micros(self, account: str, key: str, price: int, lots: int) -> int:
        """Absolute value of `lots` at `price` ticks, in micro-units of the account's currency."""
        value = price * abs(lots) * self._tick_values[key]
        return self._conversions[account].convert(value, self._instruments[key], price)
